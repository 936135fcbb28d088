"""Numbers, shares, times and names as people read them, in chats, tables and pictures alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.model import INBOX
from bot.reports.figures import Group, Spread
from bot.reports.job import CountJob
from bot.times import length
from bot.wording import Wording

Say = Callable[..., str]

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Words:
    """Everything in the language of one job.

    Attributes:
        say: the bot's own words.
        job: what was asked for; it names the teams.
    """

    say: Wording
    job: CountJob

    @classmethod
    def of(cls, job: CountJob) -> "Words":
        """The words of a job."""
        return cls(Wording(job.language), job)

    def decimal(self, value: float) -> str:
        """A number with one place behind the comma, or the point."""
        text = f"{value:.1f}"
        return text if self.job.language == "en" else text.replace(".", ",")

    def percent(self, part: float) -> str:
        """A share of one, without places."""
        return f"{part:.0%}" if self.job.language == "en" else f"{part * 100:.0f} %"

    def team(self, key: str) -> str:
        """What to call a team; one that config.toml no longer has keeps its key."""
        if key == INBOX:
            return self.say("room.inbox")
        return self.job.teams.get(key, key) if key else self.say("queue.bot")

    def names(self, keys: Mapping[str, Group]) -> dict[str, str]:
        """What to call the teams of a group of figures."""
        return {key: self.team(key) for key in keys}

    def day(self, day: date | str) -> str:
        """A day, short, with its weekday."""
        parsed = date.fromisoformat(day) if isinstance(day, str) else day
        return f"{self.say('figures.weekdays').split()[parsed.weekday()]} {parsed:%d/%m}"

    @property
    def zone(self) -> ZoneInfo:
        """The business's time zone."""
        return ZoneInfo(self.job.zone)

    @property
    def period(self) -> str:
        """The period of the job, in days."""
        first, last = self.job.since.astimezone(self.zone), last_moment(self.job).astimezone(self.zone)
        if first.date() == last.date():
            return f"{first:%d/%m/%Y}"
        begins = f"{first:%d/%m}" if first.year == last.year else f"{first:%d/%m/%Y}"
        return f"{begins} – {last:%d/%m/%Y}"

    @property
    def title(self) -> str:
        """Whose figures these are."""
        return self.team(self.job.team) if self.job.team else self.job.business or self.say("figures.all")


def last_moment(job: CountJob) -> datetime:
    """The last moment of the period: where it ends at midnight, the day that begins then is not in it."""
    return min(job.until, job.now) - timedelta(microseconds=1)


def duration(seconds: float) -> str:
    """A time, short and the same in every language."""
    return length(timedelta(minutes=round(seconds / 60))) if round(seconds) >= 60 else f"{seconds:.0f} s"


def both(spread: Spread) -> str:
    """A median and its ninetieth percentile, or that there are none."""
    return f"{duration(spread.median)} / {duration(spread.ninetieth)}" if spread.count else NOTHING
