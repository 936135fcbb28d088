"""Plugins that do as they are told, and a place where the supervisor's doings can be waited for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.api import Capabilities, DeliveryReceipt, OutgoingMessage, Plugin
from bot.supervisor import ChannelPlan, Channels, Patience
from bot.supervisor.supervisor import CreatePlugin, Failed

SHORT = Patience(connect_s=0.02, disconnect_s=0.02, grace_s=0.02)


async def nothing() -> None:
    """Return at once."""


async def for_ever() -> None:
    """Never return, but end when cancelled."""
    await asyncio.Event().wait()


def raising(error: BaseException) -> Callable[[], Awaitable[None]]:
    """A step that fails."""

    async def fail() -> None:
        raise error

    return fail


class Stubborn:
    """A step that ignores its cancellation until it is let go."""

    def __init__(self) -> None:
        self.released = asyncio.Event()
        self.began = asyncio.Event()
        self.ended = asyncio.Event()

    async def __call__(self) -> None:
        self.began.set()
        while not self.released.is_set():
            try:
                await self.released.wait()
            except asyncio.CancelledError:
                continue
        self.ended.set()


class ScriptedPlugin(Plugin):
    """A plugin made of three steps; it has no host, since its supervisor does not give it one."""

    def __init__(
        self,
        *,
        connect: Callable[[], Awaitable[None]] = nothing,
        listen: Callable[[], Awaitable[None]] = nothing,
        disconnect: Callable[[], Awaitable[None]] = nothing,
    ) -> None:
        self._connect = connect
        self._listen = listen
        self._disconnect = disconnect
        self.failed: Failed = lambda _: None
        self.disconnects = 0

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(text_limit=1000)

    async def connect(self) -> None:
        await self._connect()

    async def listen(self) -> None:
        await self._listen()

    async def disconnect(self) -> None:
        self.disconnects += 1
        await self._disconnect()

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        return DeliveryReceipt(message_id=message.message_id)


@dataclass(slots=True)
class Stage:
    """Channels whose pauses pass when the test says so.

    Attributes:
        channels: what is tested.
        events: `connected NAME`, `lost NAME` and `pause SECONDS`, in order; wait with `next`.
        now: the clock.
    """

    now: float = 0.0
    events: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    channels: Channels = field(init=False)
    _naps: asyncio.Queue[None] = field(default_factory=asyncio.Queue)

    async def next(self) -> str:
        """The next event; fails the test when there is none for long."""
        async with asyncio.timeout(10):
            return await self.events.get()

    def pass_pause(self) -> None:
        """End the pause that is being waited for, or the next one."""
        self._naps.put_nowait(None)

    async def sleep(self, seconds: float) -> None:
        self.events.put_nowait(f"pause {seconds:g}")
        await self._naps.get()


@asynccontextmanager
async def stage(patience: Patience = SHORT) -> AsyncIterator[Stage]:
    """An empty stage; everything on it is stopped at the end."""
    built = Stage()

    def connected(channel: str, plugin: Plugin) -> None:
        del plugin
        built.events.put_nowait(f"connected {channel}")

    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        built.channels = Channels(
            tasks,
            on_connected=connected,
            on_lost=lambda channel: built.events.put_nowait(f"lost {channel}"),
            patience=patience,
            sleep=built.sleep,
            monotonic=lambda: built.now,
            jitter=lambda: 1.0,
        )
        try:
            yield built
        finally:
            await built.channels.stop()


def one_after_another(*plugins: ScriptedPlugin) -> CreatePlugin:
    """Make these plugins in turn, the last one again and again."""
    left: Iterator[ScriptedPlugin] = iter(plugins)
    current = plugins[-1]

    def create(failed: Failed) -> Plugin:
        nonlocal current
        current = next(left, current)
        current.failed = failed
        return current

    return create


def plan(channel: str, *plugins: ScriptedPlugin, settings: object = 1) -> ChannelPlan:
    """A channel whose plugin is each of these in turn."""
    return ChannelPlan(channel=channel, settings=settings, create=one_after_another(*plugins))
