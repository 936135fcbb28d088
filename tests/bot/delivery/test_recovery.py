"""What a new process does with what the last one left when it was killed."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.api import Capabilities, ConnectionFailed, DeliveryUncertain, RateLimited
from bot.model import Action, ItemState
from tests.bot.delivery.platform import Lost, ScriptedPlatform, Shown
from tests.bot.delivery.virtual import run
from tests.bot.delivery.world import TEAM, World, card, house, post, send, settle


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


def test_what_was_finished_is_written_down() -> None:
    """What was sent and not written down is written down, and not sent again."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        item_id = f"{record.record_id}.1"
        await world.put(record, send("one"))
        world.journal.notes[item_id] = {"ids": ["p1"], "chat": ["post", "7", None], "is_last": True}
        await restarted(world, record.record_id)
        assert world.outcomes.log == [("sent", (1,), "post:7", ("p1",))]
        assert world.post.calls == []
        assert world.journal.notes == {}

    run(scenario())


def test_what_was_not_begun_is_sent() -> None:
    """What was never begun is sent as if nothing had happened, in order."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        await world.put(record, send("one"), send("two"))
        await restarted(world, record.record_id)
        assert world.post.texts() == ["one", "two"]

    run(scenario())


def test_a_message_in_flight_to_a_contact() -> None:
    """A message to a contact that was in flight is not sent again; a person decides."""

    async def scenario() -> None:
        world = World(post=hanging())
        record_id = await killed(world, send("one"), send("two"))
        await restarted(world, record_id)
        assert world.outcomes.log == [("uncertain", 1), ("sent", (2,), "post:7", ("p1",))]
        assert world.post.texts() == ["two"]
        assert world.journal.notes == {}

    run(scenario())


def test_a_post_in_flight() -> None:
    """A post that was in flight is posted once again, and says so."""

    async def scenario() -> None:
        world = World(rooms=hanging())
        record_id = await killed(world, post("one"), post("two"))
        arrive(world.rooms)
        await restarted(world, record_id)
        assert world.rooms.texts() == ["one", "(maybe repeated) one", "two"]
        assert world.journal.notes == {}

    run(scenario())


def test_a_card_in_flight() -> None:
    """A first card that was in flight is made once again, and says so."""

    async def scenario() -> None:
        world = World(rooms=hanging())
        record_id = await killed(world, card(), post("one"))
        await restarted(world, record_id)
        assert world.rooms.texts() == ["(maybe repeated) card K7", "one"]

    run(scenario())


def test_in_flight_to_a_platform_that_can_be_asked() -> None:
    """What was in flight is looked for; what is found is sent, and what is not is sent again, unmarked."""

    async def scenario() -> None:
        for has_arrived in (True, False):
            world = World(post=hanging(findable=True))
            record_id = await killed(world, send("one"))
            if has_arrived:
                arrive(world.post)
            await restarted(world, record_id)
            assert world.post.texts() == ["one"]
            assert world.log("sent") == [("sent", (1,), "post:7", ("p0" if has_arrived else "p1",))]

    run(scenario())


def test_in_flight_to_an_idempotent_platform() -> None:
    """What was in flight is sent again, and is shown once; the journal was not needed."""

    async def scenario() -> None:
        world = World(post=hanging(idempotent=True))
        record_id = await killed(world, send("one"))
        arrive(world.post)
        await restarted(world, record_id)
        assert world.post.texts() == ["one"]
        assert world.journal.starts == 0
        assert world.log("sent") == [("sent", (1,), "post:7", ("p0",))]

    run(scenario())


async def killed_in_a_merged_post(world: World, *texts: str) -> str:
    """Kill a process while posts that it had merged are in flight."""
    platform = world.rooms
    platform.script.append(RateLimited("slow", retry_after=timedelta(seconds=5)))
    platform.gate = asyncio.Event()
    platform.gate.set()
    record = world.record()
    delivery = world.delivery()
    running = asyncio.create_task(delivery.run())
    delivery.attach("rooms", platform)
    await asyncio.sleep(0)
    await world.put(record, *(post(text) for text in texts))
    await settle(1)
    platform.gate.clear()
    await settle(10)
    running.cancel()
    await asyncio.wait([running])
    platform.gate = None
    return record.record_id


@pytest.mark.parametrize("ability", ["none", "idempotent", "findable"])
@pytest.mark.parametrize("has_arrived", [False, True])
def test_merged_posts_in_flight(ability: str, *, has_arrived: bool) -> None:
    """Posts that were in flight as one are made again as one, and say so where nobody can tell."""

    async def scenario() -> None:
        capabilities = Capabilities(
            text_limit=4000, idempotent=ability == "idempotent", findable=ability == "findable"
        )
        world = World(rooms=ScriptedPlatform(capabilities))
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
        world = World(rooms=ScriptedPlatform(Capabilities(text_limit=4000, idempotent=is_idempotent)))
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
        world = World(rooms=ScriptedPlatform(Capabilities(text_limit=4000, idempotent=True)))
        world.rooms.script.extend(
            [
                RateLimited("slow", retry_after=timedelta(seconds=0.1)),
                Lost(error=DeliveryUncertain("no answer")),
            ]
        )
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


def test_parts_in_flight() -> None:
    """A long text goes on with the part that is missing, and its earlier ids are not forgotten."""

    async def scenario() -> None:
        world = World(post=ScriptedPlatform(Capabilities(text_limit=5, findable=True)))

        def hang() -> None:
            raise asyncio.CancelledError

        world.post.script.extend([None, None, hang])
        record = world.record()
        delivery = world.delivery()
        running = asyncio.create_task(delivery.run())
        delivery.attach("post", world.post)
        await asyncio.sleep(0)
        await world.put(record, send("aaaa bbbb cccc dddd"))
        await settle(1)
        running.cancel()
        await asyncio.wait([running])
        assert world.post.texts() == ["aaaa", "bbbb"]
        await restarted(world, record.record_id)
        assert world.post.texts() == ["aaaa", "bbbb", "cccc", "dddd"]
        assert world.log("sent") == [("sent", (1,), "post:7", ("p1", "p2", "p3", "p4"))]

    run(scenario())


def test_what_waits_for_a_person_is_counted() -> None:
    """Items that are held or uncertain are counted from the start, and not sent."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        await world.put(
            record, send("one", state=ItemState.HELD), send("two", state=ItemState.UNCERTAIN), send("three")
        )
        async with world.live(attached=False) as delivery:
            await delivery.recover([record.record_id, "post-erased"])
            assert delivery.waiting() == 1
            delivery.attach("post", world.post)
            await settle()
            assert world.post.texts() == ["three"]

    run(scenario())


def test_old_notes_are_dropped() -> None:
    """What the journal knows of items that are settled is forgotten at start."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        world.journal.notes[f"{record.record_id}.77"] = None
        await restarted(world, record.record_id)
        assert world.journal.notes == {}

    run(scenario())


def test_the_house_recovers() -> None:
    """What belongs to no contact is recovered as everything else is."""

    async def scenario() -> None:
        world = World()
        ledger = house()
        world.ledgers.records["house"] = ledger
        await world.put(ledger, post("alert", conversation=0))
        await restarted(world, "house")
        assert world.rooms.texts() == ["alert"]

    run(scenario())


def test_recovery_keeps_the_card_first() -> None:
    """After a start, what waited goes out in the order it was decided."""

    async def scenario() -> None:
        world = World(rooms=ScriptedPlatform(Capabilities(text_limit=4000, edits=True)))
        record = world.record()
        await world.put(record, card(), post("one"), card(), post("two"))
        await world.put(record, {"action": Action.REACT, "chat": TEAM, "target": "p1", "emoji": "x"})
        await restarted(world, record.record_id)
        assert world.rooms.texts() == ["card K7", "one", "two"]
        assert world.now(record).outbox == {}

    run(scenario())


def test_a_doubt_outlives_two_processes() -> None:
    """A repeat that was itself in flight when the process was killed is marked and posted again."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        world.rooms.script.append(Lost(error=DeliveryUncertain("no answer")))
        await world.put(record, post("one", is_repeat=True))
        world.journal.notes[f"{record.record_id}.1"] = None
        async with world.live(attached=False) as delivery:
            await delivery.recover([record.record_id])
            delivery.attach("rooms", world.rooms)
            await settle()
        assert world.rooms.texts() == ["(maybe repeated) one"]
        assert world.log("uncertain") == [("uncertain", 1)]

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
        world = World(rooms=ScriptedPlatform(Capabilities(text_limit=4000, idempotent=True)))
        record = world.record()
        await world.put(record, post("one"))
        world.journal.notes[f"{record.record_id}.1-m5"] = None
        world.rooms.script.extend([Lost(error=DeliveryUncertain("no answer"))] * 2)
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
        world = World(rooms=ScriptedPlatform(Capabilities(text_limit=4000, idempotent=is_idempotent)))
        world.rooms.script.extend(
            [
                RateLimited("slow", retry_after=timedelta(seconds=0.1)),
                Lost(error=DeliveryUncertain("no answer")),
                ConnectionFailed("down"),
            ]
        )
        record = world.record()
        delivery = world.delivery()
        running = asyncio.create_task(delivery.run())
        delivery.attach("rooms", world.rooms)
        await asyncio.sleep(0)
        await world.put(record, post("one"), post("two"))
        await settle(8)
        running.cancel()
        await asyncio.wait([running])
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
