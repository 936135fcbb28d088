"""What a new process does with what the last one left when it was killed."""

import asyncio
from dataclasses import dataclass

import pytest

from bot.api import ChatRef
from bot.model import Action, ItemState, Ledger
from tests.bot.delivery.memory import MemoryLedgers
from tests.bot.delivery.platform import UNCERTAIN, Lost, arrive, hanging, scripted
from tests.bot.delivery.processes import doomed, killed, restarted
from tests.bot.delivery.virtual import run
from tests.bot.delivery.world import TEAM, World, card, house, post, send, settle


@dataclass(slots=True, kw_only=True)
class Unreadable(MemoryLedgers):
    """Records of which one fails when it is looked at."""

    broken: str

    async def look(self, record_id: str) -> Ledger | None:
        if record_id == self.broken:
            raise ValueError("what was said")
        return self.records.get(record_id)


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


def test_parts_in_flight() -> None:
    """A long text goes on with the part that is missing, and its earlier ids are not forgotten."""

    async def scenario() -> None:
        world = World(post=scripted(text_limit=5, findable=True))

        def hang() -> None:
            raise asyncio.CancelledError

        world.post.script.extend([None, None, hang])
        record = world.record()
        async with doomed(world):
            await world.put(record, send("aaaa bbbb cccc dddd"))
            await settle(1)
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
        world = World(rooms=scripted(edits=True))
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
        world.rooms.script.append(Lost(error=UNCERTAIN))
        await world.put(record, post("one", is_repeat=True))
        world.journal.notes[f"{record.record_id}.1"] = None
        async with world.live(attached=False) as delivery:
            await delivery.recover([record.record_id])
            delivery.attach("rooms", world.rooms)
            await settle()
        assert world.rooms.texts() == ["(maybe repeated) one"]
        assert world.log("uncertain") == [("uncertain", 1)]

    run(scenario())


def test_a_fault_in_one_record() -> None:
    """What of one record cannot be recovered costs no other its start, and is as it was at the next one."""

    async def scenario() -> None:
        world = World()
        broken, sound = world.record(), world.record(ChatRef("post", "8"))
        await world.put(broken, send("one"), send("two"), send("three"))
        await world.put(sound, send("four", chat=ChatRef("post", "8")))
        finished, doubted, whole = (f"{broken.record_id}.{number}" for number in (1, 2, 3))
        known = {"ids": ["p1"], "chat": ["post", "7", None], "is_last": True}
        # The second is no note of ours: part of it went, and nobody knows which.
        world.journal.notes |= {finished: known, doubted: {}, whole: None}
        world.ledgers.errors += [ValueError("what was said")]
        async with world.live(attached=False) as delivery:
            await delivery.recover([broken.record_id, sound.record_id])
            delivery.attach("post", world.post)
            await settle()
        assert world.post.texts() == ["four"]
        assert world.log("uncertain") == [("uncertain", 3)]
        assert world.journal.notes == {finished: known, doubted: {}}
        assert {1, 2} <= world.now(broken).outbox.keys()
        # What failed is mended; the next process knows all there was to know.
        world.journal.notes[doubted] = None
        async with world.live(attached=False) as delivery:
            await delivery.recover([broken.record_id, sound.record_id])
            delivery.attach("post", world.post)
            await settle()
        assert ("sent", (1,), "post:7", ("p1",)) in world.log("sent")
        assert world.log("uncertain") == [("uncertain", 3), ("uncertain", 2)]
        assert world.post.texts() == ["four"]
        assert world.journal.notes == {}

    run(scenario())


def test_a_record_that_cannot_be_looked_at() -> None:
    """What was in flight of a record that fails as a whole stays in doubt for the next start."""

    async def scenario() -> None:
        world = World(post=hanging())
        record_id = await killed(world, send("one"))
        other = world.record(ChatRef("post", "8"))
        await world.put(other, send("two", chat=ChatRef("post", "8")))
        known = dict(world.journal.notes)
        assert known == {f"{record_id}.1": None}
        ledgers, world.ledgers = world.ledgers, Unreadable(records=world.ledgers.records, broken=record_id)
        await restarted(world, record_id, other.record_id)
        assert world.post.texts() == ["two"]
        assert world.journal.notes == known
        world.ledgers = ledgers
        await restarted(world, record_id, other.record_id)
        assert world.log("uncertain") == [("uncertain", 1)]
        assert world.post.texts() == ["two"]

    run(scenario())


def test_the_disk_refuses_at_start() -> None:
    """A disk that refuses is everybody's trouble: the start ends, and nothing is forgotten."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        await world.put(record, send("one"))
        notes = {f"{record.record_id}.1": {"ids": ["p1"], "chat": ["post", "7", None], "is_last": True}}
        world.journal.notes |= notes
        world.ledgers.errors += [OSError("no space left")]
        async with world.live(attached=False) as delivery:
            with pytest.raises(OSError, match="no space left"):
                await delivery.recover([record.record_id])
        assert world.journal.notes == notes

    run(scenario())
