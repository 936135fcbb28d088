"""The figures of 50,000 conversations: how long counting takes, and what the bot feels of it meanwhile."""

import asyncio
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from bot.api import ChatRef, IncomingMessage, Sender
from bot.core import Core
from bot.reports import process
from bot.reports.job import ExpiredJob
from bot.store.folder import DataFolder
from bot.store.records import encoded
from tests.bench import Figure
from tests.bench.store import record
from tests.bench.turns import core
from tests.bot.reports.making import NOW, busy, job

_MANY = 50_000
_RATE = 100
_SECONDS = 8.0
_ROUNDS = 3
_HOURS = {team: {"mon-fri": ["08:30-12:00", "13:30-18:00"]} for team in ("support", "sales", "accounts")}


def fill(data: Path, count: int) -> None:
    """A month of a busy business, each contact with one conversation and a dozen messages."""
    folder, chance = DataFolder(data), random.Random(1)
    for number in range(count):
        each = busy(chance, number, days=30)
        each.messages = record(number).messages
        path = folder.record(each.record_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(each))
    os.sync()  # or the first count would pay for these


async def _turns(bot: Core, place: str, is_over: Callable[[], bool] | None = None) -> list[float]:
    """Seconds of each durable turn, so many a second, for a while or until something is done."""
    taken: list[float] = []

    async def write(number: int) -> None:
        began = time.perf_counter()
        await bot.receiver.receive(
            IncomingMessage(
                event_id=f"{number}",
                message_id=f"{number}",
                chat=ChatRef("webchat", f"{place}-{number % 200}"),
                sender=Sender(sender_id="somebody", first_name="Ann"),
                sent_at=datetime.now(UTC),
                text="bonjour",
            )
        )
        taken.append(time.perf_counter() - began)

    began = time.perf_counter()
    number = 0
    async with asyncio.TaskGroup() as group:
        while not (is_over() if is_over else time.perf_counter() - began >= _SECONDS):
            group.create_task(write(number))
            number += 1
            await asyncio.sleep(max(0.0, began + number / _RATE - time.perf_counter()))
    return sorted(taken)


def _spent() -> float:
    """Seconds of a processor that processes of ours have used and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _at(taken: Sequence[float], part: float) -> float:
    return taken[int(part * (len(taken) - 1))] * 1000


async def _measure(folder: Path) -> list[Figure]:
    data = folder / "data"
    fill(data, _MANY)
    asked = job(data, since=NOW.replace(month=2, day=7), hours=_HOURS, zone="Europe/Paris")
    seconds, spent = [], []
    for _ in range(_ROUNDS):
        began, had = time.perf_counter(), _spent()
        counted = await process.count(asked)
        seconds.append(time.perf_counter() - began)
        spent.append(_spent() - had)
        assert counted.figures.total.conversations == _MANY
    began = time.perf_counter()
    await process.find_expired(ExpiredJob(data=str(data), before=NOW.replace(year=2020)))
    looked = time.perf_counter() - began
    bot = core(folder / "bot")
    await bot.open()
    await bot.delivery.recover(())  # nothing waits, and the journal is open
    quiet, busy_ = [], []
    for place in range(_ROUNDS):
        quiet += await _turns(bot, f"q{place}")
        counting = asyncio.ensure_future(process.count(asked))
        busy_ += await _turns(bot, f"b{place}", counting.done)
        await counting
    await bot.close()
    quiet.sort()
    busy_.sort()
    note = f"{_RATE} durable turns a second"
    return [
        Figure(
            name=f"figures of {_MANY:,} conversations, drawn",
            value=min(seconds),
            unit="s",
            note="in a process of its own, its start included",
            at_most=5,
        ),
        Figure(
            name="the same, of a processor",
            value=min(spent),
            unit="s",
            note="what it takes on a machine that does nothing else",
            at_most=5,
        ),
        Figure(name=f"looking for what is old among {_MANY:,}", value=looked, unit="s"),
        Figure(name="a turn, p50, meanwhile", value=_at(busy_, 0.5), unit="ms", note=note),
        Figure(name="a turn, p50, otherwise", value=_at(quiet, 0.5), unit="ms", note=note),
        Figure(name="a turn, p99, meanwhile", value=_at(busy_, 0.99), unit="ms", note=note),
        Figure(name="a turn, p99, otherwise", value=_at(quiet, 0.99), unit="ms", note=note),
    ]


def run() -> Sequence[Figure]:
    """Measure in a folder of its own, on the disk of this checkout."""
    with tempfile.TemporaryDirectory(prefix="guichet-bench-", dir=Path.cwd()) as folder:
        return uvloop.run(_measure(Path(folder)))
