"""A connected bot between the simulated platform and a recording host."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from bot.api import ChatRef, Event, OutgoingMessage
from plugins.telegram import Telegram
from tests.conformance.host import RecordingHost
from tests.conformance.rig import Rig as ConformanceRig
from tests.conformance.rig import open_rig
from tests.plugins.telegram.harness import CHANNEL, GROUP, TelegramHarness, open_telegram
from tests.simulators.telegram import TelegramPlatform
from tests.simulators.telegram_chats import Chat, Payload
from tests.simulators.telegram_people import People, user

EventT = TypeVar("EventT", bound=Event)

CUSTOMER = user(4001, "Ann")
MEMBER = user(4002, "Bob")
STRANGER = user(4003, "Eve")


@dataclass(slots=True, kw_only=True)
class Bench:
    """Everything that a test of the plugin asks for.

    Attributes:
        harness: makes plugins.
        plugin: connected and listening.
        host: what the plugin told.
        platform: the simulator.
        people: act on it.
        group: the team's chat.
        rig: sends messages, and expects errors.
    """

    harness: TelegramHarness
    plugin: Telegram
    host: RecordingHost
    platform: TelegramPlatform
    people: People
    group: Chat
    rig: ConformanceRig

    def message(self, chat: ChatRef | str = "4001", text: str = "Hello", **more: object) -> OutgoingMessage:
        """A message to a chat."""
        there = ChatRef(CHANNEL, chat) if isinstance(chat, str) else chat
        return self.rig.message(there, text, **more)

    def group_ref(self, topic: int | None = None) -> ChatRef:
        """The team's chat, or a topic in it."""
        return ChatRef(CHANNEL, str(GROUP), None if topic is None else str(topic))

    async def received(self, kind: type[EventT], count: int = 1) -> EventT:
        """The newest event of a kind, once the host has so many of it."""

        def found() -> list[EventT]:
            return [event for event in self.host.events if isinstance(event, kind)]

        assert await self.host.until(lambda _: len(found()) >= count), f"{self.host.events}"
        assert len(found()) == count
        return found()[-1]

    async def counted(self, name: str, times: int = 1) -> None:
        """Wait until something was counted as left alone."""
        assert await self.host.until(lambda host: host.counts[name] >= times), f"{self.host.counts}"

    async def alerted(self, text: str) -> str:
        """Wait until people were told something; gives the whole line."""
        assert await self.host.until(lambda host: any(text in line for line in host.alerts)), self.host.alerts
        return next(line for line in self.host.alerts if text in line)

    async def settled(self) -> None:
        """Wait until everything that happened is confirmed."""
        await self.platform.until(lambda: not self.platform.waiting or None)

    def calls(self, method: str) -> list[Payload]:
        """The parameters of each call of a method."""
        return [call for name, call in self.platform.calls if name == method]


@asynccontextmanager
async def opened(folder: Path, mode: Literal["polling", "webhook"] = "polling") -> AsyncIterator[Bench]:
    """Start the platform and connect a bot."""
    async with open_rig(lambda _: open_telegram(mode), folder) as rig, rig.connected() as plugin:
        assert isinstance(rig.harness, TelegramHarness)
        assert isinstance(plugin, Telegram)
        platform = rig.harness.platform
        yield Bench(
            harness=rig.harness,
            plugin=plugin,
            host=rig.host,
            platform=platform,
            people=rig.harness.people,
            group=platform.chats.chats[GROUP],
            rig=rig,
        )
