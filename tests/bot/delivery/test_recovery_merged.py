"""What a new process does with posts that went out as one, or may have, when the last one was killed."""

from datetime import timedelta

import pytest

from bot.api import ConnectionFailed, RateLimited
from tests.bot.delivery.platform import UNCERTAIN, Lost, arrive, hanging, held_back, scripted
from tests.bot.delivery.processes import doomed, killed, restarted
from tests.bot.delivery.virtual import run
from tests.bot.delivery.world import TEAM, World, post, send, settle

GATHERING = RateLimited("slow", retry_after=timedelta(seconds=0.1))
"""A pause in which posts gather, and after which they go out as one."""


async def killed_in_a_merged_post(world: World, *texts: str) -> str:
    """Kill a process while posts that it had merged are in flight."""
    world.rooms.script.append(RateLimited("slow", retry_after=timedelta(seconds=5)))
    gate = held_back(world.rooms)
    gate.set()
    record = world.record()
    async with doomed(world):
        await world.put(record, *(post(text) for text in texts))
        await settle(1)
        gate.clear()
        await settle(10)
    world.rooms.gate = None
    return record.record_id


@pytest.mark.parametrize("ability", ["none", "idempotent", "findable"])
@pytest.mark.parametrize("has_arrived", [False, True])
def test_merged_posts_in_flight(ability: str, *, has_arrived: bool) -> None:
    """Posts that were in flight as one are made again as one, and say so where nobody can tell."""

    async def scenario() -> None:
        world = World(rooms=scripted(idempotent=ability == "idempotent", findable=ability == "findable"))
        record_id = await killed_in_a_merged_post(world, "one", "two", "three")
        if has_arrived:
            arrive(world.rooms)
        await restarted(world, record_id)
        first = ["one\ntwo\nthree"]
        marked = ["(maybe repeated) one\ntwo\nthree"]
        if ability == "none":
            assert world.rooms.texts() == [*(first if has_arrived else []), *marked]
        else:
            assert world.rooms.texts() == first
        assert [entry[:2] for entry in world.log("sent")] == [("sent", (1, 2, 3))]
        assert world.ledgers.records[record_id].outbox == {}
        assert world.journal.notes == {}

    run(scenario())


@pytest.mark.parametrize("is_idempotent", [False, True])
@pytest.mark.parametrize("taken_off", [1, 2, 3])
def test_a_merged_post_in_flight_that_lost_an_item(taken_off: int, *, is_idempotent: bool) -> None:
    """What is left of posts that were in flight as one is another post: it may be a repeat, and says so."""

    async def scenario() -> None:
        world = World(rooms=scripted(idempotent=is_idempotent))
        record_id = await killed_in_a_merged_post(world, "1", "2", "3")
        arrive(world.rooms)
        del world.ledgers.records[record_id].outbox[taken_off]
        await restarted(world, record_id)
        left = [text for text in ("1", "2", "3") if text != str(taken_off)]
        assert world.rooms.texts() == ["1\n2\n3", "(maybe repeated) " + "\n".join(left)]
        assert world.ledgers.records[record_id].outbox == {}
        assert world.journal.notes == {}

    run(scenario())


def test_a_merged_post_in_doubt_that_loses_an_item() -> None:
    """An idempotent platform would take what is left for new: it says that it may be a repeat."""

    async def scenario() -> None:
        world = World(rooms=scripted(GATHERING, Lost(error=UNCERTAIN), idempotent=True))
        record = world.record()
        async with world.live():
            await world.put(record, post("1"), post("2"), post("3"))
            await settle(0.5)
            del world.now(record).outbox[2]
            await settle()
        assert world.rooms.texts() == ["1\n2\n3", "(maybe repeated) 1\n3"]

    run(scenario())


def test_a_finished_merged_post() -> None:
    """Posts that the platform took as one are settled together."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        await world.put(record, post("one"), send("between"), post("two"), post("three"))
        name = f"{record.record_id}.1-m2,1"
        world.journal.notes[name] = {"ids": ["p9"], "chat": ["rooms", "-100", None], "is_last": True}
        await restarted(world, record.record_id)
        assert world.log("sent")[0] == ("sent", (1, 3, 4), str(TEAM), ("p9",))
        assert world.rooms.texts() == []
        assert world.post.texts() == ["between"]
        assert world.journal.notes == {}

    run(scenario())


def test_an_idempotent_platform_gets_old_items_by_themselves() -> None:
    """What a killed process may have sent under its own id is not sent as part of another post."""

    async def scenario() -> None:
        world = World(rooms=hanging(idempotent=True))
        record_id = await killed(world, post("0"))
        arrive(world.rooms)
        await world.put(world.ledgers.records[record_id], *(post(str(number)) for number in range(1, 6)))
        await restarted(world, record_id)
        assert world.rooms.texts() == ["0", "1", "2", "3", "4", "5"]

    run(scenario())


def test_a_marked_repeat_is_repeated_safely() -> None:
    """Once a merged item is sent again under its own id, further repeats are safe."""

    async def scenario() -> None:
        world = World(rooms=scripted(*[Lost(error=UNCERTAIN)] * 2, idempotent=True))
        record = world.record()
        await world.put(record, post("one"))
        world.journal.notes[f"{record.record_id}.1-m5"] = None
        await restarted(world, record.record_id)
        assert world.rooms.texts() == ["(maybe repeated) one"]
        assert world.log("sent") == [("sent", (1,), str(TEAM), ("p1",))]

    run(scenario())


@pytest.mark.parametrize("is_idempotent", [False, True])
def test_every_item_of_a_repeat_is_marked(*, is_idempotent: bool) -> None:
    """Posts that went out as one and may have arrived are each marked, whatever happens to the repeat.

    An idempotent platform knows them by the name that they had.
    """

    async def scenario() -> None:
        answers = (GATHERING, Lost(error=UNCERTAIN), ConnectionFailed("down"))
        world = World(rooms=scripted(*answers, idempotent=is_idempotent))
        record = world.record()
        async with doomed(world):
            await world.put(record, post("one"), post("two"))
            await settle(8)
        assert len(world.rooms.calls) == 3
        await restarted(world, record.record_id)
        marked = [] if is_idempotent else ["(maybe repeated) one", "(maybe repeated) two"]
        assert world.rooms.texts() == ["one\ntwo", *marked]

    run(scenario())


def test_a_merged_post_that_was_made_again() -> None:
    """What was made again after a merged post in doubt, and taken, is not made a third time."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        item_id = f"{record.record_id}.1"
        await world.put(record, post("one"))
        world.journal.notes[f"{item_id}-m5"] = None
        world.journal.notes[item_id] = {"ids": ["p1"], "chat": ["rooms", "-100", None], "is_last": True}
        await restarted(world, record.record_id)
        assert world.outcomes.log == [("sent", (1,), str(TEAM), ("p1",))]
        assert world.rooms.calls == []
        assert world.journal.notes == {}

    run(scenario())
