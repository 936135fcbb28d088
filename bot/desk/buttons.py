"""What a press on a card, or on a notice, does; an old button says that it is old."""

from bot.api import ButtonPressed, PostStyle
from bot.desk import commands, held
from bot.desk.answering import is_here
from bot.desk.card import state_line
from bot.model import Action, Status
from bot.turn import Turn

_LONGEST_NUMBER = 12


def press(turn: Turn, event: ButtonPressed) -> None:
    """Do what the button says, when the conversation is still the one it was made for, and still here."""
    say, conversation = turn.rules.wording, turn.conversation
    code, _, rest = event.choice_id.partition(" ")
    action, _, argument = rest.partition(" ")
    if code != conversation.code:
        turn.notice = say("notice.old_button")
        return
    if not is_here(turn):
        turn.notice = say("notice.not_yours")
        return
    match action:
        case "claim" | "release" | "close" | "reopen" if not argument:
            commands.HANDLERS[action](turn, "")
        case "transfer" | "back" if conversation.status is not Status.CLOSED:
            turn.change(is_transferring=action == "transfer")
            turn.refresh_card()
            is_choosing = turn.conversation.is_transferring
            turn.notice = say("card.choose_team") if is_choosing else _state(turn)
        case "to":
            commands.transfer(turn, argument)
        case "again" if held.again(turn, _number(argument)):
            _answered(turn, event, say("notice.again"))
        case "anyway" | "take" if decided := held.decide(turn, action, _number(argument)):
            _answered(turn, event, decided)
        case _:
            turn.notice = say("notice.old_button")


def _answered(turn: Turn, event: ButtonPressed, text: str) -> None:
    """Tell who pressed, and put the answer in the place of the question, for all to see."""
    turn.notice = text
    if event.message_id:
        turn.put(
            Action.EDIT,
            event.chat,
            conversation=turn.conversation.number,
            text=text,
            style=PostStyle.NOTICE,
            target=event.message_id,
            thread_id=event.chat.thread_id or "",
        )


def _state(turn: Turn) -> str:
    room = turn.conversation.room or turn.rules.inbox.chat
    return state_line(turn.conversation, room, turn.rules)


def _number(argument: str) -> int:
    """The number of a transcript line; 0, which none has, for what is no number."""
    return int(argument) if argument.isdecimal() and len(argument) <= _LONGEST_NUMBER else 0
