"""A WhatsApp channel on a real server, between a strict Twilio and a host that records."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from bot.api import ChatRef, IncomingMessage, Origin, OutgoingMessage
from plugins.whatsapp import Settings, WhatsApp
from plugins.whatsapp.upkeep import Rhythm
from tests.conformance.host import MemoryDocuments, RecordingHost
from tests.conformance.rig import PluginServer
from tests.plugins.whatsapp.harness import ACCOUNT, CHANNEL, NUMBER, TOKEN
from tests.simulators.twilio import Clock, TwilioPlatform
from tests.simulators.twilio_hooks import Person
from tests.simulators.twilio_messages import Content, Message

OURS = f"whatsapp:{NUMBER}"
ANN = Person(
    address="whatsapp:+33612345678",
    name="Ann Example",
    external_id="whatsapp:FR.13491208655302741918",
    wa_id="33612345678",
)
ANN_CHAT = ChatRef(CHANNEL, "FR.13491208655302741918")
BOB = Person(address="whatsapp:+33687654321", name="Bob", wa_id="33687654321")
BOB_CHAT = ChatRef(CHANNEL, "+33687654321")
_PATIENCE_S = 10


@dataclass(slots=True)
class Pauses:
    """Stands for sleeping: each pause is noted, and ends at once or when `end` is called.

    Attributes:
        seconds: the pauses that were begun.
        is_held: whether a pause waits for `end`.
    """

    is_held: bool = False
    seconds: list[float] = field(default_factory=list)
    _gate: asyncio.Event = field(default_factory=asyncio.Event)
    _begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        if self.is_held:
            self._begun.set()
            await self._gate.wait()
            self._gate.clear()

    async def begun(self) -> None:
        """Wait until a pause has begun."""
        async with asyncio.timeout(_PATIENCE_S):
            await self._begun.wait()
        self._begun.clear()

    async def end(self) -> None:
        """End the pause that goes on, and wait for the next to begin."""
        self._gate.set()
        await self.begun()


@dataclass(slots=True, kw_only=True)
class Rig:
    """A channel that is connected.

    Attributes:
        host: the bot.
        plugin: the channel.
        platform: Twilio.
        clock: the time of both.
        pauses: how the plugin sleeps.
    """

    host: RecordingHost
    plugin: WhatsApp
    platform: TwilioPlatform
    clock: Clock
    pauses: Pauses
    count: int = 0

    async def hear(self, body: str = "bonjour", person: Person = ANN, **form: str) -> IncomingMessage:
        """Let somebody write, and give what the host stored."""
        hooks = self.platform.hooks
        status, _ = await hooks.push(hooks.message(person, OURS, body) | form)
        assert status == 200
        event = self.host.events[-1]
        assert isinstance(event, IncomingMessage)
        return event

    def message(self, text: str = "", chat: ChatRef = BOB_CHAT, **more: Any) -> OutgoingMessage:
        """A message with an id of its own."""
        self.count += 1
        message_id = more.pop("message_id", f"record.{self.count}")
        return OutgoingMessage(message_id=message_id, chat=chat, origin=Origin.HUMAN, text=text, **more)

    async def sent(self, message: OutgoingMessage) -> Message:
        """Send a message that Twilio takes, and give what Twilio made of it."""
        receipt = await self.plugin.send(message)
        assert receipt.message_id == message.message_id
        return self.platform.book.messages[receipt.platform_id]


def settings_of(platform: TwilioPlatform, **more: Any) -> Settings:
    """The channel's table."""
    table = {
        "enabled": True,
        "account_sid": ACCOUNT,
        "auth_token": TOKEN,
        "number": NUMBER,
        "api_url": platform.url,
    }
    return Settings.model_validate(table | more)


@asynccontextmanager
async def running(
    folder: Path,
    *,
    contents: Mapping[str, Content] | None = None,
    documents: MemoryDocuments | None = None,
    platform: TwilioPlatform | None = None,
    is_connected: bool = True,
    public_url: str | None = None,
    language: str = "en",
    **settings: Any,
) -> AsyncIterator[Rig]:
    """Start a channel; and a Twilio in which Ann and Bob have just written, unless one is given."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(ClientSession())
        server = await stack.enter_async_context(PluginServer())
        if platform is None:
            platform = await stack.enter_async_context(
                TwilioPlatform(account_sid=ACCOUNT, auth_token=TOKEN, number=OURS)
            )
            platform.book.contents.update(contents or {})
            for person in (ANN, BOB):
                platform.book.hear(person.address, OURS, "hello", external_id=person.external_id)
            assert isinstance(platform.clock, Clock)
            platform.clock.advance(timedelta(minutes=1))
        clock = platform.clock
        assert isinstance(clock, Clock)
        host = RecordingHost(
            channel=CHANNEL,
            http=http,
            folder=folder,
            public_url=server.url if public_url is None else public_url,
            language=language,
        )
        host.media.public_url = server.url
        if documents is not None:
            host.documents = documents
        server.media = host.media.serve
        platform.hooks.webhook_url = platform.account.callback_url = f"{host.public_url}/webhooks/{CHANNEL}"
        pauses = Pauses()
        plugin = WhatsApp(
            settings_of(platform, **settings),
            host,
            clock=clock,
            rhythm=Rhythm(call=timedelta(seconds=1)),
            sleep=pauses,
        )
        server.routes = plugin.routes()
        if is_connected:
            await plugin.connect()
        stack.push_async_callback(plugin.disconnect)
        yield Rig(host=host, plugin=plugin, platform=platform, clock=clock, pauses=pauses)


@asynccontextmanager
async def listening(rig: Rig) -> AsyncIterator[None]:
    """Let the channel listen, up to its first pause; each further pause is ended by `rig.pauses.end`."""
    rig.pauses.is_held = True
    task = asyncio.create_task(rig.plugin.listen())
    try:
        await rig.pauses.begun()
        yield
    finally:
        rig.pauses.is_held = False
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
