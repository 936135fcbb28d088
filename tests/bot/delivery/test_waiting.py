"""What waits: for its window, its channel, its time, or for our own disk."""

import asyncio
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from bot.api import ConnectionFailed
from bot.model import ItemState, Ledger, OutboxItem, Record
from tests.bot.delivery.memory import RecordingOutcomes
from tests.bot.delivery.platform import START, ScriptedPlatform, clock, scripted
from tests.bot.delivery.virtual import run
from tests.bot.delivery.world import World, send, settle


def test_the_window_is_shut() -> None:
    """Outside the reply window nothing is sent, and the reason is told; inside it the item goes out."""

    async def scenario() -> None:
        world = World(post=scripted(reply_window=timedelta(hours=24)))
        record = world.record()
        async with world.live() as delivery:
            await settle(25 * 3600)
            await world.put(record, send("hello"))
            await settle()
            assert world.log("held") == [("held", 1, "delivery.window_shut 2026-03-03 09:00 UTC")]
            assert delivery.waiting() == 0

            def wrote(ledger: Ledger, now: datetime) -> None:
                assert isinstance(ledger, Record)
                ledger.change_contact(last_inbound_at=now)
                ledger.outbox[1] = replace(ledger.outbox[1], state=ItemState.PENDING)

            await world.ledgers.apply(record.record_id, wrote)
            await settle()
            assert world.post.texts() == ["hello"]

    run(scenario())


def test_an_unreachable_contact_is_tried() -> None:
    """A contact who blocked the bot may have come back, so what is written to them is sent."""

    async def scenario() -> None:
        world = World()
        record = world.record(unreachable="blocked")
        async with world.live():
            await world.put(record, send("hello"))
            await settle()
        assert world.post.texts() == ["hello"]

    run(scenario())


def test_a_record_that_cannot_be_written() -> None:
    """When the disk refuses the outcome, it is written later, and the message is not sent again."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        async with world.live():
            await world.put(record, send("one"), send("two"))
            world.ledgers.errors.extend([OSError("disk full")] * 3)
            await settle()
        assert world.post.texts() == ["one", "two"]
        assert world.now(record).outbox == {}
        assert world.journal.notes == {}

    run(scenario())


@pytest.mark.parametrize(("faults", "told"), [(8, [("uncertain", 1)]), (9, [])])
def test_an_outcome_that_never_works(
    caplog: pytest.LogCaptureFixture, faults: int, told: list[tuple[str, int]]
) -> None:
    """What our own side fails each time is told to people, or at least stays; and the lane goes on."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        async with world.live():
            await world.put(record, send("one"))
            world.ledgers.errors.extend([ValueError("a fault")] * faults)
            await settle()
            await world.put(record, send("two"))
            await settle()
        assert world.post.texts() == ["one", "two"]
        assert world.log("uncertain") == told
        assert list(world.now(record).outbox) == [1]

    run(scenario())
    assert len(caplog.records) == 2 - len(told)


def test_a_disk_that_refuses_for_hours(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is given up for a disk that refuses, and what waited goes on soon after it is mended."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        async with world.live():
            await world.put(record, send("one"), send("two"))
            world.ledgers.errors.extend([OSError("disk full")] * 1500)
            await settle(2 * 3600)
            world.ledgers.errors.clear()
            await settle(10)
            assert world.post.texts() == ["one", "two"]
            assert world.now(record).outbox == {}

    run(scenario())
    assert len(caplog.records) == 1


def test_detached_channels_wait() -> None:
    """While a channel is not connected its items wait without a task; another plugin sends them, in order."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        async with world.live() as delivery:
            delivery.detach("post")
            await world.put(record, send("one"), send("two"))
            await settle(24 * 3600)
            assert world.post.calls == []
            assert delivery.waiting() == 2
            assert len(asyncio.all_tasks()) == 2
            second = ScriptedPlatform()
            delivery.attach("post", second)
            await settle()
            assert second.texts() == ["one", "two"]

    run(scenario())


def test_a_lost_connection_uses_no_attempts() -> None:
    """A channel that is down for hours costs an item the one attempt that found it down."""

    async def scenario() -> None:
        world = World(post=scripted(ConnectionFailed("down")))
        record = world.record()
        async with world.live() as delivery:
            await world.put(record, send("one"))
            await settle(1)
            delivery.detach("post")
            await settle(5 * 3600)
            assert world.now(record).outbox[1].attempts == 1
            before = clock()
            delivery.attach("post", world.post)
            await settle(1)
            assert world.post.texts() == ["one"]
            assert clock() - before < timedelta(seconds=2)

    run(scenario())


def test_not_before() -> None:
    """An item that is to wait is not sent before its time."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        async with world.live():
            await world.put(record, send("later", not_before=START + timedelta(minutes=5)))
            await settle(299)
            assert world.post.texts() == []
            await settle(2)
            assert world.post.texts() == ["later"]

    run(scenario())


def test_nobody_wrote_yet() -> None:
    """A contact who has never written cannot be written to where there is a window."""

    async def scenario() -> None:
        world = World(post=scripted(reply_window=timedelta(hours=24)))
        record = world.record()
        record.change_contact(last_inbound_at=None)
        async with world.live():
            await world.put(record, send("hello"))
            await settle()
        assert world.outcomes.log == [("held", 1, "delivery.never_wrote")]

    run(scenario())


def test_held_and_released_in_one_breath() -> None:
    """An item that is released before its lane has let go of it is sent all the same."""

    async def scenario() -> None:
        world = World(post=scripted(reply_window=timedelta(hours=24)))
        record = world.record()

        def released(ledger: Ledger, now: datetime) -> None:
            assert isinstance(ledger, Record)
            ledger.change_contact(last_inbound_at=now)
            item = ledger.outbox[1]
            ledger.outbox[1] = replace(item, state=ItemState.PENDING)

        class Released(RecordingOutcomes):
            def held(self, ledger: Ledger, item: OutboxItem, reason: str, now: datetime) -> None:
                super().held(ledger, item, reason, now)
                tasks.append(asyncio.create_task(world.ledgers.apply(record.record_id, released)))

        tasks: list[asyncio.Task[None]] = []
        world.outcomes = Released()
        async with world.live() as delivery:
            await settle(25 * 3600)
            await world.put(record, send("hello"))
            await settle()
            assert world.post.texts() == ["hello"]
            assert len(tasks) == 1
            assert delivery.waiting() == 0

    run(scenario())
