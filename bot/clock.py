"""The clock of the running process; everything else is given the time."""

from datetime import UTC, datetime


def now_utc() -> datetime:
    """The time."""
    return datetime.now(UTC)
