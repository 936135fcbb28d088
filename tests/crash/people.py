"""Contacts and a member who write until they are acknowledged, whatever becomes of the server meanwhile."""

import asyncio
import re
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError

from tests.crash.house import SUPPORT, House

_MARK = re.compile(r"m(c\d+)\.(\d+)m")
_REPLY = re.compile(r"r(c\d+)\.(\d+)r")
_RETRY_S = 0.02

Mark = tuple[str, int]
"""Who wrote, and the number of the message."""


def marks(text: str) -> list[Mark]:
    """The contacts' messages that stand in a text."""
    return [(who, int(number)) for who, number in _MARK.findall(text)]


def reply_marks(text: str) -> list[Mark]:
    """The replies that stand in a text, by the message that they answer."""
    return [(who, int(number)) for who, number in _REPLY.findall(text)]


@dataclass(slots=True, kw_only=True)
class People:
    """Everybody who writes.

    Attributes:
        house: where.
        acknowledged: the contacts' messages that were answered with 200, in each one's order.
        replied: the replies that were.
        count: how many of both.
        progress: told of each.
        is_up: set while the server is to be asked.
    """

    house: House
    acknowledged: dict[str, list[int]] = field(default_factory=dict)
    replied: set[Mark] = field(default_factory=set)
    count: int = 0
    progress: asyncio.Condition = field(default_factory=asyncio.Condition)
    is_up: asyncio.Event = field(default_factory=asyncio.Event)

    async def contact(self, who: str, messages: int) -> None:
        """Write messages one after another; each is delivered again until it is acknowledged."""
        for number in range(1, messages + 1):
            await self._deliver(
                self.house.shop.push,
                {
                    "type": "message",
                    "event": f"e{number}",
                    "message": f"m{number}",
                    "chat": who,
                    "sender": {"id": who, "name": who, "first_name": who},
                    "at": time.time(),
                    "text": f"help m{who}.{number}m",
                },
            )
            self.acknowledged.setdefault(who, []).append(number)

    async def member(self, replies_to_every: int) -> None:
        """Answer in each thread what stands there, until cancelled."""
        answered: set[Mark] = set()
        while True:
            async with self.progress:
                await self.progress.wait()
            for post in self.house.desk.rooms.shown(SUPPORT):
                for mark in marks(post.text):
                    if mark not in answered and mark[1] % replies_to_every == 0:
                        answered.add(mark)
                        await self._reply(post.thread, mark)

    async def until(self, count: int) -> None:
        """Wait until so many messages were acknowledged in all."""
        async with self.progress:
            await self.progress.wait_for(lambda: self.count >= count)

    async def _reply(self, thread: str, mark: Mark) -> None:
        who, number = mark
        await self._deliver(
            self.house.desk.push,
            {
                "type": "message",
                "event": f"r{who}.{number}",
                "message": f"r{who}.{number}",
                "chat": SUPPORT,
                "thread": thread,
                "sender": {"id": "mia", "name": "Mia"},
                "at": time.time(),
                "text": f"r{who}.{number}r",
            },
        )
        self.replied.add(mark)

    async def _deliver(self, push: Any, event: dict[str, Any]) -> None:
        while True:
            await self.is_up.wait()
            try:
                status, _ = await push(event)
            except (ClientError, OSError):
                status = 0
            if status == 200:
                break
            await asyncio.sleep(_RETRY_S)  # as a platform waits before it delivers again
        self.count += 1
        async with self.progress:
            self.progress.notify_all()
