"""What each sub-command does: prints for people, and returns the exit code."""

import asyncio
import json
import os
import sys
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.api import ChatRef
from bot.app import App
from bot.checking import CheckReport
from bot.clock import now_utc
from bot.config import Settings, fingerprints
from bot.connecting import check_connections
from bot.erasing import NotErased, forget_offline
from bot.loader import PluginCatalog
from bot.logs import LogFormat, Redactor, logging_to
from bot.model import record_id_of
from bot.reading import read_config
from bot.reports import process
from bot.reports.job import count_job
from bot.reports.periods import begin_of
from bot.reports.table import table
from bot.signals import ignore_reloads
from bot.store import DataFolder, DataInUse, TooNew, errands
from bot.store.files import RecordFiles
from bot.trying import play
from bot.web import CannotListen

OK, FAILED, BAD_CONFIG = 0, 1, 2
LONGEST_STOP_S = 9.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options that every command takes."""

    config: Path
    data: Path
    log_level: str
    log_format: str


def run(options: Options, catalog: PluginCatalog | None = None) -> int:
    """Run the process until it is told to stop.

    Args:
        options: the common options.
        catalog: the platforms there are; those under `plugins` when none is given.

    Returns:
        The exit code.
    """
    ignore_reloads()
    platforms = catalog or PluginCatalog()
    known = fingerprints(options.config)
    settings = _settings(options, platforms, is_start=True)
    if settings is None:
        return BAD_CONFIG
    redactor = Redactor()

    async def main() -> None:
        app = App(
            settings,
            config=options.config,
            known=known,
            data=options.data,
            catalog=platforms,
            environ=os.environ,
            redactor=redactor,
            say_ready=lambda seconds: print(f"ready in {seconds:.2f} s", flush=True),
            on_stopping=_leave_in_time,
        )
        await app.run()

    log_format = LogFormat(options.log_format)
    with logging_to(sys.stderr, redactor, level=options.log_level, log_format=log_format):
        troubles: list[BaseException] = []
        try:
            _run_loop(main())
        except* (DataInUse, TooNew, CannotListen, OSError) as group:
            troubles = _leaves(group)
    for trouble in troubles:
        print(f"Guichet cannot run: {trouble}", file=sys.stderr)
    return FAILED if troubles else OK


def check(options: Options, *, connect: bool) -> int:
    """Report every problem of config.toml, and of what it connects to."""
    catalog = PluginCatalog()
    try:
        report = read_config(options.config, catalog, os.environ)
    except OSError as error:
        print(f"{options.config}: {error}")
        return BAD_CONFIG
    if connect:
        report = report.for_start()
    print(report.render())
    if report.settings is None:
        return BAD_CONFIG
    if not connect:
        return OK
    redactor = Redactor()
    redactor.add_settings(report.settings)
    is_right = asyncio.run(check_connections(report.settings, catalog, redactor, print))
    return OK if is_right else FAILED


def try_(options: Options, texts: list[str], *, as_json: bool) -> int:
    """Play a new contact's messages."""
    settings = _settings(options, PluginCatalog(), is_start=False)
    if settings is None:
        return BAD_CONFIG
    for played in asyncio.run(play(settings, texts)):
        print(json.dumps(played.as_dict(), ensure_ascii=False) if as_json else played)
    return OK


def stats(options: Options, period: timedelta, png: Path | None) -> int:
    """Print the figures, and draw them; reads only, while the bot runs or not."""
    settings = _settings(options, PluginCatalog(), is_start=False)
    if settings is None:
        return BAD_CONFIG
    now = now_utc()
    since = begin_of(period, now, settings.zone)
    job = count_job(settings, options.data, since=since, until=now, now=now, is_drawn=png is not None)
    try:
        counted = asyncio.run(process.count(job))
    except process.NotCounted as error:
        print(f"The figures could not be counted: {error}", file=sys.stderr)
        return FAILED
    print(table(counted.figures, job))
    if png is not None and counted.picture:
        try:
            png.write_bytes(counted.picture)
        except OSError as error:
            print(error, file=sys.stderr)
            return FAILED
    return OK


def export(options: Options, contact: str) -> int:
    """Print everything held on one contact."""
    record_id = _record_id(contact)
    if record_id is None:
        return FAILED
    try:
        found = RecordFiles(DataFolder(options.data)).export(record_id)
    except OSError as error:
        print(error, file=sys.stderr)
        return FAILED
    if found is None:
        return _unknown(contact)
    try:
        json.dump(found, sys.stdout, ensure_ascii=False, indent=2)
        print(flush=True)
    except BrokenPipeError:
        # Whoever reads has seen enough; Python would complain once more when it closes what is closed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return OK


def forget(options: Options, contact: str) -> int:
    """Erase one contact; the running process does it, and without one it is done here."""
    record_id = _record_id(contact)
    if record_id is None:
        return FAILED
    catalog = PluginCatalog()
    settings = _settings(options, catalog, is_start=False)
    if settings is None:
        return BAD_CONFIG
    redactor = Redactor()
    redactor.add_settings(settings)
    try:
        with logging_to(sys.stderr, redactor, level=options.log_level):
            is_known = asyncio.run(forget_offline(record_id, settings, catalog, options.data))
    except DataInUse:
        answer = errands.ask(options.data / "errands", record_id)
        if answer == errands.FAILED:
            text = "is not erased everywhere; the log of the running process says why"
            print(f"{contact} {text}", file=sys.stderr)
            return FAILED
        is_known = answer == errands.DONE
    except (NotErased, TooNew, OSError) as error:
        print(error, file=sys.stderr)
        return FAILED
    if not is_known:
        return _unknown(contact)
    print(f"{contact} is erased.")
    return OK


def _record_id(contact: str) -> str | None:
    try:
        return record_id_of(ChatRef.parse(contact))
    except ValueError as error:
        print(error, file=sys.stderr)
        return None


def _unknown(contact: str) -> int:
    print(f"Nothing is held on {contact}.", file=sys.stderr)
    return FAILED


def _settings(options: Options, catalog: PluginCatalog, *, is_start: bool) -> Settings | None:
    try:
        report: CheckReport = read_config(options.config, catalog, os.environ)
    except OSError as error:
        print(f"{options.config}: {error}", file=sys.stderr)
        return None
    if is_start:
        report = report.for_start()
    if report.settings is None:
        print(report.render(), file=sys.stderr)
    return report.settings


def _leave_in_time() -> None:
    """End the process even when a plugin does not let go; what is not sent yet is in the outbox."""
    deadline = threading.Timer(LONGEST_STOP_S, os._exit, (FAILED,))
    deadline.daemon = True
    deadline.start()


def _run_loop(main: Coroutine[Any, Any, None]) -> None:
    """Run on uvloop, where there is one."""
    if sys.platform == "win32":
        asyncio.run(main)
    else:
        import uvloop

        uvloop.run(main)


def _leaves(group: BaseExceptionGroup[Any]) -> list[BaseException]:
    found: list[BaseException] = []
    for error in group.exceptions:
        found.extend(_leaves(error) if isinstance(error, BaseExceptionGroup) else [error])
    return found
