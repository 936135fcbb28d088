"""The composition root: builds everything, runs it, and stops it in order."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, DummyCookieJar, TCPConnector

from bot.alarms import Alarms
from bot.api import Plugin
from bot.chores import contained
from bot.clock import SteadyClock
from bot.config import Fingerprints, Settings, Watch
from bot.core import Core, Disk, Watchers
from bot.doors import Doors
from bot.erasing import Erasing
from bot.health import Condition, FolderProbe, OutboxCounts, loads
from bot.loader import PluginCatalog
from bot.logs import Redactor
from bot.metrics import Metrics
from bot.reloading import Reloading
from bot.reports.reporter import Reporter
from bot.retention import Retention
from bot.signals import Signals
from bot.store.errands import serve as serve_errands
from bot.supervisor import Channels
from bot.timers import Timers
from bot.web import WebServer

log = logging.getLogger(__name__)

GRACE = timedelta(seconds=4)
"""How long sends that are under way may go on at a stop; the rest stays in the outbox."""


class App:
    """The running process.

    Args:
        settings: config.toml.
        config: where it is.
        known: what that file was like before it was read.
        data: the data folder.
        catalog: the platforms there are.
        environ: the process's environment.
        redactor: keeps secrets out of the log.
        say_ready: told the seconds from start to ready.
        on_stopping: told when it begins to stop.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        config: Path,
        known: Fingerprints,
        data: Path,
        catalog: PluginCatalog,
        environ: Mapping[str, str],
        redactor: Redactor,
        say_ready: Callable[[float], None],
        on_stopping: Callable[[], None] = lambda: None,
    ) -> None:
        self._config = config
        self._known = known
        self._data = data
        self._redactor = redactor
        self._say_ready = say_ready
        self._on_stopping = on_stopping
        self._metrics = Metrics()
        self._stopping = asyncio.Event()
        self._started = time.monotonic()
        self._alerted = 0
        self._alerts = asyncio.Event()
        redactor.add_settings(settings)

        self._clock = clock = SteadyClock()
        self._core = Core(
            settings,
            Disk.at(data, clock),
            clock=clock,
            watchers=Watchers(
                written=self._written,
                turn=lambda _channel, handled_by, seconds: self._metrics.turn_handled(handled_by, seconds),
                send=self._observe_send,
                connection_failed=self._connection_failed,
            ),
        )
        self._timers = Timers(times=self._core.store.index, act=self._core.receiver.due, clock=clock)
        self._web = WebServer(self, media=self._core.media, metrics=self._metrics)
        self._doors = Doors(self._core, self._web, catalog=catalog, metrics=self._metrics, data=data)
        self._probe = FolderProbe(data)
        self._reporter = Reporter(
            data,
            intake=self._core.intake,
            media=self._core.media,
            rules=lambda: self._core.rules.book,
            clock=clock,
            published=self._metrics.week_counted,
        )
        self._erasing = Erasing(
            export=self._core.store.export, intake=self._core.intake, plugin_of=self._doors.plugin_of
        )
        self._retention = Retention(
            data,
            intake=self._core.intake,
            settings=lambda: self._core.settings,
            erase=self._erasing.erase,
            clock=clock,
        )
        self._reloading = Reloading(
            config, catalog=catalog, environ=environ, take=self._take, announce=self._announce
        )

    @property
    def business(self) -> str:
        """The business's name."""
        return self._core.settings.business

    @property
    def language(self) -> str:
        """The language of config.toml."""
        return self._core.settings.language

    @property
    def port(self) -> int:
        """The port of the HTTP server, once it listens."""
        return self._web.port

    def _written(self) -> None:
        self._timers.refresh()
        if len(self._core.store.quarantined) > self._alerted:
            self._alerts.set()

    async def run(self) -> None:
        """Run until `stop`.

        Raises:
            DataInUse: another process has the data folder.
            CannotListen: the server's address cannot be used.
            OSError: the data folder cannot be used.
        """
        await self._core.open()
        try:
            async with _client_session() as http, asyncio.TaskGroup() as tasks:
                self._channels = Channels(tasks, on_connected=self._doors.connected, on_lost=self._doors.lost)
                self._doors.use(self._channels, http)
                await self._run(tasks)
        finally:
            await self._doors.close()
            await self._core.close()

    def stop(self) -> None:
        """Begin to stop; `run` returns within ten seconds."""
        self._stopping.set()

    async def condition(self) -> Condition:
        """The state of everything."""
        held, uncertain = self._core.store.index.undecided()
        pending = self._core.delivery.waiting()
        return Condition(
            uptime_s=time.monotonic() - self._started,
            channels=self._channels.statuses(),
            outbox=OutboxCounts(pending=pending, held=held, uncertain=uncertain),
            teams=loads(self._core.store.index.live(), self._clock()),
            quarantined=len(self._core.store.quarantined),
            data_trouble=self._core.store.trouble or await self._probe.trouble(),
        )

    async def _take(self, settings: Settings) -> None:
        if (settings.server.host, settings.server.port) != self._listening:
            log.warning("server.host and server.port take effect at the next start")
        self._redactor.add_settings(settings)
        self._core.take(settings)
        await self._doors.apply()
        await self._rehouse()

    async def _run(self, tasks: asyncio.TaskGroup) -> None:
        server = self._core.settings.server
        self._listening = (server.host, server.port)
        with Signals(self.stop, lambda: tasks.create_task(self._reloading.reload())):
            await self._core.start(tasks)
            await self._rehouse()
            self._doors.announce()
            await self._web.start(server.host, server.port)
            log.info("listening on http://%s:%s", server.host or "*", self._web.port)
            await self._doors.apply()
            await self._ready_or_stopping(tasks)
            self._timers.start()
            chores = [tasks.create_task(chore, name=name) for name, chore in self._chores().items()]
            if not self._stopping.is_set():
                self._say_ready(time.monotonic() - self._started)
            await self._stopping.wait()
        self._on_stopping()
        for chore in chores:
            chore.cancel()
        self._core.receiver.close()
        self._timers.stop()
        # Together: a page that is open keeps the server until its channel lets it go.
        async with asyncio.TaskGroup() as ending:
            ending.create_task(self._web.stop())
            await self._core.stop(GRACE)
            await self._channels.stop()
        log.info("stopped")

    def _chores(self) -> dict[str, Coroutine[Any, Any, None]]:
        """What goes on in the background until the process stops, by name."""
        watch = Watch(path=self._config, changed=self._reloading.reload, known=self._known)
        return {
            "watch": watch.run(),
            "errands": serve_errands(self._data / "errands", self._erasing.erase),
            "alerts": self._alert_quarantined(),
            "alarms": self._alarms().run(),
            "reports": self._reporter.run(),
            "retention": self._retention.run(),
        }

    def _alarms(self) -> Alarms:
        return Alarms(
            statuses=self._channels.statuses,
            announce=self._core.receiver.announce,
            rules=lambda: self._core.rules.book,
            clock=self._clock,
            down=self._core.down,
        )

    async def _ready_or_stopping(self, tasks: asyncio.TaskGroup) -> None:
        """Wait for the channels, unless the process is told to stop meanwhile."""
        waits = {
            tasks.create_task(self._channels.ready(), name="ready"),
            tasks.create_task(self._stopping.wait(), name="stopping"),
        }
        _, late = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in late:
            wait.cancel()

    def _connection_failed(self, channel: str, error: Exception, plugin: Plugin) -> None:
        self._doors.connection_failed(channel, error, plugin)

    def _observe_send(self, channel: str, action: str, outcome: str, seconds: float, /) -> None:
        if action in {"send", "post", "card"}:
            self._metrics.message_sent(channel, outcome, seconds)

    async def _rehouse(self) -> None:
        what = "not all open chats go by the config.toml that is in force"
        await contained(what, self._core.receiver.rehouse)

    async def _announce(self, key: str, /, **values: str) -> None:
        async def announce() -> None:
            await self._core.receiver.announce(self._core.rules.book.wording(key, **values))

        await contained("the inbox could not be told", announce)

    async def _alert_quarantined(self) -> None:
        """Post an alert for each record that could not be read, at start and later, until cancelled."""
        while True:
            new = self._core.store.quarantined[self._alerted :]
            self._alerted += len(new)
            for found in new:
                await self._announce("notice.quarantined", path=found.path.name)
            await self._alerts.wait()
            self._alerts.clear()


def _client_session() -> ClientSession:
    """What all plugins call their platforms through.

    A bound on its connections would let one platform that hangs take them from the others; how much is
    under way is bounded by the lanes. No platform's API needs cookies.
    """
    return ClientSession(connector=TCPConnector(limit=0), cookie_jar=DummyCookieJar())
