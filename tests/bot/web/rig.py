"""The real server on a free port, with a process and files that the test makes up."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import ClientSession, web

from bot.api import MediaFile, Route
from bot.health import Condition, OutboxCounts
from bot.metrics import Metrics
from bot.supervisor import ChannelState, ChannelStatus
from bot.web import ChannelRoutes, WebServer
from bot.web.routing import Handler


@dataclass(slots=True)
class MadeUpProcess:
    """A process in the state that the test wants."""

    business: str = "Maison Dupont"
    language: str = "en"
    channels: dict[str, ChannelStatus] = field(default_factory=dict)
    data_trouble: str = ""

    async def condition(self) -> Condition:
        return Condition(
            uptime_s=5.0,
            channels=self.channels,
            outbox=OutboxCounts(pending=7),
            data_trouble=self.data_trouble,
        )


@dataclass(slots=True)
class MadeUpMedia:
    """Files by token; a token without content is of a file that was erased."""

    files: dict[str, MediaFile] = field(default_factory=dict)
    contents: dict[str, list[bytes]] = field(default_factory=dict)

    def open_token(self, token: str) -> MediaFile | None:
        return self.files.get(token)

    async def read(self, media: MediaFile) -> AsyncIterator[bytes]:
        if media.media_id not in self.contents:
            raise FileNotFoundError(media.media_id)
        for piece in self.contents[media.media_id]:
            yield piece


@dataclass(slots=True, kw_only=True)
class Rig:
    """A running server; `http` is a client whose paths are on it and that follows no redirect."""

    process: MadeUpProcess
    media: MadeUpMedia
    metrics: Metrics
    server: WebServer
    http: ClientSession


@asynccontextmanager
async def rig() -> AsyncIterator[Rig]:
    """Start a server and a client, and stop them."""
    process, media, metrics = MadeUpProcess(), MadeUpMedia(), Metrics()
    server = WebServer(process, media=media, metrics=metrics, shutdown_s=0.5)
    await server.start("127.0.0.1", 0)
    async with ClientSession(f"http://127.0.0.1:{server.port}") as http:
        try:
            yield Rig(process=process, media=media, metrics=metrics, server=server, http=http)
        finally:
            await server.stop()


def connected() -> ChannelStatus:
    """A channel that is well."""
    return ChannelStatus(state=ChannelState.CONNECTED)


def saying(text: str) -> Handler:
    """A handler that answers with `text`."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=text)

    return answer


def serves(channel: str, routes: Mapping[str, Handler], *, is_connected: bool = True) -> ChannelRoutes:
    """A channel with routes given as `"GET /path"`."""
    return ChannelRoutes(
        channel=channel,
        is_connected=is_connected,
        routes=tuple(
            Route(method=key.partition(" ")[0], path=key.partition(" ")[2], handler=handler)
            for key, handler in routes.items()
        ),
    )
