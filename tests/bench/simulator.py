"""The platforms of the bench: each call is carried out after a while, and what was shown when is noted."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import msgspec

from tests.bench.wire import Served, Unit, response
from tests.simulators.loopback_rooms import Refusal, Rooms

TOKEN, SECRET = "token-of-the-bench", "secret-of-the-bench"
_AUTHORISATION = f"\r\nauthorization: bearer {TOKEN}".encode()


@dataclass(slots=True, kw_only=True)
class Account:
    """One account's chats, and what its people saw.

    Attributes:
        rooms: the chats and their rules.
        calls: how often each method was called since this was last emptied.
        shown: texts since this was last emptied, each with the system's monotonic time in seconds.
    """

    rooms: Rooms = field(default_factory=Rooms)
    calls: Counter[str] = field(default_factory=Counter)
    shown: list[tuple[str, float]] = field(default_factory=list)


class Platforms:
    """Two accounts behind one port; the API's root is `url/shop` and `url/desk`.

    Args:
        delay_s: how long each call takes.

    Attributes:
        accounts: by name.
    """

    def __init__(self, delay_s: float) -> None:
        self.accounts = {name: Account() for name in ("shop", "desk")}
        self._delay_s = delay_s

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """Listen, and give the address."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Served(self._take), "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    def _take(self, unit: Unit, write: Callable[[bytes], None]) -> None:
        asyncio.get_running_loop().call_later(self._delay_s, self._carry_out, unit, write)

    def _carry_out(self, unit: Unit, write: Callable[[bytes], None]) -> None:
        _, name, _, method = unit.head.split(b" ", 2)[1].decode().split("/")
        account = self.accounts[name]
        account.calls[method] += 1
        assert _AUTHORISATION in unit.head.lower(), "the token is wrong"
        try:
            body = msgspec.json.decode(unit.body)
            answer = account.rooms.carry_out(method, body)
        except Refusal as refusal:
            write(response(refusal.status, msgspec.json.encode(refusal.answer)))
            return
        if method == "send":
            account.shown.append((body["text"], time.monotonic()))
        write(response(200, msgspec.json.encode(answer)))
