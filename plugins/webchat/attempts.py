"""How often one address may try something before it has to pause."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

# More addresses than this at once is an attack from many machines; the oldest are forgotten, so that
# memory stays bounded.
_REMEMBERED_ADDRESSES = 10_000


class AttemptLimit:
    """A count of attempts per address, which a quiet `pause` resets.

    Args:
        limit: how many attempts are free.
        pause: how long an address waits after the last of them.
        clock: the time now, in UTC.
    """

    def __init__(self, *, limit: int, pause: timedelta, clock: Callable[[], datetime]) -> None:
        self._limit = limit
        self._pause = pause
        self._clock = clock
        self._attempts: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    def pause_left(self, address: str) -> timedelta:
        """How long `address` still has to wait; zero when it may try."""
        count, last_at = self._attempts.get(address, (0, self._clock()))
        if count < self._limit:
            return timedelta(0)
        return max(last_at + self._pause - self._clock(), timedelta(0))

    def record(self, address: str) -> None:
        """Count one attempt of `address`."""
        now = self._clock()
        count, last_at = self._attempts.pop(address, (0, now))
        self._attempts[address] = (1 if now - last_at >= self._pause else count + 1, now)
        while len(self._attempts) > _REMEMBERED_ADDRESSES:
            self._attempts.popitem(last=False)

    def forget(self, address: str) -> None:
        """Start `address` afresh: what it tried was right."""
        self._attempts.pop(address, None)
