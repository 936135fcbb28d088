"""Opening time for many conversations at once: each hour is looked up in the calendar one time."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.calendar import Calendar

_HOUR = timedelta(hours=1)


class OpenHours:
    """How much of many stretches of time a team was open; exact, and cheap from the second time on.

    Args:
        calendar: the team's.
        since: no stretch begins earlier.
    """

    def __init__(self, calendar: Calendar, since: datetime) -> None:
        self._calendar = calendar
        self._since = since.replace(minute=0, second=0, microsecond=0)
        self._until = [timedelta()]  # the open time from `_since` to each full hour after it

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The open time of one stretch."""
        if self._calendar.hours is None:
            return end - start
        return self._at(end) - self._at(start)

    def _at(self, moment: datetime) -> timedelta:
        """The open time from `_since` to a moment."""
        place = (moment - self._since) // _HOUR
        while len(self._until) <= place + 1:
            begins = self._since + (len(self._until) - 1) * _HOUR
            self._until.append(self._until[-1] + self._calendar.open_time_between(begins, begins + _HOUR))
        begins = self._since + place * _HOUR
        whole = self._until[place + 1] - self._until[place]
        if not whole:
            return self._until[place]
        if whole == _HOUR:
            return self._until[place] + (moment - begins)
        return self._until[place] + self._calendar.open_time_between(begins, moment)


class OpeningTime:
    """The same for teams by their keys; one that has no calendar is always open."""

    def __init__(self, calendars: Mapping[str, Calendar], since: datetime) -> None:
        self._hours = {team: OpenHours(calendar, since) for team, calendar in calendars.items()}

    def __call__(self, team: str, start: datetime, end: datetime) -> timedelta:
        """As `bot.reports.tally.OpenTime`."""
        hours = self._hours.get(team)
        return end - start if hours is None else hours.between(start, end)
