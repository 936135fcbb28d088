"""The composition root: builds everything, runs it, reloads it, and stops it in order."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, DummyCookieJar, TCPConnector

from bot.alarms import Alarms
from bot.api import Plugin
from bot.clock import SteadyClock
from bot.config import Fingerprints, Settings, Watch
from bot.core import Core, Disk, Watchers
from bot.doors import Doors
from bot.erasing import NotErased, erase_platform_side
from bot.health import Condition, FolderProbe, OutboxCounts, loads
from bot.loader import PluginCatalog
from bot.logs import Redactor
from bot.metrics import Metrics
from bot.model import Record
from bot.reading import read_config
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
        self._catalog = catalog
        self._environ = environ
        self._redactor = redactor
        self._say_ready = say_ready
        self._on_stopping = on_stopping
        self._metrics = Metrics()
        self._stopping = asyncio.Event()
        self._reloading = asyncio.Lock()
        self._started = time.monotonic()
        self._announced = ""
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
        self._retention = Retention(
            data,
            intake=self._core.intake,
            settings=lambda: self._core.settings,
            erase=self._forget,
            clock=clock,
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

    async def reload(self) -> None:
        """Take config.toml as it is now; a bad one changes nothing, and is reported."""
        async with self._reloading:
            try:
                report = await asyncio.to_thread(read_config, self._config, self._catalog, self._environ)
            except OSError as error:
                log.error("%s was not reloaded: %s", self._config, error)  # noqa: TRY400
                return
            except Exception:
                log.exception("%s was not reloaded, and the old one stays in force", self._config)
                return
            report = report.for_start()
            if report.settings is None:
                problems = report.render()
                log.error(
                    "%s was changed and is not right; the old one stays in force:\n%s", self._config, problems
                )
                if problems != self._announced:
                    self._announced = problems
                    await self._announce("notice.config_bad", problems=problems)
                return
            was_bad, self._announced = bool(self._announced), ""
            await self._take(report.settings)
            log.info("%s was reloaded", self._config)
            if was_bad:
                await self._announce("notice.config_good")

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
        with Signals(self.stop, lambda: tasks.create_task(self.reload())):
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
        watch = Watch(path=self._config, changed=self.reload, known=self._known)
        return {
            "watch": watch.run(),
            "errands": serve_errands(self._data / "errands", self._forget),
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

    async def _forget(self, record_id: str, only_if: Callable[[Record], bool] | None = None) -> bool:
        """Erase a contact here, and on every platform's side that can.

        Args:
            record_id: the contact's record.
            only_if: whether it is still to be erased; without it, whatever it holds.

        Raises:
            NotErased: something is left on a platform's side.
        """
        # Asked of the files: one that could not be read is in no index, and must go as well.
        if await self._core.store.export(record_id) is None:
            return False
        # The platforms' side first, so that a crash in between leaves the record to find it by; and once
        # more for what was said meanwhile, which also tells what is left there.
        known = await self._core.intake.look(record_id)
        if only_if is not None and not (isinstance(known, Record) and only_if(known)):
            return False
        if isinstance(known, Record):
            with suppress(NotErased):
                await erase_platform_side(known, self._doors.plugin_of)
        record = await self._core.intake.forget(record_id, only_if=only_if)
        if record is None and only_if is not None:
            return False
        if record is not None:
            await erase_platform_side(record, self._doors.plugin_of)
        log.info("%s was erased", record_id)
        return True

    def _connection_failed(self, channel: str, error: Exception, plugin: Plugin) -> None:
        self._doors.connection_failed(channel, error, plugin)

    def _observe_send(self, channel: str, action: str, outcome: str, seconds: float, /) -> None:
        if action in {"send", "post", "card"}:
            self._metrics.message_sent(channel, outcome, seconds)

    async def _rehouse(self) -> None:
        try:
            await self._core.receiver.rehouse()
        except OSError as error:
            log.error("open chats of teams that are gone could not be moved: %s", error)  # noqa: TRY400

    async def _announce(self, key: str, **values: str) -> None:
        with suppress(OSError):  # the reason is in the log already, and /health tells of the disk
            await self._core.receiver.announce(self._core.rules.book.wording(key, **values))

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
