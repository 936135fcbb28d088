"""Timers: due times lie in the records, and the scheduler wakes the bot at the earliest of them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.timers import AT_ONCE, GATHER, LATE, PAUSE, Timers

HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Records:
    """Due times that are taken away as they are served; a clock that is the real one, moved."""

    times: dict[str, datetime] = field(default_factory=dict)
    waits: dict[str, datetime] = field(default_factory=dict)
    served: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    ahead: timedelta = timedelta()
    gate: asyncio.Event | None = None
    asked_for: list[int] = field(default_factory=list)
    looks: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def clock(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def next_due(self) -> datetime | None:
        self.looks += 1
        self.changed.set()
        return min(self._asked().values(), default=None)

    def due(self, now: datetime, most: int) -> list[str]:
        self.asked_for.append(most)
        in_order = sorted(self._asked().items(), key=lambda pair: pair[1])
        return [name for name, at in in_order if at <= now][:most]

    def is_due(self, record_id: str, now: datetime) -> bool:
        at = self._asked().get(record_id)
        return at is not None and at <= now

    def put_off(self, record_id: str, until: datetime) -> None:
        self.waits[record_id] = until

    def _asked(self) -> dict[str, datetime]:
        return {name: self.waits.get(name, at) for name, at in self.times.items()}

    async def act(self, record_id: str) -> None:
        self.served.append(record_id)
        self.changed.set()
        if self.gate is not None:
            await self.gate.wait()
        if record_id in self.broken:
            raise OSError("no space left")
        self.times.pop(record_id, None)

    async def until_served(self, count: int) -> None:
        await self._until(lambda: len(self.served) >= count)

    async def until_waking_is_over(self) -> None:
        """The timers look at start, and once more when their first waking ends."""
        await self._until(lambda: self.looks >= 2)

    async def _until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            self.changed.clear()
            await self.changed.wait()


@asynccontextmanager
async def running(records: Records) -> AsyncIterator[Timers]:
    timers = Timers(times=records, act=records.act, clock=records.clock)
    timers.start()
    try:
        yield timers
    finally:
        timers.stop()


def past(records: Records, *names: str) -> None:
    for number, name in enumerate(names):
        records.times[name] = records.clock() - HOUR + timedelta(seconds=number)


async def test_what_came_due_while_the_process_was_down_fires_once_at_start() -> None:
    """Times that lie in the past are served at start, longest due first, each once."""
    records = Records()
    past(records, "a", "b", "c")
    async with running(records):
        await records.until_served(3)
    assert records.served == ["a", "b", "c"]
    assert records.times == {}


async def test_a_time_that_is_set_later_is_served() -> None:
    """After a write the earliest time is looked at anew."""
    records = Records()
    async with running(records) as timers:
        records.times["a"] = records.clock() + timedelta(milliseconds=5)
        timers.refresh()
        await records.until_served(1)
    assert records.served == ["a"]


async def test_an_earlier_time_comes_first() -> None:
    """A time that is set before the one that is waited for is not missed."""
    records = Records()
    records.times["later"] = records.clock() + HOUR
    async with running(records) as timers:
        records.times["sooner"] = records.clock()
        timers.refresh()
        await records.until_served(1)
    assert records.served == ["sooner"]
    assert set(records.times) == {"later"}


async def test_what_is_not_due_is_left() -> None:
    """A time in the future is not served with one that is due."""
    records = Records()
    past(records, "a")
    records.times["later"] = records.clock() + HOUR
    async with running(records):
        await records.until_served(1)
    assert records.served == ["a"]


async def test_constant_writes_do_not_put_a_waking_off() -> None:
    """However often due times are looked at, what is due is served."""
    records = Records()
    past(records, "a")
    async with running(records) as timers:

        async def write() -> None:
            while True:
                timers.refresh()
                await asyncio.sleep(0)

        writing = asyncio.create_task(write())
        await asyncio.wait_for(records.until_served(1), timeout=20)
        writing.cancel()
    assert records.served == ["a"]


async def test_what_comes_due_during_a_waking_is_served_after_it() -> None:
    """A waking that takes its time keeps nothing from being served after it."""
    records = Records(gate=asyncio.Event())
    assert records.gate is not None
    past(records, "a")
    async with running(records) as timers:
        await records.until_served(1)
        past(records, "b")
        timers.refresh()
        assert timers._wakes_at is None
        records.gate.set()
        await records.until_served(2)
    assert records.served == ["a", "b"]


async def test_a_timer_that_cannot_be_served_waits_and_keeps_nobody_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A failure is logged; the others are served, and the failed one is tried again after a pause."""
    records = Records(broken={"a"})
    past(records, "a", "b")
    async with running(records) as timers:
        with caplog.at_level(logging.ERROR):
            await records.until_waking_is_over()
        assert set(records.times) == {"a"}
        assert "a timer of a waits" in caplog.text
        assert timers._wakes_at is not None
        assert timers._wakes_at - records.clock() > PAUSE / 2
    assert records.served == ["a", "b"]


async def test_a_timer_that_waits_holds_up_no_other() -> None:
    """While one record cannot be served, the others wake the process at their own times."""
    records = Records(broken={"a"})
    past(records, "a")
    async with running(records) as timers:
        await records.until_waking_is_over()
        records.times["b"] = soon = records.clock() + timedelta(seconds=1)
        timers.refresh()
        assert timers._wakes_at == soon + GATHER
        assert set(records.waits) == {"a"}


async def test_a_disk_on_which_nothing_can_be_written_is_not_asked_all_the_time() -> None:
    """When a whole portion fails, the others that are due wait too: it is not one record's fault."""
    names = [f"r{number:04}" for number in range(AT_ONCE + 10)]
    records = Records(broken=set(names))
    past(records, *names)
    async with running(records) as timers:
        await records.until_waking_is_over()
        assert timers._wakes_at is not None
        assert timers._wakes_at - records.clock() > PAUSE / 2
    assert records.served == names[:AT_ONCE]


async def test_a_timer_that_stays_due_is_no_busy_loop() -> None:
    """A record whose time does not change when it is served is asked again only after a pause."""
    records = Records()

    async def ignore(record_id: str) -> None:
        records.served.append(record_id)
        records.changed.set()

    past(records, "a")
    timers = Timers(times=records, act=ignore, clock=records.clock)
    timers.start()
    try:
        await records.until_waking_is_over()
        assert timers._wakes_at is not None
        assert timers._wakes_at - records.clock() > PAUSE / 2
    finally:
        timers.stop()


async def test_many_are_served_in_portions() -> None:
    """More than one portion of due times is served without a pause between; each is looked for once."""
    records = Records()
    past(records, *(f"r{number:04}" for number in range(AT_ONCE + 10)))
    async with running(records):
        await records.until_served(AT_ONCE + 10)
    assert len(set(records.served)) == AT_ONCE + 10
    assert records.asked_for == [AT_ONCE, AT_ONCE]


async def test_those_that_always_fail_leave_the_others_their_turn() -> None:
    """More than a portion that cannot be served, longest due of all, keeps nobody from being served."""
    broken = [f"r{number:04}" for number in range(AT_ONCE + 10)]
    records = Records(broken=set(broken))
    past(records, *broken)
    records.times["ann"] = records.clock()
    async with running(records) as timers:
        await records.until_waking_is_over()
        records.ahead = PAUSE + 2 * LATE
        timers.look()
        await records.until_served(len(broken) + 1)
    assert "ann" in records.served
    assert "ann" not in records.times


async def test_after_stopping_nothing_is_woken() -> None:
    """Once stopped, a look at the due times sets no waking."""
    records = Records()
    async with running(records) as timers:
        pass
    past(records, "a")
    timers.refresh()
    assert timers._wakes_at is None


async def test_a_clock_that_is_set_back_holds_nobody_up() -> None:
    """What comes due by the new time is served then, not when the old time is reached again."""
    records = Records()
    past(records, "a")
    async with running(records) as timers:
        await records.until_waking_is_over()
        records.ahead = -HOUR
        records.times["b"] = records.clock() - PAUSE
        timers.refresh()
        woken = timers._wakes_at
    assert woken is not None
    assert woken - records.clock() <= 2 * PAUSE


async def test_a_waking_that_does_not_come_is_set_anew() -> None:
    """The scheduler waits by the machine's clock: where ours is past a waking, it is served all the same."""
    records = Records()
    records.times["a"] = records.clock() + HOUR
    async with running(records) as timers:
        timers.look()
        assert records.served == []
        records.ahead = HOUR + 2 * LATE
        timers.look()
        await records.until_served(1)
    assert records.served == ["a"]
