"""All channels, each in a task of its own; a reload replaces those that it changed and no other."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.api import Plugin
from bot.supervisor.supervisor import ChannelStatus, CreatePlugin, Patience, Supervisor

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPlan:
    """A channel that is to be connected.

    Attributes:
        channel: its name in config.toml.
        settings: everything the plugin is made from, as one comparable value; when that is no longer
            equal, the plugin is replaced.
        create: makes the plugin.
    """

    channel: str
    settings: object
    create: CreatePlugin


@dataclass(frozen=True, slots=True, kw_only=True)
class _Running:
    plan: ChannelPlan
    supervisor: Supervisor
    task: asyncio.Task[None]


class Channels:
    """The keepers of all channels.

    Args:
        tasks: the group that the channels' tasks belong to; call `stop` before leaving it.
        on_connected: told a channel and its plugin each time it is connected.
        on_lost: told a channel each time its plugin is about to be disconnected.
        patience: time limits, the same for every channel.
        sleep: waits for some seconds.
        monotonic: a clock in seconds.
        jitter: a number from 0 to 1.
    """

    def __init__(
        self,
        tasks: asyncio.TaskGroup,
        *,
        on_connected: Callable[[str, Plugin], None],
        on_lost: Callable[[str], None],
        patience: Patience | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._tasks = tasks
        self._on_connected = on_connected
        self._on_lost = on_lost
        self._patience = patience or Patience()
        self._sleep = sleep
        self._monotonic = monotonic
        self._jitter = jitter
        self._running: dict[str, _Running] = {}
        self._one_at_a_time = asyncio.Lock()

    async def apply(self, plans: Sequence[ChannelPlan]) -> None:
        """Connect these channels and no others.

        A channel whose settings are the same goes on undisturbed, unless it waits for this very reload.
        Returns once what is no longer wanted is gone; whether the rest connects is told by `ready`.
        """
        async with self._one_at_a_time:
            wanted = {plan.channel: plan for plan in plans}
            await self._end(
                [name for name, running in self._running.items() if _is_over(running, wanted.get(name))]
            )
            for name, plan in wanted.items():
                if name not in self._running:
                    self._start(plan)
            self._running = {name: self._running[name] for name in wanted}

    async def ready(self, bound_s: float = 5.0) -> None:
        """Wait until each channel has connected or failed once, or until `bound_s` seconds have passed."""
        waits = [
            asyncio.ensure_future(running.supervisor.settled.wait()) for running in self._running.values()
        ]
        if waits:
            try:
                await asyncio.wait(waits, timeout=bound_s)
            finally:
                for wait in waits:
                    wait.cancel()

    async def stop(self) -> None:
        """Disconnect everything; returns within a bound, whatever the plugins do."""
        async with self._one_at_a_time:
            await self._end(list(self._running))

    def statuses(self) -> Mapping[str, ChannelStatus]:
        """How each channel is, in the order of the plans."""
        return {name: running.supervisor.status for name, running in self._running.items()}

    def plugin(self, channel: str) -> Plugin | None:
        """The channel's plugin, while it is connected."""
        running = self._running.get(channel)
        return running.supervisor.plugin if running else None

    def failed(self, channel: str, error: Exception, *, plugin: Plugin | None = None) -> None:
        """Report that a call to a channel's plugin found its connection broken.

        Args:
            channel: an unknown one is ignored.
            error: what the call raised.
            plugin: the plugin that was called, so that a late report does not break its successor.
        """
        if running := self._running.get(channel):
            running.supervisor.failed(error, plugin=plugin)

    def _start(self, plan: ChannelPlan) -> None:
        supervisor = Supervisor(
            plan.channel,
            create=plan.create,
            on_connected=self._on_connected,
            on_lost=self._on_lost,
            patience=self._patience,
            sleep=self._sleep,
            monotonic=self._monotonic,
            jitter=self._jitter,
        )
        task = self._tasks.create_task(supervisor.run(), name=f"channel {plan.channel}")
        self._running[plan.channel] = _Running(plan=plan, supervisor=supervisor, task=task)

    async def _end(self, channels: Sequence[str]) -> None:
        ending = {self._running.pop(channel).task for channel in channels}
        for task in ending:
            task.cancel()
        if ending:
            # each bounds its own steps: a call's cancellation, disconnect, and that call's cancellation
            await asyncio.wait(ending)


def _is_over(running: _Running, plan: ChannelPlan | None) -> bool:
    return plan is None or plan.settings != running.plan.settings or running.supervisor.needs_reload
