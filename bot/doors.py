"""The doors of the process: a plugin for each channel that config.toml enables, and what they all serve."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from aiohttp import ClientSession

from bot.api import Plugin
from bot.core import Core
from bot.erasing import require
from bot.host import ChannelHost, HostMedia, Shared
from bot.loader import PluginCatalog
from bot.metrics import Metrics
from bot.store import DocumentStore
from bot.supervisor import ChannelPlan, Channels
from bot.web import ChannelRoutes, WebServer


class Doors:
    """What makes plugins, attaches those that are connected, and serves their routes.

    Args:
        core: what receives and sends.
        web: the HTTP server.
        catalog: the platforms there are.
        metrics: counters.
        data: the data folder.
    """

    def __init__(
        self, core: Core, web: WebServer, *, catalog: PluginCatalog, metrics: Metrics, data: Path
    ) -> None:
        self._core = core
        self._web = web
        self._catalog = catalog
        self._metrics = metrics
        self._data = data
        self._routes: dict[str, ChannelRoutes] = {}
        self._documents: dict[str, DocumentStore] = {}

    def use(self, channels: Channels, http: ClientSession) -> None:
        """Keep channels connected with this, over one client session; called once, before anything else."""
        self._channels = channels
        self._http = http

    def announce(self) -> None:
        """Serve the paths of channels that are still to be connected: they say so until then."""
        self._routes = {plan.channel: ChannelRoutes(channel=plan.channel) for plan in self._plans()}
        self._serve()

    async def apply(self) -> None:
        """Connect what config.toml enables now, and let go what it does not."""
        plans = self._plans()
        await self._channels.apply(plans)
        wanted = {plan.channel for plan in plans}
        self._routes = {name: routes for name, routes in self._routes.items() if name in wanted}
        self._serve()

    async def close(self) -> None:
        """Finish what plugins have begun to write down."""
        for documents in self._documents.values():
            await documents.close()

    def plugin_of(self, channel: str) -> Plugin:
        """The channel's plugin; of a channel that is off or away, one that is not connected.

        Raises:
            NotErased: config.toml no longer has the channel.
        """
        if (connected := self._core.plugins.get(channel)) is not None:
            return connected
        require(channel, self._core.settings)
        return self._create(channel, lambda _error: None)

    def connected(self, channel: str, plugin: Plugin) -> None:
        """Send through a plugin, and serve its paths."""
        self._routes[channel] = ChannelRoutes(
            channel=channel, routes=tuple(plugin.routes()), is_connected=True, home=plugin.home
        )
        self._serve()
        self._core.attach(channel, plugin)

    def lost(self, channel: str) -> None:
        """Let everything for a channel wait."""
        self._core.detach(channel)
        old = self._routes.get(channel)
        if old is not None:
            self._routes[channel] = ChannelRoutes(channel=channel, routes=old.routes)
            self._serve()

    def connection_failed(self, channel: str, error: Exception, plugin: Plugin) -> None:
        """Connect a channel anew that could not be reached by this plugin of it."""
        self._channels.failed(channel, error, plugin=plugin)

    def _serve(self) -> None:
        self._web.serve(list(self._routes.values()))

    def _plans(self) -> list[ChannelPlan]:
        settings = self._core.settings
        return [
            ChannelPlan(
                channel=name,
                settings=(channel, settings.server.public_url, settings.business, settings.language),
                create=partial(self._create, name),
            )
            for name, channel in settings.channels.items()
            if channel.enabled
        ]

    def _create(self, name: str, failed: Callable[[Exception], None]) -> Plugin:
        settings = self._core.settings.channels[name]
        if name not in self._documents:
            self._documents[name] = DocumentStore(
                self._data / "plugins" / name, quarantine=self._data / "quarantine"
            )
        host = ChannelHost(
            name,
            shared=Shared(
                receiver=self._core.receiver,
                rules=lambda: self._core.rules.book,
                http=self._http,
                media=HostMedia(
                    store=self._core.media,
                    index=self._core.store.index,
                    rules=lambda: self._core.rules.book,
                    base_url=self._base_url,
                ),
                metrics=self._metrics,
                base_url=self._base_url,
                typing=self._core.signs.typing,
                plugin_of=self._core.plugins.get,
            ),
            documents=self._documents[name],
            failed=failed,
        )
        return self._catalog.load(settings.plugin or name).create(settings, host)

    def _base_url(self) -> str:
        server = self._core.settings.server
        return server.public_url or f"http://{server.host}:{self._web.port}"
