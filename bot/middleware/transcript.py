"""Every message is written down before anything is decided about it."""

from bot.actions import begin
from bot.api import Attachment, ButtonPressed, IncomingMessage, MediaFile
from bot.model import Direction, File, Message
from bot.rulebook import name_in
from bot.turn import Next, Turn


async def transcript(turn: Turn, call_next: Next) -> None:
    """Write the message into the current conversation, the closed one too, or begin the first."""
    event = turn.event
    if isinstance(event, (IncomingMessage, ButtonPressed)):
        if turn.record.current is None:
            begin(turn)
        record_incoming(turn, event)
    await call_next(turn)


def record_incoming(turn: Turn, event: IncomingMessage | ButtonPressed) -> Message:
    """Write an event of the contact into the transcript."""
    if isinstance(event, ButtonPressed):
        option = turn.rules.option_pressed(event.choice_id)
        line = turn.write(
            Direction.INCOMING,
            author=turn.contact.display_name,
            author_id=event.sender.sender_id,
            text=turn.rules.name_of(option) if option else name_in(event.choice_id),
            choice=event.choice_id,
        )
    else:
        line = turn.write(
            Direction.INCOMING,
            author=turn.contact.display_name,
            author_id=event.sender.sender_id,
            text=event.text,
            files=tuple(file_of(attachment) for attachment in event.attachments),
            location=event.location,
            shared_contact=event.shared_contact,
            unsupported=event.unsupported,
            platform_ids=(event.message_id,) if event.message_id else (),
            quotes=_quoted(turn, event.reply_to),
        )
    turn.message = line.number
    return line


def file_of(attachment: Attachment | MediaFile) -> File:
    """A file of an event, as a record keeps it."""
    if isinstance(attachment, Attachment):
        return File(
            kind=attachment.kind,
            remote_id=attachment.remote_id,
            file_name=attachment.file_name,
            mime_type=attachment.mime_type,
            size_bytes=attachment.size_bytes,
        )
    return File(kind=attachment.kind, file_name=attachment.file_name, media=attachment)


def _quoted(turn: Turn, platform_id: str) -> int:
    if not platform_id:
        return 0
    line = turn.record.newest(lambda line: platform_id in line.platform_ids)
    return line.number if line else 0
