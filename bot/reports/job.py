"""What is asked of the process that counts: all that it needs of config.toml, and nothing secret."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.calendar import Calendar
from bot.config import Settings
from bot.config.hours import DAYS, MINUTES_A_DAY, Hours, Interval
from bot.reports.figures import Figures

HoursTable = Mapping[str, list[str]]
"""A table of opening hours as config.toml writes it."""


class CountJob(Struct, frozen=True, kw_only=True, tag="count"):
    """Count, and draw what was counted.

    Attributes:
        data: the data folder.
        since: where the period begins.
        until: where it ends.
        now: the time, for what is open now.
        zone: the business's time zone.
        language: of the picture.
        business: its name.
        teams: what to call each team, by key, in the order of config.toml.
        hours: the opening hours of each team that has any.
        team: only this team's conversations; empty: all.
        is_drawn: whether a picture is wanted.
    """

    data: str
    since: datetime
    until: datetime
    now: datetime
    zone: str = "UTC"
    language: str = "en"
    business: str = ""
    teams: Mapping[str, str] = {}
    hours: Mapping[str, HoursTable] = {}
    team: str = ""
    is_drawn: bool = True


class ExpiredJob(Struct, frozen=True, kw_only=True, tag="expired"):
    """Look for records with closed conversations that may be erased.

    Attributes:
        data: the data folder.
        before: those that were closed earlier.
    """

    data: str
    before: datetime


class Counted(Struct, frozen=True, kw_only=True, tag="counted"):
    """What came of a `CountJob`; `picture` is a PNG, or empty where there is nothing to draw."""

    figures: Figures
    picture: bytes = b""


class Expired(Struct, frozen=True, kw_only=True, tag="expired"):
    """What came of an `ExpiredJob`: the ids of the records."""

    record_ids: list[str]


Job = CountJob | ExpiredJob
Answer = Counted | Expired


def count_job(
    settings: Settings,
    data: Path,
    *,
    since: datetime,
    until: datetime,
    now: datetime,
    team: str = "",
    is_drawn: bool = True,
) -> CountJob:
    """Ask for figures by config.toml as it is."""
    language = settings.language
    return CountJob(
        data=str(data.resolve()),
        since=since,
        until=until,
        now=now,
        zone=settings.timezone,
        language=language,
        business=settings.business,
        teams={key: each.name.in_language(language, language) or key for key, each in settings.teams.items()},
        hours={
            key: hours_table(settings.hours[each.hours])
            for key, each in settings.teams.items()
            if each.hours is not None and each.hours in settings.hours
        },
        team=team,
        is_drawn=is_drawn,
    )


def calendars_of(job: CountJob) -> dict[str, Calendar]:
    """The calendar of each team that has opening hours."""
    zone = ZoneInfo(job.zone)
    return {team: Calendar(Hours.model_validate(table), zone) for team, table in job.hours.items()}


def hours_table(hours: Hours) -> dict[str, list[str]]:
    """Opening hours as config.toml writes them."""
    days = {day: [_written(each) for each in week] for day, week in zip(DAYS, hours.week, strict=True)}
    holidays = [f"{each.first.isoformat()}..{each.last.isoformat()}" for each in hours.holidays]
    return {**days, "holidays": holidays}


def _written(interval: Interval) -> str:
    closes = interval.closes - (MINUTES_A_DAY if interval.closes > MINUTES_A_DAY else 0)
    return f"{_clock(interval.opens)}-{_clock(closes)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
