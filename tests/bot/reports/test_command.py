"""`run.py stats`: a table, a picture, and no need for the process to stop or to run."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

import run
from bot.clock import now_utc
from bot.store import Store
from tests.bot.reports.making import conversation, record, write
from tests.shipped import ROOT

CONFIG = str(ROOT / "config.toml")


def stats(data: Path, *options: str) -> int:
    """Run the command with the shipped config.toml."""
    return run.main(["stats", "--config", CONFIG, "--data", str(data), *options])


def fill(data: Path) -> None:
    """One conversation of today, and one of three weeks ago."""
    now = now_utc()
    write(
        data,
        record("a", conversation(started_at=now)),
        record("b", conversation(started_at=now - timedelta(days=21))),
    )


async def test_while_the_bot_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It reads what a running process writes, and takes nothing from it."""
    fill(tmp_path)
    store = Store(tmp_path, clock=now_utc)
    await store.open()
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.json")}
    assert await asyncio.to_thread(stats, tmp_path) == 0
    assert "Nouvelles conversations : 1\n" in capsys.readouterr().out
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.json")} == before
    await store.close()


def test_since_and_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--since` reaches further back, and `--png` writes the picture."""
    fill(tmp_path)
    png = tmp_path / "figures.png"
    assert stats(tmp_path, "--since", "30d", "--png", str(png)) == 0
    assert "Nouvelles conversations : 2\n" in capsys.readouterr().out
    assert png.read_bytes().startswith(b"\x89PNG")


def test_columns_that_say_nothing_are_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A column of noughts is no column: without paid messages nobody reads what they cost."""
    fill(tmp_path)
    stats(tmp_path)
    (head,) = (line for line in capsys.readouterr().out.split("\n") if line.startswith("Par équipe"))
    assert "publ." in head
    assert "payants" not in head


def test_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without data it says so, writes no picture, and that is no failure."""
    png = tmp_path / "figures.png"
    assert stats(tmp_path / "none", "--png", str(png)) == 0
    assert "Aucune conversation" in capsys.readouterr().out
    assert not png.exists()
    assert not (tmp_path / "none").exists()


def test_picture_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A picture that cannot be written is a failure with its reason; the table is printed all the same."""
    fill(tmp_path)
    assert stats(tmp_path, "--png", str(tmp_path / "none" / "figures.png")) == 1
    printed = capsys.readouterr()
    assert "Nouvelles conversations : 1\n" in printed.out
    assert "figures.png" in printed.err


def test_no_period(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A period that is none is a mistake on the command line."""
    with pytest.raises(SystemExit) as exit_:
        stats(tmp_path, "--since", "soon")
    assert exit_.value.code == 2
    assert "write 7d, 24h or 30" in capsys.readouterr().err
