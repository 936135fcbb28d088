"""How soon and how fast what contacts write is shown to people: measured the same way on every platform."""

import asyncio
import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.bench import Figure
from tests.bench.load import Load
from tests.bench.processes import Measured

PATIENCE_S = 120

_MARK = re.compile(r"m(\d+)m")


@dataclass(slots=True, kw_only=True)
class Account:
    """What the people of one account saw.

    Attributes:
        calls: how often each method was called since this was last emptied.
        shown: texts since this was last emptied, each with the system's monotonic time in seconds.
    """

    calls: Counter[str] = field(default_factory=Counter)
    shown: list[tuple[str, float]] = field(default_factory=list)


class Seen:
    """What the people of all accounts see.

    Args:
        accounts: all that a message can be shown by.
    """

    def __init__(self, *accounts: Account) -> None:
        self._accounts = accounts

    def forget(self) -> None:
        """Begin anew."""
        for account in self._accounts:
            account.calls.clear()
            account.shown.clear()

    def calls(self) -> int:
        """How often the platforms were called."""
        return sum(account.calls.total() for account in self._accounts)

    async def shown_at(self, wanted: set[int]) -> dict[int, float]:
        """Wait until all these messages are shown, each of them once; and when each was."""
        shown: dict[int, float] = {}
        times: Counter[int] = Counter()
        read = [0] * len(self._accounts)
        async with asyncio.timeout(PATIENCE_S):
            while not wanted <= shown.keys():
                await asyncio.sleep(0.1)
                for place, account in enumerate(self._accounts):
                    new, read[place] = account.shown[read[place] :], len(account.shown)
                    for text, at in new:
                        for mark in map(int, _MARK.findall(text)):
                            shown.setdefault(mark, at)
                            times[mark] += 1
        assert set(times.values()) == {1}, "a message was shown more than once"
        return shown


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

    @classmethod
    def median(cls, paces: "Sequence[Pace]") -> "Pace":
        """The median of each figure."""
        return cls(
            shown=statistics.median(pace.shown for pace in paces),
            kept=statistics.median(pace.kept for pace in paces),
            calls=statistics.median(pace.calls for pace in paces),
            cpu_us=statistics.median(pace.cpu_us for pace in paces),
        )


async def pace(load: Load, seen: Seen, measured: Measured, contacts: Sequence[str], messages: int) -> Pace:
    """All contacts write at once, so many messages each."""
    seen.forget()
    before, cpu_before = set(load.written_at), measured.cpu_s()
    await load.as_fast_as_answered(contacts, messages)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A steady rate, and what is wanted at it.

    Attributes:
        per_second: messages.
        at_most_ms: by percentile, from sent to shown.
        seconds: for so long.
    """

    per_second: int
    at_most_ms: dict[int, float] = field(default_factory=dict)
    seconds: float = 15


async def latency(load: Load, seen: Seen, rate: Rate, contacts: Sequence[str], note: str) -> list[Figure]:
    """How soon messages are shown, and acknowledged, when they come at a rate."""
    seen.forget()
    before = set(load.written_at)
    await load.at_a_rate(contacts, rate.per_second, rate.seconds)
    numbers = set(load.written_at) - before
    shown = await seen.shown_at(numbers)
    taken = [(shown[number] - load.written_at[number]) * 1000 for number in numbers]
    kept = [(load.kept_at[number] - load.written_at[number]) * 1000 for number in numbers]
    cuts, kept_cuts = statistics.quantiles(taken, n=100), statistics.quantiles(kept, n=100)
    at = f"at {rate.per_second}/s"
    return [
        *(
            Figure(
                name=f"sent to shown {at}, p{cut}",
                value=cuts[cut - 1],
                unit="ms",
                note=note,
                at_most=rate.at_most_ms.get(cut),
            )
            for cut in (50, 95, 99)
        ),
        *(Figure(name=f"sent to 200 {at}, p{cut}", value=kept_cuts[cut - 1], unit="ms") for cut in (50, 99)),
        Figure(name=f"calls per message {at}", value=seen.calls() / len(numbers)),
    ]
