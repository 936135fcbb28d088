"""The platforms as their people see them: they outlive the bot, and fail as they are told to."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from itertools import count
from random import Random
from typing import TypeVar

from bot.api import (
    Capabilities,
    ChatRef,
    ConnectionFailed,
    DeliveryReceipt,
    DeliveryRejected,
    DeliveryUncertain,
    Mark,
    OutgoingMessage,
    Plugin,
    RateLimited,
    ThreadGone,
)

Answer = TypeVar("Answer")

_LONGEST_CALL_S = 0.02


class Trouble(StrEnum):
    """What a call meets.

    Attributes:
        RATE_LIMITED: a pause of some seconds.
        UNREACHABLE: nothing was done, and the connection is broken.
        DROPPED: it was done, and the answer was lost.
        LOST: it was not done, and nobody knows.
        REJECTED: it is refused for good.
    """

    RATE_LIMITED = "rate_limited"
    UNREACHABLE = "unreachable"
    DROPPED = "dropped"
    LOST = "lost"
    REJECTED = "rejected"


@dataclass(slots=True, kw_only=True)
class Shown:
    """A message as a chat shows it.

    Attributes:
        platform_id: the platform's.
        message: as it was last edited.
        first: as it was sent.
    """

    platform_id: str
    message: OutgoingMessage
    first: OutgoingMessage


@dataclass(slots=True, kw_only=True)
class Thread:
    """One thread of a team chat."""

    chat: ChatRef
    key: str
    is_closed: bool = False
    is_lost: bool = False


@dataclass(slots=True, kw_only=True)
class Platform:
    """One account, and everybody on it.

    Attributes:
        capabilities: what it can do.
        random: how long calls take.
        shown: what people see, oldest first.
        threads: by id.
        troubles: what the next calls meet, by chat.
        refused: what was refused for good.
        doubted: what was sent without the bot knowing how it ended, oldest first.
    """

    capabilities: Capabilities
    random: Random
    shown: list[Shown] = field(default_factory=list)
    threads: dict[str, Thread] = field(default_factory=dict)
    troubles: dict[str, deque[Trouble]] = field(default_factory=dict)
    refused: list[OutgoingMessage] = field(default_factory=list)
    doubted: list[OutgoingMessage] = field(default_factory=list)
    _ids: "count[int]" = field(default_factory=lambda: count(1))

    def fail_next(self, chat_id: str, *troubles: Trouble) -> None:
        """Let the next calls for a chat meet these troubles."""
        self.troubles.setdefault(chat_id, deque()).extend(troubles)

    def in_chat(self, chat: ChatRef) -> list[Shown]:
        """What a chat shows, threads included."""
        return [each for each in self.shown if each.first.chat.whole == chat]

    def new_id(self, letter: str) -> str:
        """An id that nothing has had."""
        return f"{letter}{next(self._ids)}"

    def take(self, message: OutgoingMessage) -> str:
        """Show a message, and return its id."""
        if self.capabilities.idempotent:
            for each in self.shown:
                if each.first.message_id == message.message_id:
                    return each.platform_id
        self.writable(message.chat)
        platform_id = self.new_id("p")
        self.shown.append(Shown(platform_id=platform_id, message=message, first=message))
        return platform_id

    def writable(self, chat: ChatRef) -> None:
        """Refuse a thread that is lost."""
        if chat.thread_id is not None and self.threads[chat.thread_id].is_lost:
            raise ThreadGone("the thread was deleted")


class TownPlugin(Plugin):
    """What one process of the bot has of a platform.

    Attributes:
        platform: the platform.
        is_dead: the process was killed, so that nothing of what is on its way arrives.
        under_way: what is being sent.
    """

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.is_dead = False
        self.under_way: list[OutgoingMessage] = []

    def die(self) -> None:
        """Know nothing any more of what is under way."""
        self.is_dead = True
        self.platform.doubted += self.under_way

    @property
    def capabilities(self) -> Capabilities:
        return self.platform.capabilities

    async def connect(self) -> None:
        """Always well."""

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        self.under_way.append(message)
        try:
            platform_id = await self._call(message.chat, lambda: self.platform.take(message))
        except DeliveryRejected:
            self.platform.refused.append(message)
            raise
        except DeliveryUncertain:
            self.platform.doubted.append(message)
            raise
        finally:
            self.under_way.remove(message)
        return DeliveryReceipt(message_id=message.message_id, platform_id=platform_id)

    async def edit(self, chat: ChatRef, platform_id: str, message: OutgoingMessage) -> None:
        def act() -> None:
            self.platform.writable(chat)
            self._find(platform_id).message = replace(message, chat=chat)

        await self._call(chat, act)

    async def delete(self, chat: ChatRef, platform_id: str) -> None:
        await self._call(chat, lambda: self.platform.shown.remove(self._find(platform_id)))

    async def mark(self, chat: ChatRef, platform_id: str, mark: Mark) -> None:
        await self._call(chat, lambda: None)

    async def react(self, chat: ChatRef, platform_id: str, emoji: str) -> None:
        await self._call(chat, lambda: None)

    async def open_thread(self, chat: ChatRef, *, title: str, key: str) -> str:
        platform = self.platform

        def act() -> str:
            if platform.capabilities.idempotent:
                for thread_id, thread in platform.threads.items():
                    if (thread.chat, thread.key, thread.is_lost) == (chat, key, False):
                        return thread_id
            thread_id = platform.new_id("t")
            platform.threads[thread_id] = Thread(chat=chat, key=key)
            return thread_id

        return await self._call(chat, act)

    async def close_thread(self, chat: ChatRef) -> None:
        await self._change_thread(chat, is_closed=True)

    async def reopen_thread(self, chat: ChatRef) -> None:
        await self._change_thread(chat, is_closed=False)

    async def find_sent(self, message: OutgoingMessage) -> DeliveryReceipt | None:
        if not self.capabilities.findable:
            return await super().find_sent(message)
        for each in self.platform.shown:
            if each.first.message_id == message.message_id:
                return DeliveryReceipt(message_id=message.message_id, platform_id=each.platform_id)
        return None

    def thread_link(self, chat: ChatRef) -> str:
        return f"https://town.example/{chat.chat_id}/{chat.thread_id}"

    async def _change_thread(self, chat: ChatRef, *, is_closed: bool) -> None:
        def act() -> None:
            self.platform.writable(chat)
            assert chat.thread_id is not None
            self.platform.threads[chat.thread_id].is_closed = is_closed

        await self._call(chat, act)

    def _find(self, platform_id: str) -> Shown:
        for each in self.platform.shown:
            if each.platform_id == platform_id:
                return each
        raise DeliveryRejected("there is no such message")

    async def _call(self, chat: ChatRef, act: Callable[[], Answer]) -> Answer:
        """Travel, act, and travel back; who is killed on the way did not act, or does not know it."""
        platform = self.platform
        await asyncio.sleep(platform.random.uniform(0, _LONGEST_CALL_S))
        if self.is_dead:
            raise ConnectionFailed("nobody is here")
        waiting = platform.troubles.get(chat.chat_id)
        trouble = waiting.popleft() if waiting else None
        match trouble:
            case Trouble.RATE_LIMITED:
                raise RateLimited("slowly", retry_after=timedelta(seconds=7))
            case Trouble.UNREACHABLE:
                raise ConnectionFailed("nobody is there")
            case Trouble.REJECTED:
                raise DeliveryRejected("not here")
            case Trouble.LOST:
                raise DeliveryUncertain("silence")
        answer = act()
        await asyncio.sleep(platform.random.uniform(0, _LONGEST_CALL_S))
        if trouble is Trouble.DROPPED:
            raise DeliveryUncertain("silence")
        return answer


def room_abilities(*, idempotent: bool) -> Capabilities:
    """What a platform with team chats can do."""
    return Capabilities(
        text_limit=4000,
        choices=10,
        group_chats=True,
        threads=True,
        edits=True,
        deletes=True,
        reactions=True,
        marks=True,
        quotes=True,
        idempotent=idempotent,
    )
