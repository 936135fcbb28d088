"""Contacts who write signed webhooks, as fast as they are answered or at a steady rate."""

import asyncio
import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import ClientSession

from tests.bench.simulator import SECRET
from tests.simulators.loopback import SIGNATURE_HEADER

_MARK = re.compile(r"m(\d+)m")


@dataclass(slots=True, kw_only=True)
class Load:
    """What was written, and when.

    Attributes:
        http: carries it.
        url: the root of the server.
        written_at: when each message was sent, by number; the system's monotonic time in seconds.
        kept_at: when each was acknowledged.
    """

    http: ClientSession
    url: str
    written_at: dict[int, float] = field(default_factory=dict)
    kept_at: dict[int, float] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def write(self, contact: str, **fields: Any) -> None:
        """Write one message, and wait until it is acknowledged."""
        number = next(self._numbers)
        body = json.dumps(
            {
                "type": "message",
                "event": f"e{number}",
                "message": f"m{number}",
                "chat": contact,
                "sender": {"id": contact, "name": contact},
                "at": time.time(),
                "text": f"m{number}m",
                **fields,
            }
        ).encode()
        headers = {SIGNATURE_HEADER: hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}
        self.written_at[number] = time.monotonic()
        async with self.http.post(f"{self.url}/webhooks/shop", data=body, headers=headers) as answer:
            await answer.read()
            assert answer.status == 200, f"the server answered {answer.status}"
        self.kept_at[number] = time.monotonic()

    async def as_fast_as_answered(self, contacts: Iterable[str], messages: int) -> None:
        """Each contact writes so many messages, the next one when the last is acknowledged."""

        async def one(contact: str) -> None:
            for _ in range(messages):
                await self.write(contact)

        async with asyncio.TaskGroup() as tasks:
            for contact in contacts:
                tasks.create_task(one(contact))

    async def at_a_rate(self, contacts: Sequence[str], per_second: float, seconds: float) -> None:
        """Messages at even distances, whatever becomes of the earlier ones."""
        began_at = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            for each in range(int(per_second * seconds)):
                await asyncio.sleep(max(began_at + each / per_second - time.monotonic(), 0))
                tasks.create_task(self.write(contacts[each % len(contacts)]))


def marks(text: str) -> list[int]:
    """The messages that stand in a text."""
    return [int(number) for number in _MARK.findall(text)]
