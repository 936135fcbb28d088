"""The process's clock: never set back, and right again in the end."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.clock import SteadyClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@dataclass(slots=True)
class Machine:
    """A machine's clock, and the seconds since it was started."""

    wall: datetime = NOON
    seconds: float = 0.0

    def pass_by(self, time: timedelta) -> None:
        self.wall += time
        self.seconds += time.total_seconds()

    def clock(self) -> SteadyClock:
        return SteadyClock(lambda: self.wall, lambda: self.seconds)


def test_goes_with_the_machine() -> None:
    """It shows the machine's time."""
    machine = Machine()
    clock = machine.clock()
    machine.pass_by(HOUR)
    assert clock() == NOON + HOUR


def test_follows_forward_at_once() -> None:
    """A machine that slept, or was set forward, is believed."""
    machine = Machine()
    clock = machine.clock()
    machine.wall += 5 * HOUR
    assert clock() == NOON + 5 * HOUR


def test_set_back() -> None:
    """After the machine's clock is set back it goes on, slowly, until it is right again."""
    machine = Machine()
    clock = machine.clock()
    machine.wall -= HOUR
    assert clock() == NOON
    machine.pass_by(MINUTE)
    assert clock() == NOON + MINUTE / 2
    machine.pass_by(MINUTE)
    assert clock() == NOON + MINUTE
    machine.pass_by(2 * HOUR - 2 * MINUTE)
    assert clock() == NOON + HOUR
    machine.pass_by(MINUTE)
    assert clock() == NOON + HOUR + MINUTE == machine.wall
