"""Reading what is counted: every conversation once, wherever it lies, and whatever else lies there."""

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model import Record, Status
from bot.reports.sights import Reader
from bot.store.folder import DataFolder
from bot.store.records import encode, encoded
from bot.store.rollover import rolled_over
from tests.bot.reports.making import NOW, WEEK, conversation, record, write

LONG_AGO = NOW - 10 * WEEK


def numbers(data: Path) -> list[int]:
    """The conversations that are read for the last week."""
    return sorted(sight.number for _, sight in Reader(data).conversations(NOW - WEEK))


def archive(data: Path, one: Record) -> Record:
    """Roll a record over, and write both files."""
    step = rolled_over(one)
    assert step is not None
    path = DataFolder(data).archived(one.record_id, step.part)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(step.archived))
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    write(data, step.record)
    return step.record


def test_what_is_wanted(tmp_path: Path) -> None:
    """What began in the period is read, and what is not closed; with its channel."""
    write(
        tmp_path,
        record("a", conversation(1, started_at=LONG_AGO), conversation(2)),
        record(
            "b", conversation(3, started_at=LONG_AGO, status=Status.OPEN, closed_at=None), channel="pho-ne"
        ),
    )
    found = {(channel, sight.number) for channel, sight in Reader(tmp_path).conversations(NOW - WEEK)}
    assert found == {("shop", 2), ("pho-ne", 3)}


def test_no_folder(tmp_path: Path) -> None:
    """A folder that is not there holds nothing."""
    assert numbers(tmp_path / "none") == []


def test_archive(tmp_path: Path) -> None:
    """A conversation that went to the archive in the period is read too."""
    many = [conversation(number, started_at=NOW - timedelta(hours=200 - number)) for number in range(1, 41)]
    left = archive(tmp_path, record("a", *many))
    assert len(left.conversations) < 40
    assert numbers(tmp_path) == [number for number in range(1, 41) if 200 - number <= 168]


def test_archived_twice(tmp_path: Path) -> None:
    """What a crash left both in the record and in its archive counts once."""
    one = record("a", *(conversation(number) for number in range(1, 41)))
    archive(tmp_path, one)
    write(tmp_path, one)
    assert numbers(tmp_path) == list(range(1, 41))


def test_old_archives_are_not_opened(tmp_path: Path) -> None:
    """A part of an archive that was written before the period is left closed, whatever is in it."""
    path = DataFolder(tmp_path).archived(record("a").record_id, "m1")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no record")
    os.utime(path, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))
    reader = Reader(tmp_path)
    assert list(reader.conversations(NOW - WEEK)) == []
    assert reader.unreadable == 0


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"record": {}, "conversations": {"1": {}}}', b"\xff", b"[" * 100_000]
)
def test_damage(tmp_path: Path, content: bytes) -> None:
    """A file that cannot be read is counted as such, and the others are read."""
    write(tmp_path, record("a", conversation()))
    path = DataFolder(tmp_path).record(record("b").record_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    reader = Reader(tmp_path)
    assert len(list(reader.conversations(NOW - WEEK))) == 1
    assert reader.unreadable == 1


def test_later_release(tmp_path: Path) -> None:
    """A file of a later release is not understood, and is counted as unreadable."""
    one = record("a", conversation())
    write(tmp_path, one)
    tables = json.loads(encoded(one))
    tables["record"]["1"]["version"] = 99
    DataFolder(tmp_path).record(one.record_id).write_text(json.dumps(tables))
    reader = Reader(tmp_path)
    assert list(reader.conversations(NOW - WEEK)) == []
    assert reader.unreadable == 1


def test_what_is_half_written(tmp_path: Path) -> None:
    """A file that is being written beside the record is none."""
    one = record("a", conversation())
    write(tmp_path, one)
    path = DataFolder(tmp_path).record(one.record_id)
    Path(f"{path}.1a2b.tmp").write_bytes(b"{")
    assert numbers(tmp_path) == [1]


def test_every_counted_field_is_a_field_of_a_conversation() -> None:
    """What is read has the names and defaults that records have, so that nothing is counted as missing."""
    from bot.model import Conversation
    from bot.reports.sights import Sight

    assert set(Sight.__struct_fields__) <= set(Conversation.__struct_fields__)
