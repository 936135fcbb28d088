"""A platform in memory that does what its script says."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.api import (
    Attachment,
    Capabilities,
    ChatRef,
    DeliveryReceipt,
    DeliveryUncertain,
    Mark,
    OutgoingMessage,
    Plugin,
    RateLimited,
)

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

SLOW = RateLimited("slow down", retry_after=timedelta(seconds=30))
SLOW_ACCOUNT = RateLimited("slow down", retry_after=timedelta(seconds=30), whole_channel=True)
UNCERTAIN = DeliveryUncertain("no answer")

EDITS = Capabilities(text_limit=4000, edits=True, marks=True, choices=3)


def clock() -> datetime:
    """The virtual loop's time as a date."""
    return START + timedelta(seconds=asyncio.get_running_loop().time() - 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """An answer that is lost: the deed is done, and then `error` is raised."""

    error: Exception


Answer = BaseException | Lost | Callable[[], None] | None
"""What a call meets: an error before anything is done, a lost answer, a deed of its own, nothing special."""


@dataclass(slots=True, kw_only=True)
class Shown:
    """A message as a chat shows it."""

    platform_id: str
    message: OutgoingMessage


class ScriptedPlatform(Plugin):
    """A platform that does what its script says, one line a call, and then everything right.

    Attributes:
        script: what the next calls meet.
        scripts: the same for one chat only; looked at first.
        shown: what the chats show, in order.
        calls: every call, with its main argument.
        gate: while it is set up, sends wait for it before anything is done.
    """

    def __init__(self, capabilities: Capabilities | None = None) -> None:
        self._capabilities = capabilities or Capabilities(text_limit=4000)
        self.script: deque[Answer] = deque()
        self.scripts: dict[ChatRef, deque[Answer]] = {}
        self.shown: list[Shown] = []
        self.calls: list[tuple[str, Any]] = []
        self.times: list[datetime] = []
        self.threads: dict[str, str] = {}
        self.gate: asyncio.Event | None = None
        self.files: dict[str, bytes | Exception] = {}

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    async def connect(self) -> None:
        """Nothing to do."""

    def texts(self, chat: ChatRef | None = None) -> list[str]:
        """The texts that a chat shows, its threads included; or those of all chats."""
        return [
            each.message.text for each in self.shown if chat is None or each.message.chat.whole == chat.whole
        ]

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        def deed() -> str:
            if self._capabilities.idempotent and (earlier := self._find(message)) is not None:
                return earlier
            platform_id = f"p{len(self.shown) + 1}"
            self.shown.append(Shown(platform_id=platform_id, message=message))
            return platform_id

        platform_id = await self._do("send", message.chat, message, deed)
        return DeliveryReceipt(message_id=message.message_id, platform_id=platform_id)

    async def edit(self, chat: ChatRef, platform_id: str, message: OutgoingMessage) -> None:
        await self._do("edit", chat, (platform_id, message.text), str)

    async def delete(self, chat: ChatRef, platform_id: str) -> None:
        await self._do("delete", chat, platform_id, str)

    async def react(self, chat: ChatRef, platform_id: str, emoji: str) -> None:
        await self._do("react", chat, (platform_id, emoji), str)

    async def mark(self, chat: ChatRef, platform_id: str, mark: Mark) -> None:
        await self._do("mark", chat, (platform_id, mark), str)

    async def open_thread(self, chat: ChatRef, *, title: str, key: str) -> str:
        def deed() -> str:
            self.threads[f"t{len(self.threads) + 1}"] = title
            return f"t{len(self.threads)}"

        return await self._do("open_thread", chat, title, deed)

    async def rename_thread(self, chat: ChatRef, *, title: str) -> None:
        await self._do("rename_thread", chat, (chat.thread_id, title), str)

    async def close_thread(self, chat: ChatRef) -> None:
        await self._do("close_thread", chat, chat.thread_id, str)

    async def reopen_thread(self, chat: ChatRef) -> None:
        await self._do("reopen_thread", chat, chat.thread_id, str)

    async def find_sent(self, message: OutgoingMessage) -> DeliveryReceipt | None:
        found = await self._do("find", message.chat, message.message_id, lambda: self._find(message) or "")
        return DeliveryReceipt(message_id=message.message_id, platform_id=found) if found else None

    async def download(self, attachment: Attachment) -> AsyncIterator[bytes]:
        await self._do("download", ChatRef("", ""), attachment.remote_id, str)
        content = self.files[attachment.remote_id]
        if isinstance(content, Exception):
            raise content
        yield content

    async def _do(self, name: str, chat: ChatRef, argument: Any, deed: Callable[[], str]) -> str:
        self.calls.append((name, argument))
        self.times.append(clock())
        script = self.scripts.get(chat.whole) or self.script
        answer = script.popleft() if script else None
        if self.gate is not None:
            await self.gate.wait()
        if isinstance(answer, Lost):
            deed()
            raise answer.error
        if isinstance(answer, BaseException):
            raise answer
        if answer is not None:
            answer()
        return deed()

    def _find(self, message: OutgoingMessage) -> str | None:
        return next(
            (each.platform_id for each in self.shown if each.message.message_id == message.message_id), None
        )


def scripted(*answers: Answer, **capabilities: Any) -> ScriptedPlatform:
    """A platform with these abilities, whose next calls meet these answers."""
    platform = ScriptedPlatform(Capabilities(**{"text_limit": 4000, **capabilities}))
    platform.script.extend(answers)
    return platform


def held_back(platform: ScriptedPlatform) -> asyncio.Event:
    """Let sends wait, so that others gather behind the first, until the event is set."""
    platform.gate = asyncio.Event()
    return platform.gate


def hanging(**capabilities: Any) -> ScriptedPlatform:
    """A platform that takes everything and answers nothing."""
    platform = scripted(**capabilities)
    held_back(platform)
    return platform


def arrive(platform: ScriptedPlatform) -> None:
    """Let the message that hangs arrive, though its sender is gone."""
    name, message = platform.calls[-1]
    assert name == "send"
    platform.shown.append(Shown(platform_id="p0", message=message))
