"""The durable storage: whole files, whatever happens."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest
from tinydb import TinyDB, where

from bot.store import DataFolder, DurableStorage
from tests.bot.store.examples import STEPS, Disk, ProcessDied

OLD = {"contact": {1: {"name": "old"}}}
NEW = {"contact": {1: {"name": "new"}}, "outbox": {7: {"text": "é"}}}


def test_tinydb_reads_and_writes_through_it(tmp_path: Path) -> None:
    """A file can be opened, searched and changed as any TinyDB."""
    path = tmp_path / "a" / "b" / "record.json"
    DurableStorage(path).write(NEW)
    with TinyDB(path, storage=DurableStorage) as database:
        assert database.table("contact").get(doc_id=1) == {"name": "new"}
        database.table("outbox").update({"text": "à"}, where("text") == "é")
        database.table("outbox").insert({"text": "b"})
    assert DurableStorage(path).read() == {
        "contact": {"1": {"name": "new"}},
        "outbox": {"7": {"text": "à"}, "8": {"text": "b"}},
    }


def test_missing_file_reads_as_none(tmp_path: Path) -> None:
    """A file that is not there is an empty database."""
    assert DurableStorage(tmp_path / "none.json").read() is None
    with TinyDB(tmp_path / "none.json", storage=DurableStorage) as database:
        assert database.tables() == set()


@pytest.mark.parametrize("step", STEPS)
def test_death_at_any_step_leaves_the_old_or_the_new_file(tmp_path: Path, step: str) -> None:
    """A crash between two steps of writing never leaves half a file under the name."""
    path = tmp_path / "record.json"
    DurableStorage(path).write(OLD)
    with pytest.raises(ProcessDied):
        Disk(dies_at=step).storage()(path).write(NEW)
    found = DurableStorage(path).read()
    expected = NEW if step == "sync_name" else OLD
    assert found == {table: {str(n): row for n, row in rows.items()} for table, rows in expected.items()}


@pytest.mark.parametrize("step", STEPS)
def test_refused_write_cleans_up(tmp_path: Path, step: str) -> None:
    """A disk that refuses leaves no temporary file, and the old file unless the new one stands already."""
    path = tmp_path / "record.json"
    DurableStorage(path).write(OLD)
    with pytest.raises(OSError, match="No space left"):
        Disk(fails_at=step).storage()(path).write(NEW)
    assert [each.name for each in tmp_path.iterdir()] == ["record.json"]
    assert ("outbox" in (DurableStorage(path).read() or {})) == (step == "sync_name")


def test_file_size_limit_of_the_system(tmp_path: Path) -> None:
    """A real refusal by the system, in the middle of a file, leaves the old one whole."""
    path = tmp_path / "record.json"
    DurableStorage(path).write(OLD)
    script = """
import resource, signal, sys
from bot.store import DurableStorage
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
try:
    DurableStorage(sys.argv[1]).write({"contact": {1: {"name": "x" * 100_000}}})
except OSError as error:
    print(error.strerror)
"""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "File too large"
    assert DurableStorage(path).read() == {"contact": {"1": {"name": "old"}}}
    assert [each.name for each in tmp_path.iterdir()] == ["record.json"]


def test_leftovers_are_swept_and_nothing_else(tmp_path: Path) -> None:
    """At start the temporary files of a crash are gone, and every other file is still there."""
    folder = DataFolder(tmp_path)
    folder.prepare()
    kept = [
        folder.root / "sends.log",
        folder.contacts / "ab" / "shop-ab00000000000000.json",
        folder.archive / "ab" / "shop-ab00000000000000-m1.json",
        folder.plugins / "chat" / "offset.json",
        folder.media / "ab" / "shop-ab00000000000000" / "picture.png",
    ]
    swept = [each.with_name(f"{each.name}.7f.tmp") for each in kept[:-1]] + [folder.arriving / "half"]
    for path in (*kept, *swept):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    folder.prepare()
    assert all(path.exists() for path in kept)
    assert not any(path.exists() for path in swept)
