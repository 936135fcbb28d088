"""Opening hours as stretches of time, clock changes included."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendar import Calendar
from bot.config.hours import Hours

PARIS = ZoneInfo("Europe/Paris")
OFFICE = Hours.model_validate(
    {
        "mon-fri": ["08:30-12:00", "13:30-18:00"],
        "sat": ["09:00-12:00"],
        "holidays": ["2026-12-25", "2026-12-31..2027-01-01"],
    }
)
NIGHT = Hours.model_validate({"mon-sun": ["22:00-06:00"]})
NEVER = Hours.model_validate({})


def at(text: str, zone: ZoneInfo = PARIS, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def office(hours: Hours | None = OFFICE) -> Calendar:
    return Calendar(hours, PARIS)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-02 08:29:59", False),
        ("2026-03-02 08:30", True),
        ("2026-03-02 12:00", False),
        ("2026-03-02 13:30", True),
        ("2026-03-07 11:59", True),
        ("2026-03-08 10:00", False),
        ("2026-12-24 10:00", True),
        ("2026-12-25 10:00", False),
        ("2027-01-01 10:00", False),
        ("2027-01-02 10:00", True),
    ],
)
def test_open(moment: str, is_open: bool) -> None:
    """A team is there in its intervals, from the first minute to before the last, and on no holiday."""
    assert office().is_open(at(moment)) is is_open


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-03-02 07:00", "2026-03-02 08:30"),
        ("2026-03-02 09:00", "2026-03-02 09:00"),
        ("2026-03-02 12:15", "2026-03-02 13:30"),
        ("2026-03-07 12:00", "2026-03-09 08:30"),
        ("2026-12-24 19:00", "2026-12-26 09:00"),
        ("2026-12-30 18:00", "2027-01-02 09:00"),
    ],
)
def test_next_open(moment: str, opens: str) -> None:
    """The next opening is found over nights, weekends and holidays."""
    assert office().next_open(at(moment)) == at(opens)


def test_past_midnight() -> None:
    """An interval past midnight belongs to the day on which it begins, and is one opening."""
    calendar = office(NIGHT)
    assert calendar.is_open(at("2026-03-03 02:00"))
    assert not calendar.is_open(at("2026-03-03 06:00"))
    assert calendar.opened_at(at("2026-03-03 02:00")) == at("2026-03-02 22:00")
    assert calendar.open_time_between(at("2026-03-02 12:00"), at("2026-03-03 12:00")) == timedelta(hours=8)


def test_the_night_of_a_holiday() -> None:
    """What begins on the eve runs on into a holiday; what would begin on it does not."""
    hours = Hours.model_validate({"mon-sun": ["22:00-06:00"], "holidays": ["2026-12-25"]})
    calendar = office(hours)
    assert calendar.is_open(at("2026-12-25 05:00"))
    assert not calendar.is_open(at("2026-12-25 23:00"))
    assert not calendar.is_open(at("2026-12-26 05:00"))


def test_always_and_never() -> None:
    """Without a table a team is always there; with an empty one never."""
    now = at("2026-03-02 03:00")
    assert office(None).is_open(now)
    assert office(None).next_open(now) == now
    assert office(None).after(now, timedelta(hours=1)) == now + timedelta(hours=1)
    assert office(NEVER).next_open(now) is None
    assert office(NEVER).after(now, timedelta(minutes=1)) is None
    assert office(NEVER).open_time_between(now, now + timedelta(days=30)) == timedelta()


def test_days_that_touch_are_one_opening() -> None:
    """A team that is always there by its table has one long opening."""
    calendar = office(Hours.model_validate({"mon-sun": ["00:00-24:00"]}))
    assert calendar.open_time_between(at("2026-03-02 00:00"), at("2026-03-05 00:00")) == timedelta(days=3)
    assert calendar.is_open(at("2026-03-03 00:00"))


@pytest.mark.parametrize(
    ("start", "minutes", "ends"),
    [
        ("2026-03-02 08:30", 30, "2026-03-02 09:00"),
        ("2026-03-02 11:50", 20, "2026-03-02 13:40"),
        ("2026-03-06 17:55", 10, "2026-03-07 09:05"),
        ("2026-03-07 20:00", 5, "2026-03-09 08:35"),
    ],
)
def test_after(start: str, minutes: int, ends: str) -> None:
    """A wait is counted in opening hours only."""
    assert office().after(at(start), timedelta(minutes=minutes)) == at(ends)


def test_clocks_go_forward() -> None:
    """In the night of the short day an hour is missing from the opening, and the next day opens as usual."""
    calendar = office(NIGHT)
    # On 29 March 2026 at two o'clock it is three.
    evening, morning = at("2026-03-28 22:00"), at("2026-03-29 06:00")
    assert calendar.open_time_between(evening, morning) == timedelta(hours=7)
    assert calendar.after(evening, timedelta(hours=7)) == morning
    assert office().next_open(at("2026-03-29 12:00")) == at("2026-03-30 08:30")


def test_clocks_go_back() -> None:
    """In the night of the long day an hour comes twice, and is counted twice."""
    calendar = office(NIGHT)
    # On 25 October 2026 at three o'clock it is two again.
    evening, morning = at("2026-10-24 22:00"), at("2026-10-25 06:00")
    assert calendar.open_time_between(evening, morning) == timedelta(hours=9)
    assert calendar.after(evening, timedelta(hours=9)) == morning


def test_an_hour_that_does_not_exist() -> None:
    """Hours that the clock jumps over open nothing, and break nothing."""
    calendar = office(Hours.model_validate({"sun": ["02:00-03:00"]}))
    assert calendar.open_time_between(at("2026-03-29 00:00"), at("2026-03-29 12:00")) == timedelta()
    assert calendar.next_open(at("2026-03-29 00:00")) == at("2026-04-05 02:00")


def test_an_hour_that_comes_twice() -> None:
    """Hours that the clock shows twice are open both times."""
    calendar = office(Hours.model_validate({"sun": ["02:00-03:00"]}))
    assert calendar.open_time_between(at("2026-10-25 00:00"), at("2026-10-25 12:00")) == timedelta(hours=2)


moments = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)).map(lambda each: each.replace(tzinfo=UTC))


@given(moments, st.timedeltas(timedelta(), timedelta(days=20)))
def test_after_and_between_agree(start: datetime, length: timedelta) -> None:
    """So much opening time later, exactly so much opening time has passed."""
    for hours in (OFFICE, NIGHT):
        calendar = Calendar(hours, PARIS)
        end = calendar.after(start, length)
        assert end is not None
        assert calendar.open_time_between(start, end) == length


@given(moments)
def test_the_next_opening_is_open(moment: datetime) -> None:
    """When it opens next it is open, and before that it is not."""
    calendar = office()
    opens = calendar.next_open(moment)
    assert opens is not None
    assert calendar.is_open(opens)
    assert calendar.open_time_between(moment, opens) == timedelta()
