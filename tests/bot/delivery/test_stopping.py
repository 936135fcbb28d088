"""What a stop finishes, and what it leaves."""

import asyncio
from datetime import timedelta

from bot.api import RateLimited
from tests.bot.delivery.platform import hanging
from tests.bot.delivery.processes import restarted
from tests.bot.delivery.virtual import run
from tests.bot.delivery.world import World, send, settle


def test_a_stop_finishes_what_is_in_flight() -> None:
    """A stop waits for what is in flight, writes its outcome, and leaves the rest in the outbox."""

    async def scenario() -> None:
        world = World(post=hanging())
        record = world.record()
        async with world.live() as delivery:
            await world.put(record, send("one"), send("two"))
            await settle(1)
            stopping = asyncio.create_task(delivery.stop(timedelta(seconds=5)))
            await settle(1)
            assert not stopping.done()
            assert world.post.gate is not None
            world.post.gate.set()
            await stopping
        assert world.post.texts() == ["one"]
        assert list(world.now(record).outbox) == [2]
        assert world.journal.notes == {}

    run(scenario())


def test_a_stop_does_not_wait_for_ever() -> None:
    """A stop gives up on what is in flight after its grace; the next process knows that it was."""

    async def scenario() -> None:
        world = World(post=hanging())
        record = world.record()
        async with world.live() as delivery:
            await world.put(record, send("one"))
            await settle(1)
            before = asyncio.get_running_loop().time()
            await delivery.stop(timedelta(seconds=5))
            assert 4.9 < asyncio.get_running_loop().time() - before < 5.1
        assert world.journal.notes == {f"{record.record_id}.1": None}
        world.post.gate = None
        await restarted(world, record.record_id)
        assert world.log("uncertain") == [("uncertain", 1)]

    run(scenario())


def test_a_stop_does_not_wait_for_pauses() -> None:
    """A stop does not wait for lanes that only wait for time to pass."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        world.post.script.append(RateLimited("slow", retry_after=timedelta(hours=1)))
        async with world.live() as delivery:
            await world.put(record, send("one"))
            await settle(1)
            before = asyncio.get_running_loop().time()
            await delivery.stop(timedelta(seconds=5))
            assert asyncio.get_running_loop().time() - before < 0.1
        assert list(world.now(record).outbox) == [1]

    run(scenario())


def test_a_stop_between_parts() -> None:
    """A stop in a long text leaves the parts that are missing, and the next process sends only those."""

    async def scenario() -> None:
        world = World(post=hanging(text_limit=5))
        record = world.record()
        async with world.live() as delivery:
            await world.put(record, send("aaaa bbbb cccc"))
            await settle(1)
            stopping = asyncio.create_task(delivery.stop(timedelta(seconds=5)))
            await settle(1)
            assert world.post.gate is not None
            world.post.gate.set()
            await stopping
        assert world.post.texts() == ["aaaa"]
        world.post.gate = None
        await restarted(world, record.record_id)
        assert world.post.texts() == ["aaaa", "bbbb", "cccc"]
        assert world.log("sent") == [("sent", (1,), "post:7", ("p1", "p2", "p3"))]

    run(scenario())
