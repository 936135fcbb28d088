"""What a press on a card, or on a notice, does; an old button says that it is old.

Every button is a command too, for platforms that have no buttons: its id is what can be typed.
"""

from bot.api import ButtonPressed, PostStyle
from bot.desk import commands, held
from bot.desk.answering import answer, is_alone, is_here, sender_of
from bot.desk.card import state_line
from bot.model import Action, Status
from bot.turn import Turn

_LONGEST_NUMBER = 12
_PLAIN = frozenset(("claim", "release", "close", "reopen"))
_ABOUT_A_REPLY = frozenset(("again", "anyway", "take"))


def press(turn: Turn, event: ButtonPressed) -> None:
    """Do what the button says, when the conversation is still the one it was made for, and still here."""
    say, conversation = turn.rules.wording, turn.conversation
    code, _, rest = event.choice_id.partition(" ")
    action, _, argument = rest.partition(" ")
    if code != conversation.code:
        answer(turn, say("notice.old_button"))
    elif not is_here(turn):
        answer(turn, say("notice.not_yours"))
    elif action in _PLAIN and not argument:
        commands.HANDLERS[action](turn, "")
    elif not (action in PRESSED and _pressed(turn, action, argument)):
        answer(turn, say("notice.old_button"))


def typed(turn: Turn, action: str, argument: str) -> None:
    """Do what a button says that was typed; without a number, the newest reply that waits is meant."""
    if not argument and action in _ABOUT_A_REPLY:
        argument = str(held.newest(turn, action, sender_of(turn).sender_id))
    if not _pressed(turn, action, argument):
        answer(turn, turn.rules.wording("notice.nothing_waits"))


PRESSED = frozenset(("transfer", "back", "to", "again", "anyway", "take"))


def _pressed(turn: Turn, action: str, argument: str) -> bool:
    """Do what a button with this name does; False when it can do nothing any more."""
    match action:
        case "transfer" | "back":
            return _choose(turn, is_choosing=action == "transfer")
        case "to":
            commands.transfer(turn, argument)
            return True
        case "again":
            is_done = held.again(turn, _number(argument))
            done = turn.rules.wording("notice.again") if is_done else ""
        case _:
            done = held.decide(turn, action, _number(argument))
    if done:
        _answered(turn, done)
    return bool(done)


def _choose(turn: Turn, *, is_choosing: bool) -> bool:
    """Show the teams on the card, or the card's own buttons again."""
    if turn.conversation.status is Status.CLOSED:
        return False
    if is_choosing and is_alone(turn):
        # There is no card to change: the teams are named in the answer.
        commands.transfer(turn, "")
        return True
    turn.change(is_transferring=is_choosing)
    turn.refresh_card()
    answer(turn, turn.rules.wording("card.choose_team") if is_choosing else _state(turn), is_done=True)
    return True


def _answered(turn: Turn, text: str) -> None:
    """Tell who pressed, and put the answer in the place of the question, for all to see."""
    event = turn.event
    answer(turn, text, is_done=True)
    if isinstance(event, ButtonPressed) and event.message_id and not is_alone(turn):
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
