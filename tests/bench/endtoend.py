"""The whole way: signed webhooks in over HTTP, the real process, HTTP calls of 50 ms out."""

import asyncio
import re
import shutil
import statistics
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from bot.store.collector import collecting_seldom
from tests.bench import Figure
from tests.bench.load import Load
from tests.bench.processes import TEAMS, Measured, bare, bot
from tests.bench.simulator import Platforms

CALL_S = 0.05
CONTACTS = tuple(f"c{number}" for number in range(100))
MESSAGES = 20
ROUNDS = 5
RATES = (20, 100)
RATE_S = 15
PATIENCE_S = 120

_WANTED_MS = {95: 60.0, 99: 80.0}

_MARK = re.compile(r"m(\d+)m")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a server was.

    Attributes:
        shown: messages a second, from the first that is sent to the last that is shown.
        kept: the same to the last that is acknowledged.
        calls: of the platform, a message.
        cpu_us: processor time of the server's process, in microseconds a message.
    """

    shown: float
    kept: float
    calls: float
    cpu_us: float


class Seen:
    """What the people of the platforms see."""

    def __init__(self, platforms: Platforms) -> None:
        self._platforms = platforms

    def forget(self) -> None:
        """Begin anew."""
        for account in self._platforms.accounts.values():
            account.calls.clear()
            account.shown.clear()

    def calls(self) -> int:
        """How often the platforms were called."""
        return sum(account.calls.total() for account in self._platforms.accounts.values())

    async def shown_at(self, wanted: set[int]) -> dict[int, float]:
        """Wait until all these messages are shown, each of them once; and when each was."""
        shown: dict[int, float] = {}
        times: Counter[int] = Counter()
        read = dict.fromkeys(self._platforms.accounts, 0)
        async with asyncio.timeout(PATIENCE_S):
            while not wanted <= shown.keys():
                await asyncio.sleep(0.1)
                for name, account in self._platforms.accounts.items():
                    new, read[name] = account.shown[read[name] :], len(account.shown)
                    for text, at in new:
                        for mark in map(int, _MARK.findall(text)):
                            shown.setdefault(mark, at)
                            times[mark] += 1
        assert set(times.values()) == {1}, "a message was shown more than once"
        return shown


async def _assign(load: Load, seen: Seen) -> float:
    """Have a link put each contact with a team; gives the calls that it took each."""
    seen.forget()
    for number, contact in enumerate(CONTACTS):
        await load.write(load.message(contact, start=f"t{number % TEAMS}"))
    await seen.shown_at(set(load.written_at))
    await asyncio.sleep(1)
    return seen.calls() / len(CONTACTS)


async def _pace(load: Load, seen: Seen, measured: Measured) -> Pace:
    seen.forget()
    before, cpu_before = set(load.written_at), measured.cpu_s()
    await load.as_fast_as_answered(CONTACTS, MESSAGES)
    numbers = set(load.written_at) - before
    shown = await seen.shown_at(numbers)
    began_at = min(load.written_at[number] for number in numbers)
    await asyncio.sleep(1.5)  # what is written behind belongs to it
    return Pace(
        shown=len(numbers) / (max(shown[number] for number in numbers) - began_at),
        kept=len(numbers) / (max(load.kept_at[number] for number in numbers) - began_at),
        calls=seen.calls() / len(numbers),
        cpu_us=(measured.cpu_s() - cpu_before) / len(numbers) * 1e6,
    )


async def _latency(load: Load, seen: Seen, per_second: int) -> list[Figure]:
    seen.forget()
    before = set(load.written_at)
    await load.at_a_rate(CONTACTS, per_second, RATE_S)
    numbers = set(load.written_at) - before
    shown = await seen.shown_at(numbers)
    taken = [(shown[number] - load.written_at[number]) * 1000 for number in numbers]
    kept = [(load.kept_at[number] - load.written_at[number]) * 1000 for number in numbers]
    note = f"{CALL_S * 1000:.0f} ms of it are the platform's; {TEAMS} team chats"
    cuts, kept_cuts = statistics.quantiles(taken, n=100), statistics.quantiles(kept, n=100)
    return [
        *(
            Figure(
                name=f"sent to shown at {per_second}/s, p{cut}",
                value=cuts[cut - 1],
                unit="ms",
                note=note,
                at_most=_WANTED_MS.get(cut),
            )
            for cut in (50, 95, 99)
        ),
        *(
            Figure(name=f"sent to 200 at {per_second}/s, p{cut}", value=kept_cuts[cut - 1], unit="ms")
            for cut in (50, 99)
        ),
        Figure(name=f"calls per message at {per_second}/s", value=seen.calls() / len(numbers)),
    ]


def _median(paces: Sequence[Pace]) -> Pace:
    return Pace(
        shown=statistics.median(pace.shown for pace in paces),
        kept=statistics.median(pace.kept for pace in paces),
        calls=statistics.median(pace.calls for pace in paces),
        cpu_us=statistics.median(pace.cpu_us for pace in paces),
    )


async def _measure(folder: Path) -> list[Figure]:
    platforms = Platforms(CALL_S)
    seen = Seen(platforms)
    figures: list[Figure] = []
    paces: list[Pace] = []
    floors: list[Pace] = []
    async with platforms.serve() as url, bot(folder, url) as real, bare(folder / "bare", url) as floor:
        load, floor_load = Load(url=real.url), Load(url=floor.url)
        with collecting_seldom():
            first_calls = await _assign(load, seen)
            for rate in RATES:
                figures += await _latency(load, seen, rate)
            for _ in range(ROUNDS):  # in turns, since other programs use this machine too
                paces.append(await _pace(load, seen, real))
                floors.append(await _pace(floor_load, seen, floor))
        load.close()
        floor_load.close()
    pace, floor_pace = _median(paces), _median(floors)
    return [
        *figures,
        Figure(name="calls for a first message", value=first_calls, note="thread, card, transcript, answer"),
        Figure(
            name="written durably and shown",
            value=pace.shown,
            unit="messages/s",
            at_least=800,
            note=f"{len(CONTACTS)} at once, {TEAMS} team chats, {pace.calls:.2f} calls a message",
        ),
        Figure(name="written durably and acknowledged", value=pace.kept, unit="messages/s"),
        Figure(name="processor time", value=pace.cpu_us, unit="µs/message", note="all threads and the disk"),
        Figure(
            name="bare handler, shown", value=floor_pace.shown, unit="messages/s", note="any number at once"
        ),
        Figure(name="bare handler, acknowledged", value=floor_pace.kept, unit="messages/s"),
        Figure(name="bare handler, processor time", value=floor_pace.cpu_us, unit="µs/message"),
        Figure(
            name="shown, to a bare handler",
            value=statistics.median(
                mine.shown / bare_pace.shown for mine, bare_pace in zip(paces, floors, strict=True)
            ),
            at_least=0.5,
            note="median of the rounds",
        ),
        Figure(name="acknowledged, to a bare handler", value=pace.kept / floor_pace.kept),
    ]


def run() -> Sequence[Figure]:
    """Measure in a folder of its own, on the disk that holds temporary files."""
    folder = Path(tempfile.mkdtemp(prefix="bench-endtoend-"))
    try:
        return uvloop.run(_measure(folder))
    finally:
        shutil.rmtree(folder)
