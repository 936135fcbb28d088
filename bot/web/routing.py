"""Which handler a request belongs to; a table that is replaced as a whole when plugins are."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.api import Route

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRoutes:
    """What one channel serves.

    Attributes:
        channel: its name.
        routes: its plugin's routes; of a channel that lost its plugin, those the plugin had.
        is_connected: False: its paths answer that it is away, and platforms deliver again later.
        home: the page that whoever asks for the front page should see first, or empty.
    """

    channel: str
    routes: tuple[Route, ...] = ()
    is_connected: bool = False
    home: Callable[[web.Request], str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A handler; `owner` is the channel it belongs to, or empty for the bot's own."""

    handler: Handler
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongMethod:
    """The path exists; these are the methods it takes, in order."""

    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """The path belongs to a channel that is not connected now."""

    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """The path lacks the slash at its end."""

    path: str


Outcome = Found | WrongMethod | Away | Elsewhere | None


@dataclass(slots=True)
class _Entry:
    owner: str
    is_away: bool
    handlers: dict[str, Handler]


class RouteTable:
    """Paths and their handlers.

    A path that ends with `/` stands for everything below it; of several that match the longest wins. A
    path belongs to whoever named it first, and the bot's own come before every channel's.

    Args:
        own: the bot's own routes.
        channels: what the channels serve.

    Attributes:
        conflicts: in words, the routes that are not served because their path is somebody else's.
    """

    def __init__(self, own: Sequence[Route], channels: Sequence[ChannelRoutes] = ()) -> None:
        self.conflicts: list[str] = []
        self._entries: dict[str, _Entry] = {}
        self._homes = [channel.home for channel in channels if channel.home is not None]
        for route in own:
            self._add("", route, is_away=False)
        for channel in channels:
            for route in channel.routes:
                self._add(channel.channel, route, is_away=not channel.is_connected)
        for channel in channels:
            self._expect_webhooks(channel)

    def find(self, method: str, path: str) -> Outcome:
        """The handler for a request, or why there is none; None: nobody knows the path."""
        entry = self._longest(path)
        if entry is None:
            return Elsewhere(path=f"{path}/") if f"{path}/" in self._entries else None
        if entry.is_away:
            return Away(channel=entry.owner)
        handler = entry.handlers.get(method)
        if handler is None and method == "HEAD":
            handler = entry.handlers.get("GET")
        if handler is not None:
            return Found(handler=handler, owner=entry.owner)
        methods = set(entry.handlers)
        return WrongMethod(allowed=tuple(sorted(methods | ({"HEAD"} if "GET" in methods else set()))))

    def pages(self, request: web.Request) -> tuple[str, ...]:
        """The paths of the pages that connected channels offer to who asks, the first to look at first.

        What ends with `/` is one.
        """
        homes = (home(request) for home in self._homes)
        folders = (
            path
            for path, entry in self._entries.items()
            if entry.owner and path.endswith("/") and "GET" in entry.handlers and not entry.is_away
        )
        return tuple(dict.fromkeys((*filter(None, homes), *folders)))

    def _add(self, owner: str, route: Route, *, is_away: bool) -> None:
        holder = self._holder(route.path)
        if holder is not None and holder != owner:
            belongs = f"to the channel {holder}" if holder else "to the bot itself"
            self.conflicts.append(f"{owner}: {route.path} is not served, it belongs {belongs}")
            return
        entry = self._entries.setdefault(route.path, _Entry(owner=owner, is_away=is_away, handlers={}))
        entry.handlers.setdefault(route.method.upper(), route.handler)

    def _holder(self, path: str) -> str | None:
        """Whose a path is already: of whoever named it, or of the bot when it is below one of its own."""
        if path in self._entries:
            return self._entries[path].owner
        above = self._longest(path)
        return "" if above is not None and not above.owner else None

    def _expect_webhooks(self, channel: ChannelRoutes) -> None:
        """Let a channel that never came up answer on its webhook paths, so that platforms try again."""
        if channel.is_connected:
            return
        webhook = f"/webhooks/{channel.channel}"
        for path in (webhook, f"{webhook}/"):
            self._entries.setdefault(path, _Entry(owner=channel.channel, is_away=True, handlers={}))

    def _longest(self, path: str) -> _Entry | None:
        """The entry of the longest match: the path itself, or a folder above it, the nearest first."""
        if path in self._entries:
            return self._entries[path]
        end = path.rfind("/")
        while end > 0:
            if (entry := self._entries.get(path[: end + 1])) is not None:
                return entry
            end = path.rfind("/", 0, end)
        return None
