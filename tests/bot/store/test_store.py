"""The store: what was committed is there, whatever happened in between."""

import asyncio
import errno
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from tinydb import TinyDB

from bot.model import HOUSE, House, Post, Record, Status
from bot.store import DataFolder, DataInUse, DurableStorage, Store, TooNew, Unwritable
from bot.store.rollover import MESSAGES_KEPT, MESSAGES_MOST
from tests.bot.store.examples import (
    STEPS,
    TEAM_CHAT,
    Clock,
    Disk,
    conversation,
    heard,
    item,
    message,
    opened,
    record,
    said,
    snapshot,
)


async def test_committed_record_is_read_by_the_next_process(tmp_path: Path) -> None:
    """After a restart the record, its place in the index and the house are as they were committed."""
    ann, house = record("ann"), House(record_id=HOUSE, moved={"desk:1": "desk:2"})
    async with opened(tmp_path) as store:
        assert await store.load(ann.record_id) is None
        await store.commit(ann)
        await store.commit(house)
        assert await store.load(ann.record_id) is ann
    async with opened(tmp_path) as store:
        assert await store.load(ann.record_id) == ann
        assert await store.load(HOUSE) == house
        assert store.index.record_of_thread(TEAM_CHAT.thread("thread-ann")) == ann.record_id
        assert store.index.record_of_post("desk:support", "p2") == ann.record_id
        assert len(store.index) == 2


async def test_file_is_a_tinydb_that_people_can_read(tmp_path: Path) -> None:
    """A record lies in one TinyDB file under two hexadecimal digits of its id."""
    ann = record("ann")
    async with opened(tmp_path) as store:
        await store.commit(ann)
    path = tmp_path / "contacts" / ann.record_id[-16:-14] / f"{ann.record_id}.json"
    with TinyDB(path, storage=DurableStorage) as database:
        assert [row["text"] for row in database.table("messages")] == ["Bonjour", "Bonjour"]


@pytest.mark.parametrize("step", STEPS[:-1])
async def test_refused_commit_changes_nothing(tmp_path: Path, step: str) -> None:
    """When the disk refuses, record, index and file stay as they were, and the next commit goes through."""
    disk = Disk()
    old = record("ann")
    new = said(old, "encore")
    async with opened(tmp_path, disk=disk) as store:
        await store.commit(old)
        before = snapshot(tmp_path)
        disk.fails_at = step
        with pytest.raises(OSError, match="No space left"):
            await store.commit(new)
        assert await store.load(old.record_id) is old
        assert store.index.record_of_post("desk:support", "p3") is None
        assert snapshot(tmp_path) == before
        assert store.trouble == "No space left on device"
        disk.fails_at = ""
        await store.commit(new)
        assert store.trouble == ""
        assert store.index.record_of_post("desk:support", "p3") == old.record_id


async def test_read_only_disk_serves_what_it_has(tmp_path: Path) -> None:
    """When the disk becomes read-only, records are still read, commits raise, and health can say why."""
    async with opened(tmp_path) as store:
        await store.commit(record("ann"))
    disk = Disk(fails_at="create", error=errno.EROFS)
    async with opened(tmp_path, disk=disk) as store:
        assert await store.load(record("ann").record_id) == record("ann")
        with pytest.raises(OSError, match="Read-only"):
            await store.commit(said(record("ann"), "encore"))
        assert store.trouble == "Read-only file system"
        assert await store.load(record("ann").record_id) == record("ann")


async def test_folder_that_cannot_be_made_is_an_error_at_open(tmp_path: Path) -> None:
    """A data folder that cannot be made is reported as the system's own error."""
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file" / "data", clock=Clock())
    with pytest.raises(OSError, match="Not a directory"):
        await store.open()


async def test_record_that_cannot_be_read_back_is_refused(tmp_path: Path) -> None:
    """A commit or keep with a value of a wrong type raises, and the old record stays."""
    old = record("ann")
    new = old.draft()
    new.messages[3] = replace(message(3), text=3)
    async with opened(tmp_path) as store:
        await store.commit(old)
        with pytest.raises(Unwritable):
            await store.commit(new)
        with pytest.raises(Unwritable):
            store.keep(new)
        assert await store.load(old.record_id) is old
        assert store.trouble == ""


async def test_only_one_commit_of_a_record_at_a_time(tmp_path: Path) -> None:
    """A second commit of the same record while the first is being written is a fault of the caller."""
    old = record("ann")
    async with opened(tmp_path) as store:
        results = await asyncio.gather(
            store.commit(said(old, "a")), store.commit(said(old, "b")), return_exceptions=True
        )
        assert [type(each) for each in results] == [type(None), AssertionError]


async def test_commits_of_many_records_run_together(tmp_path: Path) -> None:
    """Records committed at the same time are all there afterwards."""
    records = [record(f"contact{number}", code=f"C{number}") for number in range(60)]
    async with opened(tmp_path, cache_records=5) as store:
        await asyncio.gather(*(store.commit(each) for each in records))
        assert [await store.load(each.record_id) for each in records] == records
        assert len(store._cache) == 5
    async with opened(tmp_path) as store:
        assert [await store.load(each.record_id) for each in records] == records


async def test_cancelled_commit_is_finished_first(tmp_path: Path) -> None:
    """A caller that is cancelled while its record is written leaves memory and disk in agreement."""
    disk = Disk()
    old = record("ann")
    new = said(old, "encore")
    async with opened(tmp_path, disk=disk) as store:
        await store.commit(old)
        disk.gate.clear()
        committing = asyncio.create_task(store.commit(new))
        await asyncio.sleep(0)
        committing.cancel()
        await asyncio.sleep(0)
        assert not committing.done()
        disk.gate.set()
        with pytest.raises(asyncio.CancelledError):
            await committing
        assert await store.load(old.record_id) is new
        assert store.index.record_of_post("desk:support", "p3") == old.record_id
    async with opened(tmp_path) as store:
        assert await store.load(old.record_id) == new


async def test_commit_waits_for_the_write_behind_of_its_record(tmp_path: Path) -> None:
    """What was kept earlier never overwrites what was committed later."""
    disk = Disk()
    old = record("ann")
    kept, committed = said(old, "kept"), said(said(old, "kept"), "committed")
    async with opened(tmp_path, disk=disk) as store:
        store.keep(kept)
        disk.gate.clear()
        flushing = asyncio.create_task(store.flush())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        committing = asyncio.create_task(store.commit(committed))
        await asyncio.sleep(0)
        disk.gate.set()
        await asyncio.gather(flushing, committing)
        assert len(disk.written) == 2
        assert await store.load(old.record_id) is committed
    async with opened(tmp_path) as store:
        assert await store.load(old.record_id) == committed


async def test_kept_during_a_write_behind_is_written_after_it(tmp_path: Path) -> None:
    """A change that comes while the older state is being written is not taken for written."""
    disk = Disk()
    first, second = record("ann"), said(record("ann"), "second")
    async with opened(tmp_path, disk=disk) as store:
        store.keep(first)
        disk.gate.clear()
        flushing = asyncio.create_task(store.flush())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        store.keep(second)
        disk.gate.set()
        await flushing
        assert not store.is_written(first.record_id)
        assert await store.load(first.record_id) is second
    async with opened(tmp_path) as store:
        assert await store.load(first.record_id) == second


async def test_kept_record_is_seen_at_once_and_written_once(tmp_path: Path) -> None:
    """Changes that may wait are in memory and index immediately, and many of them make one write."""
    disk = Disk()
    ann = record("ann")
    async with opened(tmp_path, disk=disk) as store:
        await store.commit(ann)
        disk.written.clear()
        for number in range(10):
            ann = said(ann, f"{number}")
            store.keep(ann)
        assert await store.load(ann.record_id) is ann
        assert store.index.record_of_post("desk:support", "p12") == ann.record_id
        assert not store.is_written(ann.record_id)
        assert disk.written == []
        await store.flush()
        assert len(disk.written) == 1
        assert store.is_written(ann.record_id)
        await store.flush()
        assert len(disk.written) == 1
    async with opened(tmp_path) as store:
        assert await store.load(ann.record_id) == ann


async def test_commit_writes_what_was_kept(tmp_path: Path) -> None:
    """A commit after a keep is the one write for both."""
    disk = Disk()
    ann = record("ann")
    async with opened(tmp_path, disk=disk) as store:
        store.keep(ann)
        await store.commit(said(ann, "encore"))
        assert len(disk.written) == 1
        assert store.is_written(ann.record_id)


async def test_closing_writes_what_was_kept(tmp_path: Path) -> None:
    """A clean stop loses nothing of what was to be written later."""
    ann = record("ann")
    async with opened(tmp_path) as store:
        store.keep(ann)
    async with opened(tmp_path) as store:
        assert await store.load(ann.record_id) == ann


async def test_kept_record_outlives_a_small_cache(tmp_path: Path) -> None:
    """What is not on disk yet is never dropped from memory, however many others come by."""
    ann = record("ann")
    async with opened(tmp_path, cache_records=2) as store:
        store.keep(ann)
        for number in range(10):
            await store.commit(record(f"other{number}", code=f"C{number}"))
        assert await store.load(ann.record_id) is ann


async def test_kept_record_is_written_by_itself(tmp_path: Path) -> None:
    """What was kept is written without being asked, and again after the disk refused it."""
    disk = Disk(fails_at="sync")
    ann = record("ann")
    store = Store(tmp_path, clock=Clock(), storage=disk.storage(), write_behind=timedelta(0))
    with heard() as log:
        await store.open()
        try:
            store.keep(ann)
            await log.line("cannot be written")
            assert not store.is_written(ann.record_id)
            disk.fails_at = ""
            await log.line("can be written again")
            assert store.is_written(ann.record_id)
        finally:
            await store.close()


async def test_trouble_ends_by_itself(tmp_path: Path) -> None:
    """After a refused commit the folder is probed, so that health recovers without a contact's message."""
    disk = Disk(fails_at="create")
    store = Store(tmp_path, clock=Clock(), storage=disk.storage(), write_behind=timedelta(0))
    with heard() as log:
        await store.open()
        try:
            with pytest.raises(OSError, match="No space"):
                await store.commit(record("ann"))
            assert store.trouble
            disk.fails_at = ""
            await log.line("can be written again")
            assert store.trouble == ""
        finally:
            await store.close()
    assert not (tmp_path / "probe").exists()


async def test_failing_flush_is_reported_and_can_be_repeated(tmp_path: Path) -> None:
    """A flush that the disk refuses raises, keeps everything in memory, and works later."""
    disk = Disk()
    async with opened(tmp_path, disk=disk) as store:
        store.keep(record("ann"))
        store.keep(record("bob", code="B2"))
        disk.fails_at = "replace"
        with pytest.raises(OSError, match="No space"):
            await store.flush()
        assert not store.is_written(record("ann").record_id)
        disk.fails_at = ""
        await store.flush()
        assert store.is_written(record("ann").record_id)


async def test_damaged_file_is_set_aside_and_the_others_go_on(tmp_path: Path) -> None:
    """One unreadable record goes to the quarantine byte for byte, with the reason, and the rest is served."""
    ann, bob = record("ann"), record("bob", code="B2")
    async with opened(tmp_path) as store:
        await store.commit(ann)
        await store.commit(bob)
    path = DataFolder(tmp_path).record(ann.record_id)
    torn = path.read_bytes()[:200]
    path.write_bytes(torn)
    async with opened(tmp_path) as store:
        assert await store.load(ann.record_id) is None
        assert await store.load(bob.record_id) == bob
        (found,) = store.quarantined
        assert found.path.read_bytes() == torn
        assert found.reason in found.path.with_suffix(".reason.txt").read_text()
        await store.commit(ann)
    path.write_bytes(b"again")
    async with opened(tmp_path) as store:
        (second,) = store.quarantined
        assert second.path.read_bytes() == b"again"
        assert found.path.read_bytes() == torn


async def test_folder_in_the_place_of_a_file(tmp_path: Path) -> None:
    """A folder that somebody put in a record's place is set aside; what we hold is written, if we hold it."""
    ann, bob = record("ann"), record("bob", code="B2")
    async with opened(tmp_path) as store:
        await store.commit(ann)
        await store.commit(bob)
    async with opened(tmp_path) as store:
        assert await store.load(bob.record_id) == bob
        for name in (ann.record_id, bob.record_id):
            path = DataFolder(tmp_path).record(name)
            path.unlink()
            path.mkdir()
            (path / "file").touch()
        assert await store.load(ann.record_id) is None
        (found,) = store.quarantined
        assert (found.path / "file").exists()
        await store.commit(said(bob, "encore"))
        assert len(list((tmp_path / "quarantine").glob(f"{bob.record_id}.*"))) == 2
    async with opened(tmp_path) as store:
        assert await store.load(bob.record_id) == said(bob, "encore")
        assert store.quarantined == []


async def test_damage_the_index_does_not_see_is_found_on_loading(tmp_path: Path) -> None:
    """A record whose closed transcript is damaged is set aside when it is first needed."""
    ann = record("ann", status=Status.CLOSED)
    async with opened(tmp_path) as store:
        await store.commit(ann)
    path = DataFolder(tmp_path).record(ann.record_id)
    tables = json.loads(path.read_bytes())
    tables["messages"]["1"]["at"] = "yesterday"
    path.write_text(json.dumps(tables))
    async with opened(tmp_path) as store:
        assert store.quarantined == []
        both = await asyncio.gather(store.load(ann.record_id), store.load(ann.record_id))
        assert list(both) == [None, None]
        assert len(store.quarantined) == 1
        assert ann.record_id not in store.index


async def test_damaged_house_is_set_aside(tmp_path: Path) -> None:
    """The process starts without its own record rather than not at all."""
    (tmp_path / "state.json").write_text("{}")
    async with opened(tmp_path) as store:
        assert await store.load(HOUSE) is None
        assert len(store.quarantined) == 1


async def test_foreign_files_are_left_alone_or_set_aside(tmp_path: Path) -> None:
    """Files that are no records do not keep the process from starting."""
    folder = tmp_path / "contacts" / "ab"
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text("mine")
    (folder / "strange.json").write_text("{}")
    (folder / "shop-cd00000000000000.json").write_text("{}")
    async with opened(tmp_path) as store:
        assert sorted(each.path.name for each in store.quarantined) == [
            "shop-cd00000000000000.0.json",
            "strange.0.json",
        ]
    assert (folder / "notes.txt").read_text() == "mine"


async def test_data_of_a_later_release_stays_untouched(tmp_path: Path) -> None:
    """An older release refuses to start on newer data, instead of setting it all aside."""
    async with opened(tmp_path) as store:
        await store.commit(record("ann"))
    path = DataFolder(tmp_path).record(record("ann").record_id)
    newer = path.read_bytes().replace(b'"version":1', b'"version":7')
    path.write_bytes(newer)
    with pytest.raises(TooNew, match=path.name):
        async with opened(tmp_path):
            pass
    assert path.read_bytes() == newer


async def test_second_process_is_kept_out(tmp_path: Path) -> None:
    """Two processes never share a data folder; the second is told which folder it is."""
    script = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from bot.store import DataInUse, Store
async def main():
    try:
        await Store(Path(sys.argv[1]), clock=lambda: datetime.now(UTC)).open()
    except DataInUse as error:
        print(error)
asyncio.run(main())
"""
    command = [sys.executable, "-c", script, str(tmp_path)]
    async with opened(tmp_path):
        done = await asyncio.to_thread(
            subprocess.run, command, capture_output=True, text=True, check=True, timeout=60
        )
        assert str(tmp_path) in done.stdout
        with pytest.raises(DataInUse):
            await Store(tmp_path, clock=Clock()).open()
    async with opened(tmp_path):
        pass


async def test_killed_process_frees_the_folder(tmp_path: Path) -> None:
    """A process that was killed leaves its commits, and a folder that can be opened."""
    script = """
import asyncio, os, signal, sys
from pathlib import Path
from tests.bot.store.examples import Clock, record, said
from bot.store import Store
async def main():
    store = Store(Path(sys.argv[1]), clock=Clock())
    await store.open()
    await store.commit(record("ann"))
    store.keep(said(record("ann"), "not yet"))
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
    command = [sys.executable, "-c", script, str(tmp_path)]
    done = await asyncio.to_thread(subprocess.run, command, check=False, timeout=60)
    assert done.returncode == -9
    async with opened(tmp_path) as store:
        assert await store.load(record("ann").record_id) == record("ann")


async def test_long_record_rolls_over_and_exports_whole(tmp_path: Path) -> None:
    """However long a conversation gets, its record stays short and its export holds every line once."""
    ann = record("ann", messages=1)
    async with opened(tmp_path) as store:
        for number in range(2, 3 * MESSAGES_MOST):
            ann = said(ann, f"line {number}")
            await store.commit(ann)
            loaded = await store.load(ann.record_id)
            assert isinstance(loaded, Record)
            ann = loaded
            assert len(ann.messages) <= MESSAGES_MOST
        exported = await store.export(ann.record_id)
        assert exported is not None
        assert [row["number"] for row in exported["messages"]] == list(range(1, 3 * MESSAGES_MOST))
        assert exported["contact"]["name"] == "Ann"
        assert exported["unreadable"] == []
        assert store.index.record_of_post("desk:support", "p1") == ann.record_id
    async with opened(tmp_path) as store:
        assert store.index.record_of_post("desk:support", "p1") == ann.record_id
        assert await store.export("shop-0000000000000000") is None


async def test_export_has_what_was_only_kept(tmp_path: Path) -> None:
    """An export is never older than what a colleague sees."""
    ann = record("ann")
    async with opened(tmp_path) as store:
        await store.commit(ann)
        store.keep(said(ann, "just now"))
        exported = await store.export(ann.record_id)
        assert exported is not None
        assert exported["messages"][-1]["text"] == "just now"


async def test_crash_between_archive_and_record_doubles_nothing(tmp_path: Path) -> None:
    """When only the archive file was written, nothing is lost and the export has each line once."""
    disk = Disk()
    ann = record("ann", messages=MESSAGES_MOST)
    async with opened(tmp_path, disk=disk) as store:
        await store.commit(ann)
        kept = DataFolder(tmp_path).record(ann.record_id).read_bytes()
        await store.commit(said(ann, "one more"))
        assert len(disk.written) == 3
        assert "archive" in disk.written[1]
        DataFolder(tmp_path).record(ann.record_id).write_bytes(kept)
    async with opened(tmp_path) as store:
        exported = await store.export(ann.record_id)
        assert exported is not None
        assert [row["number"] for row in exported["messages"]] == list(range(1, MESSAGES_MOST + 1))
        found = await store.load(ann.record_id)
        assert isinstance(found, Record)
        await store.commit(said(found, "again"))
        after = await store.load(ann.record_id)
        assert isinstance(after, Record)
        assert len(after.messages) == MESSAGES_KEPT
        exported = await store.export(ann.record_id)
        assert exported is not None
        assert [row["number"] for row in exported["messages"]] == list(range(1, MESSAGES_MOST + 2))


async def test_kept_record_that_rolled_over_behind_loses_nothing(tmp_path: Path) -> None:
    """A turn that began before a record was rolled over in the background keeps every line."""
    ann = record("ann", messages=MESSAGES_MOST + 1)
    async with opened(tmp_path) as store:
        store.keep(ann)
        await store.flush()
        rolled = await store.load(ann.record_id)
        assert isinstance(rolled, Record)
        assert len(rolled.messages) == MESSAGES_KEPT
        await store.commit(said(ann, "from the longer one"))
        exported = await store.export(ann.record_id)
        assert exported is not None
        assert [row["number"] for row in exported["messages"]] == list(range(1, MESSAGES_MOST + 3))


async def test_damaged_archive_is_named_in_the_export(tmp_path: Path) -> None:
    """An export says what it could not read, and gives the rest."""
    ann = record("ann", messages=MESSAGES_MOST + 1)
    async with opened(tmp_path) as store:
        await store.commit(ann)
        (archive,) = DataFolder(tmp_path).archives(ann.record_id)
        archive.write_text("torn")
        exported = await store.export(ann.record_id)
        assert exported is not None
        assert len(exported["messages"]) == MESSAGES_KEPT
        assert str(archive) in exported["unreadable"][0]


async def test_forgotten_contact_leaves_no_file(tmp_path: Path) -> None:
    """Erasing removes record, archive, media and quarantined copies, and touches nobody else's."""
    ann, bob = record("ann", messages=MESSAGES_MOST + 1), record("bob", code="B2")
    folder = DataFolder(tmp_path)
    async with opened(tmp_path) as store:
        await store.commit(bob)
        others = snapshot(tmp_path)
        await store.commit(ann)
        folder.media_of(ann.record_id).mkdir(parents=True)
        (folder.media_of(ann.record_id) / "photo.jpg").write_bytes(b"x")
        damaged = folder.archive / "damaged.json"
        damaged.write_text("x")
        damaged.replace(folder.archived(ann.record_id, "m0"))
        folder.set_aside(folder.archived(ann.record_id, "m0"), "torn")
        latest = await store.load(ann.record_id)
        assert isinstance(latest, Record)
        store.keep(said(latest, "unwritten"))
        assert await store.forget(ann.record_id)
        assert snapshot(tmp_path) == others
        assert not await store.forget(ann.record_id)
        assert await store.load(ann.record_id) is None
        assert await store.export(ann.record_id) is None
        assert ann.record_id not in store.index
        assert await store.load(bob.record_id) == bob
    assert snapshot(tmp_path) == others


async def test_forgotten_contact_may_come_back(tmp_path: Path) -> None:
    """Somebody who was erased and writes again is a new contact."""
    async with opened(tmp_path) as store:
        await store.commit(record("ann"))
        await store.forget(record("ann").record_id)
        again = record("ann", messages=0, code="N2")
        await store.commit(again)
        assert await store.load(again.record_id) == again
        assert store.index.record_of_post("desk:support", "p1") is None


async def test_record_id_cannot_leave_the_folder(tmp_path: Path) -> None:
    """A record id that is none is refused before it becomes a path."""
    async with opened(tmp_path) as store:
        for record_id in (
            "../../etc/passwd",
            "shop-../../../../etc",
            "",
            "shop-ABCDEFABCDEFABCD",
            "x/y-0000000000000000",
        ):
            assert await store.load(record_id) is None
            with pytest.raises(ValueError, match="no record id"):
                await store.forget(record_id)
            with pytest.raises(ValueError, match="no record id"):
                store.keep(replace(record("ann"), record_id=record_id))


async def test_outbox_survives_a_restart(tmp_path: Path) -> None:
    """What was still to be sent when the process ended is named at the next start."""
    ann = record("ann", status=Status.CLOSED)
    ann.outbox[9] = item(9)
    async with opened(tmp_path) as store:
        await store.commit(ann)
        await store.commit(record("bob", code="B2"))
    async with opened(tmp_path) as store:
        assert store.index.record_ids_with_outbox() == {ann.record_id}
        found = await store.load(ann.record_id)
        assert found is not None
        assert found.outbox == {9: item(9)}


async def test_index_after_restart_is_the_index_before(tmp_path: Path) -> None:
    """Everything the index answers while running, it answers the same after reading the files."""
    ann = record("ann", messages=6)
    ann.change_conversation(1, waiting_since=ann.contact.created_at)
    bob = record("bob", code="B2", status=Status.PENDING)
    bob.change_conversation(1, settle_at=bob.contact.created_at)
    eve = record("eve", code="E3", status=Status.CLOSED)
    eve.conversations[2] = conversation(2, code="E4")
    eve.messages[9] = replace(message(9, conversation=2), posts=(Post(TEAM_CHAT, "eve-9"),))
    posts = ["p1", "p6", "eve-9", "card-ann", "card-bob", "card-eve", "nothing"]

    def answers(store: Store) -> list[object]:
        index = store.index
        return [
            sorted(index.live(), key=lambda each: each.record_id),
            [index.record_of_post("desk:support", post) for post in posts],
            [index.record_of_code(code) for code in ("K7", "B2", "E3", "E4")],
            [index.code_is_free(code, ann.contact.created_at) for code in ("K7", "E3", "Z9")],
            index.next_due(),
            len(index),
        ]

    async with opened(tmp_path) as store:
        for each in (ann, bob, eve):
            await store.commit(each)
        before = answers(store)
    async with opened(tmp_path) as store:
        assert answers(store) == before
