"""One process of the bot: the real thing from its plugins to its files, started, stopped and killed."""

import asyncio
import shutil
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from bot.api import Event, Plugin, Reception
from bot.config import Settings
from bot.core import Core, Disk, Watchers, rules_of
from bot.deciding import Rules
from bot.model import Direction, Status
from bot.turn import Next, Turn
from tests.properties.loop import DiskLoop
from tests.properties.plugin import TownPlugin
from tests.properties.town import Platform

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
GRACE = timedelta(seconds=4)
RECONNECTS_AFTER_S = 2.0
MOST_TIMERS = 100


def date_of(loop: DiskLoop) -> datetime:
    """The loop's time as a date."""
    return START + timedelta(seconds=loop.time() - 1000)


class Process:
    """The bot between its start and its end.

    Args:
        loop: time, and the disk.
        data: the data folder.
        settings: config.toml.
        platforms: by channel.
        random: the source of chance.
        teams: by record, the teams that have had its conversations; goes on from the last process.

    Attributes:
        core: the bot.
        broken: what the bot did that it must never do, in words.
    """

    def __init__(
        self,
        loop: DiskLoop,
        data: Path,
        settings: Settings,
        *,
        platforms: Mapping[str, Platform],
        random: Random,
        teams: defaultdict[str, set[str]],
    ) -> None:
        self.loop = loop
        self.data = data
        self.platforms = platforms
        self.broken: list[str] = []
        self.teams = teams
        disk = Disk.at(data, self.clock)
        self.core = Core(
            settings,
            disk,
            clock=self.clock,
            watchers=Watchers(
                written=self._written,
                turn=lambda *_: None,
                send=lambda *_: None,
                connection_failed=self._connection_failed,
            ),
            random=random,
        )
        self._journal = disk.journal
        self._plugins: list[TownPlugin] = []
        self._is_over = False
        self._stopping: asyncio.Event | None = None
        self._running: asyncio.Task[None] | None = None

    def clock(self) -> datetime:
        """The loop's time as a date."""
        return date_of(self.loop)

    async def start(self) -> None:
        """Open the folder, take over what is left in it, and connect every platform."""
        self.take(self.core.settings)
        await self.core.open()
        started = asyncio.Event()
        self._stopping = asyncio.Event()
        self._running = asyncio.create_task(self._run(started))
        await started.wait()
        await self.core.receiver.rehouse()

    async def reload(self, settings: Settings) -> None:
        """Go by another config.toml from now on."""
        self.take(settings)
        await self.core.receiver.rehouse()

    def take(self, settings: Settings) -> None:
        """Watch what every turn does by a config.toml, and go by it."""
        self.core.take(settings)
        rules = rules_of(settings)
        self.core.rules = Rules(book=rules.book, pipeline=self._watched(rules.pipeline))

    async def stop(self) -> None:
        """Stop as on SIGTERM."""
        await self.core.stop(GRACE)
        assert self._stopping is not None
        assert self._running is not None
        self._stopping.set()
        await self._running
        await self.core.close()
        self._is_over = True

    async def kill(self, data: Path) -> None:
        """End without writing anything more; the data folder, as it stands, is copied to `data`."""
        shutil.copytree(self.data, data)
        await self.abandon()

    async def abandon(self) -> None:
        """Let go of everything, without an end to anything."""
        if self._is_over:
            return
        self._is_over = True
        # From here on nothing is done on behalf of the dead but to let go of its tasks and files.
        for plugin in self._plugins:
            plugin.die()
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in others:
                task.cancel()
            await asyncio.wait(others)
        with suppress(OSError):
            await self._journal.close()
        with suppress(OSError):
            await self.core.store.close()

    async def receive(self, event: Event) -> Reception:
        """Take an event as from a webhook."""
        return await self.core.receiver.receive(event)

    async def pass_time(self, duration: timedelta) -> None:
        """Let time pass; every timer that comes due is served at its time."""
        until = self.clock() + duration
        index = self.core.store.index
        for _ in range(MOST_TIMERS):
            next_due = index.next_due()
            if next_due is None or next_due > until:
                break
            await asyncio.sleep(max((next_due - self.clock()).total_seconds(), 0) + 0.001)
            for record_id in index.due(self.clock()):
                due_at = await self._due_at(record_id)
                await self.core.receiver.due(record_id)
                if await self._due_at(record_id) == due_at:
                    self.broken.append(f"a timer of {record_id} came due, and nothing was done about it")
        await asyncio.sleep(max((until - self.clock()).total_seconds(), 0))

    async def _due_at(self, record_id: str) -> datetime | None:
        ledger = await self.core.store.load(record_id)
        return ledger.due_at() if ledger else None

    async def calm(self) -> None:
        """Wait until everything is sent that can be."""
        for _ in range(200):
            await self.core.intake.drain()
            if not self.core.delivery.waiting():
                await asyncio.sleep(0.1)
                if not self.core.delivery.waiting():
                    return
            await asyncio.sleep(10)
        self.broken.append(f"{self.core.delivery.waiting()} items are never sent")

    async def _run(self, started: asyncio.Event) -> None:
        assert self._stopping is not None
        async with asyncio.TaskGroup() as tasks:
            await self.core.start(tasks)
            for channel in self.platforms:
                self._connect(channel)
            started.set()
            await self._stopping.wait()

    def _written(self) -> None:
        for live in self.core.store.index.live():
            self.teams[live.record_id].add(live.team)

    def _connection_failed(self, channel: str, _error: Exception, _plugin: Plugin) -> None:
        """Disconnect the channel, and connect it anew a little later, as its supervisor does."""
        if channel in self.core.plugins:
            self.core.detach(channel)
            self.loop.call_later(RECONNECTS_AFTER_S, self._connect, channel)

    def _connect(self, channel: str) -> None:
        if self._running is not None and not self._running.done():
            plugin = TownPlugin(self.platforms[channel])
            self._plugins.append(plugin)
            self.core.attach(channel, plugin)

    def _watched(self, pipeline: Next) -> Next:
        async def watch(turn: Turn) -> None:
            current = turn.record.current
            known = set(turn.record.messages)
            await pipeline(turn)
            if current is None or current.status is not Status.OPEN:
                return
            after = turn.record.current
            assert after is not None
            said = [
                line.text
                for number, line in turn.record.messages.items()
                if number not in known and line.direction is Direction.OUTGOING and not line.author
            ]
            if said or turn.decision is not None:
                self.broken.append(f"in an open conversation the bot decided {turn.decision} and said {said}")

        return watch
