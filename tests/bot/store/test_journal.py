"""The journal of sends: whoever is told "started" is on disk, and nothing finished is forgotten."""

import asyncio
import errno
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store import SendJournal
from bot.store.appended import AppendedFile
from bot.store.journal import Note


@dataclass(slots=True)
class Tape:
    """Where a journal writes in a test.

    Attributes:
        gate: while it is not set, every sync and rotation waits.
        synced: the size of the file at each sync.
        rotations: how many there were.
        is_full: whether lines are refused.
        syncs_fail: whether syncs are refused.
    """

    gate: threading.Event = field(default_factory=threading.Event)
    synced: list[int] = field(default_factory=list)
    rotations: int = 0
    is_full: bool = False
    syncs_fail: bool = False

    def __post_init__(self) -> None:
        self.gate.set()

    def file(self) -> type[AppendedFile]:
        """A file on this tape."""
        tape = self

        class OnTape(AppendedFile):
            def append(self, lines: bytes) -> None:
                if tape.is_full:
                    raise OSError(errno.ENOSPC, "No space left on device")
                super().append(lines)

            def sync(self) -> None:
                assert tape.gate.wait(timeout=60)
                if tape.syncs_fail:
                    raise OSError(errno.EIO, "Input/output error")
                tape.synced.append(self.size)
                super().sync()

            def rotate(self, lines: bytes) -> None:
                assert tape.gate.wait(timeout=60)
                if tape.is_full:
                    raise OSError(errno.ENOSPC, "No space left on device")
                super().rotate(lines)
                tape.rotations += 1

        return OnTape


@asynccontextmanager
async def journal(
    path: Path, tape: Tape | None = None, *, rotate_bytes: int = 4_000_000, written: set[str] | None = None
) -> AsyncIterator[tuple[SendJournal, dict[str, Note | None]]]:
    """An opened journal, and what it recovered; `written` are the records on disk, None for all."""
    opened = SendJournal(
        path,
        file=(tape or Tape()).file(),
        rotate_bytes=rotate_bytes,
        is_written=lambda record_id: written is None or record_id in written,
    )
    recovered = await opened.recover()
    try:
        yield opened, recovered
    finally:
        await opened.close()


async def recovered(path: Path) -> dict[str, Note | None]:
    """What the next process would find."""
    async with journal(path) as (_, found):
        return found


async def test_next_process_knows_what_was_in_flight(tmp_path: Path) -> None:
    """Started, finished and settled items are told apart after a restart."""
    path = tmp_path / "data" / "sends.log"
    async with journal(path) as (log, found):
        assert found == {}
        for name in ("r.1", "r.2", "r.3", "r.4"):
            await log.started(name)
        await log.finished("r.2", {"ids": ["a", "b"]})
        await log.finished("r.3", {})
        log.forget("r.3")
        log.forget("r.4")
        log.forget("r.unknown")
    assert await recovered(path) == {"r.1": None, "r.2": {"ids": ["a", "b"]}}


async def test_started_again_is_in_flight_again(tmp_path: Path) -> None:
    """An item that is sent a second time has no note until it is finished again."""
    path = tmp_path / "sends.log"
    async with journal(path) as (log, _):
        await log.started("r.1")
        await log.finished("r.1", {"ids": ["a"]})
        await log.started("r.1")
    assert await recovered(path) == {"r.1": None}


async def test_those_who_wait_share_one_write(tmp_path: Path) -> None:
    """While a group is being written, all others gather; they are written together, in their order."""
    path = tmp_path / "sends.log"
    tape = Tape()
    async with journal(path, tape) as (log, _):
        tape.gate.clear()
        done: list[int] = []

        async def start(number: int) -> None:
            await log.started(f"r.{number}")
            done.append(number)

        async with asyncio.TaskGroup() as group:
            for number in range(50):
                group.create_task(start(number))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert done == []
            tape.gate.set()
        assert len(tape.synced) == 2
        assert done == list(range(50))
    lines = [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
    assert lines == [["started", f"r.{number}", None] for number in range(50)]


async def test_started_returns_only_after_the_sync(tmp_path: Path) -> None:
    """When an item may leave, its line is among what was synced."""
    path = tmp_path / "sends.log"
    tape = Tape()
    async with journal(path, tape) as (log, _):
        for number in range(5):
            await log.started(f"r.{number}")
            assert tape.synced[-1] == path.stat().st_size


async def test_finished_is_with_the_system_at_once(tmp_path: Path) -> None:
    """A process that is killed right after a platform's answer has left the answer behind."""
    script = """
import asyncio, os, signal, sys
from pathlib import Path
from bot.store import SendJournal
async def main():
    log = SendJournal(Path(sys.argv[1]))
    await log.recover()
    await log.started("r.1")
    await log.started("r.2")
    await log.finished("r.1", {"ids": ["a"]})
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
    path = tmp_path / "sends.log"
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", script, str(path)], check=False, timeout=60
    )
    assert done.returncode == -9
    assert await recovered(path) == {"r.1": {"ids": ["a"]}, "r.2": None}


async def test_answers_do_not_wait_for_a_sync(tmp_path: Path) -> None:
    """What is finished is handed over while the next group is still being synced."""
    path = tmp_path / "sends.log"
    tape = Tape()
    async with journal(path, tape) as (log, _):
        await log.started("r.1")
        await log.started("r.2")
        tape.gate.clear()
        starting = asyncio.create_task(log.started("r.3"))
        await asyncio.sleep(0)
        answers = [log.finished(f"r.{number}", {"ids": [f"p{number}"]}) for number in (1, 2)]
        await asyncio.gather(*answers)
        assert not starting.done()
        assert path.read_bytes().count(b"finished") == 2
        tape.gate.set()
        await starting


async def test_what_was_started_last_is_last(tmp_path: Path) -> None:
    """The next process learns in which order sends were begun, the later attempt of one counting."""
    path = tmp_path / "sends.log"
    async with journal(path) as (log, _):
        for name in ("r.1", "r.2-m3", "r.3", "r.1"):
            await log.started(name)
        await log.finished("r.2-m3", {"ids": ["a"]})
    for _ in range(2):  # as it was written, and from the file that this made of it
        assert list(await recovered(path)) == ["r.2-m3", "r.3", "r.1"]


async def test_many_forgotten_items_whose_records_wait(tmp_path: Path) -> None:
    """However many records are still unwritten, what is forgotten of the others is let go in time."""
    path = tmp_path / "sends.log"
    written: set[str] = set()
    async with journal(path, written=written) as (log, _):
        for number in range(200):
            await log.started(f"shop-{number}.1")
            log.forget(f"shop-{number}.1")
        assert b"forgotten" not in path.read_bytes()
        written |= {f"shop-{number}" for number in range(200)}
        for number in range(200):
            await log.started(f"shop-{number}.2")
            log.forget(f"shop-{number}.2")
        assert path.read_bytes().count(b"forgotten") > 200
    assert await recovered(path) == {}


async def test_torn_end_at_every_byte(tmp_path: Path) -> None:
    """Wherever the file was cut off by a crash, the whole lines count, and writing goes on after them."""
    path = tmp_path / "sends.log"
    async with journal(path) as (log, _):
        await log.started("r.1")
        await log.finished("r.1", {"ids": ["é"]})
        await log.started("r.2")
    content = path.read_bytes()
    first, second, third = content.splitlines(keepends=True)
    for cut in range(len(content) + 1):
        path.write_bytes(content[:cut])
        expected: dict[str, Note | None] = {}
        if cut >= len(first):
            expected["r.1"] = None
        if cut >= len(first + second):
            expected["r.1"] = {"ids": ["é"]}
        if cut >= len(first + second + third):
            expected["r.2"] = None
        async with journal(path) as (log, found):
            assert found == expected
            await log.started("r.9")
        assert await recovered(path) == {**expected, "r.9": None}


async def test_damaged_line_does_not_hide_the_others(tmp_path: Path) -> None:
    """A line that was spoiled from outside is skipped."""
    path = tmp_path / "sends.log"
    path.write_bytes(b'["started","r.1",null]\n\xff\xfe{{\n\n["started",2,null]\n["started","r.2",null]\n')
    assert await recovered(path) == {"r.1": None, "r.2": None}


async def test_long_file_is_replaced_by_what_is_needed(tmp_path: Path) -> None:
    """The file does not grow for ever, and rotating loses nothing that is still needed."""
    path = tmp_path / "sends.log"
    tape = Tape()
    async with journal(path, tape, rotate_bytes=2000) as (log, _):
        await log.started("keep.1")
        await log.started("keep.2")
        await log.finished("keep.2", {"ids": ["x"]})
        for number in range(200):
            await log.started(f"r.{number}")
            await log.finished(f"r.{number}", {})
            log.forget(f"r.{number}")
            assert path.stat().st_size < 3000
        assert tape.rotations > 5
        assert [each.name for each in tmp_path.iterdir()] == ["sends.log"]
    assert await recovered(path) == {"keep.1": None, "keep.2": {"ids": ["x"]}}


async def test_file_full_of_needed_lines_is_not_rotated_each_time(tmp_path: Path) -> None:
    """When everything is still needed, the file may grow to twice its size before the next try."""
    path = tmp_path / "sends.log"
    tape = Tape()
    async with journal(path, tape, rotate_bytes=500) as (log, _):
        for number in range(200):
            await log.started(f"r.{number}")
        assert tape.rotations < 10
    assert len(await recovered(path)) == 200


async def test_answer_during_a_rotation_is_kept(tmp_path: Path) -> None:
    """What is finished while the new file is being written is in the new file too."""
    path = tmp_path / "sends.log"
    tape = Tape()
    inside = threading.Event()
    go_on = threading.Event()

    class Slow(tape.file()):  # type: ignore[misc]
        def rotate(self, lines: bytes) -> None:
            with self._lock:
                pass
            super().rotate(lines)

        def _opened(self, path: Path) -> int:
            if path.name.endswith(".tmp"):
                inside.set()
                assert go_on.wait(timeout=60)
            return int(super()._opened(path))

    log = SendJournal(path, file=Slow, rotate_bytes=0)
    await log.recover()
    await log.started("r.1")
    starting = asyncio.create_task(log.started("r.2"))
    assert await asyncio.to_thread(inside.wait, 60)
    finishing = asyncio.create_task(log.finished("r.1", {"ids": ["late"]}))
    await asyncio.sleep(0)
    go_on.set()
    await finishing
    await starting
    await log.close()
    assert await recovered(path) == {"r.1": {"ids": ["late"]}, "r.2": None}


async def test_forgotten_is_kept_until_the_record_is_written(tmp_path: Path) -> None:
    """An answer is not dropped while the record that has taken it in is only in memory."""
    path = tmp_path / "sends.log"
    written: set[str] = set()
    async with journal(path, written=written) as (log, _):
        await log.started("shop-1.7")
        await log.finished("shop-1.7", {"ids": ["a"]})
        log.forget("shop-1.7")
        assert b"forgotten" not in path.read_bytes()
        await log.started("shop-2.1")
        assert b"forgotten" not in path.read_bytes()
        written.add("shop-1")
        await log.started("shop-2.2")
        assert b"forgotten" in path.read_bytes()
    assert await recovered(path) == {"shop-2.1": None, "shop-2.2": None}


async def test_full_disk_stops_sending_and_nothing_else(tmp_path: Path) -> None:
    """An item whose line is refused must not be sent; answers wait in memory until the disk takes them."""
    path = tmp_path / "sends.log"
    tape = Tape()
    async with journal(path, tape) as (log, _):
        await log.started("r.1")
        tape.is_full = True
        with pytest.raises(OSError, match="No space left"):
            await log.started("r.2")
        await log.finished("r.1", {"ids": ["a"]})
        tape.is_full = False
        await log.started("r.3")
        assert tape.rotations == 1
    assert await recovered(path) == {"r.1": {"ids": ["a"]}, "r.3": None}


async def test_failed_sync_begins_a_new_file(tmp_path: Path) -> None:
    """After a sync that failed the old file is not trusted any more."""
    path = tmp_path / "sends.log"
    tape = Tape()
    async with journal(path, tape) as (log, _):
        await log.started("r.1")
        tape.syncs_fail = True
        with pytest.raises(OSError, match="Input/output"):
            await log.started("r.2")
        tape.syncs_fail = False
        await log.started("r.3")
        assert tape.rotations == 1
    assert await recovered(path) == {"r.1": None, "r.3": None}


async def test_cancelled_caller_stops_nobody(tmp_path: Path) -> None:
    """When one of a group is cancelled, the others are told all the same."""
    path = tmp_path / "sends.log"
    tape = Tape()
    async with journal(path, tape) as (log, _):
        tape.gate.clear()
        first, second = asyncio.create_task(log.started("r.1")), asyncio.create_task(log.started("r.2"))
        await asyncio.sleep(0)
        first.cancel()
        tape.gate.set()
        await second
        with pytest.raises(asyncio.CancelledError):
            await first
    assert await recovered(path) == {"r.1": None, "r.2": None}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["start", "finish", "forget", "restart"]), st.integers(0, 4)), max_size=30
    ),
    st.sampled_from([0, 100, 4_000_000]),
)
def test_journal_agrees_with_a_dictionary(
    tmp_path: Path, steps: list[tuple[str, int]], rotate_bytes: int
) -> None:
    """Any sequence of sends, with restarts and rotations, is recovered as it happened."""
    path = tmp_path / "sends.log"
    path.unlink(missing_ok=True)

    async def play() -> None:
        plain: dict[str, Note | None] = {}
        log = SendJournal(path, rotate_bytes=rotate_bytes)
        await log.recover()
        for step, number in steps:
            name = f"r.{number}"
            match step:
                case "start":
                    await log.started(name)
                    plain.pop(name, None)
                    plain[name] = None
                case "finish" if name in plain:
                    await log.finished(name, {"n": number})
                    plain[name] = {"n": number}
                case "forget":
                    log.forget(name)
                    plain.pop(name, None)
                case "restart":
                    await log.close()
                    log = SendJournal(path, rotate_bytes=rotate_bytes)
                    assert list((await log.recover()).items()) == list(plain.items())
        await log.close()
        assert await recovered(path) == plain

    asyncio.run(play())
