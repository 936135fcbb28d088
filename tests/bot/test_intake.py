"""Everything that changes a record: one at a time a record, one write for many, and nothing lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

import pytest

from bot.intake import Decide, Intake
from bot.model import Action, Contact, ItemState, Ledger, OutboxItem, Record, record_id_of
from bot.store import Store, Unwritable
from tests.bot.building import ANN, START
from tests.bot.store.examples import Clock, Disk, record

ANN_ID = record_id_of(ANN)


@dataclass(slots=True)
class Offered:
    """Delivery as a list: what was offered, and whether it was on disk then."""

    items: list[tuple[str, int]] = field(default_factory=list)

    def offer(self, record_id: str, items: list[OutboxItem]) -> None:
        self.items.extend((record_id, item.number) for item in items)


@dataclass(slots=True)
class Rig:
    """An intake over a real store."""

    intake: Intake
    store: Store
    offered: Offered
    disk: Disk
    clock: Clock
    written: list[int]

    async def note(self, ann: str = ANN_ID) -> str:
        """The notes that were made in the record."""
        found = await self.store.load(ann)
        assert isinstance(found, Record)
        return found.contact.name

    def on_disk(self) -> int:
        """How many record files have been written so far."""
        return sum("contacts" in path for path in self.disk.written)


@asynccontextmanager
async def rig(data: Path) -> AsyncIterator[Rig]:
    clock, disk, offered, written = Clock(START), Disk(), Offered(), list[int]()
    store = Store(data, clock=clock, storage=disk.storage(), write_behind=timedelta(days=1))
    await store.open()
    intake = Intake(store=store, offers=offered, clock=clock, on_written=lambda: written.append(1))
    try:
        yield Rig(intake, store, offered, disk, clock, written)
        await intake.drain()
    finally:
        disk.fails_at = ""
        await store.close()


def born(chat_id: str = "ann") -> Record:
    chat = type(ANN)("shop", chat_id)
    return Record(record_id=record_id_of(chat), contact=Contact(chat=chat, created_at=START))


def adds(letter: str) -> Decide:
    """A decision that adds a letter to the record's notes."""

    async def decide(ledger: Ledger, _now: datetime) -> bool:
        assert isinstance(ledger, Record)
        ledger.change_contact(name=ledger.contact.name + letter)
        return True

    return decide


async def fails(ledger: Ledger, _now: datetime) -> bool:
    assert isinstance(ledger, Record)
    ledger.change_contact(name="ruined")
    raise LookupError("no such thing")


def puts(ledger: Ledger, now: datetime, state: ItemState = ItemState.PENDING) -> OutboxItem:
    number = ledger.take_number()
    item = OutboxItem(number=number, action=Action.SEND, chat=ANN, created_at=now, state=state)
    ledger.outbox[number] = item
    return item


def nothing(_ledger: Ledger, _now: datetime) -> None:
    """Change nothing."""


def put(ledger: Ledger, now: datetime) -> None:
    """Put something into the outbox."""
    puts(ledger, now)


async def test_a_change_is_on_disk_when_it_returns(tmp_path: Path) -> None:
    """A durable change of a new record is in its file before anybody is told."""
    async with rig(tmp_path) as world:
        await world.intake.change(ANN_ID, adds("a"), birth=born())
        assert world.on_disk() == 1
        assert await world.note() == "a"
        assert world.written == [1]


async def test_a_record_that_is_not_there_stays_so(tmp_path: Path) -> None:
    """Without a birth a change of an unknown record is left alone."""
    async with rig(tmp_path) as world:
        await world.intake.change(ANN_ID, adds("a"))
        assert await world.store.load(ANN_ID) is None
        assert world.written == []


async def test_changes_of_one_record_run_one_after_another(tmp_path: Path) -> None:
    """While one decision waits, no other of the same record runs; they run in the order they came."""
    async with rig(tmp_path) as world:
        inside, seen = 0, list[str]()

        def decision(letter: str) -> Decide:
            async def decide(ledger: Ledger, now: datetime) -> bool:
                nonlocal inside
                inside += 1
                assert inside == 1
                await asyncio.sleep(0)
                inside -= 1
                seen.append(letter)
                return await adds(letter)(ledger, now)

            return decide

        await asyncio.gather(
            *(world.intake.change(ANN_ID, decision(letter), birth=born()) for letter in "abcdef")
        )
        assert seen == list("abcdef")
        assert await world.note() == "abcdef"


async def test_records_change_in_parallel(tmp_path: Path) -> None:
    """Many decisions that wait for each other get on, since each is of another record."""
    async with rig(tmp_path) as world:
        together = asyncio.Barrier(20)

        async def meets(_ledger: Ledger, _now: datetime) -> bool:
            await together.wait()
            return True

        records = [born(f"c{number}") for number in range(20)]
        async with asyncio.timeout(20):
            await asyncio.gather(
                *(world.intake.change(each.record_id, meets, birth=each) for each in records)
            )
        assert world.on_disk() == 20


async def test_what_gathers_is_one_commit(tmp_path: Path) -> None:
    """Changes that come while one is written are written together."""
    async with rig(tmp_path) as world:
        await asyncio.gather(*(world.intake.change(ANN_ID, adds("x"), birth=born()) for _ in range(50)))
        assert await world.note() == "x" * 50
        assert world.on_disk() <= 2


async def test_a_decision_that_fails_changes_nothing_and_keeps_nobody(tmp_path: Path) -> None:
    """The error reaches who asked; the changes before and after it are written."""
    async with rig(tmp_path) as world:
        results = await asyncio.gather(
            world.intake.change(ANN_ID, adds("a"), birth=born()),
            world.intake.change(ANN_ID, fails, birth=born()),
            world.intake.change(ANN_ID, adds("b"), birth=born()),
            return_exceptions=True,
        )
        assert [type(result) for result in results] == [type(None), LookupError, type(None)]
        assert await world.note() == "ab"


async def test_a_value_that_cannot_be_written_spoils_only_its_own_change(tmp_path: Path) -> None:
    """One unwritable value in a batch is refused, and the others of the batch are written."""
    async with rig(tmp_path) as world:

        async def spoils(ledger: Ledger, _now: datetime) -> bool:
            assert isinstance(ledger, Record)
            ledger.change_contact(created_at="yesterday")
            return True

        results = await asyncio.gather(
            world.intake.change(ANN_ID, adds("a"), birth=born()),
            world.intake.change(ANN_ID, spoils, birth=born()),
            world.intake.change(ANN_ID, adds("b"), birth=born()),
            return_exceptions=True,
        )
        assert [type(result) for result in results] == [type(None), Unwritable, type(None)]
        assert await world.note() == "ab"


async def test_a_decision_that_changed_nothing_is_not_written(tmp_path: Path) -> None:
    """What a decision disowns is forgotten, and no file is touched."""
    async with rig(tmp_path) as world:
        await world.store.commit(record())
        before = world.on_disk()

        async def ignores(ledger: Ledger, _now: datetime) -> bool:
            assert isinstance(ledger, Record)
            ledger.change_contact(name="ruined")
            return False

        await world.intake.change(record().record_id, ignores)
        assert world.on_disk() == before
        assert await world.note(record().record_id) == "Ann"


async def test_an_outcome_is_kept_without_waiting_for_the_disk(tmp_path: Path) -> None:
    """A change that need not be durable is in memory at once, and on disk when that is asked."""
    async with rig(tmp_path) as world:
        await world.intake.change(ANN_ID, adds("a"), birth=born())
        await world.intake.apply(ANN_ID, nothing)
        await world.intake.change(ANN_ID, adds("b"), is_durable=False)
        assert world.on_disk() == 1
        assert await world.note() == "ab"
        assert not world.store.is_written(ANN_ID)
        await world.intake.apply(ANN_ID, nothing, durable=True)
        assert world.store.is_written(ANN_ID)


async def test_a_full_disk_reaches_who_waits_for_it_and_outcomes_are_kept(tmp_path: Path) -> None:
    """What must be on disk is refused and changes nothing; what happened already is remembered."""
    async with rig(tmp_path) as world:
        await world.intake.change(ANN_ID, adds("a"), birth=born())
        world.disk.fails_at = "fill"
        results = await asyncio.gather(
            world.intake.change(ANN_ID, adds("X")),
            world.intake.change(ANN_ID, adds("b"), is_durable=False),
            world.intake.change(ANN_ID, adds("Y")),
            world.intake.change(ANN_ID, adds("c"), is_durable=False),
            return_exceptions=True,
        )
        assert [isinstance(result, OSError) for result in results] == [True, False, True, False]
        assert await world.note() == "abc"
        world.disk.fails_at = ""
        await world.intake.change(ANN_ID, adds("d"))
        assert await world.note() == "abcd"


async def test_nothing_leaves_that_is_not_on_disk(tmp_path: Path) -> None:
    """On a full disk an outcome that leads to a post waits, and those beside it are remembered."""
    async with rig(tmp_path) as world:
        await world.intake.change(ANN_ID, adds("a"), birth=born())
        world.disk.fails_at = "fill"
        results = await asyncio.gather(
            world.intake.change(ANN_ID, adds("b"), is_durable=False),
            world.intake.apply(ANN_ID, put),
            world.intake.change(ANN_ID, adds("c"), is_durable=False),
            return_exceptions=True,
        )
        assert [isinstance(result, OSError) for result in results] == [False, True, False]
        assert world.offered.items == []
        assert await world.note() == "abc"
        world.disk.fails_at = ""
        await world.intake.apply(ANN_ID, put)
        assert len(world.offered.items) == 1


async def test_a_record_is_not_born_on_a_full_disk(tmp_path: Path) -> None:
    """A first message that cannot be written leaves nothing, and the next attempt begins it."""
    async with rig(tmp_path) as world:
        world.disk.fails_at = "create"
        with pytest.raises(OSError, match="No space"):
            await world.intake.change(ANN_ID, adds("a"), birth=born())
        assert await world.store.load(ANN_ID) is None
        assert world.offered.items == []
        world.disk.fails_at = ""
        await world.intake.change(ANN_ID, adds("a"), birth=born())
        assert await world.note() == "a"


async def test_what_is_to_be_sent_is_offered_once_it_is_on_disk(tmp_path: Path) -> None:
    """New items are offered after the write, held ones when they are let go, and none twice."""
    async with rig(tmp_path) as world:
        sent: list[int] = []

        def change(ledger: Ledger, now: datetime) -> None:
            sent.append(puts(ledger, now).number)
            sent.append(puts(ledger, now, ItemState.HELD).number)

        await world.intake.change(ANN_ID, adds("a"), birth=born())
        await world.intake.apply(ANN_ID, change, durable=True)
        assert world.offered.items == [(ANN_ID, sent[0])]

        def let_go(ledger: Ledger, now: datetime) -> None:
            ledger.outbox[sent[1]] = OutboxItem(number=sent[1], action=Action.SEND, chat=ANN, created_at=now)

        await world.intake.apply(ANN_ID, let_go)
        await world.intake.change(ANN_ID, adds("b"))
        assert world.offered.items == [(ANN_ID, sent[0]), (ANN_ID, sent[1])]


async def test_nothing_is_offered_that_was_not_written(tmp_path: Path) -> None:
    """When the disk refuses, what was decided is not sent."""
    async with rig(tmp_path) as world:
        await world.intake.change(ANN_ID, adds("a"), birth=born())
        world.disk.fails_at = "sync"
        with pytest.raises(OSError, match="No space"):
            await world.intake.apply(ANN_ID, put, durable=True)
        assert world.offered.items == []


async def test_a_caller_who_gives_up_does_not_undo_the_write(tmp_path: Path) -> None:
    """A cancelled caller's change is written all the same, and `drain` waits for it."""
    async with rig(tmp_path) as world:
        calling = asyncio.create_task(world.intake.change(ANN_ID, adds("a"), birth=born()))
        await asyncio.sleep(0)
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        await world.intake.drain()
        assert await world.note() == "a"
        assert world.on_disk() == 1


async def test_a_caller_who_gives_up_hides_no_failure_from_the_others(tmp_path: Path) -> None:
    """A change that fails after its caller left disturbs nothing."""
    async with rig(tmp_path) as world:
        calling = asyncio.create_task(world.intake.change(ANN_ID, fails, birth=born()))
        await asyncio.sleep(0)
        calling.cancel()
        await world.intake.change(ANN_ID, adds("a"), birth=born())
        assert await world.note() == "a"


async def test_draining_waits_for_everything(tmp_path: Path) -> None:
    """After `drain` all that was taken is decided and on disk."""
    async with rig(tmp_path) as world:
        records = [born(f"c{number}") for number in range(10)]
        calls = [
            asyncio.create_task(world.intake.change(each.record_id, adds("a"), birth=each))
            for each in records
        ]
        await asyncio.sleep(0)
        await world.intake.drain()
        assert world.on_disk() == 10
        await asyncio.gather(*calls)
        await world.intake.drain()


async def test_an_erased_record_is_not_born_again_by_an_outcome(tmp_path: Path) -> None:
    """What was in flight when a record was erased does not bring it back."""
    async with rig(tmp_path) as world:
        await world.intake.change(ANN_ID, adds("a"), birth=born())
        results = await asyncio.gather(
            world.intake.change(ANN_ID, adds("b"), birth=born()),
            world.intake.forget(ANN_ID),
            world.intake.change(ANN_ID, adds("c"), is_durable=False),
        )
        assert isinstance(results[1], Record)
        assert results[1].contact.name == "ab"
        assert await world.store.load(ANN_ID) is None
        await world.intake.change(ANN_ID, adds("d"), birth=born())
        assert await world.note() == "d"


async def test_the_time_is_the_clock_s(tmp_path: Path) -> None:
    """A decision is given the time, and reads no clock of its own."""
    async with rig(tmp_path) as world:
        times: list[datetime] = []

        async def decide(_ledger: Ledger, now: datetime) -> bool:
            times.append(now)
            return False

        await world.intake.change(ANN_ID, decide, birth=born())
        world.clock.forward(timedelta(hours=1))
        await world.intake.change(ANN_ID, decide, birth=born())
        assert times == [START, START + timedelta(hours=1)]


async def test_looking_shows_the_record_as_it_is_now(tmp_path: Path) -> None:
    """Delivery sees what was kept in memory too."""
    async with rig(tmp_path) as world:
        await world.intake.change(ANN_ID, adds("a"), birth=born())
        await world.intake.change(ANN_ID, adds("b"), is_durable=False)
        found = await world.intake.look(ANN_ID)
        assert isinstance(found, Record)
        assert found.contact.name == "ab"
        assert await world.intake.look("shop-0000000000000000") is None


async def test_a_record_with_much_to_decide_leaves_a_turn_to_others(tmp_path: Path) -> None:
    """Who writes more than can be decided at once does not keep another contact waiting for all of it."""
    order: list[str] = []

    def slow(letter: str) -> Decide:
        async def decide(_ledger: Ledger, _now: datetime) -> bool:
            until = perf_counter() + 0.01
            while perf_counter() < until:
                pass
            order.append(letter)
            return True

        return decide

    async with rig(tmp_path) as world:
        bob = born("bob")
        await world.intake.change(ANN_ID, adds("a"), birth=born())
        await world.intake.change(bob.record_id, adds("b"), birth=bob)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(10):
                tasks.create_task(world.intake.change(ANN_ID, slow("a")))
            tasks.create_task(world.intake.change(bob.record_id, slow("b")))
    assert sorted(order) == ["a"] * 10 + ["b"]
    assert order.index("b") < 10
