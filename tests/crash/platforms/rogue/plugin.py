"""Plugins of a channel that does not behave."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import cycle
from typing import Any, NoReturn

from bot.api import (
    ChatRef,
    ConnectionFailed,
    DeliveryReceipt,
    Event,
    Host,
    IncomingMessage,
    OutgoingMessage,
    Plugin,
    Sender,
)
from tests.crash.platforms.rogue.settings import Mood, Settings
from tests.platforms.loopback import LoopbackPlugin

FLOODER = "c999"
_AT_ONCE = 400


class Erasing(LoopbackPlugin):
    """Behaves, and erases its platform's side when it is asked to."""

    async def erase(self, chats: Sequence[ChatRef]) -> None:
        """Erase what was said in these chats."""
        for chat in chats:
            await self.client.ask("erase", {"chat": chat.chat_id})


class Connecting(LoopbackPlugin):
    """Waits for its platform for ever."""

    async def connect(self) -> None:
        """Never return."""
        await asyncio.get_running_loop().create_future()


class Hanging(LoopbackPlugin):
    """Takes a message, and is never heard of again."""

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        """Never return."""
        never: asyncio.Future[DeliveryReceipt] = asyncio.get_running_loop().create_future()
        return await never


class Stubborn(LoopbackPlugin):
    """The same, and does not let go."""

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        """Never return."""
        while True:
            with suppress(asyncio.CancelledError):
                await asyncio.get_running_loop().create_future()


class Failing(LoopbackPlugin):
    """Raises whatever a careless plugin, or the SDK beneath it, might."""

    def __init__(self, settings: Settings, host: Host) -> None:
        super().__init__(settings, host)
        self._faults = cycle(FAULTS)

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        """Fail in the next way."""
        found: DeliveryReceipt = next(self._faults)()
        return found

    def read(self, body: bytes) -> Event | DeliveryReceipt | None:
        """Leave the process for what a contact writes in capitals."""
        if b"HELP" in body:
            sys.exit("the SDK gives up")
        return super().read(body)


class Flooding(LoopbackPlugin):
    """Has a contact who writes more than anybody reads."""

    async def listen(self) -> None:
        """Receive the flood."""
        assert isinstance(self.settings, Settings)
        numbers = iter(range(1, self.settings.flood + 1))

        async def write() -> None:
            for number in numbers:
                await self.host.receive(self._message(number))

        async with asyncio.TaskGroup() as writers:
            for _ in range(_AT_ONCE):
                writers.create_task(write())

    def _message(self, number: int) -> IncomingMessage:
        return IncomingMessage(
            event_id=f"e{number}",
            chat=ChatRef(self.host.channel, FLOODER),
            sender=Sender(sender_id=FLOODER, name=FLOODER, first_name=FLOODER),
            sent_at=datetime.now(UTC),
            message_id=f"m{number}",
            text=f"zzz m{FLOODER}.{number}m",
        )


class Reconnecting(LoopbackPlugin):
    """Loses its connection again and again."""

    async def listen(self) -> None:
        """Lose it."""
        raise ConnectionFailed("the line is down")

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        """Lose it."""
        raise ConnectionFailed("the line is down")


def _fail(error: BaseException) -> Callable[[], NoReturn]:
    def fail() -> NoReturn:
        raise error

    return fail


def _recurse() -> Any:
    return _recurse()


FAULTS: tuple[Callable[[], Any], ...] = (
    _fail(RuntimeError("a fault of the plugin")),
    _fail(KeyError("result")),
    lambda: None,
    lambda: "sent",
    _fail(asyncio.CancelledError()),
    _fail(TimeoutError()),
    lambda: sys.exit("the SDK gives up"),
    _fail(MemoryError()),
    _fail(StopAsyncIteration()),
    _recurse,
    _fail(OSError("no route")),
)

_BY_MOOD: dict[Mood, type[LoopbackPlugin]] = {
    Mood.WELL: Erasing,
    Mood.CONNECTING: Connecting,
    Mood.HANGING: Hanging,
    Mood.STUBBORN: Stubborn,
    Mood.FAILING: Failing,
    Mood.FLOODING: Flooding,
    Mood.RECONNECTING: Reconnecting,
}


def create_plugin(settings: Settings, host: Host) -> Plugin:
    """Make the plugin of one channel."""
    return _BY_MOOD[settings.mood](settings, host)
