"""A contact, a conversation, and the messages in it; frozen values, changed by making new ones."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from bot.api import ChatRef, Location, Origin, SharedContact
from bot.model.names import plain_name
from bot.model.outbox import File

INBOX = "inbox"
"""The key of the general team; config.toml keeps it in a table of its own."""


class Status(StrEnum):
    """Who has a conversation: the bot (pending), a team (open), nobody any more (closed)."""

    PENDING = "pending"
    OPEN = "open"
    CLOSED = "closed"


class Thread(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The contact's place in one team chat; kept and reopened.

    Attributes:
        chat: the team chat, without a thread.
        thread_id: the platform's id, or empty where the room has no threads, or it is not made yet.
        card_id: the platform's id of the card, or empty.
        is_closed: whether we closed it.
    """

    chat: ChatRef
    thread_id: str = ""
    card_id: str = ""
    is_closed: bool = False


class Contact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who wrote to one of our accounts.

    Attributes:
        chat: their chat; the identity of the record.
        name: as the platform last showed it; may be empty.
        first_name: may be empty.
        username: may be empty.
        phone: may be empty.
        language: two letters, or empty.
        created_at: when they first wrote.
        last_inbound_at: when they last wrote; reply windows count from here.
        is_blocked: a member blocked them.
        unreachable: why the platform takes nothing for them, or empty.
        threads: their place in each team chat they have been in.
        seen: ids of the latest events, ours and the team's, against redelivery.
        minute_at: the start of the minute that `minute_count` counts.
        minute_count: messages in that minute.
        hour_at: the start of the hour that `bot_count` counts.
        bot_count: the bot's own messages in that hour.
        muted_until: until when the bot is quiet after it met another bot.
    """

    chat: ChatRef
    name: str = ""
    first_name: str = ""
    username: str = ""
    phone: str = ""
    language: str = ""
    created_at: datetime
    last_inbound_at: datetime | None = None
    is_blocked: bool = False
    unreachable: str = ""
    threads: tuple[Thread, ...] = ()
    seen: tuple[str, ...] = ()
    minute_at: datetime | None = None
    minute_count: int = 0
    hour_at: datetime | None = None
    bot_count: int = 0
    muted_until: datetime | None = None

    @property
    def display_name(self) -> str:
        """What to call them in a team chat, on one line that cannot pass for a line of ours."""
        names = (self.name, self.username, self.phone, self.chat.chat_id)
        return next(filter(None, map(plain_name, names)), self.chat.chat_id)

    def thread_in(self, chat: ChatRef) -> Thread | None:
        """Their place in the team chat `chat`."""
        whole = chat.whole
        return next((thread for thread in self.threads if thread.chat == whole), None)


class Conversation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One case, from the contact's first message to closing.

    Attributes:
        number: unique in the record, ascending; the highest is the current one.
        code: what people call it, as in K7.
        status: who has it.
        started_at: the contact's first message.
        team: the team that has it, `INBOX`, or empty while the bot has it.
        room: the team chat its thread is in, or None while it has none.
        opened_at: when a team got it.
        closed_at: when it was last closed.
        closed_by: who closed it.
        welcomed_at: when the welcome was sent.
        failures: texts in a row that no answer matched.
        answer: the label of the answer that matched, or its first entry.
        why: how it was matched, in words.
        tags: sorted.
        claimed_by: the sender id of the member who has it, or empty.
        claimed_name: their name.
        waiting_since: since when the contact waits for us; None while we wait for them.
        human_at: the last human reply.
        unsettled: messages of the burst that is still coming.
        settle_at: when the burst counts as over.
        menu_due_at: when silence after the menu becomes a fallback.
        is_quiet: the bot has given up, or been told to; it says nothing more here.
        is_hinted: the media hint was sent.
        is_early: part of the burst was written before the welcome had left; it is no wrong answer.
        is_transferring: the card shows the teams to pass it to.
        transfers: how often it was passed on.
        passed_from: the team it was passed on by, until a person of the new team answers.
    """

    number: int
    code: str
    status: Status = Status.PENDING
    started_at: datetime
    team: str = ""
    room: ChatRef | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str = ""
    welcomed_at: datetime | None = None
    failures: int = 0
    answer: str = ""
    why: str = ""
    tags: tuple[str, ...] = ()
    claimed_by: str = ""
    claimed_name: str = ""
    waiting_since: datetime | None = None
    human_at: datetime | None = None
    unsettled: tuple[int, ...] = ()
    settle_at: datetime | None = None
    menu_due_at: datetime | None = None
    is_quiet: bool = False
    is_hinted: bool = False
    is_early: bool = False
    is_transferring: bool = False
    transfers: int = 0
    passed_from: str = ""

    @property
    def due_at(self) -> datetime | None:
        """When a timer of this conversation next comes due."""
        if self.status is not Status.PENDING:
            return None
        times = [at for at in (self.settle_at, self.menu_due_at) if at is not None]
        return min(times) if times else None


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


class Post(Struct, frozen=True):
    """A message as it stands in a chat: the chat with its thread, and the platform's id."""

    chat: ChatRef
    platform_id: str


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True):
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
    is_edited: bool = False
    is_deleted: bool = False
