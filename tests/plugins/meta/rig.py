"""One connected channel between its simulator and a recording host, with one clock for both sides."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from aiohttp import ClientSession

from bot.api import ChatRef, Event, Origin, OutgoingMessage, ProfileChanged
from plugins._meta.plugin import GraphPlugin, Pace
from plugins.instagram import Instagram
from plugins.messenger import Messenger
from tests.conformance.host import RecordingHost
from tests.conformance.rig import PluginServer
from tests.plugins.meta.harness import (
    ACCOUNT_ID,
    ANN,
    MESSENGER,
    PACE,
    Kind,
    new_platform,
    table_of,
)
from tests.simulators.graph import GraphPlatform
from tests.simulators.graph_rules import Answer

EventT = TypeVar("EventT")
Prepare = Callable[[GraphPlatform, RecordingHost], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """What a test of one channel works with.

    Attributes:
        kind: which platform.
        platform: the simulator.
        host: records what the plugin says.
        server: serves the plugin's webhook.
        plugin: connected and listening.
    """

    kind: Kind
    platform: GraphPlatform
    host: RecordingHost
    server: PluginServer
    plugin: GraphPlugin

    @property
    def chat(self) -> ChatRef:
        """Ann's chat."""
        return ChatRef(self.kind.channel, ANN)

    def message(self, text: str = "Hello", **more: Any) -> OutgoingMessage:
        """A message to Ann with an id of its own."""
        given = {"message_id": f"r.{uuid4().int % 10**9}", "chat": self.chat, "origin": Origin.HUMAN, **more}
        return OutgoingMessage(text=text, **given)

    def said(self, text: str = "", *, mid: str = "", **more: Any) -> Answer:
        """The event of a message that Ann writes now; `more` goes into the message."""
        words = {"text": text} if text else {}
        return self.platform.said(ANN, {"mid": mid or f"m_{uuid4().hex}", **words, **more})

    def did(self, **what: Any) -> Answer:
        """The event of something else that Ann does now, as `postback`."""
        return self.platform.said(ANN, {}, **what)

    async def hear(self, *events: Answer) -> list[Event]:
        """Deliver one batch, which must be taken, and return what the host stored for it.

        Names that are learnt meanwhile are left out: they come when they come.
        """
        before = len(self.host.events)
        assert await self.platform.push(*events) == 200
        return [event for event in self.host.events[before:] if not isinstance(event, ProfileChanged)]

    async def until(self, holds: Callable[[RecordingHost], bool]) -> None:
        """Wait until the host has recorded something."""
        assert await self.host.until(holds), "it was not recorded"

    def of_type(self, kind: type[EventT]) -> list[EventT]:
        """The stored events of one type."""
        return [event for event in self.host.events if isinstance(event, kind)]


@asynccontextmanager
async def connected(
    kind: Kind,
    folder: Path,
    *,
    prepare: Prepare | None = None,
    pace: Pace = PACE,
    documents: dict[str, str] | None = None,
    has_public_url: bool = True,
    account: str = ACCOUNT_ID,
    is_listening: bool = True,
    **settings: Any,
) -> AsyncIterator[Rig]:
    """Start a platform and a channel on it.

    Args:
        kind: which platform.
        folder: where the host keeps files.
        prepare: changes the platform and the host before the channel connects.
        pace: the plugin's time limits.
        is_listening: the channel looks after itself.
        account: the account's id in config.toml.
        documents: what the plugin remembers, of an earlier life.
        has_public_url: the platform can reach this server.
        settings: keys of the table that differ.
    """
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(ClientSession())
        server = await stack.enter_async_context(PluginServer())
        platform = new_platform(kind)
        platform.webhook_url = f"{server.url}/webhooks/{kind.channel}"
        await stack.enter_async_context(platform)
        public_url = server.url if has_public_url else ""
        host = RecordingHost(channel=kind.channel, http=http, folder=folder, public_url=public_url)
        if documents is not None:
            host.documents.texts = documents
        server.media = host.media.serve
        if prepare is not None:
            prepare(platform, host)
        plugin = made(kind, platform, host, pace=pace, **{kind.account_key: account, **settings})
        server.routes = plugin.routes()
        await plugin.connect()
        listening = asyncio.create_task(plugin.listen() if is_listening else asyncio.sleep(0))
        try:
            yield Rig(kind=kind, platform=platform, host=host, server=server, plugin=plugin)
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
            await plugin.disconnect()


def made(
    kind: Kind, platform: GraphPlatform, host: RecordingHost, *, pace: Pace = PACE, **settings: Any
) -> GraphPlugin:
    """A plugin that is not connected, whose clock is the platform's."""
    maker = Messenger if kind is MESSENGER else Instagram
    table = kind.package.Settings.model_validate({**table_of(kind, platform), **settings})
    return maker(table, host, clock=platform.now, pace=pace)


DAY = timedelta(days=1)
