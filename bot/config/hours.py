"""Opening hours as config.toml gives them: a week of intervals, holidays, and the text for outside."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, PlainValidator, model_validator

from bot.config.problems import named
from bot.config.text import Text, TextField
from bot.config.values import AsList

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 24 * 60

_INTERVAL = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*[-–]\s*([0-9]{1,2}):([0-9]{2})")


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A time of the day when a team is there.

    Attributes:
        opens: minutes after the day's midnight.
        closes: minutes after the same midnight; above 1440 when it closes on the next day.
    """

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days when nobody is there, the last one included."""

    first: date
    last: date


def days_of(key: str) -> tuple[str, ...]:
    """The days that a key of an hours table names: `mon`, `mon-fri`, `sat-mon`; none when it names none."""
    first, dash, last = key.partition("-")
    if first not in DAYS or (dash and last not in DAYS):
        return ()
    start, end = DAYS.index(first), DAYS.index(last or first)
    return tuple(DAYS[place % 7] for place in range(start, end + 1 if end >= start else end + 8))


def _read_interval(value: Any) -> Interval:
    if isinstance(value, Interval):
        return value
    found = _INTERVAL.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError('this is no interval of a day; write "HH:MM-HH:MM", as in "08:30-12:00"')
    from_hour, from_minute, to_hour, to_minute = map(int, found.groups())
    opens, closes = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if max(from_minute, to_minute) > 59 or opens >= MINUTES_A_DAY or closes > MINUTES_A_DAY:
        raise ValueError(
            f'{named(value)} has a time that no clock shows; write times from "00:00" to "24:00"'
        )
    if opens == closes:
        raise ValueError(f'{named(value)} opens and closes at once; for the whole day write "00:00-24:00"')
    return Interval(opens, closes if closes > opens else closes + MINUTES_A_DAY)


def _read_holiday(value: Any) -> Holiday:
    if isinstance(value, Holiday):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return Holiday(value, value)
    advice = 'write "2026-12-25", or "2026-12-31..2027-01-01" for several days'
    if not isinstance(value, str):
        raise ValueError(f"this is no date; {advice}")  # noqa: TRY004  # pydantic reports ValueError only
    first, dots, last = (part.strip() for part in value.partition(".."))
    try:
        holiday = Holiday(date.fromisoformat(first), date.fromisoformat(last if dots else first))
    except ValueError:
        raise ValueError(f"{named(value)} is no date; {advice}") from None
    if holiday.last < holiday.first:
        raise ValueError(f'{named(value)} ends before it begins; write "{last}..{first}"')
    return holiday


_Day = Annotated[tuple[Annotated[Interval, PlainValidator(_read_interval)], ...], AsList]


class Hours(BaseModel):
    """A table of opening hours; a day without intervals is closed.

    A range such as `mon-fri` stands for its days; a day's own key wins over a range.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    mon: _Day = ()
    tue: _Day = ()
    wed: _Day = ()
    thu: _Day = ()
    fri: _Day = ()
    sat: _Day = ()
    sun: _Day = ()
    holidays: Annotated[tuple[Annotated[Holiday, PlainValidator(_read_holiday)], ...], AsList] = ()
    away: TextField = Text()
    away_action: Literal["hold", "notify"] = "hold"

    @property
    def week(self) -> tuple[tuple[Interval, ...], ...]:
        """The intervals of the seven days, Monday first."""
        return (self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun)

    @model_validator(mode="before")
    @classmethod
    def _spread_ranges(cls, table: Any) -> Any:
        if not isinstance(table, dict):
            return table
        spread: dict[str, Any] = {}
        for key, value in table.items():
            if "-" in key:
                spread |= dict.fromkeys(days_of(key) or (key,), value)
        return spread | {key: value for key, value in table.items() if "-" not in key}
