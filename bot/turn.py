"""A turn: one event, the draft of the record it changes, and the words a decision is made with.

A turn does no network and reads no clock but the one it is given. What it decides lies in the draft;
the draft is written, and only then does anything leave.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.api import (
    ButtonPressed,
    ChatRef,
    Choice,
    Event,
    IncomingMessage,
    Mark,
    Origin,
    PostStyle,
    ThreadChanged,
)
from bot.config import Text
from bot.duty import Abilities, Duty
from bot.matching import Verdict
from bot.model import (
    Action,
    Contact,
    Conversation,
    Direction,
    Message,
    OutboxItem,
    Post,
    Progress,
    Record,
    Status,
    plain_name,
)
from bot.rulebook import Rulebook
from bot.transcript import excerpt

BOT_EXCERPT = 200
"""How much of the bot's own words the team reads: a menu need not fill the thread."""


class Decision(StrEnum):
    """What the bot did with a contact's words."""

    WELCOME = "welcome"
    TEAM = "team"
    FAQ = "faq"
    ASK = "ask"
    ERROR = "error"
    FALLBACK = "fallback"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A timer of a contact's conversation has come due."""

    event_id: str = ""


def _never(_channel: str) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a decision may ask of the running bot; every one answers from memory.

    Attributes:
        new_code: a conversation code that is free at the given time.
        thread_link: a link to a thread of a team chat, or empty.
        is_code: whether this is the code of a conversation that is not closed.
        abilities: what a platform can do in a chat; None while its channel has never been connected.
        duty: what is known of the members of lists.
        is_down: whether a channel has not worked for a while.
    """

    new_code: Callable[[datetime], str]
    thread_link: Callable[[ChatRef], str]
    is_code: Callable[[str], bool]
    abilities: Abilities
    duty: Duty
    is_down: Callable[[str], bool] = _never


@dataclass(slots=True, kw_only=True)
class Turn:
    """One event being decided.

    Attributes:
        record: the draft.
        event: what happened.
        now: when, in UTC.
        rules: config.toml.
        around: what else may be asked.
        message: the transcript number of the event's message; 0 while it has none.
        text: the words to be matched, those of a whole burst together.
        verdict: how they were matched.
        decision: what the bot did.
        handled_by: the layer that took the event.
        notice: a line for the person who pressed a button.
        is_duplicate: the event had been received before, and the draft is unchanged.
        is_refused: an edit was not taken.
    """

    record: Record
    event: Event | Due
    now: datetime
    rules: Rulebook
    around: Surroundings
    message: int = 0
    text: str = ""
    verdict: Verdict | None = None
    decision: Decision | None = None
    handled_by: str = ""
    notice: str = ""
    is_duplicate: bool = False
    is_refused: bool = False
    _origin: Record | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self._origin = self.record.draft()

    def start_over(self) -> None:
        """Forget everything decided so far."""
        assert self._origin is not None
        self.record = self._origin.draft()
        self.message = 0
        self.text = self.notice = self.handled_by = ""
        self.verdict = self.decision = None
        self.is_duplicate = self.is_refused = False

    @property
    def contact(self) -> Contact:
        """The contact, as the draft has them."""
        return self.record.contact

    @property
    def conversation(self) -> Conversation:
        """The current conversation, as the draft has it.

        Raises:
            LookupError: there is none yet.
        """
        current = self.record.current
        if current is None:
            raise LookupError("the contact has no conversation yet")
        return current

    def filled(self, text: Text, *, team: str = "", menu: str = "") -> str:
        """A text of config.toml as the contact reads it."""
        return self.rules.text(text, self.contact, self.record.current, now=self.now, team=team, menu=menu)

    def change(self, **changes: Any) -> Conversation:
        """Replace fields of the current conversation."""
        return self.record.change_conversation(self.conversation.number, **changes)

    @property
    def member(self) -> str:
        """The name of the member who caused the event."""
        assert isinstance(self.event, (IncomingMessage, ButtonPressed, ThreadChanged))
        sender = self.event.sender
        return plain_name(sender.name or sender.username) or sender.sender_id

    @property
    def source(self) -> Post | None:
        """The message that is being decided, as it stands in the chat it was written in."""
        event = self.event
        if isinstance(event, IncomingMessage) and event.message_id:
            return Post(event.chat, event.message_id)
        return None

    def write(self, direction: Direction, **fields: Any) -> Message:
        """Add a line to the transcript of the current conversation."""
        number = self.record.take_number()
        line = Message(
            number=number, conversation=self.conversation.number, direction=direction, at=self.now, **fields
        )
        self.record.messages[number] = line
        return line

    def put(self, action: Action, chat: ChatRef, **fields: Any) -> OutboxItem:
        """Add an item to the outbox."""
        number = self.record.take_number()
        item = OutboxItem(number=number, action=action, chat=chat.whole, created_at=self.now, **fields)
        self.record.outbox[number] = item
        return item

    def say(self, text: str, *, choices: tuple[Choice, ...] = ()) -> None:
        """Have the bot send a text to the contact; nothing when it is empty."""
        if not text:
            return
        conversation = self.conversation
        line = self.write(Direction.OUTGOING, text=text, origin=Origin.BOT, progress=Progress.PENDING)
        self.put(
            Action.SEND,
            self.contact.chat,
            conversation=conversation.number,
            text=text,
            choices=choices,
            messages=(line.number,),
        )
        hour_at, count = self.contact.hour_at, self.contact.bot_count
        if hour_at is None or (self.now - hour_at).total_seconds() >= 3600:
            hour_at, count = self.now, 0
        self.record.change_contact(hour_at=hour_at, bot_count=count + 1)
        if conversation.room is not None and conversation.status is not Status.OPEN:
            shown = self.rules.wording("line.bot", text=excerpt(text, BOT_EXCERPT))
            self.tell(shown, silent=True, carries=(line.number,))

    def tell(
        self,
        text: str,
        *,
        room: ChatRef | None = None,
        silent: bool = False,
        choices: tuple[Choice, ...] = (),
        carries: tuple[int, ...] = (),
        quotes: int = 0,
        to_all: bool = False,
    ) -> None:
        """Post a line of the bot's own in the conversation's thread, or in its thread of another `room`."""
        conversation = self.conversation
        chat = room or conversation.room
        if chat is None or not text:
            return
        self.put(
            Action.POST,
            chat,
            conversation=conversation.number,
            text=text,
            style=PostStyle.NOTICE,
            silent=silent,
            choices=choices,
            messages=carries,
            quotes=quotes,
            to_all=to_all,
        )

    def refresh_card(self, *, room: ChatRef | None = None) -> None:
        """Bring the card up to date, or make it; `room` is another team chat than the conversation's own."""
        conversation = self.conversation
        chat = room or conversation.room
        if chat is None:
            return
        thread = self.contact.thread_in(chat)
        self.put(
            Action.CARD,
            chat,
            conversation=conversation.number,
            style=PostStyle.CARD,
            target=thread.card_id if thread else "",
        )

    def mark(self, post: Post | None, mark: Mark) -> None:
        """Show on a member's post how far it has come."""
        if post is not None:
            self.put(
                Action.MARK,
                post.chat,
                conversation=self.conversation.number,
                target=post.platform_id,
                thread_id=post.chat.thread_id or "",
                mark=mark,
            )


Next = Callable[[Turn], Awaitable[None]]
"""The rest of the pipeline."""
