"""Replies that a person has to decide on: to a chat that a colleague has, failed, or perhaps arrived."""

from bot import actions
from bot.api import Choice
from bot.desk.answering import tell_here
from bot.model import LIST, Action, Direction, ItemState, Message, OutboxItem, Progress, Status
from bot.model.conversation import WAITS_KEPT
from bot.turn import Turn


def must_ask(turn: Turn, sender_id: str) -> bool:
    """Whether somebody else has the conversation, and the team wants to be asked then."""
    conversation = turn.conversation
    team = turn.rules.settings.teams.get(conversation.team)
    is_locked = team is None or team.claim_lock == "hold"
    claimer, room = conversation.claimed_in, conversation.room
    if claimer is not None and room is not None:
        is_there = turn.rules.is_in(room, claimer) and turn.around.duty.is_reachable(claimer, turn.now)
        if not is_there:
            # Who went off duty, or off the list, or to sleep, has left it to the others.
            return False
    return is_locked and conversation.claimed_by not in {"", sender_id}


def ask(turn: Turn, line: Message) -> None:
    """Ask whether a reply is to be sent all the same; until then it is in no outbox."""
    say, conversation = turn.rules.wording, turn.conversation
    choices = tuple(
        Choice(choice_id=f"{conversation.code} {action} {line.number}", label=say(f"button.{action}"))
        for action in ("anyway", "take")
    )
    text = say("notice.claim_held", agent=conversation.claimed_name, code=conversation.code)
    tell_here(turn, text, choices=choices, quotes=line.number)


def newest(turn: Turn, action: str, sender_id: str) -> int:
    """The newest reply of the conversation that waits for this decision; 0 for none."""
    wanted = {Progress.FAILED, Progress.UNCERTAIN} if action == "again" else {Progress.HELD}
    number = turn.conversation.number
    found = turn.record.newest(
        lambda line: (
            line.conversation == number
            and line.progress in wanted
            and line.author_id == sender_id
            and not line.is_deleted
            and (action == "again" or item_of(turn, line.number) is None)
        )
    )
    return found.number if found else 0


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
        claim_for(turn, line)
    send(turn, line)
    show_colleagues(turn, line, to_all=action == "take")
    return say("notice.claimed", agent=line.author, code=code) if action == "take" else say("notice.sent_now")


def claim_for(turn: Turn, line: Message) -> None:
    """Give the conversation to who wrote a line."""
    room, source = turn.conversation.room, line.source
    is_list = room is not None and room.channel == LIST and source is not None
    chat = source.chat.whole if is_list and source else None
    actions.claim(turn, line.author_id, line.author, chat=chat)


def again(turn: Turn, number: int) -> bool:
    """Send a reply once more that failed or may not have arrived; False when there is no such reply."""
    line = turn.record.messages.get(number)
    if line is None or line.is_deleted or line.progress not in {Progress.FAILED, Progress.UNCERTAIN}:
        return False
    turn.record.drop_doubts(line.number)
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
        template=line.template,
        values=line.values,
    )
    if line.author:
        _answered(turn)


def _answered(turn: Turn) -> None:
    """A person has answered: nobody waits for us any more."""
    conversation = turn.conversation
    waits = conversation.waits
    if conversation.waiting_since is not None:
        waited = int((turn.now - conversation.waiting_since).total_seconds())
        waits = (*waits, waited)[-WAITS_KEPT:]
    turn.change(
        waiting_since=None,
        waited_since=conversation.waiting_since or conversation.waited_since,
        human_at=turn.now,
        answered_at=conversation.answered_at or turn.now,
        waits=waits,
        is_quiet=False,
        passed_from="",
    )


def show_colleagues(turn: Turn, line: Message, *, to_all: bool = False) -> None:
    """Show what a member wrote to the others of a list; in a group they have seen it.

    Args:
        turn: the turn.
        line: a reply or a note.
        to_all: to everybody on duty, and not only to who has the conversation or reads along.
    """
    room = turn.conversation.room
    if room is None or room.channel != LIST:
        return
    row = "line.note" if line.direction is Direction.NOTE else "line.agent"
    has_more = bool(line.files or line.location or line.shared_contact)
    turn.put(
        Action.POST,
        room,
        conversation=line.conversation,
        text=turn.rules.wording(row, name=line.author, text=line.text),
        author=line.author,
        files=line.number if has_more else 0,
        messages=(line.number,),
        to_all=to_all,
    )


def item_of(turn: Turn, number: int) -> OutboxItem | None:
    """The outbox item that a line of the transcript is to be sent as."""
    return next(
        (
            item
            for item in turn.record.outbox.values()
            if item.action is Action.SEND
            and item.state is not ItemState.UNCERTAIN
            and number in item.messages
        ),
        None,
    )


def has_not_left(turn: Turn, line: Message) -> bool:
    """Whether nothing of a reply is with the contact's platform, or on its way there just now."""
    item = item_of(turn, line.number)
    is_still = item is None or (item.state is ItemState.HELD and not item.parts_sent)
    return is_still and not line.platform_ids and line.progress in {Progress.HELD, Progress.FAILED}


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
