"""What a stop finishes, and what it leaves."""

import asyncio
from datetime import timedelta
from typing import Any

from bot.api import Capabilities, RateLimited
from tests.bot.delivery.platform import ScriptedPlatform, Shown
from tests.bot.delivery.virtual import run
from tests.bot.delivery.world import World, send, settle


async def killed(world: World, *items: dict[str, Any]) -> str:
    """Let a process take over items and be killed a second later; what it was sending hangs."""
    record = world.record()
    delivery = world.delivery()
    running = asyncio.create_task(delivery.run())
    delivery.attach("rooms", world.rooms)
    delivery.attach("post", world.post)
    await asyncio.sleep(0)
    await world.put(record, *items)
    await settle(1)
    running.cancel()
    await asyncio.wait([running])
    world.rooms.gate = world.post.gate = None
    return record.record_id


async def restarted(world: World, *record_ids: str) -> None:
    async with world.live(attached=False) as delivery:
        await delivery.recover(record_ids)
        await settle(10)
        delivery.attach("rooms", world.rooms)
        delivery.attach("post", world.post)
        await settle()
        assert delivery._lanes == {}


def hanging(**capabilities: Any) -> ScriptedPlatform:
    """A platform that takes everything and answers nothing."""
    platform = ScriptedPlatform(Capabilities(**{"text_limit": 4000, **capabilities}))
    platform.gate = asyncio.Event()
    return platform


def arrive(platform: ScriptedPlatform) -> None:
    """Let the message that hangs arrive, though its sender is gone."""
    name, message = platform.calls[-1]
    assert name == "send"
    platform.shown.append(Shown(platform_id="p0", message=message))


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
