"""What becomes of posts and cards that wait together."""

from datetime import timedelta

from bot.api import Capabilities, Choice, RateLimited
from tests.bot.delivery.platform import EDITS, ScriptedPlatform, held_back
from tests.bot.delivery.virtual import run
from tests.bot.delivery.world import CONTACT, TEAM, World, card, post, settle


def test_the_first_card_comes_first() -> None:
    """A card that is made stands before the content that was decided after it."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        async with world.live():
            await world.put(record, card(), post("one"), post("two"))
            await settle()
            assert world.rooms.texts() == ["card K7", "one", "two"]

    run(scenario())


def test_cards_collapse() -> None:
    """Of several states of one card only the last is sent, and each item is told that it was."""

    async def scenario() -> None:
        world = World(rooms=ScriptedPlatform(EDITS))
        record = world.record()
        async with world.live():
            gate = held_back(world.rooms)
            await world.put(record, post("first"))
            await settle(1)
            await world.put(record, *(card(target="p8") for _ in range(30)))
            gate.set()
            await settle()
            assert [name for name, _ in world.rooms.calls] == ["send", "edit"]
            assert world.log("sent")[1] == ("sent", tuple(range(2, 32)), str(TEAM), ("p8",))
            assert world.now(record).outbox == {}

    run(scenario())


def test_first_cards_collapse() -> None:
    """A card that is decided twice before it is made is made once."""

    async def scenario() -> None:
        world = World(rooms=ScriptedPlatform(EDITS))
        record = world.record()
        async with world.live():
            await world.put(record, card(), card(), post("one"))
            await settle()
            assert world.rooms.texts() == ["card K7", "one"]
            assert world.now(record).outbox == {}

    run(scenario())


def test_a_card_that_became_an_edit_waits() -> None:
    """A first card that finds a card already made is an edit, and lets content pass."""

    async def scenario() -> None:
        world = World(rooms=ScriptedPlatform(EDITS))
        record = world.record()
        async with world.live():
            gate = held_back(world.rooms)
            await world.put(record, card())
            await settle(1)
            await world.put(record, card(), post("one"))
            gate.set()
            await settle()
            assert [name for name, _ in world.rooms.calls] == ["send", "send", "edit"]

    run(scenario())


def test_backed_up_posts_merge() -> None:
    """When a lane is backed up, a contact's posts become one, and each item is linked to it."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        async with world.live():
            gate = held_back(world.rooms)
            await world.put(record, post("0"))
            await settle(1)
            await world.put(record, *(post(str(number)) for number in range(1, 6)))
            gate.set()
            await settle()
            assert world.rooms.texts() == ["0", "1\n2\n3\n4\n5"]
            assert world.log("sent")[1] == ("sent", (2, 3, 4, 5, 6), str(TEAM), ("p2",))
            assert world.journal.notes == {}

    run(scenario())


def test_few_posts_do_not_merge() -> None:
    """A lane that is not backed up sends each post by itself."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        async with world.live():
            await world.put(record, *(post(str(number)) for number in range(4)))
            await settle()
            assert world.rooms.texts() == ["0", "1", "2", "3"]

    run(scenario())


def test_a_pause_merges() -> None:
    """After a pause, what waited is merged however little it is, and then no more."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        world.rooms.script.append(RateLimited("slow down", retry_after=timedelta(seconds=30)))
        async with world.live():
            await world.put(record, post("0"), post("1"))
            await settle()
            assert world.rooms.texts() == ["0\n1"]
            await world.put(record, post("2"), post("3"))
            await settle()
            assert world.rooms.texts() == ["0\n1", "2", "3"]

    run(scenario())


def test_what_differs_does_not_merge() -> None:
    """Posts that differ in author, style, sound or anything but text stay apart, and so does the order."""

    async def scenario() -> None:
        world = World(rooms=ScriptedPlatform(EDITS))
        record = world.record()
        async with world.live():
            gate = held_back(world.rooms)
            await world.put(record, post("0"))
            await settle(1)
            await world.put(
                record,
                post("a"),
                post("b", author="Bo"),
                post("c", silent=True),
                post("d", choices=(Choice(choice_id="1", label="One"),)),
                post("e", quotes=1),
                post("f", files=1),
                post("g"),
            )
            gate.set()
            await settle()
            assert world.rooms.texts() == ["0", "a", "b", "c", "d", "e", "f", "g"]

    run(scenario())


def test_merging_respects_the_limit() -> None:
    """Merged posts are never longer than the platform takes, in its own unit."""

    async def scenario() -> None:
        world = World(rooms=ScriptedPlatform(Capabilities(text_limit=50)))
        record = world.record()
        async with world.live():
            gate = held_back(world.rooms)
            await world.put(record, *(post("x" * 12) for _ in range(20)))
            gate.set()
            await settle()
            assert max(map(len, world.rooms.texts())) <= 50
            assert sum(text.count("x") for text in world.rooms.texts()) == 240
            assert len(world.rooms.texts()) < 10

    run(scenario())


def test_contacts_do_not_merge() -> None:
    """Posts of different contacts stay apart, and each contact's order is kept."""

    async def scenario() -> None:
        world = World()
        ann, bob = world.record(), world.record(CONTACT.thread("2"))
        bob.record_id = "post-bob"
        world.ledgers.records["post-bob"] = bob
        async with world.live():
            gate = held_back(world.rooms)
            for number in range(6):
                await world.put(ann, post(f"a{number}"))
                await world.put(bob, post(f"b{number}"))
            gate.set()
            await settle()
            assert world.rooms.texts() == ["a0", "b0\nb1\nb2\nb3\nb4\nb5", "a1\na2\na3\na4\na5"]

    run(scenario())


def test_a_burst_is_one_paid_message() -> None:
    """Where each message costs, posts of one contact wait a moment for each other and travel as one."""

    async def scenario() -> None:
        world = World(rooms=ScriptedPlatform(Capabilities(text_limit=1600, is_paid=True)))
        world.outcomes.above = "#K7 Ann"
        record = world.record()
        async with world.live():
            await world.put(record, post("0", choices=(Choice(choice_id="K7 claim", label="Claim"),)))
            for number in range(1, 6):
                await settle(0.5)
                await world.put(record, post(str(number)))
            await settle(1)
            assert world.rooms.texts() == []
            await settle()
            assert world.rooms.texts() == ["#K7 Ann\n0\n1\n2\n3\n4\n5\ndelivery.typed K7 claim"]
            assert world.now(record).outbox == {}

    run(scenario())
