"""Noticing a changed file."""

import asyncio
import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from bot.config import Watch
from bot.config.watch import Fingerprint, fingerprint, fingerprints


class Steps:
    """A clock whose every tick does the next thing to the files; after the last, the watch is cancelled."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self.steps = list(steps)
        self.waited: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        if not self.steps:
            raise asyncio.CancelledError
        self.steps.pop(0)()


def nothing() -> None:
    """A tick in which nobody touches the file."""


async def changes(path: Path, *steps: Callable[[], object]) -> int:
    """How often a change is reported while these things happen, one between two looks."""
    count = 0

    async def changed() -> None:
        nonlocal count
        count += 1

    with pytest.raises(asyncio.CancelledError):
        await Watch(path=path, changed=changed, sleep=Steps(*steps).sleep).run()
    return count


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text("a = 1")
    return path


async def test_nothing_changes(path: Path) -> None:
    """Without a change nothing is reported."""
    assert await changes(path, nothing, nothing, nothing) == 0


async def test_a_change_is_reported_once(path: Path) -> None:
    """A change is reported once, after the file has looked the same twice."""
    assert await changes(path, lambda: path.write_text("a = 12")) == 0
    assert await changes(path, lambda: path.write_text("a = 123"), nothing, nothing, nothing) == 1


async def test_a_change_before_the_first_look_is_reported(path: Path) -> None:
    """A file that changes after it was read, and before the watch begins, counts as changed."""
    asked: list[None] = []

    async def changed() -> None:
        asked.append(None)

    known = fingerprints(path)
    path.write_text("a = 12")
    with pytest.raises(asyncio.CancelledError):
        await Watch(path=path, changed=changed, known=known, sleep=Steps(nothing, nothing).sleep).run()
    assert len(asked) == 1


async def test_a_file_that_is_being_written_is_left_alone(path: Path) -> None:
    """While a file grows from look to look, nothing is reported; then once."""
    grow = [partial(path.write_text, "#" * size) for size in range(10, 14)]
    assert await changes(path, *grow) == 0
    grow = [partial(path.write_text, "#" * size) for size in range(20, 24)]
    assert await changes(path, *grow, nothing) == 1


async def test_an_editor_that_replaces_the_file_is_noticed(path: Path) -> None:
    """A new file of the same size and time in place of the old one is a change; no file is none."""
    times = path.stat()

    def replace() -> None:
        new = path.with_name("new")
        new.write_text("a = 2")
        os.utime(new, ns=(times.st_atime_ns, times.st_mtime_ns))
        new.replace(path)

    assert await changes(path, replace, nothing) == 1
    assert await changes(path, path.unlink, nothing, nothing, nothing) == 0


async def test_a_file_that_is_away_is_told_of_once(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The log says that the file is away, and what is in force then."""
    await changes(path, path.unlink, nothing, nothing, nothing, nothing)
    assert [record.getMessage() for record in caplog.records] == [
        f"{path} is not there any more; what it said last stays in force"
    ]


async def test_a_file_that_comes_back_is_noticed(path: Path) -> None:
    """A file that was away and came back changed is a change."""
    assert await changes(path, path.unlink, nothing, lambda: path.write_text("a = 34"), nothing) == 1


async def test_the_env_file_is_watched(path: Path) -> None:
    """A .env file that appears, changes or goes is a change."""
    env = path.with_name(".env")
    assert (
        await changes(path, lambda: env.write_text("A=1"), nothing, lambda: env.write_text("A=12"), nothing)
        == 2
    )
    assert await changes(path, env.unlink, nothing) == 1


async def test_two_changes_are_two(path: Path) -> None:
    """Each change that settles is reported."""
    first, second = (lambda: path.write_text("a = 11")), (lambda: path.write_text("a = 222"))
    assert await changes(path, first, nothing, second, nothing) == 2


async def test_looks_in_a_thread_once_a_second(path: Path) -> None:
    """Files are looked at outside the event loop's thread, with a second between."""
    threads: set[int] = set()

    def look(path: Path) -> Fingerprint:
        threads.add(threading.get_ident())
        return fingerprint(path)

    async def changed() -> None:
        """Never called."""

    steps = Steps(nothing, nothing)
    with pytest.raises(asyncio.CancelledError):
        await Watch(path=path, changed=changed, sleep=steps.sleep, look=look).run()
    assert threading.get_ident() not in threads
    assert threads
    assert steps.waited == [1.0, 1.0, 1.0]


async def test_what_the_app_raises_ends_the_watch(path: Path) -> None:
    """A fault of the app's own is not swallowed."""

    async def changed() -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await Watch(
            path=path, changed=changed, sleep=Steps(lambda: path.write_text("a = 99"), nothing).sleep
        ).run()
