"""One plugin between its platform and a recording host, and the questions that promises ask of it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
    suppress,
)
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self, TypeVar
from uuid import uuid4

import pytest
from aiohttp import ClientSession, web

from bot.api import (
    Capabilities,
    ChannelSettings,
    ChatRef,
    DeliveryReceipt,
    Origin,
    OutgoingMessage,
    Plugin,
    PluginError,
    Route,
)
from tests.conformance.harness import Delivery, Failure, Harness, Said
from tests.conformance.host import RecordingHost
from tests.serving import serving

ResultT = TypeVar("ResultT")
OpenHarness = Callable[[str], AbstractAsyncContextManager[Harness]]
"""Starts the platform for a plugin that is served at the given root, which has no slash at the end."""

BODY_LIMIT_BYTES = 5 * 1024 * 1024
QUIET_LOGGERS = ("httpx", "httpcore", "twilio", "aiohttp")
"""Loggers of libraries that write what was asked and sent; the bot, too, keeps them at WARNING."""


@dataclass(slots=True)
class PluginServer:
    """An HTTP server for a plugin's routes, limited as the bot's own is; enter it to start it.

    Attributes:
        routes: what is served now.
        media: answers everything under `/media/`.
        url: the server's root, without a slash at the end.
    """

    routes: Sequence[Route] = ()
    media: Any = None
    url: str = ""
    _serving: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=BODY_LIMIT_BYTES)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self.url = await self._serving.enter_async_context(serving(app))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._serving.aclose()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.path.startswith("/media/") and self.media is not None:
            response: web.StreamResponse = await self.media(request)
            return response
        for route in self.routes:
            is_below = route.path.endswith("/") and request.path.startswith(route.path)
            if route.method == request.method and (is_below or route.path == request.path):
                return await route.handler(request)
        raise web.HTTPNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """A harness, a host and a server; `connected` puts a plugin between them.

    Attributes:
        harness: the platform.
        host: records what the plugin says.
        server: serves the plugin's routes.
    """

    harness: Harness
    host: RecordingHost
    server: PluginServer = field(repr=False)

    def create(self, settings: ChannelSettings | None = None) -> Plugin:
        """Make a plugin that is not connected."""
        plugin: Plugin = self.harness.package.create_plugin(settings or self.harness.settings(), self.host)
        return plugin

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Plugin]:
        """A plugin that is connected, served and listening; it is let go of afterwards."""
        plugin = self.create()
        self.server.routes = plugin.routes()
        listening: asyncio.Task[None] | None = None
        try:
            error = await self.outcome_of(plugin.connect(), "connect")
            if error is not None:
                fail(f"connect with right settings raised {error!r}")
            listening = asyncio.create_task(plugin.listen())
            yield plugin
        finally:
            if listening is not None:
                listening.cancel()
                with suppress(asyncio.CancelledError):
                    await self.within(listening, "listen, once cancelled,")
            await self.within(plugin.disconnect(), "disconnect")
            self.server.routes = ()

    async def within(self, action: Awaitable[ResultT], what: str) -> ResultT:
        """Await something that must end in the harness's patience."""
        deadline = asyncio.timeout(self.harness.patience.total_seconds())
        try:
            async with deadline:
                return await action
        except TimeoutError:
            if deadline.expired():
                fail(f"{what} did not end within {self.harness.patience}")
            raise

    async def outcome_of(self, action: Awaitable[object], what: str) -> PluginError | None:
        """Await something that may fail, and return its error, which must be one of the contract's."""
        try:
            await self.within(action, what)
        except PluginError as error:
            return error
        except AssertionError:
            raise
        except Exception as error:
            raise AssertionError(f"{what} raised {type(error).__name__}, which is no PluginError") from error
        return None

    async def error_of(self, action: Awaitable[object], what: str) -> PluginError:
        """Await something that must fail, and return its error, which must be one of the contract's."""
        error = await self.outcome_of(action, what)
        if error is None:
            fail(f"{what} raised nothing")
        return error

    async def taken(
        self, plugin: Plugin, message: OutgoingMessage, what: str = "the message"
    ) -> DeliveryReceipt:
        """Send a message that the platform must take."""
        try:
            return await self.within(plugin.send(message), f"sending {what}")
        except PluginError as error:
            raise AssertionError(f"{what} is not taken: {error!r}") from error

    def message(self, chat: ChatRef | None = None, text: str = "Hello", **more: Any) -> OutgoingMessage:
        """A message with an id of its own; to the first chat when none is named."""
        return OutgoingMessage(
            message_id=uuid4().hex,
            chat=chat or self.harness.chat,
            origin=more.pop("origin", Origin.HUMAN),
            text=text,
            **more,
        )

    def said(self, text: str = "Hello", *, chat: ChatRef | None = None, file: bytes | None = None) -> Said:
        """Something new that a person writes; in the first chat when none is named."""
        return Said(key=uuid4().hex, chat=chat or self.harness.chat, text=text, file=file)

    def need_failure(self, *failures: Failure) -> None:
        """Skip a promise about failures that this platform's harness does not produce."""
        for failure in failures:
            if failure not in self.harness.failures:
                pytest.skip(f"the harness does not declare {failure.name}")

    def need_delivery(self, delivery: Delivery) -> None:
        """Skip a promise about a delivery that this platform does not have."""
        if delivery not in self.harness.deliveries:
            pytest.skip(f"the harness does not declare {delivery.name}")

    def need_group(self) -> ChatRef:
        """The team's group; skips a promise about groups where the platform has none."""
        if self.harness.group is None:
            pytest.skip("the platform has no groups")
        return self.harness.group

    @contextmanager
    def captured_log(self) -> Iterator[list[logging.LogRecord]]:
        """Everything that is logged meanwhile, at every level, but for libraries the bot keeps quiet."""
        records: list[logging.LogRecord] = []
        handler = _Recorder(records)
        root = logging.getLogger()
        loggers = [root, *(logging.getLogger(name) for name in QUIET_LOGGERS)]
        levels = [logger.level for logger in loggers]
        root.addHandler(handler)
        try:
            for logger in loggers:
                logger.setLevel(logging.DEBUG if logger is root else logging.WARNING)
            yield records
        finally:
            root.removeHandler(handler)
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)


def need(is_declared: object, ability: str) -> None:
    """Skip a promise about an ability that the plugin does not declare."""
    if not is_declared:
        pytest.skip(f"the plugin does not declare {ability}")


def need_not(is_declared: object, ability: str) -> None:
    """Skip a promise about the lack of an ability that the plugin declares."""
    if is_declared:
        pytest.skip(f"the plugin declares {ability}")


def longest_text(capabilities: Capabilities) -> str:
    """A text of exactly `text_limit`, of a character that each unit counts differently."""
    face = "😀"
    unit, limit = capabilities.text_unit, capabilities.text_limit
    faces, rest = divmod(limit, unit.length(face))
    return face * faces + "a" * rest


def fail(reason: str) -> NoReturn:
    """Break the promise that is being tested."""
    raise AssertionError(reason)


@asynccontextmanager
async def open_rig(open_harness: OpenHarness, folder: Path) -> AsyncIterator[Rig]:
    """Start a server and a harness, with a host between them that keeps its files in `folder`."""
    async with ClientSession() as http, PluginServer() as server, open_harness(server.url) as harness:
        host = RecordingHost(channel=harness.channel, http=http, folder=folder, public_url=server.url)
        host.chats = list(harness.team_chats)
        server.media = host.media.serve
        yield Rig(harness=harness, host=host, server=server)


class _Recorder(logging.Handler):
    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__(logging.DEBUG)
        self._records = records

    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(record)
