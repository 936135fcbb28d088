"""What a plugin receives from its platform, as types of their own.

Every event names a `chat` and has an `event_id`: the platform's own id of the event, the same each
time the platform delivers it again. The bot drops an event whose chat has seen the id before.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.api.values import Attachment, ChatRef, Location, MediaFile, Sender, SharedContact


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingMessage:
    """A message that somebody wrote, to the bot or in a team chat.

    Attributes:
        event_id: unique in the chat.
        chat: where it was written; with its thread if, and only if, it was written in one.
        sender: who wrote it.
        sent_at: when, in UTC, by the platform's clock.
        text: the text or the caption; may be empty.
        message_id: the platform's id that quotes, edits and reactions will name.
        reply_to: the platform's id of the message it quotes, or empty.
        quotes_us: the message it quotes is one of ours; False where the platform does not tell.
        attachments: files, still on the platform or already held.
        location: a place, if it is one.
        shared_contact: a contact card, if it is one.
        unsupported: what it is, in a word or a line, when nothing above can carry it ("poll: Lunch?").
        album_id: equal for the parts of one album, else empty.
        start_payload: what a deep link carried (`/start payload`, `m.me` or `wa.me` ref), or empty.
    """

    event_id: str
    chat: ChatRef
    sender: Sender
    sent_at: datetime
    text: str = ""
    message_id: str = ""
    reply_to: str = ""
    quotes_us: bool = False
    attachments: tuple[Attachment | MediaFile, ...] = ()
    location: Location | None = None
    shared_contact: SharedContact | None = None
    unsupported: str = ""
    album_id: str = ""
    start_payload: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonPressed:
    """Somebody pressed a `Choice`; `Host.receive` returns a line to show that person."""

    event_id: str
    chat: ChatRef
    sender: Sender
    sent_at: datetime
    choice_id: str
    message_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited:
    """A message has a new text; `message_id` is the platform's id of the message."""

    event_id: str
    chat: ChatRef
    sender: Sender
    sent_at: datetime
    message_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDeleted:
    """A message was taken back; `must_erase`: the platform's terms want our copy gone too."""

    event_id: str
    chat: ChatRef
    sender: Sender
    sent_at: datetime
    message_id: str
    must_erase: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionChanged:
    """Somebody reacted to a message; an empty `emoji` takes the reaction back."""

    event_id: str
    chat: ChatRef
    sender: Sender
    sent_at: datetime
    message_id: str
    emoji: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoReceived:
    """A message of our own account to a contact, as its platform reports it back.

    Attributes:
        chat: the contact's chat.
        outgoing_id: our `OutgoingMessage.message_id` where the platform echoes it, else empty.
        message_id: the platform's id of the message.
        text: what was written.
    """

    event_id: str
    chat: ChatRef
    sent_at: datetime
    message_id: str
    outgoing_id: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadChanged:
    """A member closed or reopened a thread by hand."""

    event_id: str
    chat: ChatRef
    sender: Sender
    sent_at: datetime
    is_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachabilityChanged:
    """A contact blocked or unblocked the bot, or a team chat lost or regained it.

    Attributes:
        is_reachable: whether the chat takes messages now.
        reason: in words for the team; may be empty.
    """

    event_id: str
    chat: ChatRef
    sent_at: datetime
    is_reachable: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChanged:
    """The platform tells later, or anew, who a contact is; it never begins a conversation."""

    event_id: str
    chat: ChatRef
    sender: Sender
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMovedTo:
    """A chat has a new id; the old one is dead."""

    event_id: str
    chat: ChatRef
    sent_at: datetime
    new_chat_id: str


Event = (
    IncomingMessage
    | ButtonPressed
    | MessageEdited
    | MessageDeleted
    | ReactionChanged
    | EchoReceived
    | ThreadChanged
    | ReachabilityChanged
    | ProfileChanged
    | ChatMovedTo
)
