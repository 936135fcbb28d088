"""Opening hours as stretches of time: when a team is there, and how much of a wait it could have answered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.config.hours import Hours

LOOK_AHEAD = timedelta(days=400)
"""Who does not open within so many days never does."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The opening hours of a team.

    Intervals are local times of the day on which they begin: one past midnight runs on into the next day,
    also into a holiday, and an hour that a clock change takes away or gives twice is taken or given.

    Attributes:
        hours: the table of config.toml; None: always open.
        zone: whose clock the table means.
    """

    hours: Hours | None
    zone: ZoneInfo

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is there."""
        return self.hours is None or any(opens <= at < closes for opens, closes in self._around(at))

    def next_open(self, at: datetime) -> datetime | None:
        """When somebody is there next, `at` itself when it is open; None: never."""
        if self.is_open(at):
            return at
        return next((opens for opens, _ in self._from(at) if opens >= at), None)

    def opens_after(self, at: datetime) -> datetime | None:
        """When the next opening after `at` begins; None: never, or it is always open."""
        if self.hours is None:
            return None
        return next((opens for opens, _ in self._from(at) if opens > at), None)

    def opened_at(self, at: datetime) -> datetime | None:
        """When the opening that `at` lies in began; None when it is closed, or always open."""
        if self.hours is None:
            return None
        return next((opens for opens, closes in self._around(at) if opens <= at < closes), None)

    def open_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How much of a stretch of time somebody was there."""
        if self.hours is None:
            return max(end - start, timedelta())
        total = timedelta()
        for opens, closes in self._from(start):
            if opens >= end:
                break
            total += max(min(closes, end) - max(opens, start), timedelta())
        return total

    def after(self, start: datetime, open_time: timedelta) -> datetime | None:
        """When somebody has been there for `open_time` since `start`; None: never."""
        if self.hours is None:
            return start + open_time
        left = open_time
        for opens, closes in self._from(start):
            begins = max(opens, start)
            if closes - begins >= left:
                return begins + left
            left -= max(closes - begins, timedelta())
        return None

    def _around(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The openings that `at` may lie in."""
        today = at.astimezone(self.zone).date()
        return self._merged(today - timedelta(days=2), today)

    def _from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The openings that end after `at`, in order."""
        today = at.astimezone(self.zone).date()
        for opens, closes in self._merged(today - timedelta(days=2), today + LOOK_AHEAD):
            if closes > at:
                yield opens, closes

    def _merged(self, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
        """The openings that begin on these days, those that touch made one."""
        current: tuple[datetime, datetime] | None = None
        for opens, closes in self._openings(first, last):
            if current is not None and opens <= current[1]:
                current = (current[0], max(current[1], closes))
                continue
            if current is not None:
                yield current
            current = (opens, closes)
        if current is not None:
            yield current

    def _openings(self, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
        assert self.hours is not None
        day = first
        while day <= last:
            if not any(holiday.first <= day <= holiday.last for holiday in self.hours.holidays):
                for interval in sorted(self.hours.week[day.weekday()]):
                    # Of an hour that the clock shows twice, opening means the first and closing the second.
                    opens = self._at(day, interval.opens, fold=0)
                    closes = self._at(day, interval.closes, fold=1)
                    if opens < closes:
                        yield opens, closes
            day += timedelta(days=1)

    def _at(self, day: date, minutes: int, *, fold: int) -> datetime:
        local = datetime.combine(day, time()) + timedelta(minutes=minutes)
        return local.replace(tzinfo=self.zone, fold=fold).astimezone(UTC)
