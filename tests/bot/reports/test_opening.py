"""Opening time of many stretches: as exact as the calendar, whatever the stretch."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.calendar import Calendar
from bot.config.hours import Hours
from bot.reports.job import hours_table
from bot.reports.opening import OpenHours, OpeningTime

SINCE = datetime(2026, 3, 20, 10, 20, tzinfo=UTC)
OFFICE = Hours.model_validate(
    {
        "mon-fri": ["08:30-12:00", "13:30-18:00"],
        "sat": ["22:00-02:15"],
        "sun": "00:00-24:00",
        "holidays": ["2026-03-24", "2026-03-27..2026-03-28"],
    }
)
PARIS = Calendar(OFFICE, ZoneInfo("Europe/Paris"))


@given(st.integers(0, 20 * 86_400), st.integers(0, 10 * 86_400))
def test_as_the_calendar_says(begins: int, lasts: int) -> None:
    """Every stretch is as long as the calendar says, also over the change of the clock."""
    start = SINCE + timedelta(seconds=begins)
    end = start + timedelta(seconds=lasts)
    assert OpenHours(PARIS, SINCE).between(start, end) == PARIS.open_time_between(start, end)


def test_always_open() -> None:
    """A team without a table, and one that nobody knows, are always open."""
    opening = OpeningTime({"a": Calendar(None, ZoneInfo("UTC"))}, SINCE)
    for team in ("a", "b"):
        assert opening(team, SINCE, SINCE + timedelta(days=3)) == timedelta(days=3)


def test_the_table_survives() -> None:
    """A table of hours is the same after it was handed to another process."""
    assert Hours.model_validate(hours_table(OFFICE)) == OFFICE
