"""Members' posts that led to nothing: who edits one means it as if it were written only then."""

from hashlib import sha256

from msgspec.structs import replace

from bot.api import ChatRef, IncomingMessage, MessageEdited, PostStyle
from bot.model import SEEN_KEPT, Action, Record
from bot.turn import Turn


def remember(turn: Turn, event: IncomingMessage, before: Record) -> None:
    """Remember a post of which nothing came but words for its author.

    Args:
        turn: the turn that decided it.
        event: the post.
        before: the record as it was before that.
    """
    if not (event.message_id and _led_to_nothing(before, turn.record)):
        return
    # An edit tells of no quote and of no file: what had one can only be written anew.
    is_plain = not (
        event.reply_to
        or event.attachments
        or event.location
        or event.shared_contact
        or event.unsupported
        or event.album_id
    )
    left = _others(turn, event.chat, event.message_id)[-SEEN_KEPT + 1 :]
    mark = f"{_name(event.chat, event.message_id)}{_digest(event.text) if is_plain else ''}"
    turn.record.change_contact(seen=(*left, mark))


def is_known(turn: Turn, chat: ChatRef, platform_id: str) -> bool:
    """Whether nothing came of a post."""
    return bool(_mark(turn, chat, platform_id))


def is_unchanged(turn: Turn, event: MessageEdited) -> bool:
    """Whether an edit changes no word of a post of which nothing came."""
    return _mark(turn, event.chat, event.message_id).endswith(f" {_digest(event.text)}")


def as_new(turn: Turn, event: MessageEdited) -> IncomingMessage | None:
    """The edited post as if it were written now; None: it cannot be taken for one, and is to be written anew.

    It is never so taken twice: what comes of it is found in the transcript from then on.
    """
    mark = _mark(turn, event.chat, event.message_id)
    if not mark or mark == _name(event.chat, event.message_id):
        return None
    turn.record.change_contact(seen=_others(turn, event.chat, event.message_id))
    return written(event)


def written(event: MessageEdited) -> IncomingMessage:
    """An edit as a post that is written now."""
    return IncomingMessage(
        event_id=event.event_id,
        chat=event.chat,
        sender=event.sender,
        sent_at=event.sent_at,
        text=event.text,
        message_id=event.message_id,
    )


def _led_to_nothing(before: Record, after: Record) -> bool:
    """Whether a turn changed nothing, and said nothing to anybody but its author."""
    new = [item for number, item in after.outbox.items() if before.outbox.get(number) != item]
    return (
        before.messages == after.messages
        and before.conversations == after.conversations
        and replace(before.contact, seen=()) == replace(after.contact, seen=())
        and before.outbox.keys() <= after.outbox.keys()
        and all(item.action is Action.POST and item.style is PostStyle.NOTICE for item in new)
    )


def _mark(turn: Turn, chat: ChatRef, platform_id: str) -> str:
    name = _name(chat, platform_id)
    return next((seen for seen in turn.contact.seen if seen.startswith(name)), "")


def _others(turn: Turn, chat: ChatRef, platform_id: str) -> tuple[str, ...]:
    name = _name(chat, platform_id)
    return tuple(seen for seen in turn.contact.seen if not seen.startswith(name))


def _name(chat: ChatRef, platform_id: str) -> str:
    return f"{chat.address} unsent {platform_id} "


def _digest(text: str) -> str:
    """Enough of a text to know it again; the text itself is not kept."""
    return sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]
