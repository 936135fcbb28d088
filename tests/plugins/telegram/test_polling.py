"""The loop that asks for updates: what it confirms, how long it pauses, and when it gives up."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import ClientSession

from bot.api import ConnectionFailed, RateLimited
from plugins.telegram.client import Client
from plugins.telegram.polling import Polling
from plugins.telegram.timing import Timing
from tests.conformance.host import RecordingHost

DAY_S = 24 * 3600.0


class Over(Exception):
    """The script of the test is at its end."""


class Scripted:
    """A client that answers as it is told to, and notes what it was asked.

    Args:
        answers: a batch of update numbers, or an error, for each request.
    """

    def __init__(self, answers: Sequence[list[int] | Exception]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[int | None, int]] = []

    async def updates(self, offset: int | None, *, wait_s: int) -> list[Any]:
        """The next answer."""
        self.asked.append((offset, wait_s))
        if not self.answers:
            raise Over
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return [{"update_id": number, "message": {}} for number in answer]


class Stage:
    """A loop whose time and storing are the test's."""

    def __init__(self, folder: Path, http: ClientSession, *answers: list[int] | Exception) -> None:
        self.client = Scripted(answers)
        self.taken: list[int] = []
        self.refused: set[int] = set()
        self.slow: dict[int, asyncio.Event] = {}
        self.pauses: list[float] = []
        self.now = 0.0
        self.day_s = 0.0
        self.host = RecordingHost(channel="telegram", http=http, folder=folder)

    async def take(self, update: Any) -> None:
        """Store an update, unless the disk refuses this one."""
        number = update["update_id"]
        self.taken.append(number)
        if (gate := self.slow.get(number)) is not None:
            await gate.wait()
        if number in self.refused:
            self.refused.discard(number)
            raise OSError("no space left on device")

    async def pause(self, seconds: float) -> None:
        """Note a pause."""
        self.pauses.append(seconds)

    def clock(self) -> float:
        """Some time passes each time that somebody looks."""
        self.now += self.day_s
        return self.now

    async def run(self, error: type[Exception] = Over) -> list[int | None]:
        """Run to the end of the script; gives the numbers that were asked from."""
        polling = Polling(
            cast("Client", self.client),
            self.host,
            self.take,
            timing=Timing(unconfirmed_s=0.01, retry_s=1.0, failures=4),
            monotonic=self.clock,
            sleep=self.pause,
        )
        with pytest.raises(error):
            await polling.run()
        return [offset for offset, _ in self.client.asked]


async def test_what_is_stored_is_confirmed(tmp_path: Path) -> None:
    """Each request confirms what the one before it brought, and nothing is taken twice."""
    async with ClientSession() as http:
        stage = Stage(tmp_path, http, [5, 6], [7], [])
        assert await stage.run() == [None, 7, 8, 8]
    assert stage.taken == [5, 6, 7]
    assert not stage.pauses


async def test_what_could_not_be_stored_comes_again(tmp_path: Path) -> None:
    """An update that the disk refused holds the number back; those behind it are not taken again."""
    async with ClientSession() as http:
        stage = Stage(tmp_path, http, [5, 6, 7], [6, 7], [])
        stage.refused = {6}
        assert await stage.run() == [None, 6, 8, 8]
    assert stage.taken == [5, 6, 7, 6]
    assert stage.pauses == [1.0]


async def test_what_takes_long_holds_up_no_other(tmp_path: Path) -> None:
    """While one update is still being stored, later ones are asked for without waiting, and taken."""
    async with ClientSession() as http:
        stage = Stage(tmp_path, http, [5], [5, 6], [5, 6, 7])
        stage.slow[5] = asyncio.Event()
        assert await stage.run() == [None, 5, 5, 5]
    assert stage.taken == [5, 6, 7]
    assert [wait for _, wait in stage.client.asked] == [25, 0, 0, 0]


async def test_an_old_number_that_comes_again_is_taken_again(tmp_path: Path) -> None:
    """A platform that forgot a confirmation delivers again; the confirmation does not go backwards."""
    async with ClientSession() as http:
        stage = Stage(tmp_path, http, [5, 6], [], [4], [])
        assert await stage.run() == [None, 7, 7, 7, 7]
    assert stage.taken == [5, 6, 4]


async def test_numbers_may_begin_anew_after_a_quiet_week(tmp_path: Path) -> None:
    """After days without an update the loop asks for whatever there is: the next number may be any."""
    async with ClientSession() as http:
        stage = Stage(tmp_path, http, [900], *([[]] * 8), [3], [])
        stage.day_s = DAY_S
        asked = await stage.run()
    assert asked[1:7] == [901] * 6
    assert None in asked[7:]
    assert stage.taken == [900, 3]
    assert asked[-1] == 4


async def test_a_pause_that_the_platform_asks_for_is_made(tmp_path: Path) -> None:
    """Failures are retried with growing pauses, never shorter than the platform asks."""
    limited = RateLimited("a pause", retry_after=timedelta(seconds=9))
    async with ClientSession() as http:
        stage = Stage(tmp_path, http, ConnectionFailed("x"), ConnectionFailed("x"), limited, [5], [])
        await stage.run()
    assert stage.pauses == [1.0, 2.0, 9.0]


async def test_a_platform_that_stays_away_is_given_up(tmp_path: Path) -> None:
    """After some failures in a row the channel is connected anew; a success in between counts afresh."""
    fail = ConnectionFailed("away")
    async with ClientSession() as http:
        stage = Stage(tmp_path, http, fail, fail, fail, [], fail, fail, fail, fail)
        await stage.run(ConnectionFailed)
    assert not stage.client.answers


async def test_what_is_no_update_is_counted(tmp_path: Path) -> None:
    """Things without a number cannot be confirmed, and stop nothing."""
    async with ClientSession() as http:
        stage = Stage(tmp_path, http, cast("list[int]", ["x", None, 5]), [])
        assert await stage.run() == [None, 6, 6]
    assert stage.taken == [5]
    assert stage.host.counts["unreadable"] == 2
