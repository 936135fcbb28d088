"""What is still to be sent, as it lies in a record until a platform has taken it."""

from datetime import datetime
from enum import IntEnum, StrEnum

from msgspec import Struct

from bot.api import ChatRef, Choice, Mark, MediaFile, Origin, PostStyle


class Action(StrEnum):
    """What an outbox item asks of a platform.

    Attributes:
        SEND: a message to the contact.
        POST: a post in a team chat, in the contact's thread where the room has threads.
        CARD: make the card of the conversation's thread, or bring it up to date.
        EDIT: replace the text of posts made before.
        DELETE: take back posts or sent messages.
        MARK: show on a member's post how far it has come.
        REACT: set the bot's reaction on a post or message.
        CLOSE_THREAD: close the thread.
        REOPEN_THREAD: open it again.
        RENAME_THREAD: give it the contact's name as it is now.
        THREAD_STATE: show from outside how it stands.
        TYPING: show the contact that somebody is about to answer.
    """

    SEND = "send"
    POST = "post"
    CARD = "card"
    EDIT = "edit"
    DELETE = "delete"
    MARK = "mark"
    REACT = "react"
    CLOSE_THREAD = "close_thread"
    REOPEN_THREAD = "reopen_thread"
    RENAME_THREAD = "rename_thread"
    THREAD_STATE = "thread_state"
    TYPING = "typing"


class Urgency(IntEnum):
    """What goes first when a chat's lane is backed up; lower goes first."""

    CONTENT = 0
    NOTICE = 1
    CARD = 2
    MARK = 3


class ItemState(StrEnum):
    """Where an item stands.

    Attributes:
        PENDING: to be sent.
        HELD: the contact's reply window is shut; it goes out when they write again.
        UNCERTAIN: it may have arrived; a person decides.
    """

    PENDING = "pending"
    HELD = "held"
    UNCERTAIN = "uncertain"


class File(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A file of a message: on its platform, then held by us, or lost for a reason.

    Attributes:
        kind: as in `bot.api.MediaKind`.
        remote_id: what its plugin downloads it by; empty when it was handed over.
        file_name: as the sender named it; may be empty.
        mime_type: as the platform said; may be empty.
        size_bytes: as the platform said.
        media: where it is held, once it is.
        problem: why it cannot be had, in words for the team.
    """

    kind: str
    remote_id: str = ""
    file_name: str = ""
    mime_type: str = ""
    size_bytes: int | None = None
    media: MediaFile | None = None
    problem: str = ""


class OutboxItem(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One thing to send.

    Attributes:
        number: unique in its record, ascending.
        action: what to do.
        chat: the destination; a team chat without its thread, which is found when it is sent.
        created_at: when it was decided.
        conversation: the conversation it belongs to; 0 for the general section of a team chat.
        origin: bot or human.
        text: what to say.
        choices: the buttons.
        files: the transcript message whose files it carries; 0 for none.
        media: a file of the bot's own.
        messages: the transcript messages it carries; each is linked to what is sent.
        quotes: the transcript message it answers; 0 for none.
        target: the platform's id of the post that is edited, deleted, marked or reacted to.
        thread_id: the thread of `target`, or of the post when it is not the conversation's own.
        emoji: of a reaction.
        mark: of a mark; of a deletion, what the member's own post shows once it is done, if it is there.
        style: as in `bot.api.PostStyle`.
        author: whose words these are; empty for the bot's own.
        silent: without sound.
        to_all: for everybody in the room, also when one of them has the conversation.
        template: the approved text that is sent in place of `text`, or empty.
        values: what fills it.
        state: where it stands.
        parts_sent: how many parts of a long text have been taken.
        attempts: how often a repeatable failure has been met.
        not_before: when to try again.
        is_repeat: it may have been posted once already.
        reason: why it is held, uncertain or waiting.
    """

    number: int
    action: Action
    chat: ChatRef
    created_at: datetime
    conversation: int = 0
    origin: Origin = Origin.BOT
    text: str = ""
    choices: tuple[Choice, ...] = ()
    files: int = 0
    media: MediaFile | None = None
    messages: tuple[int, ...] = ()
    quotes: int = 0
    target: str = ""
    thread_id: str = ""
    emoji: str = ""
    mark: Mark | None = None
    style: PostStyle = PostStyle.MESSAGE
    author: str = ""
    silent: bool = False
    to_all: bool = False
    template: str = ""
    values: tuple[str, ...] = ()
    state: ItemState = ItemState.PENDING
    parts_sent: int = 0
    attempts: int = 0
    not_before: datetime | None = None
    is_repeat: bool = False
    reason: str = ""

    @property
    def urgency(self) -> Urgency:
        """Content before notices before card edits before marks; a first card is content."""
        if self.style is PostStyle.BOARD:
            return Urgency.MARK
        match self.action:
            case Action.SEND | Action.EDIT | Action.DELETE | Action.REOPEN_THREAD:
                return Urgency.CONTENT
            case Action.POST:
                return Urgency.NOTICE if self.style is PostStyle.NOTICE else Urgency.CONTENT
            case Action.CARD:
                return Urgency.CARD if self.target else Urgency.CONTENT
            case Action.CLOSE_THREAD | Action.RENAME_THREAD:
                return Urgency.CARD
            case Action.MARK | Action.REACT | Action.THREAD_STATE | Action.TYPING:
                return Urgency.MARK
