"""The figures in words: a post that reads on a phone, and a table for a terminal."""

import random
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model import Status
from bot.reports.figures import Figures
from bot.reports.job import CountJob
from bot.reports.table import aligned, table
from bot.reports.text import post
from bot.reports.words import Words, duration
from bot.reports.worker import figures_of
from bot.wording import LANGUAGES
from tests.bot.reports.making import NOW, WEEK, busy, conversation, job, record, write


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a busy week."""
    data = tmp_path_factory.mktemp("week")
    chance = random.Random(3)
    write(data, *(busy(chance, number) for number in range(120)))
    return data


def test_post(tmp_path: Path) -> None:
    """The post says what happened, line by line, and passes over what never did."""
    waiting = conversation(
        2,
        status=Status.OPEN,
        closed_at=None,
        answered_at=None,
        waits=(),
        waiting_since=NOW - timedelta(minutes=90),
        started_at=NOW - timedelta(minutes=95),
        transfers=1,
        passed_at=NOW - timedelta(minutes=92),
        team="sales",
        paid_sends=3,
    )
    write(tmp_path, record("a", conversation(rating=4)), record("b", waiting, channel="phone"))
    asked = job(tmp_path)
    assert post(figures_of(asked), asked) == (
        "📊 Dupont & Co · 02/03 – 09/03/2026\n"
        "New conversations: 2\n"
        "Recognised 100% · ready answer 0% · not understood 0% · given to people 0%\n"
        "First answer by a person: half within 2 min, nine of ten within 2 min\n"
        "All answers (1), half and nine of ten within: 2 min / 2 min\n"
        "Now: 1 open, 1 waiting (longest: 1 h 30)\n"
        "passed on 1, 1 of them within 10 minutes\n"
        "Ratings: 4.0 of 5 (1)\n"
        "Messages and posts: 8, paid: 3 (1.5 for each conversation)\n"
        "\n"
        "By team\n"
        "• Sales & Quotes: 1 new · 1 waiting\n"
        "• Support: 1 new · 2 min / 2 min · ★ 4.0\n"
        "\n"
        "By channel\n"
        "• phone: 1 new · 1 waiting\n"
        "• shop: 1 new · 2 min / 2 min · ★ 4.0\n"
        "\n"
        "By answer\n"
        "• Support: 2 new · passed on 1, 1 of them within 10 minutes\n"
        "\n"
        "By day\n"
        "• Sat 07/03: 1\n"
        "• Mon 09/03: 1"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language(week: Path, language: str) -> None:
    """Each language has the same lines, and no placeholder is left in any."""
    asked = job(week, language=language)
    figures = figures_of(asked)
    english = post(figures, job(week))
    text = post(figures, asked)
    assert text.count("\n") == english.count("\n")
    assert "{" not in text
    assert "{" not in table(figures, asked)
    assert len(text) < 4096


def test_nothing(tmp_path: Path) -> None:
    """Without data there is a line that says so, and no figure."""
    asked = job(tmp_path, team="support")
    figures = figures_of(asked)
    expected = "📊 Support · 02/03 – 09/03/2026\nNo conversation in this time, so there is nothing to show."
    assert post(figures, asked) == table(figures, asked) == expected


def test_opening_hours(tmp_path: Path) -> None:
    """The first answer is also told in opening hours, where that is another time."""
    write(tmp_path, record("a", conversation(started_at=NOW - timedelta(hours=12))))
    asked = job(tmp_path, hours={"support": {"mon": ["09:00-12:00"]}})
    assert "In opening hours: 0 s / 0 s" in post(figures_of(asked), asked)
    always = job(tmp_path, hours={"support": {"sun": ["00:00-24:00"]}})
    assert "In opening hours" not in post(figures_of(always), always)


def test_table(week: Path) -> None:
    """The table has a row for each team, channel, answer and day, and all rows of a part are as long."""
    asked = job(week)
    figures = figures_of(asked)
    parts = table(figures, asked).split("\n\n")
    rows = [len(part.splitlines()) - 1 for part in parts[1:]]
    assert rows == [len(figures.teams), len(figures.channels), len(figures.answers), len(figures.days)]
    for part in parts[1:]:
        assert len({len(line) for line in part.splitlines()}) == 1


def test_aligned() -> None:
    """Names stand to the left and numbers to the right."""
    assert aligned([["a", "10"], ["bcd", "5"]]) == "a    10\nbcd   5"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.4, "59 s"), (59.6, "1 min"), (3599, "1 h 00"), (7260, "2 h 01"), (90_000, "1 d 1 h")],
)
def test_duration(seconds: float, text: str) -> None:
    """A time is rounded to what matters."""
    assert duration(seconds) == text


def test_period(tmp_path: Path) -> None:
    """A period names its first and last day, and both years where they differ."""

    def period(job: CountJob) -> str:
        return Words.of(job).period

    assert period(job(tmp_path, since=NOW - timedelta(hours=1))) == "09/03/2026"
    assert period(job(tmp_path, since=NOW - 52 * WEEK)) == "10/03/2025 – 09/03/2026"
    midnight = NOW.replace(hour=0)
    assert period(job(tmp_path, since=midnight - WEEK, until=midnight)) == "02/03 – 08/03/2026"


def test_a_team_that_is_gone(tmp_path: Path) -> None:
    """A team that config.toml no longer has keeps its key; what the bot has is the bot's."""
    write(tmp_path, record("a", conversation(team="old")), record("b", conversation(team="")))
    asked = job(tmp_path)
    figures: Figures = figures_of(asked)
    assert "• old: 1 new" in post(figures, asked)
    assert "• the bot: 1 new" in post(figures, asked)
