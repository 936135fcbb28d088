"""A plugin outside the running process: it can be asked, and takes no events."""

from pathlib import Path

from aiohttp import ClientSession

from bot.api import ChatRef, DeliveryReceipt, Documents, Event, Plugin, Reception
from bot.clock import now_utc
from bot.config import Settings
from bot.host import ChannelHost, HostMedia, Shared
from bot.loader import PluginCatalog
from bot.metrics import Metrics
from bot.rulebook import Rulebook
from bot.store import Index, MediaStore


class _Deaf:
    """Takes no events."""

    async def receive(self, event: Event) -> Reception:
        """Refuse: nobody would see it."""
        raise OSError(f"nothing is received here, {type(event).__name__} neither")

    async def report(self, receipt: DeliveryReceipt) -> None:
        """Refuse: nobody would see it."""
        raise OSError(f"nothing is reported here, {receipt.state} neither")

    async def announce(self, text: str) -> None:
        """Refuse: there is no inbox."""
        raise OSError(f"nothing is announced here, not {len(text)} characters either")


def idle_plugin(
    name: str,
    settings: Settings,
    catalog: PluginCatalog,
    *,
    documents: Documents,
    data: Path,
    http: ClientSession,
) -> Plugin:
    """Make a channel's plugin that is not connected.

    Raises:
        PluginError: the plugin is broken.
    """
    rules = Rulebook(settings)

    def base_url() -> str:
        return settings.server.public_url

    media = HostMedia(
        store=MediaStore(data, clock=now_utc),
        index=Index(now_utc),
        rules=lambda: rules,
        base_url=base_url,
    )

    async def typing(chat: ChatRef) -> None:
        raise OSError(f"nobody sees that somebody writes in {chat.channel}")

    shared = Shared(
        receiver=_Deaf(),
        rules=lambda: rules,
        http=http,
        media=media,
        metrics=Metrics(),
        base_url=base_url,
        typing=typing,
    )
    host = ChannelHost(name, shared=shared, documents=documents, failed=lambda _error: None)
    channel = settings.channels[name]
    return catalog.load(channel.plugin or name).create(channel, host)
