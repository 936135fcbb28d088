"""The clock of the running process; everything else is given the time."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def now_utc() -> datetime:
    """The time, by the machine's clock, which can be set back."""
    return datetime.now(UTC)


class SteadyClock:
    """A clock that is never set back, so that nobody waits until a time that has been comes again.

    Where the machine's clock is set back, this one goes on at half its speed until it is caught up with: a
    pause takes at most twice as long, and what comes later has a later time. Where the machine's clock is
    set forward, this one follows at once.

    Args:
        wall: the machine's clock.
        monotonic: seconds that always go on.
    """

    def __init__(
        self, wall: Callable[[], datetime] = now_utc, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._last = wall()
        self._last_s = monotonic()

    def __call__(self) -> datetime:
        """The time."""
        seconds = self._monotonic()
        slow = self._last + timedelta(seconds=(seconds - self._last_s) / 2)
        self._last, self._last_s = max(self._wall(), slow), seconds
        return self._last
