"""Counting in a process of its own: the same figures, and an end whatever happens."""

import asyncio
import os
import random
from datetime import timedelta
from pathlib import Path

import pytest

from bot.reports import process
from bot.reports.job import ExpiredJob
from bot.reports.process import NotCounted
from bot.reports.worker import done
from tests.bot.reports.making import NOW, busy, job, record, write
from tests.bot.reports.making import conversation as made

CHILDREN = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")


async def test_the_same_figures(tmp_path: Path) -> None:
    """Another process counts and draws as this one does, opening hours included."""
    chance = random.Random(5)
    write(tmp_path, *(busy(chance, number) for number in range(40)))
    asked = job(tmp_path, zone="Europe/Paris", hours={"support": {"mon-sun": ["08:00-20:00"]}})
    here = done(asked)
    there = await process.count(asked)
    assert there == here
    assert there.picture


async def test_expired(tmp_path: Path) -> None:
    """It also finds the records with something to erase, each once."""
    old, new = made(1, started_at=NOW - timedelta(days=40)), made(2)
    write(tmp_path, record("a", old, new), record("b", new))
    asked = ExpiredJob(data=str(tmp_path), before=NOW - timedelta(days=30))
    assert await process.find_expired(asked) == [record("a").record_id]


async def test_failure(tmp_path: Path) -> None:
    """A job that cannot be done is told with its reason."""
    with pytest.raises(NotCounted, match="ZoneInfoNotFoundError"):
        await process.count(job(tmp_path, zone="Nowhere/Land"))


async def test_too_long(tmp_path: Path) -> None:
    """A job that takes too long is ended."""
    with pytest.raises(NotCounted, match="longer than 0 s"):
        await process.run(job(tmp_path), longest_s=0.0)


def children() -> set[str]:
    """The processes that this one has started and that still run."""
    return set(CHILDREN.read_text().split())


@pytest.mark.skipif(not CHILDREN.exists(), reason="this system does not list the children of a process")
async def test_cancelled(tmp_path: Path) -> None:
    """Who no longer waits leaves no process behind."""
    before = children()
    running = asyncio.create_task(process.run(job(tmp_path)))
    while children() == before:  # noqa: ASYNC110  # the system tells of a new process by this list alone
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert children() == before
