"""Plugins that start, stop or describe themselves wrongly."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from aiohttp import ClientTimeout
from pydantic import ConfigDict

from bot.api import (
    Capabilities,
    ChatRef,
    ConfigurationError,
    DeliveryReceipt,
    DeliveryRejected,
    Finding,
    Host,
    Origin,
    OutgoingMessage,
    Plugin,
    Route,
)
from tests.broken.variant import Broken
from tests.platforms.loopback import LoopbackPlugin, Settings


class LooseSettings(Settings):
    model_config = ConfigDict(extra="ignore", frozen=True)


def create_reading_a_file(settings: Settings, host: Host) -> Plugin:
    Path(__file__).read_bytes()
    return LoopbackPlugin(settings, host)


class TaskStarting(LoopbackPlugin):
    def __init__(self, settings: Settings, host: Host) -> None:
        super().__init__(settings, host)
        self.task = asyncio.get_running_loop().create_task(asyncio.Event().wait())

    async def disconnect(self) -> None:
        self.task.cancel()


class Greeting(LoopbackPlugin):
    async def connect(self) -> None:
        await super().connect()
        chat = ChatRef(self.host.channel, "ann")
        await self.send(OutgoingMessage(message_id="hi", chat=chat, origin=Origin.BOT, text="I am here"))


class FaultFinding(LoopbackPlugin):
    async def check(self) -> Sequence[Finding]:
        return (Finding(what="the weather", is_ok=False),)


class Trusting(LoopbackPlugin):
    async def connect(self) -> None:
        pass


class Forgiving(LoopbackPlugin):
    async def connect(self) -> None:
        try:
            await super().connect()
        except ConfigurationError as error:
            raise DeliveryRejected(str(error)) from error


class SdkErrors(LoopbackPlugin):
    async def connect(self) -> None:
        async with self.host.http.post(f"{self.settings.api_url}/api/me", json={}):
            pass


class Resigned(LoopbackPlugin):
    async def connect(self) -> None:
        try:
            await super().connect()
        except Exception as error:
            raise ConfigurationError("that did not work") from error


class Patient(LoopbackPlugin):
    async def connect(self) -> None:
        self.client._timeout = ClientTimeout(total=None)
        await super().connect()


class HalfMade(LoopbackPlugin):
    greeting: asyncio.Future[str]

    async def connect(self) -> None:
        await super().connect()
        self.greeting = asyncio.get_running_loop().create_future()

    async def disconnect(self) -> None:
        self.greeting.cancel()


class OnceOnly(LoopbackPlugin):
    is_open = True

    async def disconnect(self) -> None:
        if not self.is_open:
            raise RuntimeError("closed already")
        self.is_open = False


class SessionClosing(LoopbackPlugin):
    async def disconnect(self) -> None:
        await self.host.http.close()


class Stubborn(LoopbackPlugin):
    async def listen(self) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise RuntimeError("I was not done") from None


class LateRoutes(LoopbackPlugin):
    is_connected = False

    async def connect(self) -> None:
        await super().connect()
        self.is_connected = True

    def routes(self) -> Sequence[Route]:
        return super().routes() if self.is_connected else ()


class Mute(LoopbackPlugin):
    @property
    def capabilities(self) -> Capabilities:
        return replace(super().capabilities, text_limit=0)


class Stuck(LoopbackPlugin):
    @property
    def capabilities(self) -> Capabilities:
        return replace(super().capabilities, posts_at_once=0)


class Boasting(LoopbackPlugin):
    @property
    def capabilities(self) -> Capabilities:
        return replace(super().capabilities, marks=False)

    def abilities(self, chat: ChatRef) -> Capabilities:
        return replace(self.capabilities, marks=True)


class Growing(LoopbackPlugin):
    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        receipt = await super().send(message)
        self._capabilities = replace(self._capabilities, choices=self._capabilities.choices + 1)
        return receipt


BROKEN = (
    Broken(promise="test_settings_refuse_unknown_keys", reason="accepts a key", settings=LooseSettings),
    Broken(promise="test_create_plugin_does_no_io", reason="does I/O: open", create=create_reading_a_file),
    Broken(promise="test_create_plugin_does_no_io", reason="starts a task", create=TaskStarting),
    Broken(promise="test_connect_shows_nothing_to_anybody", reason="sent a message", create=Greeting),
    Broken(promise="test_connect_shows_nothing_to_anybody", reason="the weather", create=FaultFinding),
    Broken(
        promise="test_wrong_credentials_are_a_configuration_error", reason="raised nothing", create=Trusting
    ),
    Broken(
        promise="test_wrong_credentials_are_a_configuration_error",
        reason="raised DeliveryRejected",
        create=Forgiving,
    ),
    Broken(
        promise="test_unreachable_platform_is_connection_failed",
        reason="ClientConnectorError, which is no PluginError",
        create=SdkErrors,
    ),
    Broken(
        promise="test_unreachable_platform_is_connection_failed",
        reason="raised ConfigurationError",
        create=Resigned,
    ),
    Broken(promise="test_hanging_platform_is_connection_failed", reason="did not end", create=Patient),
    Broken(
        promise="test_disconnect_is_safe_after_a_failed_connect",
        reason="after a failed connect raised AttributeError",
        create=HalfMade,
    ),
    Broken(
        promise="test_disconnect_is_safe_without_connect_and_twice",
        reason="without connect raised AttributeError",
        create=HalfMade,
    ),
    Broken(
        promise="test_disconnect_is_safe_without_connect_and_twice",
        reason="a second time raised RuntimeError",
        create=OnceOnly,
    ),
    Broken(
        promise="test_a_new_plugin_connects_after_the_old_one",
        reason="connect raised RuntimeError, which is no PluginError",
        create=SessionClosing,
    ),
    Broken(promise="test_listen_ends_when_cancelled", reason="listen raised RuntimeError", create=Stubborn),
    Broken(promise="test_routes_and_capabilities_are_constant", reason="routes change", create=LateRoutes),
    Broken(promise="test_routes_and_capabilities_are_constant", reason="capabilities change", create=Growing),
    Broken(promise="test_capabilities_make_sense", reason="no text is short enough", create=Mute),
    Broken(promise="test_capabilities_make_sense", reason="no post could ever be made", create=Stuck),
    Broken(promise="test_no_chat_can_do_more_than_the_platform", reason="a chat has marks", create=Boasting),
)
