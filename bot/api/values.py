"""The values that plugins and the bot exchange; all frozen, none with a reference to either side."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Origin(StrEnum):
    """Who wrote an outgoing message: platforms allow a person more than a program."""

    BOT = "bot"
    HUMAN = "human"


class MediaKind(StrEnum):
    """What a file is to the people who see it."""

    PHOTO = "photo"
    VIDEO = "video"
    VOICE = "voice"
    AUDIO = "audio"
    DOCUMENT = "document"
    ANIMATION = "animation"
    VIDEO_NOTE = "video_note"
    STICKER = "sticker"


class Mark(StrEnum):
    """How far a member's reply has come, shown on the reply itself.

    Attributes:
        NOTED: the team's own: kept as a note and never sent, or taken back.
        SENT: the contact's platform took it.
        DELIVERED: it is on the contact's device.
        READ: the contact saw it.
        FAILED: it did not and will not arrive.
        UNCERTAIN: it may have arrived; nobody can say.
    """

    NOTED = "noted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


class PostStyle(StrEnum):
    """What a post in a team chat is, for platforms that can show the difference.

    Attributes:
        MESSAGE: words to or from a contact.
        CARD: the first post of a thread, edited in place.
        NOTICE: a line of the bot's own for the team.
        NOTE: a member's internal note.
        BOARD: who waits, in the general section, edited in place; in sight where the platform can pin it.
    """

    MESSAGE = "message"
    CARD = "card"
    NOTICE = "notice"
    NOTE = "note"
    BOARD = "board"


class ThreadState(StrEnum):
    """What a team must know of a thread before it opens it.

    Attributes:
        WAITING: the contact waits for us.
        ANSWERED: we wait for the contact.
        CLOSED: nobody waits.
    """

    WAITING = "waiting"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class ChatRef:
    """One chat of one connected account, or one thread in it.

    Attributes:
        channel: the channel's name in config.toml.
        chat_id: the platform's id of the chat, as text.
        thread_id: the platform's id of a thread (a topic) in the chat, or None.
    """

    channel: str
    chat_id: str
    thread_id: str | None = None

    @classmethod
    def parse(cls, address: str) -> "ChatRef":
        """Read `channel:id`.

        Raises:
            ValueError: `address` has no colon, or nothing on one side of it.
        """
        channel, colon, chat_id = address.partition(":")
        if not (channel and colon and chat_id):
            raise ValueError(
                f"{address!r} is no address; write channel:id, with the channel's name in config.toml"
            )
        return cls(channel, chat_id)

    @property
    def address(self) -> str:
        """The chat as `channel:id`, without its thread."""
        return f"{self.channel}:{self.chat_id}"

    @property
    def whole(self) -> "ChatRef":
        """The chat that this thread is in."""
        return self if self.thread_id is None else ChatRef(self.channel, self.chat_id)

    def thread(self, thread_id: str | None) -> "ChatRef":
        """The thread `thread_id` of this chat."""
        return replace(self, thread_id=thread_id)

    def __str__(self) -> str:
        return self.address if self.thread_id is None else f"{self.address}/{self.thread_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """The person, or program, that caused an event.

    Attributes:
        sender_id: the platform's id, as text; stable, whatever the name does.
        name: the full name as the platform shows it; may be empty.
        first_name: may be empty.
        username: without a leading @; may be empty.
        phone: in E.164 where the platform tells it; may be empty.
        language: a two-letter code where the platform tells it; may be empty.
        is_bot: another program; never a contact and never a member.
        is_anonymous: a group's admin who posts in the group's name; counts as a member.
        is_outsider: not a member of the team chat that this happened in, and may do nothing there.
        aliases: other ids by which the platform knows, or knew, this person's chat; a chat that was seen
            under one of them goes on under its old id.
    """

    sender_id: str
    name: str = ""
    first_name: str = ""
    username: str = ""
    phone: str = ""
    language: str = ""
    is_bot: bool = False
    is_anonymous: bool = False
    is_outsider: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that is still on the platform.

    Attributes:
        kind: what it is.
        remote_id: what the plugin needs to download it; opaque to the bot, and holds no secret.
        file_name: as the sender named it; may be empty.
        mime_type: as the platform says; may be empty.
        size_bytes: None where the platform does not say.
    """

    kind: MediaKind
    remote_id: str
    file_name: str = ""
    mime_type: str = ""
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile:
    """A file that the bot holds, or one that its own platform sends again by reference alone.

    Attributes:
        kind: what it is.
        media_id: its name in the media store; `Host.media` opens it and makes links to it. Empty when the
            bot does not hold it, as after a refused download: only where `Capabilities.references`.
        file_name: what to call it for people; never empty.
        mime_type: never empty.
        size_bytes: its exact size; 0 where it is not held and the platform does not say.
        source: where it came from, so that its own platform may send it again by reference.
    """

    kind: MediaKind
    media_id: str
    file_name: str
    mime_type: str
    size_bytes: int
    source: Attachment | None = None

    @property
    def is_held(self) -> bool:
        """Whether the bot has its content."""
        return bool(self.media_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place on the map, in degrees; `title` and `address` may be empty."""

    latitude: float
    longitude: float
    title: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedContact:
    """A name and number that somebody shared."""

    name: str
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A button.

    Attributes:
        choice_id: comes back in `ButtonPressed`; at most 64 bytes of UTF-8, the smallest limit that any
            platform has.
        label: what the button says.
    """

    choice_id: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """One message as the platform can take it: delivery has split, converted and shortened it already.

    Attributes:
        message_id: ours, and the idempotency key: a platform that sees it twice shows it once.
        chat: where it goes, thread included.
        origin: bot or human.
        text: plain text; with a file, its caption; may be empty when there is a file.
        choices: buttons, no more and no longer than `Capabilities` allows.
        media: at most one file, of a kind and size that `Capabilities` allows.
        reply_to: the platform's id of a message in the same chat that this one answers, or empty.
        style: what the post is, in a team chat.
        author: whose words these are, in a team chat; empty for the bot's own.
        silent: without sound, where the platform can.
        location: a place, when `Capabilities.locations`; it is then all that the message is.
        shared_contact: a contact card, when `Capabilities.shared_contacts`; likewise.
        template: the name of an approved text to send in place of `text`, which then says for people what it
            is; one of `Capabilities.templates`, or empty.
        values: what fills the template's variables, by position.
        is_late: the chat's `reply_window` is shut and its `human_window` is not.
    """

    message_id: str
    chat: ChatRef
    origin: Origin
    text: str = ""
    choices: tuple[Choice, ...] = ()
    media: MediaFile | None = None
    reply_to: str = ""
    style: PostStyle = PostStyle.MESSAGE
    author: str = ""
    silent: bool = False
    location: Location | None = None
    shared_contact: SharedContact | None = None
    template: str = ""
    values: tuple[str, ...] = ()
    is_late: bool = False


class ReceiptState(StrEnum):
    """How far an outgoing message has come; receipts only move forward in this order."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReceipt:
    """What a platform says of an outgoing message.

    Attributes:
        message_id: ours, as in `OutgoingMessage.message_id`.
        state: how far it came.
        platform_id: the platform's id of the message; empty in a later receipt.
        reason: why it failed, in words for the team; empty otherwise.
        is_window_shut: it failed because the chat's reply window is shut.
    """

    message_id: str
    state: ReceiptState = ReceiptState.SENT
    platform_id: str = ""
    reason: str = ""
    is_window_shut: bool = False
