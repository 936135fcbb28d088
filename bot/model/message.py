"""One line of a transcript, and where it stands in chats; frozen values."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from bot.api import ChatRef, Location, Origin, SharedContact
from bot.model.outbox import File


class Direction(StrEnum):
    """Which way a transcript line went; an event went nowhere."""

    INCOMING = "in"
    OUTGOING = "out"
    NOTE = "note"
    EVENT = "event"


class Progress(StrEnum):
    """How far an outgoing transcript line has come; only forward, but for the last three."""

    PENDING = "pending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    HELD = "held"
    UNCERTAIN = "uncertain"
    FAILED = "failed"


class Post(Struct, frozen=True, omit_defaults=True, gc=False):
    """A message as it stands in a chat.

    Attributes:
        chat: with its thread.
        platform_id: the platform's id.
        item: the outbox item that it was sent as, where a later receipt for it matters; else 0.
    """

    chat: ChatRef
    platform_id: str
    item: int = 0


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One line of the transcript.

    Attributes:
        number: unique in the record, ascending.
        conversation: the conversation it is part of.
        direction: which way it went.
        at: when it was written.
        author: the name of who wrote it; empty for the bot.
        author_id: their sender id.
        text: what was written.
        files: what came along.
        location: a place.
        shared_contact: a contact card.
        unsupported: what it was, when we cannot carry it.
        platform_ids: its ids in the contact's chat, one for each part.
        quotes: the transcript message it answers; 0 for none.
        source: the member's post it was written in.
        posts: where the team can see it.
        progress: of an outgoing line.
        reason: why it is held, uncertain or failed.
        origin: of an outgoing line.
        sent_as: the outbox item that it was last sent as; receipts name it.
        choice: the button that was pressed instead of writing.
        template: the approved text that it was sent as, or empty.
        values: what filled it.
        is_edited: the text is not the first one.
        is_deleted: its author took it back.
    """

    number: int
    conversation: int
    direction: Direction
    at: datetime
    author: str = ""
    author_id: str = ""
    text: str = ""
    files: tuple[File, ...] = ()
    location: Location | None = None
    shared_contact: SharedContact | None = None
    unsupported: str = ""
    platform_ids: tuple[str, ...] = ()
    quotes: int = 0
    source: Post | None = None
    posts: tuple[Post, ...] = ()
    progress: Progress | None = None
    reason: str = ""
    origin: Origin = Origin.BOT
    sent_as: int = 0
    choice: str = ""
    template: str = ""
    values: tuple[str, ...] = ()
    is_edited: bool = False
    is_deleted: bool = False
