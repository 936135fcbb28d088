"""The loopback platforms in a process of their own: tells where they are, and reports on demand.

It prints one JSON line with the roots of `shop` and `desk`; for each line on standard input, one with the
calls by method and the texts that were shown, with when; it ends with its input.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import uvloop

from tests.simulators.loopback import LoopbackPlatform
from tests.simulators.loopback_rooms import Answer, Rooms

TOKEN, SECRET = "token-of-the-bench", "secret-of-the-bench"


@dataclass(slots=True, kw_only=True)
class TimedRooms(Rooms):
    """Chats that know when each message was shown.

    Attributes:
        shown_at: texts, with the system's monotonic time in seconds.
        counted: calls by method.
    """

    shown_at: list[tuple[str, float]] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)

    def carry_out(self, method: str, body: Answer) -> Answer:
        """Do what a call asks, and note it."""
        self.counted[method] += 1
        answer = Rooms.carry_out(self, method, body)
        if method == "send":
            self.shown_at.append((body["text"], time.monotonic()))
        return answer

    def report(self) -> dict[str, Any]:
        """What happened since the last report."""
        found = {"calls": dict(self.counted), "shown": self.shown_at}
        self.counted, self.shown_at = Counter(), []
        return found


async def serve(delay_s: float) -> None:
    """Serve both platforms until the input ends."""
    rooms = {name: TimedRooms() for name in ("shop", "desk")}
    async with AsyncExitStack() as stack:
        roots = {
            name: (
                await stack.enter_async_context(
                    LoopbackPlatform(token=TOKEN, secret=SECRET, rooms=each, delay_s=delay_s)
                )
            ).url
            for name, each in rooms.items()
        }
        print(json.dumps(roots), flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps({name: each.report() for name, each in rooms.items()}), flush=True)


if __name__ == "__main__":
    uvloop.run(serve(float(sys.argv[1])))
