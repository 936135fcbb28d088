"""Replies that a person has to decide on: to a chat that a colleague has, failed, or perhaps arrived."""

from bot import actions
from bot.api import Choice
from bot.model import Action, Message, OutboxItem, Progress, Status
from bot.turn import Turn


def must_ask(turn: Turn, sender_id: str) -> bool:
    """Whether somebody else has the conversation, and the team wants to be asked then."""
    conversation = turn.conversation
    team = turn.rules.settings.teams.get(conversation.team)
    is_locked = team is None or team.claim_lock == "hold"
    return is_locked and conversation.claimed_by not in {"", sender_id}


def ask(turn: Turn, line: Message) -> None:
    """Ask whether a reply is to be sent all the same; until then it is in no outbox."""
    say, conversation = turn.rules.wording, turn.conversation
    choices = tuple(
        Choice(choice_id=f"{conversation.code} {action} {line.number}", label=say(f"button.{action}"))
        for action in ("anyway", "take")
    )
    text = say("notice.claim_held", agent=conversation.claimed_name, code=conversation.code)
    turn.tell(text, choices=choices, quotes=line.number)


def decide(turn: Turn, action: str, number: int) -> str:
    """Send a held reply all the same (`anyway`), or let its author `take` the conversation, and send it.

    Returns:
        What to tell who pressed the button; "" when there is no such reply any more.
    """
    say, line = turn.rules.wording, turn.record.messages.get(number)
    is_waiting = (
        line is not None
        and line.progress is Progress.HELD
        and line.conversation == turn.conversation.number
        and not line.is_deleted
        and item_of(turn, number) is None
    )
    if line is None or not is_waiting:
        return ""
    code = turn.conversation.code
    if turn.conversation.status is Status.CLOSED:
        return say("notice.not_sent_closed", code=code)
    if action == "take":
        actions.claim(turn, line.author_id, line.author)
    send(turn, line)
    return say("notice.claimed", agent=line.author, code=code) if action == "take" else say("notice.sent_now")


def again(turn: Turn, number: int) -> bool:
    """Send a reply once more that failed or may not have arrived; False when there is no such reply."""
    line = turn.record.messages.get(number)
    if line is None or line.is_deleted or line.progress not in {Progress.FAILED, Progress.UNCERTAIN}:
        return False
    send(turn, line)
    return True


def send(turn: Turn, line: Message) -> None:
    """Put a line of the transcript in the outbox."""
    turn.record.change_message(line.number, progress=Progress.PENDING, reason="", sent_as=0)
    has_more = bool(line.files or line.location or line.shared_contact)
    turn.put(
        Action.SEND,
        turn.contact.chat,
        conversation=line.conversation,
        origin=line.origin,
        text=signed(turn, line.text, line.author),
        files=line.number if has_more else 0,
        messages=(line.number,),
        quotes=line.quotes,
    )
    if line.author:
        turn.change(waiting_since=None, human_at=turn.now, is_quiet=False, passed_from="")


def item_of(turn: Turn, number: int) -> OutboxItem | None:
    """The outbox item that a line of the transcript is to be sent as."""
    return next(
        (
            item
            for item in turn.record.outbox.values()
            if item.action is Action.SEND and number in item.messages
        ),
        None,
    )


def signed(turn: Turn, text: str, author: str) -> str:
    """The text as the contact sees it: with the team's signature, when config.toml wants one."""
    team = turn.rules.settings.teams.get(turn.conversation.team)
    match team.signature if team and author else "none":
        case "team":
            name = turn.rules.team_name(turn.conversation.team, turn.contact.language)
        case "first_name":
            name = author.partition(" ")[0]
        case _:
            name = ""
    return f"{name}:\n{text}" if name and text else text
