"""Contacts and a member who write until they are acknowledged, whatever becomes of the server meanwhile."""

import asyncio
import re
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from aiohttp import ClientError

from tests.crash.house import SUPPORT, House
from tests.journeys.process import Running
from tests.simulators.loopback import LoopbackPlatform

_MARK = re.compile(r"m(c\d+)\.(\d+)m")
_REPLY = re.compile(r"r(c\d+)\.(\d+)r")
_RETRY_S = 0.02
_LOOK_S = 0.05
_LONGEST_S = 120.0

Mark = tuple[str, int]
"""Who wrote, and the number of the message."""


def marks(text: str) -> list[Mark]:
    """The contacts' messages that stand in a text."""
    return [(who, int(number)) for who, number in _MARK.findall(text)]


def reply_marks(text: str) -> list[Mark]:
    """The replies that stand in a text, by the message that they answer."""
    return [(who, int(number)) for who, number in _REPLY.findall(text)]


def message(who: str, number: int, *, text: str = "help") -> dict[str, Any]:
    """A contact's message, as its platform delivers it."""
    return {
        "type": "message",
        "event": f"e{number}",
        "message": f"m{number}",
        "chat": who,
        "sender": {"id": who, "name": who, "first_name": who},
        "at": time.time(),
        "text": f"{text} m{who}.{number}m",
    }


def reply(thread: str, mark: Mark) -> dict[str, Any]:
    """A member's answer to a message, as the platform of the team chats delivers it."""
    who, number = mark
    return {
        "type": "message",
        "event": f"r{who}.{number}",
        "message": f"r{who}.{number}",
        "chat": SUPPORT,
        "thread": thread,
        "sender": {"id": "mia", "name": "Mia"},
        "at": time.time(),
        "text": f"r{who}.{number}r",
    }


@dataclass(slots=True, kw_only=True)
class People:
    """Everybody who writes.

    Attributes:
        house: where.
        acknowledged: the contacts' messages that were answered with 200, in each one's order.
        replied: the replies that were.
        count: how many of both.
        refused: how often the server answered otherwise, by status; or did not, by the name of the error.
        progress: told of each.
        is_up: set while the server is to be asked.
    """

    house: House
    acknowledged: dict[str, list[int]] = field(default_factory=dict)
    replied: set[Mark] = field(default_factory=set)
    count: int = 0
    refused: Counter[int | str] = field(default_factory=Counter)
    progress: asyncio.Condition = field(default_factory=asyncio.Condition)
    is_up: asyncio.Event = field(default_factory=asyncio.Event)

    async def contact(self, who: str, messages: int, *, on: LoopbackPlatform | None = None) -> None:
        """Write so many messages one after another; each is delivered again until it is acknowledged.

        Args:
            who: writes.
            messages: how many.
            on: the platform; the shop when none is named.
        """
        before = len(self.acknowledged.get(who, ()))
        for number in range(before + 1, before + messages + 1):
            await self._deliver(on or self.house.shop, message(who, number))
            self.acknowledged.setdefault(who, []).append(number)

    async def member(self, replies_to_every: int, *, only: str = "") -> None:
        """Answer in each thread what stands there, until cancelled.

        Args:
            replies_to_every: how many messages there are to one answer.
            only: whom to answer; everybody when nobody is named.
        """
        answered: set[Mark] = set()
        while True:
            async with self.progress:
                # What was shown after the last acknowledgement is answered as well.
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_S):
                        await self.progress.wait()
            for post in self.house.desk.rooms.shown(SUPPORT):
                for mark in marks(post.text):
                    is_theirs = not only or mark[0] == only
                    if is_theirs and mark not in answered and mark[1] % replies_to_every == 0:
                        answered.add(mark)
                        await self._deliver(self.house.desk, reply(post.thread, mark))
                        self.replied.add(mark)

    async def until(self, count: int, *, process: Running) -> None:
        """Wait until so many messages were acknowledged in all, as long as the process runs."""
        ending = asyncio.ensure_future(process.process.wait())
        enough = asyncio.ensure_future(self._enough(count))
        try:
            async with asyncio.timeout(_LONGEST_S):
                await asyncio.wait({ending, enough}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ending.cancel()
            enough.cancel()
        assert enough.done(), "\n".join(["the process ended", *process.log[-50:]])

    def marks_acknowledged(self) -> set[Mark]:
        """The contacts' messages that were answered with 200."""
        return {(who, number) for who, numbers in self.acknowledged.items() for number in numbers}

    async def _enough(self, count: int) -> None:
        async with self.progress:
            await self.progress.wait_for(lambda: self.count >= count)

    async def _deliver(self, platform: LoopbackPlatform, event: dict[str, Any]) -> None:
        while True:
            await self.is_up.wait()
            try:
                status, _ = await platform.push(event)
            except (ClientError, OSError) as error:
                self.refused[type(error).__name__] += 1
            else:
                if status == HTTPStatus.OK:
                    break
                self.refused[status] += 1
            await asyncio.sleep(_RETRY_S)  # as a platform waits before it delivers again
        self.count += 1
        async with self.progress:
            self.progress.notify_all()
