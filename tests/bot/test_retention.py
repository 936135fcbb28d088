"""Retention: what is old goes, whole and for good; what is open, recent or in use stays."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from bot.api import MediaFile, MediaKind
from bot.config import Settings
from bot.erasing import NotErased
from bot.intake import Intake
from bot.model import Action, Conversation, File, OutboxItem, Record, Status, Timer
from bot.reports.job import ExpiredJob
from bot.reports.reporter import PICTURES
from bot.reports.worker import expired_of
from bot.retention import PICTURES_KEPT, Retention, Swept, is_old
from bot.store import Store
from bot.store.folder import DataFolder
from bot.store.workers import Workers
from tests.bot.building import settings_of
from tests.bot.reports.making import NOW, conversation, record, write
from tests.bot.store.examples import Clock

DAY = timedelta(days=1)
AGE = timedelta(days=30)
BEFORE = NOW - AGE


def old(number: int = 1, **fields: Any) -> Conversation:
    """A conversation that was closed forty days ago."""
    return conversation(number, started_at=NOW - 40 * DAY, **fields)


@dataclass(slots=True)
class Rig:
    """Retention over a real store and intake."""

    data: Path
    store: Store
    intake: Intake
    clock: Clock
    retention: Retention
    workers: Workers
    settings: Settings
    erased: list[str] = field(default_factory=list)

    async def sweep(self) -> Swept:
        """Erase what is older than thirty days."""
        return await self.retention.sweep(BEFORE, self.workers)

    async def left(self, chat_id: str = "a") -> list[int]:
        """The conversations that a contact's record has."""
        found = await self.intake.look(record(chat_id).record_id)
        return [] if found is None else list(found.conversations) if isinstance(found, Record) else []


class Unsent:
    """Sends nothing."""

    def offer(self, record_id: str, items: list[OutboxItem]) -> None:
        """Leave it in the outbox."""


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    rigs: list[Rig] = []

    async def start(*records: Record, **fields: Any) -> Rig:
        write(tmp_path, *records)
        clock = Clock(NOW)
        store = Store(tmp_path, clock=clock)
        await store.open()
        intake = Intake(store=store, offers=Unsent(), clock=clock, on_written=lambda: None)
        rig: Rig

        async def erase(record_id: str, only_if: Callable[[Record], bool]) -> bool:
            if await intake.forget(record_id, only_if=only_if) is None:
                return False
            rig.erased.append(record_id)
            return True

        async def find(job: ExpiredJob) -> list[str]:
            return expired_of(job)

        retention = Retention(
            tmp_path,
            intake=intake,
            settings=lambda: rig.settings,
            clock=clock,
            **{"erase": erase, "find": find, **fields},
        )
        settings = settings_of(f'[limits]\nretention = "{AGE.days}d"\n')
        rig = Rig(tmp_path, store, intake, clock, retention, Workers("test", threads=1), settings)
        rigs.append(rig)
        return rig

    yield start
    for rig in rigs:
        await rig.intake.drain()
        await rig.workers.close()
        await rig.store.close()


Opened = Callable[..., Any]


async def test_old_conversations(opened: Opened) -> None:
    """An old closed conversation goes with its messages, and later ones stay whole."""
    rig = await opened(record("a", old(1), conversation(2)))
    assert await rig.sweep() == Swept(conversations=1)
    found = await rig.intake.look(record("a").record_id)
    assert list(found.conversations) == [2]
    assert [line.conversation for line in found.messages.values()] == [2]
    await rig.store.flush()
    on_disk = DataFolder(rig.data).record(found.record_id).read_text()
    assert old(1).started_at.strftime("%Y-%m-%dT%H") not in on_disk


async def test_contact(opened: Opened) -> None:
    """A contact of whom nothing is left goes too, file and all."""
    rig = await opened(record("a", old(1), old(2)), record("b", conversation()))
    assert await rig.sweep() == Swept(conversations=2, contacts=1)
    assert rig.erased == [record("a").record_id]
    assert not DataFolder(rig.data).record(record("a").record_id).exists()
    assert await rig.left("b") == [1]


@pytest.mark.parametrize("status", [Status.OPEN, Status.PENDING])
async def test_never_an_open_one(opened: Opened, status: Status) -> None:
    """A conversation that is not closed stays, however old it is."""
    rig = await opened(record("a", old(1), old(2, status=status, closed_at=None)))
    await rig.sweep()
    assert await rig.left() == [2]
    assert rig.erased == []


async def test_reopened_once(opened: Opened) -> None:
    """A conversation that was closed long ago and is open again stays, also with its old time of closing."""
    rig = await opened(record("a", old(1, status=Status.OPEN)))
    assert await rig.sweep() == Swept()
    assert await rig.left() == [1]


async def test_in_use(opened: Opened) -> None:
    """What something is still to be sent for, or is to happen with, stays until that is done."""
    sending = record("a", old(1))
    item = OutboxItem(number=9, action=Action.SEND, chat=sending.contact.chat, created_at=NOW, conversation=1)
    sending.outbox[9] = item
    rig = await opened(sending, record("b", old(1, timers={Timer.CLOSING: NOW + DAY})))
    assert await rig.sweep() == Swept()
    assert (await rig.left("a"), await rig.left("b")) == ([1], [1])


async def test_answered_since(opened: Opened) -> None:
    """What a person has answered since it was closed is as old as the answer."""
    assert not is_old(old(human_at=NOW - DAY), BEFORE)
    assert is_old(old(human_at=NOW - 39 * DAY), BEFORE)


async def test_blocked(opened: Opened) -> None:
    """Who is blocked stays blocked, and nothing else is left of them."""
    blocked = record("a", old(1))
    blocked.change_contact(is_blocked=True)
    rig = await opened(blocked)
    assert await rig.sweep() == Swept(conversations=1)
    found = await rig.intake.look(blocked.record_id)
    assert found.contact.is_blocked
    assert (found.conversations, found.messages) == ({}, {})


async def test_who_writes_meanwhile(opened: Opened) -> None:
    """A contact who writes just before they would be erased stays, with what they wrote."""
    rig: Rig

    async def find(job: ExpiredJob) -> list[str]:
        return expired_of(job)

    async def erase(record_id: str, only_if: Callable[[Record], bool]) -> bool:
        async def write_in(ledger: Any, _now: Any) -> bool:
            ledger.conversations[2] = conversation(2, status=Status.PENDING, closed_at=None)
            return True

        await rig.intake.change(record_id, write_in)
        return await rig.intake.forget(record_id, only_if=only_if) is not None

    rig = await opened(record("a", old(1)), erase=erase, find=find)
    assert await rig.sweep() == Swept(conversations=1)
    assert await rig.left() == [2]


async def test_what_a_platform_keeps(opened: Opened, caplog: pytest.LogCaptureFixture) -> None:
    """A contact whom a platform does not let go keeps no other from being erased, and the log names them."""
    rig: Rig

    async def erase(record_id: str, only_if: Callable[[Record], bool]) -> bool:
        is_erased = await rig.intake.forget(record_id, only_if=only_if) is not None
        if record_id != record("b").record_id:
            raise NotErased("erased here, but not on the side of the platform: telegram:-100")
        return is_erased

    rig = await opened(*[record(name, old(1)) for name in "abc"], erase=erase)
    kept = tuple(sorted(record(name).record_id for name in "ac"))
    with caplog.at_level(logging.WARNING):
        swept = await rig.sweep()
    assert swept == Swept(conversations=3, contacts=3, left=swept.left)
    assert tuple(sorted(swept.left)) == kept
    assert [await rig.left(name) for name in "abc"] == [[], [], []]
    assert all(record_id in caplog.text for record_id in kept)
    assert record("b").record_id not in caplog.text


async def test_a_fault_in_one_record(opened: Opened, caplog: pytest.LogCaptureFixture) -> None:
    """A contact with whom something is wrong waits for the next sweep, and the others do not."""
    rig: Rig

    async def erase(record_id: str, only_if: Callable[[Record], bool]) -> bool:
        if record_id == record("a").record_id:
            raise ValueError("what was said")
        return await rig.intake.forget(record_id, only_if=only_if) is not None

    rig = await opened(*[record(name, old(1)) for name in "abc"], erase=erase)
    with caplog.at_level(logging.ERROR):
        assert await rig.sweep() == Swept(conversations=3, contacts=2)
    assert record("a").record_id in caplog.text
    assert "what was said" not in caplog.text


def media(data: Path, one: Record, name: str) -> File:
    """A file that a record holds."""
    path = DataFolder(data).media_of(one.record_id) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"picture")
    held = MediaFile(
        kind=MediaKind.PHOTO,
        media_id=f"{one.record_id}/{name}",
        file_name="roof.jpg",
        mime_type="image/jpeg",
        size_bytes=7,
    )
    return File(kind="photo", media=held)


async def test_files(opened: Opened, tmp_path: Path) -> None:
    """The files of old messages go, those of later ones and of messages that never came by stay."""
    one = record("a", old(1), conversation(2))
    one.messages[1] = replace(one.messages[1], files=(media(tmp_path, one, "old.jpg"), File(kind="photo")))
    one.messages[2] = replace(one.messages[2], files=(media(tmp_path, one, "new.jpg"),))
    media(tmp_path, one, "arriving.jpg")
    rig = await opened(one)
    await rig.sweep()
    folder = DataFolder(tmp_path).media_of(one.record_id)
    assert sorted(path.name for path in folder.iterdir()) == ["arriving.jpg", "new.jpg"]


async def archived(rig: Rig, one: Record) -> list[Path]:
    """Write a long record, whose older part goes to the archive."""
    for number in range(200, 300):
        one.messages[number] = replace(one.messages[1], number=number)
    await rig.store.commit(one)
    return DataFolder(rig.data).archives(one.record_id)


async def test_archive(opened: Opened, tmp_path: Path) -> None:
    """The archive's lines of an old conversation go, and their files; those of others stay."""
    rig = await opened()
    one = record("a", old(1), conversation(2))
    one.messages[1] = replace(one.messages[1], files=(media(tmp_path, one, "old.jpg"),))
    (path,) = await archived(rig, one)
    assert '"conversation":2' in path.read_text()
    await rig.sweep()
    assert await rig.left() == [2]
    assert '"conversation":1' not in path.read_text()
    assert '"conversation":2' in path.read_text()
    assert not (DataFolder(tmp_path).media_of(one.record_id) / "old.jpg").exists()


async def test_whole_archive(opened: Opened) -> None:
    """A part of an archive that nothing is left in goes."""
    rig = await opened()
    one = record("a", old(1), conversation(2))
    del one.messages[2]
    (path,) = await archived(rig, one)
    await rig.sweep()
    assert not path.exists()


async def test_archived_conversations(opened: Opened) -> None:
    """Conversations that only the archive has are erased when they are old, and found again until then."""
    rig = await opened()
    one = record("a", *(old(n) if n < 30 else conversation(n) for n in range(1, 41)))
    await rig.store.commit(one)
    assert len(await rig.left()) == 20
    await rig.sweep()
    assert await rig.left() == list(range(30, 41))
    assert DataFolder(rig.data).archives(one.record_id) == []
    assert (await rig.sweep()).conversations == 0


async def test_archive_that_cannot_be_read(opened: Opened) -> None:
    """A damaged part of an archive is left alone, and keeps its contact from being forgotten."""
    rig = await opened(record("a", old(1)))
    path = DataFolder(rig.data).archived(record("a").record_id, "m1")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"{")
    assert await rig.sweep() == Swept(conversations=1)
    assert path.read_bytes() == b"{"
    assert rig.erased == []


async def test_once_a_day(opened: Opened) -> None:
    """It sweeps at start, once a day, and at once when config.toml has another age."""
    swept: list[ExpiredJob] = []

    async def find(job: ExpiredJob) -> list[str]:
        swept.append(job)
        return []

    rig = await opened(find=find)
    for pause in (timedelta(), timedelta(hours=23), timedelta(hours=1)):
        rig.clock.forward(pause)
        await rig.retention.look(rig.workers)
    assert [job.before for job in swept] == [BEFORE, BEFORE + DAY]
    rig.settings = settings_of('[limits]\nretention = "7d"\n')
    await rig.retention.look(rig.workers)
    assert swept[-1].before == NOW + DAY - timedelta(days=7)


async def test_off(opened: Opened) -> None:
    """Without an age nothing is looked for, let alone erased."""

    async def find(job: ExpiredJob) -> list[str]:
        raise AssertionError(job)

    rig = await opened(record("a", old(1)), find=find)
    rig.settings = settings_of()
    assert await rig.retention.look(rig.workers) is None
    assert await rig.left() == [1]


async def test_old_pictures(opened: Opened) -> None:
    """Pictures of figures are kept for a month, whatever the age of conversations."""
    rig = await opened()
    rig.settings = settings_of()
    folder = DataFolder(rig.data).media_of(PICTURES)
    folder.mkdir(parents=True)
    for name, at in (("old.png", NOW - PICTURES_KEPT - DAY), ("new.png", NOW - DAY)):
        (folder / name).write_bytes(b"")
        os.utime(folder / name, (at.timestamp(), at.timestamp()))
    await rig.retention.look(rig.workers)
    assert [path.name for path in folder.iterdir()] == ["new.png"]


async def test_run_goes_on(opened: Opened) -> None:
    """A sweep that fails does not end the errand: the next one is made in its time."""
    tried = 0
    enough = asyncio.Event()

    async def find(_job: ExpiredJob) -> list[str]:
        nonlocal tried
        tried += 1
        if tried == 2:
            enough.set()
        raise OSError("the disk refuses")

    rig: Rig

    async def sleep(_seconds: float) -> None:
        rig.clock.forward(DAY)
        await asyncio.sleep(0)

    rig = await opened(find=find, sleep=sleep)
    running = asyncio.create_task(rig.retention.run())
    await enough.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert running.cancelled()
