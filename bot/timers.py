"""Timers: due times lie in the records, and APScheduler wakes the bot at the earliest of them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import now_utc

log = logging.getLogger(__name__)

JOB = "due"
GATHER = timedelta(milliseconds=20)
"""Timers this close together are served by one waking."""
AT_ONCE = 256
"""How many are served before the others get a turn again."""
PAUSE = timedelta(seconds=5)
"""How long a record waits whose timer could not be served; all of them, when a whole portion could not."""
LOOK_EVERY_S = 2.0
"""How often it is looked whether a waking that is due has come."""
LATE = timedelta(seconds=1)
"""A waking that is later than this does not come by itself: the machine's clock was set."""


class DueTimes(Protocol):
    """What is due, as the index knows it."""

    def next_due(self) -> datetime | None:
        """The earliest due time of all."""
        ...

    def due(self, now: datetime, most: int) -> list[str]:
        """So many records at most that have something due at `now`, and do not wait; longest due first."""
        ...

    def is_due(self, record_id: str, now: datetime) -> bool:
        """Whether this record does."""
        ...

    def put_off(self, record_id: str, until: datetime) -> None:
        """Let a record wait until then; the others come due meanwhile."""
        ...


class Timers:
    """Wakes each record when its time has come; once, also when it came while the process was down."""

    def __init__(
        self,
        *,
        times: DueTimes,
        act: Callable[[str], Awaitable[None]],
        clock: Callable[[], datetime],
    ) -> None:
        self._times = times
        self._act = act
        self._clock = clock
        self._wakes_at: datetime | None = None
        self._not_before = clock()
        self._is_running = False
        self._is_waking = False
        self._looking: asyncio.TimerHandle | None = None
        # A job that comes late is run all the same: the default grace of one second would drop it. So is one
        # that comes before the scheduler has noticed the end of the last.
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 2}
        )

    def start(self) -> None:
        """Begin; what came due before is served at once."""
        self._scheduler.start()
        self._is_running = True
        self.refresh()
        self._look_later()

    def stop(self) -> None:
        """Wake nothing any more."""
        self._is_running = False
        if self._looking is not None:
            self._looking.cancel()
        self._scheduler.shutdown(wait=False)

    def refresh(self) -> None:
        """Look whether something is due earlier than the next waking; cheap, called after every write."""
        earliest = self._times.next_due()
        if earliest is None or self._is_waking or not self._is_running:
            return
        now = self._clock()
        # Bounded, since a clock that is set back would leave it far in the future.
        wakes_at = max(earliest, now, min(self._not_before, now + PAUSE)) + GATHER
        if self._wakes_at is not None and self._wakes_at <= wakes_at:
            return
        self._wakes_at = wakes_at
        # The scheduler goes by the machine's clock, which is not always ours.
        run_date = now_utc() + (wakes_at - now)
        self._scheduler.add_job(self._wake, "date", run_date=run_date, id=JOB, replace_existing=True)

    def look(self) -> None:
        """Set the waking anew when it does not come: the scheduler waits by a clock that was set."""
        if self._wakes_at is not None and self._clock() - self._wakes_at > LATE:
            self._wakes_at = None
            self.refresh()

    def _look_later(self) -> None:
        self._looking = asyncio.get_running_loop().call_later(LOOK_EVERY_S, self._look_again)

    def _look_again(self) -> None:
        self.look()
        self._look_later()

    async def _wake(self) -> None:
        if self._is_waking:
            return  # the one that runs looks again when it ends
        self._wakes_at, self._is_waking = None, True
        try:
            now = self._clock()
            served = self._times.due(now, AT_ONCE)
            await asyncio.gather(*(self._serve(record_id) for record_id in served))
            # What could not be served is still due, and must not make this a busy loop.
            self._put_off([record_id for record_id in served if self._times.is_due(record_id, now)])
        finally:
            self._is_waking = False
            self.refresh()

    def _put_off(self, failed: list[str]) -> None:
        """Let those wait that could not be served, and nobody else, unless nothing can be (a full disk)."""
        now = self._clock()
        for record_id in failed:
            self._times.put_off(record_id, now + PAUSE)
        self._not_before = now + PAUSE if len(failed) >= AT_ONCE else now

    async def _serve(self, record_id: str) -> None:
        try:
            await self._act(record_id)
        except OSError as error:
            # The disk's fault, and the same for every timer until it is mended.
            log.error("a timer of %s waits: %s", record_id, error)  # noqa: TRY400
        except Exception:
            # The due time is still in the record, so that nothing is forgotten.
            log.exception("a timer of %s waits", record_id)
