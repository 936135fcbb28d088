"""The HTTP server: the bot's own pages, and whatever the connected plugins serve."""

import errno
import json
import logging
from collections.abc import Sequence
from socket import gaierror
from typing import Protocol

from aiohttp import web

from bot.api import Route
from bot.health import Condition
from bot.metrics import Metrics
from bot.web.dispatch import Dispatcher
from bot.web.media import PREFIX, MediaHandler, SignedMedia
from bot.web.pages import HEADERS, front_page
from bot.web.routing import ChannelRoutes, RouteTable

logger = logging.getLogger(__name__)

BODY_LIMIT_BYTES = 5 * 1024 * 1024


class CannotListen(Exception):
    """The server's address cannot be used; the text says why, and what to do."""


class Process(Protocol):
    """What the pages tell of the process, as it is at that moment."""

    @property
    def business(self) -> str:
        """The business's name."""
        ...

    @property
    def language(self) -> str:
        """The language of config.toml."""
        ...

    async def condition(self) -> Condition:
        """The state of everything."""
        ...


class WebServer:
    """One aiohttp server.

    Requests are not logged, since a URL may hold a token. A handler goes on when its client hangs up, so
    what was received is stored.

    Args:
        process: what the pages tell.
        media: the files behind `/media/`.
        metrics: the figures of `/metrics`.
        shutdown_s: how long requests may go on once `stop` is called.
    """

    def __init__(
        self, process: Process, *, media: SignedMedia, metrics: Metrics, shutdown_s: float = 2.0
    ) -> None:
        self._process = process
        self._metrics = metrics
        self._own = (
            Route(method="GET", path="/", handler=self._front),
            Route(method="GET", path="/health", handler=self._health),
            Route(method="GET", path="/metrics", handler=self._figures),
            Route(method="GET", path=PREFIX, handler=MediaHandler(media).answer),
        )
        self._dispatcher = Dispatcher(RouteTable(self._own))
        application = web.Application(client_max_size=BODY_LIMIT_BYTES)
        application.router.add_route("*", "/{path:.*}", self._dispatcher.answer)
        application.on_response_prepare.append(_sign)
        self._runner = web.AppRunner(
            application, access_log=None, logger=_silent(), shutdown_timeout=shutdown_s
        )

    @property
    def port(self) -> int:
        """The port that is listened on.

        Raises:
            LookupError: the server is not started.
        """
        port: int = self._runner.addresses[0][1]
        return port

    def serve(self, channels: Sequence[ChannelRoutes]) -> None:
        """Replace what the channels serve; takes effect with the next request."""
        known = set(self._dispatcher.table.conflicts)
        self._dispatcher.table = RouteTable(self._own, channels)
        for conflict in self._dispatcher.table.conflicts:
            if conflict not in known:
                logger.error("%s", conflict)

    async def start(self, host: str, port: int) -> None:
        """Listen.

        Args:
            host: an address or name of this machine; empty: every address.
            port: 0: any free one.

        Raises:
            CannotListen: the address is taken, not ours, or not allowed.
        """
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host or None, port).start()
        except (OSError, OverflowError) as error:
            await self._runner.cleanup()
            raise CannotListen(_words(error, host, port)) from error

    async def stop(self) -> None:
        """Take no more requests, and let those that are being answered end, within a bound."""
        await self._runner.cleanup()

    async def _front(self, request: web.Request) -> web.StreamResponse:
        condition = await self._process.condition()
        page = front_page(
            business=self._process.business,
            language=self._process.language,
            channels=condition.channels,
            pages=self._dispatcher.table.pages(request),
        )
        return web.Response(text=page, content_type="text/html", headers=HEADERS)

    async def _health(self, request: web.Request) -> web.StreamResponse:
        del request
        condition = await self._process.condition()
        return web.Response(
            status=503 if condition.data_trouble else 200,
            text=json.dumps(condition.as_json()) + "\n",
            content_type="application/json",
            headers={"Cache-Control": "no-store"},
        )

    async def _figures(self, request: web.Request) -> web.StreamResponse:
        del request
        body = self._metrics.render(await self._process.condition())
        return web.Response(body=body, headers={"Content-Type": self._metrics.content_type})


async def _sign(request: web.Request, response: web.StreamResponse) -> None:
    """Give every answer the headers they share; no version is told to strangers."""
    del request
    response.headers["Server"] = "Guichet"
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")


def _silent() -> logging.Logger:
    """A logger for what is not HTTP: aiohttp would log the raw bytes of strangers, tokens among them."""
    return logging.Logger(f"{__name__}.protocol", level=logging.CRITICAL + 1)  # noqa: LOG001  # belongs to no tree


def _words(error: OSError | OverflowError, host: str, port: int) -> str:
    where = f"port {port} on {host or 'every address'}"
    number = error.errno if isinstance(error, OSError) else 0
    # Python 3.13 leaves the number out when no address could be bound
    if isinstance(error, gaierror) or number in {errno.EADDRNOTAVAIL, None}:
        return f'{host!r} is no address of this machine; write server.host = "127.0.0.1" or "0.0.0.0"'
    if number == errno.EADDRINUSE:
        return f"{where} is used by another program; stop that one, or choose another server.port"
    if number in {errno.EACCES, errno.EPERM}:
        return f"{where} is not allowed to this user; choose a server.port from 1024 up"
    return f"{where} cannot be listened on: {getattr(error, 'strerror', None) or error}"
