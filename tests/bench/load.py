"""Contacts who write webhooks, as fast as they are answered or at a steady rate."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlsplit

from tests.bench.wire import Connection

Letter = Callable[[int, str, str], bytes]
"""Makes a webhook's request, from a message's number, who writes it, and the start value it comes with."""


def mark(number: int) -> str:
    """The text by which a message is known wherever it is shown."""
    return f"m{number}m"


@dataclass(frozen=True, slots=True)
class Written:
    """A message that is ready to be sent: its number, and the bytes of its webhook."""

    number: int
    webhook: bytes


@dataclass(slots=True, kw_only=True)
class Load:
    """What was written, and when.

    Attributes:
        url: the root of the server.
        letter: makes webhooks.
        written_at: when each message was sent, by number; the system's monotonic time in seconds.
        kept_at: when each was acknowledged.
    """

    url: str
    letter: Letter
    written_at: dict[int, float] = field(default_factory=dict)
    kept_at: dict[int, float] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _idle: list[Connection] = field(default_factory=list)

    def message(self, contact: str, start: str = "") -> Written:
        """A message of a contact, who may have come by a link with a start value."""
        number = next(self._numbers)
        return Written(number, self.letter(number, contact, start))

    async def write(self, message: Written) -> None:
        """Send a message, and wait until it is acknowledged."""
        connection = self._idle.pop() if self._idle else await self._connect()
        self.written_at[message.number] = time.monotonic()
        answer = await connection.ask(message.webhook)
        self.kept_at[message.number] = time.monotonic()
        assert answer.head.startswith(b"HTTP/1.1 200 "), answer.head.partition(b"\r\n")[0].decode()
        self._idle.append(connection)

    async def as_fast_as_answered(self, contacts: Iterable[str], messages: int) -> None:
        """Each contact writes so many messages, the next one when the last is acknowledged."""

        async def one(written: Sequence[Written]) -> None:
            for each in written:
                await self.write(each)

        # Signed beforehand: what the contacts' side costs is not measured.
        ready = [[self.message(contact) for _ in range(messages)] for contact in contacts]
        self._idle += [await self._connect() for _ in range(len(ready) - len(self._idle))]
        async with asyncio.TaskGroup() as tasks:
            for written in ready:
                tasks.create_task(one(written))

    async def at_a_rate(self, contacts: Sequence[str], per_second: float, seconds: float) -> None:
        """Messages at even distances, whatever becomes of the earlier ones."""
        ready = [self.message(contacts[each % len(contacts)]) for each in range(int(per_second * seconds))]
        began_at = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            for each, written in enumerate(ready):
                await asyncio.sleep(max(began_at + each / per_second - time.monotonic(), 0))
                tasks.create_task(self.write(written))

    def close(self) -> None:
        """Hang up."""
        for connection in self._idle:
            connection.close()

    async def _connect(self) -> Connection:
        parts = urlsplit(self.url)
        assert parts.hostname is not None
        assert parts.port is not None
        return await Connection.to(parts.hostname, parts.port)
