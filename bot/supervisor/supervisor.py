"""One channel's life: make the plugin, connect, listen, and do it again when it breaks."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any, NoReturn

from bot.api import ConfigurationError, ConnectionFailed, Plugin, PluginError, RateLimited
from bot.faults import describe
from bot.supervisor.bounded import BoundedCalls, OutOfTime

logger = logging.getLogger(__name__)

Failed = Callable[[Exception], None]
CreatePlugin = Callable[[Failed], Plugin]


class ChannelState(StrEnum):
    """How a channel is."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStatus:
    """How a channel is, and why.

    Attributes:
        state: how it is.
        error: what went wrong last, for people and without secrets; empty while it is connected.
    """

    state: ChannelState
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a channel is waited for, in seconds.

    Attributes:
        connect_s: the longest `connect` may take.
        disconnect_s: the longest `disconnect` may take.
        grace_s: the longest a cancelled call may take to end.
        first_pause_s: before the second attempt; each further pause is twice as long.
        longest_pause_s: no pause is longer.
        stable_s: a connection that lasted this long starts the pauses, and the log, afresh.
    """

    connect_s: float = 30.0
    disconnect_s: float = 3.0
    grace_s: float = 1.0
    first_pause_s: float = 1.0
    longest_pause_s: float = 300.0
    stable_s: float = 60.0


class Supervisor:
    """The keeper of one channel; no fault of its plugin leaves it.

    Args:
        channel: the channel's name in config.toml.
        create: makes the plugin. It is given what the plugin's host calls to report a broken connection;
            that works for this plugin only, so a late report never breaks its successor.
        on_connected: told the channel and its plugin, once `connect` returned and `status` says so.
        on_lost: told the channel before the plugin that `on_connected` was told of is disconnected;
            `status` and `plugin` say so already.
        patience: time limits.
        sleep: waits for some seconds.
        monotonic: a clock in seconds.
        jitter: a number from 0 to 1, spreads the pauses so that channels do not try in step.

    Attributes:
        status: how the channel is now.
        settled: set once the first attempt succeeded or failed.
        needs_reload: the settings are wrong, `run` has returned, and only a reload helps.
    """

    def __init__(
        self,
        channel: str,
        *,
        create: CreatePlugin,
        on_connected: Callable[[str, Plugin], None],
        on_lost: Callable[[str], None],
        patience: Patience | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.channel = channel
        self.status = ChannelStatus(state=ChannelState.CONNECTING)
        self.needs_reload = False
        self.settled = asyncio.Event()
        self._create = create
        self._on_connected = on_connected
        self._on_lost = on_lost
        self._patience = patience or Patience()
        self._sleep = sleep
        self._monotonic = monotonic
        self._jitter = jitter
        self._calls = BoundedCalls(channel, grace_s=self._patience.grace_s)
        self._plugin: Plugin | None = None
        self._break: Failed | None = None
        self._connected_at: float | None = None
        self._reported: set[str] = set()
        self._is_announced = False

    @property
    def plugin(self) -> Plugin | None:
        """The plugin, while it is connected."""
        return self._plugin

    async def run(self) -> None:
        """Keep the channel connected until cancelled, or until only a reload can help."""
        attempt = 0
        while True:
            self._connected_at = None
            try:
                await self._live()
            except ConfigurationError as error:
                self._fail(error, "it stays down until the configuration is reloaded")
                self.needs_reload = True
                return
            except Exception as error:  # noqa: BLE001  # a plugin's fault is contained here
                if self._was_stable():
                    attempt = 0
                    self._reported.clear()
                self._fail(error, "it is tried again, with growing pauses")
                pause_s = self._pause_s(attempt, error)
            attempt += 1
            await self._sleep(pause_s)
            self.status = replace(self.status, state=ChannelState.CONNECTING)

    def failed(self, error: Exception, *, plugin: Plugin | None = None) -> None:
        """Report that the connection broke; ignored unless the channel is connected.

        Args:
            error: what happened; a `ConfigurationError` stops the channel until a reload.
            plugin: the plugin it happened to, so that a late report on an earlier one is ignored.
        """
        if self._break is not None and (plugin is None or plugin is self._plugin):
            self._break(error)

    async def _live(self) -> NoReturn:
        """Make, connect and watch one plugin; raises when that is over, and has let go of it then."""
        broken: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
        plugin = self._create(partial(_resolve, broken))
        try:
            await self._connect(plugin)
            self._plugin, self._break = plugin, partial(_resolve, broken)
            self._succeed()
            self._on_connected(self.channel, plugin)
            await self._watch(plugin, broken)
        finally:
            await self._let_go(plugin)

    async def _connect(self, plugin: Plugin) -> None:
        try:
            await self._calls.within(self._patience.connect_s, plugin.connect())
        except OutOfTime:
            raise ConnectionFailed(f"no connection within {self._patience.connect_s:g} s") from None

    async def _watch(self, plugin: Plugin, broken: asyncio.Future[Exception]) -> NoReturn:
        """Listen until that fails or a break is reported; a `listen` that returns is no failure."""
        listening = self._calls.start(plugin.listen())
        either: list[asyncio.Future[Any]] = [listening, broken]
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if listening.done() and not broken.done():
                listening.result()
            raise await broken
        finally:
            await self._calls.end(listening)

    async def _let_go(self, plugin: Plugin) -> None:
        """Disconnect the plugin, whatever it does; whoever used it is told before."""
        if self._plugin is plugin:
            self._plugin = self._break = None
            self.status = ChannelStatus(state=ChannelState.CONNECTING)
            try:
                self._on_lost(self.channel)
            except Exception as error:  # noqa: BLE001  # the plugin is let go of in any case
                self._report(f"letting go failed: {_words(error)}", error)
        try:
            await self._calls.within(self._patience.disconnect_s, plugin.disconnect())
        except Exception as error:  # noqa: BLE001  # the same
            self._report(f"disconnecting failed: {_words(error)}", error)

    def _succeed(self) -> None:
        self.status = ChannelStatus(state=ChannelState.CONNECTED)
        self._connected_at = self._monotonic()
        self.settled.set()
        if not self._is_announced:
            self._is_announced = True
            logger.info("%s: connected", self.channel)

    def _fail(self, error: Exception, outlook: str) -> None:
        self.status = ChannelStatus(state=ChannelState.FAILED, error=_words(error))
        self.settled.set()
        self._report(f"{self.status.error}; {outlook}", error)

    def _report(self, text: str, error: Exception) -> None:
        """Log a cause when it is new since the channel was last stable, not at each attempt."""
        if text in self._reported:
            return
        self._reported.add(text)
        self._is_announced = False
        logger.log(
            logging.WARNING if isinstance(error, PluginError) else logging.ERROR, "%s: %s", self.channel, text
        )
        logger.debug("%s: the same with its traceback", self.channel, exc_info=error)

    def _was_stable(self) -> bool:
        at = self._connected_at
        return at is not None and self._monotonic() - at >= self._patience.stable_s

    def _pause_s(self, attempt: int, error: Exception) -> float:
        """Seconds before the next attempt: doubled each time, half of it by chance."""
        first_s, longest_s = self._patience.first_pause_s, self._patience.longest_pause_s
        whole_s = min(longest_s, first_s * 2.0 ** min(attempt, 60))
        asked_s = error.retry_after.total_seconds() if isinstance(error, RateLimited) else 0.0
        return max(first_s, whole_s * (0.5 + self._jitter() / 2), asked_s)


def _resolve(broken: asyncio.Future[Exception], error: Exception) -> None:
    """Let the first report count."""
    if not broken.done():
        broken.set_result(error)


def _words(error: Exception) -> str:
    """What to tell people: a plugin's own words, or where an unforeseen error came from."""
    return str(error) if isinstance(error, PluginError) else f"unexpected {describe(error)}"
