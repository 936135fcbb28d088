"""The server of a simulated platform: how it is started and ended, and what it can be made to wait for."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Generic, Self, TypeVar

from aiohttp import ClientSession, ClientTimeout, web

from tests.serving import serving

FoundT = TypeVar("FoundT")
TroubleT = TypeVar("TroubleT")

UPLOAD_LIMIT_BYTES = 64 * 1024 * 1024
TIMEOUT = ClientTimeout(total=30)
"""How long a platform waits for what it asks or tells others."""
PATIENCE_S = 60


@dataclass(slots=True, kw_only=True)
class PlatformServer(Generic[TroubleT]):
    """A platform's server; enter it as a context to start it.

    Attributes:
        url: the root of the API, once started.
        news: told of every call.
    """

    url: str = ""
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _next: deque[TroubleT] = field(default_factory=deque)
    _held: dict[str | int, asyncio.Event] = field(default_factory=dict)
    _over: asyncio.Event = field(default_factory=asyncio.Event)
    _servers: AsyncExitStack = field(default_factory=AsyncExitStack)
    _ending: AsyncExitStack = field(default_factory=AsyncExitStack)
    _http: ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._http = await self._ending.enter_async_context(ClientSession(timeout=TIMEOUT))
        await self._start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop_serving()
        await self._ending.aclose()

    async def stop_serving(self) -> None:
        """Close every connection and accept no more; the port is dead from here on."""
        self._over.set()
        for gate in self._held.values():
            gate.set()
        await self._tell()
        await self._servers.aclose()

    def fail_next(self, *troubles: TroubleT) -> None:
        """Give the next calls these troubles, one each, in order."""
        self._next.extend(troubles)

    def hold(self, chat: str | int) -> None:
        """Carry out nothing for this chat or person until `release`."""
        self._held.setdefault(chat, asyncio.Event())

    def release(self, chat: str | int) -> None:
        """Carry out what was held."""
        if (gate := self._held.pop(chat, None)) is not None:
            gate.set()

    async def until(self, find: Callable[[], FoundT | None], *, patience_s: float = PATIENCE_S) -> FoundT:
        """Wait until there is something to find, looked for at each of the news."""
        async with asyncio.timeout(patience_s), self.news:
            found = await self.news.wait_for(find)
        assert found is not None
        return found

    async def _start(self) -> None:
        """Serve the platform's applications, and keep the address of its API."""
        raise NotImplementedError

    async def _serve(self, app: web.Application) -> str:
        """Serve an application until `stop_serving`, and return its address."""
        return await self._servers.enter_async_context(serving(app))

    async def _released(self, chat: str | int) -> None:
        """Wait while a chat is held."""
        if (gate := self._held.get(chat)) is not None:
            await gate.wait()

    async def _tell(self) -> None:
        async with self.news:
            self.news.notify_all()
