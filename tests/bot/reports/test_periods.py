"""The periods that figures are of."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.reports.periods import begin_of, last_report_due, reported_week

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 3, 30, 6, 0, tzinfo=UTC)
"""08:00 in Paris, on the morning after its clocks went forward."""
DAY = timedelta(days=1)


def test_whole_days() -> None:
    """Seven days are today and the six before, from midnight by the business's clock."""
    now = datetime(2026, 3, 30, 14, 0, tzinfo=UTC)
    assert begin_of(7 * DAY, now, PARIS) == datetime(2026, 3, 24, tzinfo=PARIS)
    assert begin_of(DAY, now, PARIS) == datetime(2026, 3, 30, tzinfo=PARIS)


def test_hours() -> None:
    """A period that is no number of days ends now and begins so long ago."""
    now = datetime(2026, 3, 30, 14, 0, tzinfo=UTC)
    assert begin_of(timedelta(hours=36), now, PARIS) == now - timedelta(hours=36)


@pytest.mark.parametrize(
    ("now", "due_at"),
    [
        (MONDAY, MONDAY),
        (MONDAY - timedelta(seconds=1), datetime(2026, 3, 23, 7, 0, tzinfo=UTC)),
        (MONDAY + 6 * DAY, MONDAY),
    ],
)
def test_due(now: datetime, due_at: datetime) -> None:
    """A report is due on Mondays at eight by the business's clock, which changes."""
    assert last_report_due(now, PARIS) == due_at


def test_week() -> None:
    """The report of a Monday is of the seven days before it, an hour short when the clock changed."""
    since, until = reported_week(MONDAY, PARIS)
    assert since == datetime(2026, 3, 23, tzinfo=PARIS)
    assert until == datetime(2026, 3, 30, tzinfo=PARIS)
    assert until - since == 7 * DAY - timedelta(hours=1)
