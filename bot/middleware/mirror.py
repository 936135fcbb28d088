"""Edits, deletions, reactions and reachability are shown where the message went; they trigger nothing."""

from msgspec.structs import replace

from bot.api import (
    MessageDeleted,
    MessageEdited,
    PostStyle,
    ReachabilityChanged,
    ReactionChanged,
    ThreadChanged,
)
from bot.model import Action, Message
from bot.transcript import excerpt, lines
from bot.turn import Next, Turn


async def mirror(turn: Turn, call_next: Next) -> None:
    """Show the team what became of a message."""
    event = turn.event
    match event:
        case MessageEdited():
            _edited(turn, event)
        case MessageDeleted():
            _deleted(turn, event)
        case ReactionChanged():
            _reacted(turn, event)
        case ReachabilityChanged():
            _reachability(turn, event)
        case ThreadChanged():
            pass
        case _:
            await call_next(turn)
            return
    turn.handled_by = "mirror"


def _line(turn: Turn, platform_id: str) -> Message | None:
    return turn.record.newest(lambda line: platform_id in line.platform_ids)


def _show(turn: Turn, line: Message, text: str) -> None:
    """Tell it where the message went, which may be the room of an earlier conversation."""
    went_to = turn.record.conversations.get(line.conversation, turn.conversation)
    turn.tell(text, room=went_to.room, silent=True, quotes=line.number)


def _edited(turn: Turn, event: MessageEdited) -> None:
    line = _line(turn, event.message_id)
    if line is None or line.text == event.text or turn.record.current is None:
        # Platforms report invisible changes too (a link preview, a reaction).
        return
    turn.record.change_message(line.number, text=event.text, is_edited=True)
    _show(turn, line, turn.rules.wording("notice.edited", name=turn.contact.display_name, text=event.text))


def _deleted(turn: Turn, event: MessageDeleted) -> None:
    line = _line(turn, event.message_id)
    if line is None or turn.record.current is None:
        return
    before = excerpt(line.text)
    if event.must_erase:
        # The platform's terms: our copy goes too, so the team reads only that something was taken back.
        _erase(turn, line)
        before = "…"
    else:
        turn.record.change_message(line.number, is_deleted=True)
    _show(turn, line, turn.rules.wording("notice.deleted", name=turn.contact.display_name, text=before))


def _erase(turn: Turn, line: Message) -> None:
    """Take everything that the message said out of the record, posts that have not left yet included."""
    turn.record.change_message(
        line.number,
        text="",
        files=(),
        location=None,
        shared_contact=None,
        unsupported="",
        is_deleted=True,
    )
    for item in list(turn.record.outbox.values()):
        if item.action is not Action.POST or not ({line.number} & {*item.messages, item.quotes}):
            continue
        left = [turn.record.messages[number] for number in item.messages if number in turn.record.messages]
        text = lines(left, turn.contact, turn.rules.wording) if item.style is PostStyle.MESSAGE else "…"
        files = 0 if item.files == line.number else item.files
        turn.record.outbox[item.number] = replace(item, text=text, files=files)


def _reacted(turn: Turn, event: ReactionChanged) -> None:
    line = _line(turn, event.message_id)
    if line is None or not event.emoji or turn.record.current is None:
        return
    text = turn.rules.wording(
        "notice.reacted", name=turn.contact.display_name, emoji=event.emoji, text=excerpt(line.text)
    )
    _show(turn, line, text)


def _reachability(turn: Turn, event: ReachabilityChanged) -> None:
    contact = turn.contact
    reason = "" if event.is_reachable else event.reason or "…"
    if reason == contact.unreachable:
        return
    turn.record.change_contact(unreachable=reason)
    if turn.record.current is None:
        return
    key = "notice.reachable" if event.is_reachable else "notice.unreachable"
    turn.tell(turn.rules.wording(key, name=contact.display_name, reason=reason), silent=True)
    turn.refresh_card()
