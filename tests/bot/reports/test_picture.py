"""The picture: as wide as a phone, in every language, and drawn whatever the names are."""

import random
import struct
from datetime import timedelta
from pathlib import Path

import pytest

from bot.reports.job import Counted, CountJob
from bot.reports.picture import WIDTH
from bot.reports.worker import done
from bot.wording import LANGUAGES
from tests.bot.reports.making import NOW, WEEK, busy, conversation, job, record, write


def drawn(asked: CountJob) -> bytes:
    """The picture that comes of a job."""
    counted = done(asked)
    assert isinstance(counted, Counted)
    return counted.picture


def size(png: bytes) -> tuple[int, int]:
    """Width and height, in pixels."""
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a busy week."""
    data = tmp_path_factory.mktemp("week")
    chance = random.Random(3)
    write(data, *(busy(chance, number) for number in range(60)))
    return data


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language(week: Path, language: str) -> None:
    """The picture is as wide as a phone shows, higher than wide, and small enough for every platform."""
    png = drawn(job(week, language=language))
    width, height = size(png)
    assert width == WIDTH
    assert WIDTH < height < 4 * WIDTH
    assert len(png) < 1_000_000


def test_nothing_to_draw(tmp_path: Path) -> None:
    """Without data there is no picture."""
    assert drawn(job(tmp_path)) == b""


def test_not_wanted(week: Path) -> None:
    """Who wants none gets none."""
    assert drawn(job(week, is_drawn=False)) == b""


@pytest.mark.parametrize("name", ["🛠️ Support", "サポート", "$x^2$ & $", "a" * 300, "\u202eback\n", "{team}"])
def test_names(tmp_path: Path, name: str) -> None:
    """Whatever a team or an answer is called, the picture is drawn without a warning."""
    one = conversation(answer=name, transfers=1, passed_at=NOW - timedelta(days=1))
    write(tmp_path, record("a", one))
    assert size(drawn(job(tmp_path, business=name, teams={"support": name})))[0] == WIDTH


@pytest.mark.parametrize("days", [1, 2, 30, 400])
def test_long_periods(tmp_path: Path, days: int) -> None:
    """A long period has bars that still have room beside each other."""
    chance = random.Random(1)
    write(tmp_path, *(busy(chance, number, days=days) for number in range(50)))
    assert size(drawn(job(tmp_path, since=NOW - timedelta(days=days))))[0] == WIDTH


def test_many_teams(tmp_path: Path) -> None:
    """Very many teams and answers do not make the picture endless."""
    write(
        tmp_path,
        *(record(f"{n}", conversation(team=f"t{n}", answer=f"a{n}", transfers=1)) for n in range(60)),
    )
    assert size(drawn(job(tmp_path, since=NOW - WEEK)))[1] < 4 * WIDTH
