"""Posts to one team chat that are under way together, each for another contact."""

import asyncio
from collections import deque
from datetime import timedelta

from bot.api import Capabilities, ChatRef, RateLimited
from bot.delivery.surroundings import Limits
from bot.model import Record
from tests.bot.delivery.platform import ScriptedPlatform
from tests.bot.delivery.virtual import run
from tests.bot.delivery.world import World, post, send, settle

AT_ONCE = 3
MINUTE = timedelta(minutes=1)


def busy() -> World:
    """A team chat that takes three posts at once, and merges none; each waits at a gate."""
    rooms = ScriptedPlatform(Capabilities(text_limit=4000, posts_at_once=AT_ONCE))
    rooms.gate = asyncio.Event()
    return World(rooms=rooms, limits=Limits(backlog=100))


def people(world: World, number: int) -> list[Record]:
    return [world.record(ChatRef("post", f"{each}")) for each in range(number)]


def test_as_many_as_the_chat_takes() -> None:
    """No more posts are under way than the platform takes at once; the next goes when one has ended."""

    async def scenario() -> None:
        world = busy()
        async with world.live() as delivery:
            for record in people(world, 5):
                await world.put(record, post(record.contact.chat.chat_id))
            await settle(1)
            assert len(world.rooms.calls) == AT_ONCE
            assert world.rooms.gate is not None
            world.rooms.gate.set()
            await settle()
            assert sorted(world.rooms.texts()) == ["0", "1", "2", "3", "4"]
            assert delivery.waiting() == 0
            assert delivery._lanes == {}

    run(scenario())


def test_one_at_a_time_for_each_contact() -> None:
    """What is for one contact goes in its order, one at a time, also beside what is for others."""

    async def scenario() -> None:
        world = busy()
        async with world.live():
            first, second = people(world, 2)
            await world.put(first, post("a1"), post("a2"), post("a3"))
            await world.put(second, post("b1"), post("b2"))
            await settle(1)
            assert sorted(message.text for _, message in world.rooms.calls) == ["a1", "b1"]
            await world.put(first, post("a4"))
            await settle(1)
            assert len(world.rooms.calls) == 2
            assert world.rooms.gate is not None
            world.rooms.gate.set()
            await settle()
            texts = world.rooms.texts()
            assert [text for text in texts if text[0] == "a"] == ["a1", "a2", "a3", "a4"]
            assert [text for text in texts if text[0] == "b"] == ["b1", "b2"]

    run(scenario())


def test_one_at_a_time_to_a_contact() -> None:
    """What goes to a contact is never under way together."""

    async def scenario() -> None:
        world = World(post=ScriptedPlatform(Capabilities(text_limit=4000, posts_at_once=AT_ONCE)))
        world.post.gate = asyncio.Event()
        async with world.live():
            record = world.record()
            await world.put(record, send("one"), send("two"))
            await settle(1)
            assert len(world.post.calls) == 1
            world.post.gate.set()
            await settle()
            assert world.post.texts() == ["one", "two"]

    run(scenario())


def test_after_a_pause_one_at_a_time() -> None:
    """Once the platform asks for a pause, a backlog goes one by one."""

    async def scenario() -> None:
        world = busy()
        slow = RateLimited("slow", retry_after=MINUTE)
        world.rooms.script = deque([slow, slow, slow])
        async with world.live():
            for record in people(world, 8):
                await world.put(record, post(record.contact.chat.chat_id))
            await settle(1)
            assert world.rooms.gate is not None
            world.rooms.gate.set()
            await settle(1)
            assert len(world.rooms.calls) == AT_ONCE
            world.rooms.gate = asyncio.Event()
            await settle(61)
            assert len(world.rooms.calls) == AT_ONCE + 1
            world.rooms.gate.set()
            await settle()
            assert sorted(world.rooms.texts()) == [str(number) for number in range(8)]
            assert world.rooms.times[AT_ONCE] - world.rooms.times[0] >= MINUTE

    run(scenario())


def test_a_stop_waits_for_all_that_is_under_way() -> None:
    """A stop ends after everything that is in flight, and leaves the rest in the outbox."""

    async def scenario() -> None:
        world = busy()
        async with world.live() as delivery:
            records = people(world, 5)
            for record in records:
                await world.put(record, post(record.contact.chat.chat_id))
            await settle(1)
            assert world.rooms.gate is not None
            asyncio.get_running_loop().call_later(0.5, world.rooms.gate.set)
            await delivery.stop(timedelta(seconds=1))
            assert sorted(world.rooms.texts()) == ["0", "1", "2"]
            left = [record for record in records if world.now(record).outbox]
            assert len(left) == 2

    run(scenario())
