"""What one process of the bot has of the town's platforms: calls that take their time, and fail."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from bot.api import (
    Capabilities,
    ChatGone,
    ChatRef,
    ConnectionFailed,
    DeliveryReceipt,
    DeliveryRejected,
    DeliveryUncertain,
    Mark,
    OutgoingMessage,
    Plugin,
    RateLimited,
    WindowShut,
)
from tests.properties.loop import LONGEST_S
from tests.properties.town import REFUSALS, Platform, Shown, Thread, Trouble

Answer = TypeVar("Answer")

_LONGEST_CALL_S = 0.02
_WRITTEN_BEHIND_S = 3.0


class TownPlugin(Plugin):
    """What one process of the bot has of a platform.

    Attributes:
        platform: the platform.
        is_dead: the process was killed, so that nothing of what is on its way arrives.
        under_way: what is being sent.
        answered: what was sent, and when that was known, by the loop's clock.
    """

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.is_dead = False
        self.under_way: list[OutgoingMessage] = []
        self.answered: deque[tuple[float, OutgoingMessage]] = deque(maxlen=50)

    def die(self) -> None:
        """Know nothing any more of what is under way, nor of what was answered but is not noted yet."""
        self.is_dead = True
        # Where a repeat is safe the bot keeps no journal, and writes it down within some seconds.
        behind_s = _WRITTEN_BEHIND_S if self.capabilities.idempotent else 2 * LONGEST_S
        since = asyncio.get_running_loop().time() - behind_s
        self.platform.doubted += self.under_way
        self.platform.doubted += [message for at, message in self.answered if at >= since]

    @property
    def capabilities(self) -> Capabilities:
        return self.platform.capabilities

    async def connect(self) -> None:
        """Always well."""

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        self.under_way.append(message)
        try:
            platform_id = await self._call(message.chat, lambda: self.platform.take(message))
        except (DeliveryRejected, WindowShut, ChatGone):
            self.platform.refused.append(message)
            raise
        except DeliveryUncertain:
            self.platform.doubted.append(message)
            raise
        finally:
            self.under_way.remove(message)
        self.answered.append((asyncio.get_running_loop().time(), message))
        return DeliveryReceipt(message_id=message.message_id, platform_id=platform_id)

    async def edit(self, chat: ChatRef, platform_id: str, message: OutgoingMessage) -> None:
        def act() -> None:
            self.platform.writable(chat)
            self._find(chat, platform_id).message = replace(message, chat=chat)

        await self._call(chat, act)

    async def delete(self, chat: ChatRef, platform_id: str) -> None:
        await self._call(chat, lambda: self._remove(chat, platform_id))

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
            thread_id = f"t{platform.new_id('threads')}"
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

    def _find(self, chat: ChatRef, platform_id: str) -> Shown:
        found = self.platform.find(chat, platform_id)
        if found is None:
            raise DeliveryRejected("there is no such message")
        return found

    def _remove(self, chat: ChatRef, platform_id: str) -> None:
        self.platform.shown.remove(self._find(chat, platform_id))

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
            case Trouble.REJECTED | Trouble.SHUT | Trouble.GONE:
                raise REFUSALS[trouble]("not here")
            case Trouble.LOST:
                raise DeliveryUncertain("silence")
        answer = act()
        await asyncio.sleep(platform.random.uniform(0, _LONGEST_CALL_S))
        if trouble is Trouble.DROPPED:
            raise DeliveryUncertain("silence")
        return answer
