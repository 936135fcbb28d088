"""A platform in memory that has just the abilities it is given, and shows what people of it see."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from bot.api import (
    Capabilities,
    ChatRef,
    DeliveryReceipt,
    Mark,
    OutgoingMessage,
    Plugin,
    PluginError,
    ThreadGone,
    ThreadState,
    Unsupported,
)


@dataclass(slots=True)
class Shown:
    """A message as it stands in a chat.

    Attributes:
        platform_id: its id, unique in its chat only.
        message: as it was sent, or last edited.
        is_deleted: it was taken back.
    """

    platform_id: str
    message: OutgoingMessage
    is_deleted: bool = False

    @property
    def text(self) -> str:
        """What it says."""
        return self.message.text

    @property
    def buttons(self) -> list[str]:
        """What its buttons send back."""
        return [choice.choice_id for choice in self.message.choices]


@dataclass(slots=True)
class Chats:
    """Everything that stands in the chats of one platform.

    Attributes:
        able: what it can do in a group.
        able_privately: what it can do in a chat with one person.
        groups: the ids of its groups.
        shown: by chat and thread.
        marks: what is shown on members' messages, in order.
        reactions: the bot's reactions.
        closed: the threads that are closed.
        gone: the threads that somebody deleted.
        states: how threads were shown to stand, in order.
        typing: the chats that were shown that somebody writes.
        fails: what a send meets with, or None; asked with each message.
    """

    able: Capabilities
    able_privately: Capabilities
    groups: frozenset[str] = frozenset()
    shown: list[Shown] = field(default_factory=list)
    marks: list[tuple[str, Mark]] = field(default_factory=list)
    reactions: list[tuple[str, str]] = field(default_factory=list)
    closed: set[ChatRef] = field(default_factory=set)
    gone: set[ChatRef] = field(default_factory=set)
    states: list[tuple[ChatRef, ThreadState]] = field(default_factory=list)
    typing: list[ChatRef] = field(default_factory=list)
    fails: Callable[[OutgoingMessage], PluginError | None] = lambda _message: None
    _numbers: dict[str, "count[int]"] = field(default_factory=dict)

    def number(self, name: str) -> int:
        """The next number under a name; messages of two chats have the same ids on purpose."""
        return next(self._numbers.setdefault(name, count(1)))

    def in_chat(self, chat: ChatRef) -> list[Shown]:
        """What stands in a chat, or in one thread of it."""
        return [each for each in self.shown if each.message.chat == chat]


class MemoryPlugin(Plugin):
    """The plugin of such a platform."""

    chats: Chats

    @property
    def capabilities(self) -> Capabilities:
        """What a group of it can do."""
        return self.chats.able

    def abilities(self, chat: ChatRef) -> Capabilities:
        """A group, or one person's chat."""
        return self.chats.able if chat.chat_id in self.chats.groups else self.chats.able_privately

    async def connect(self) -> None:
        """Nothing is far away."""

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        """Put a message into a chat."""
        if message.chat in self.chats.gone:
            raise ThreadGone("somebody deleted it")
        if (error := self.chats.fails(message)) is not None:
            raise error
        platform_id = f"p{self.chats.number(message.chat.chat_id)}"
        self.chats.shown.append(Shown(platform_id, message))
        return DeliveryReceipt(message_id=message.message_id, platform_id=platform_id)

    async def edit(self, chat: ChatRef, platform_id: str, message: OutgoingMessage) -> None:
        """Change it, where that is possible."""
        if not self.abilities(chat).edits:
            raise Unsupported("no edits")
        self._find(chat, platform_id).message = message

    async def delete(self, chat: ChatRef, platform_id: str) -> None:
        """Take it back, where that is possible."""
        if not self.abilities(chat).deletes:
            raise Unsupported("no deletions")
        self._find(chat, platform_id).is_deleted = True

    async def react(self, chat: ChatRef, platform_id: str, emoji: str) -> None:
        """React, where that is possible."""
        if not self.abilities(chat).reactions:
            raise Unsupported("no reactions")
        self.chats.reactions.append((platform_id, emoji))

    async def mark(self, chat: ChatRef, platform_id: str, mark: Mark) -> None:
        """Mark a member's message, where that is possible."""
        if not self.abilities(chat).marks:
            raise Unsupported("no marks")
        self.chats.marks.append((platform_id, mark))

    async def open_thread(self, chat: ChatRef, *, title: str, key: str) -> str:
        """Make a thread, where that is possible."""
        if not self.abilities(chat).threads:
            raise Unsupported("no threads")
        return f"t{self.chats.number(f'{chat.chat_id} threads {bool(title and key)}')}"

    async def close_thread(self, chat: ChatRef) -> None:
        """Close it."""
        self.chats.closed.add(chat)

    async def reopen_thread(self, chat: ChatRef) -> None:
        """Open it."""
        self.chats.closed.discard(chat)

    async def show_state(self, chat: ChatRef, state: ThreadState) -> None:
        """Show how it stands."""
        self.chats.states.append((chat, state))

    async def typing(self, chat: ChatRef) -> None:
        """Show that somebody writes."""
        self.chats.typing.append(chat)

    def thread_link(self, chat: ChatRef) -> str:
        """A link."""
        return f"https://chats/{chat.chat_id}/{chat.thread_id}"

    def _find(self, chat: ChatRef, platform_id: str) -> Shown:
        return next(
            each
            for each in self.chats.shown
            if each.message.chat.whole == chat.whole and each.platform_id == platform_id
        )
