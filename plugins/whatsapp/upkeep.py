"""What the channel does by itself: it catches up every few minutes, and writes down what it remembers."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.api import ConfigurationError, PluginError
from plugins.whatsapp.catchup import CatchUp
from plugins.whatsapp.heard import Heard
from plugins.whatsapp.sent import KEPT_FOR, SentMessages

_LATELY = timedelta(hours=1)
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How long things may take, and how often they are done.

    Attributes:
        call: the longest one call of Twilio may take.
        look_every: between two looks at Twilio's list for what was not delivered.
        flush_every: between two writes of what was sent and received.
    """

    call: timedelta = timedelta(seconds=15)
    look_every: timedelta = timedelta(minutes=2)
    flush_every: timedelta = timedelta(seconds=10)


class Memory:
    """What was sent and received lately, on disk.

    Args:
        channel: its name, for the log.
        sent: what was sent.
        heard: what was received.
    """

    def __init__(self, channel: str, sent: SentMessages, heard: Heard) -> None:
        self._channel = channel
        self.sent = sent
        self.heard = heard

    async def load(self) -> None:
        """Read it; raises OSError."""
        await self.sent.load()
        await self.heard.load()

    async def flush(self) -> None:
        """Write down what changed; raises OSError."""
        await self.sent.flush()
        await self.heard.flush()

    async def try_to_flush(self) -> None:
        """Write down what changed, if the disk lets it."""
        try:
            await self.flush()
        except OSError:
            # The bot itself drops what comes twice; what is lost is the answer to a rare doubt.
            _logger.warning("%s: what was sent lately could not be written", self._channel)


class Upkeep:
    """What runs while the channel is connected.

    Args:
        channel: its name, for the log.
        catch_up: asks for what was not delivered.
        memory: what is written down.
        rhythm: how often.
        clock: the time, in UTC.
        sleep: waits for some seconds.
    """

    def __init__(
        self,
        channel: str,
        *,
        catch_up: CatchUp,
        memory: Memory,
        rhythm: Rhythm,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._channel = channel
        self._catch_up = catch_up
        self._memory = memory
        self._rhythm = rhythm
        self._clock = clock
        self._sleep = sleep
        self._is_troubled = False

    async def run(self) -> None:
        """Look at once, and every few minutes, until cancelled.

        Raises:
            ConfigurationError: the credentials are not right any more.
        """
        last_look: datetime | None = None
        while True:
            now = self._clock()
            if last_look is None or now - last_look >= self._rhythm.look_every:
                await self._look(is_start=last_look is None)
                last_look = now
            await self._memory.try_to_flush()
            await self._sleep(self._rhythm.flush_every.total_seconds())

    async def _look(self, *, is_start: bool) -> None:
        """Catch up; that it fails is logged when it begins to."""
        try:
            await self._catch_up.received(is_start=is_start)
            await self._catch_up.reported(longest=KEPT_FOR if is_start else _LATELY)
        except ConfigurationError:
            raise
        except (PluginError, OSError) as error:
            # It says nothing of deliveries and sends, so the channel stays as it is.
            if not self._is_troubled:
                _logger.warning("%s: the list of messages could not be read: %s", self._channel, error)
            self._is_troubled = True
        else:
            self._is_troubled = False
