"""The order and the pace in which a lane sends."""

import asyncio
from collections import deque
from datetime import timedelta

from bot.api import Capabilities, ChatRef, ConnectionFailed, PostStyle
from bot.delivery.surroundings import Limits
from bot.model import Action
from tests.bot.delivery.platform import EDITS, ScriptedPlatform, clock, held_back, scripted
from tests.bot.delivery.virtual import run
from tests.bot.delivery.world import CONTACT, OTHER_TEAM, TEAM, World, card, house, post, send, settle


def test_a_message_reaches_the_contact() -> None:
    """A message that is written is sent to its chat, once, and its record is told the platform's id."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        async with world.live() as delivery:
            await world.put(record, send("hello"))
            await settle()
            assert world.post.texts(CONTACT) == ["hello"]
            assert world.outcomes.log == [("sent", (1,), "post:7", ("p1",))]
            assert world.now(record).outbox == {}
            assert world.journal.notes == {}
            assert delivery.waiting() == 0
            assert world.observed == [("post", "send", "sent")]

    run(scenario())


def test_one_in_flight_in_order() -> None:
    """What goes to one chat goes one at a time, in the order it was decided."""

    async def scenario() -> None:
        world = World(limits=Limits(backlog=100))
        record = world.record()
        async with world.live():
            gate = held_back(world.rooms)
            await world.put(record, *(post(str(number)) for number in range(20)))
            await settle(1)
            assert len(world.rooms.calls) == 1
            gate.set()
            await settle()
            assert world.rooms.texts() == [str(number) for number in range(20)]

    run(scenario())


def test_content_goes_first() -> None:
    """Content goes before notices, notices before card edits, and card edits before marks."""

    async def scenario() -> None:
        world = World(rooms=ScriptedPlatform(EDITS))
        record = world.record()
        async with world.live():
            gate = held_back(world.rooms)
            await world.put(record, post("first"))
            await settle(1)
            await world.put(
                record,
                {"action": Action.MARK, "chat": TEAM, "target": "p9", "mark": "sent"},
                card(target="p8"),
                post("notice", style=PostStyle.NOTICE),
                post("content"),
            )
            gate.set()
            await settle()
            assert [name for name, _ in world.rooms.calls] == ["send", "send", "send", "edit", "mark"]
            assert world.rooms.texts() == ["first", "content", "notice"]

    run(scenario())


def test_a_retry_blocks_its_lane_only() -> None:
    """A post that waits for another attempt keeps its place; other chats are not held up."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        world.rooms.scripts[TEAM] = deque([ConnectionFailed("down")])
        async with world.live():
            await world.put(record, post("one"), post("two"), post("three", chat=OTHER_TEAM))
            await settle(1)
            assert world.rooms.texts() == ["three"]
            await settle()
            assert world.rooms.texts(TEAM) == ["one\ntwo"]
            assert world.broken == [("rooms", "down")]

    run(scenario())


def test_a_closing_is_undone_by_an_opening() -> None:
    """A thread that is to be closed and then opened again is not closed after it was opened."""

    async def scenario() -> None:
        world = World(rooms=scripted(threads=True))
        record = world.record()
        async with world.live():
            gate = held_back(world.rooms)
            await world.put(record, post("0"))
            await settle(1)
            thread = {"chat": TEAM, "thread_id": "t1"}
            await world.put(record, {"action": Action.CLOSE_THREAD, **thread})
            await world.put(record, {"action": Action.REOPEN_THREAD, **thread}, post("1"))
            gate.set()
            await settle()
            assert [name for name, _ in world.rooms.calls] == ["open_thread", "send", "reopen_thread", "send"]
            assert world.now(record).outbox == {}

    run(scenario())


def test_a_thousand_items_slow_nobody() -> None:
    """A lane with a thousand items that crawls leaves the other lanes as fast as they are."""

    async def scenario() -> None:
        world = World(
            rooms=ScriptedPlatform(Capabilities(text_limit=10, posts_per_minute=20)),
            limits=Limits(backlog=2000),
        )
        record = world.record()
        async with world.live() as delivery:
            await world.put(record, *(post(f"{number:010}") for number in range(1000)))
            await settle(10)
            before = clock()
            await world.put(record, send("hello"))
            await settle(0.01)
            assert world.post.texts() == ["hello"]
            assert world.post.times[0] - before < timedelta(seconds=0.01)
            assert 990 <= delivery.waiting() < 1000
            await settle(4 * 3600)
            assert world.rooms.texts() == [f"{number:010}" for number in range(1000)]
            for start in range(0, 900, 50):
                window = world.rooms.times[start : start + 21]
                assert window[-1] - window[0] >= timedelta(seconds=59.9)

    run(scenario())


def test_a_channel_is_paced() -> None:
    """All lanes of a channel together keep to the account's rate."""

    async def scenario() -> None:
        world = World(post=ScriptedPlatform(Capabilities(text_limit=100, sends_per_second=10)))
        async with world.live():
            for number in range(60):
                chat = ChatRef("post", str(number))
                await world.put(world.record(chat), send("x", chat=chat))
            await settle()
            times = world.post.times
            assert len(times) == 60
            for first, eleventh in zip(times, times[10:], strict=False):
                assert eleventh - first >= timedelta(seconds=0.99)

    run(scenario())


def test_idle_lanes_are_let_go() -> None:
    """A lane exists only while it has something to send, and so does its task."""

    async def scenario() -> None:
        world = World(rooms=ScriptedPlatform(Capabilities(text_limit=100, posts_per_minute=20)))
        record = world.record()
        async with world.live() as delivery:
            await world.put(record, send("x"), post("y"))
            assert len(delivery._lanes) == 2
            await settle()
            assert delivery._lanes == {}
            assert len(asyncio.all_tasks()) == 2  # this one, and the one that runs delivery

    run(scenario())


def test_the_house_posts_to_the_general_section() -> None:
    """What belongs to no contact is posted outside any thread."""

    async def scenario() -> None:
        world = World(rooms=ScriptedPlatform(Capabilities(text_limit=100, threads=True)))
        ledger = house()
        world.ledgers.records["house"] = ledger
        async with world.live():
            await world.put(ledger, post("alert", conversation=0))
            await settle()
            assert [name for name, _ in world.rooms.calls] == ["send"]
            assert world.rooms.shown[0].message.chat == TEAM

    run(scenario())


def test_an_item_offered_twice_is_sent_once() -> None:
    """An item that is offered again while it waits or is being sent is sent once."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        async with world.live() as delivery:
            gate = held_back(world.rooms)
            await world.put(record, post("one"), post("two"))
            items = list(world.now(record).outbox.values())
            delivery.offer(record.record_id, items)
            await settle(1)
            delivery.offer(record.record_id, items)
            gate.set()
            await settle()
            assert world.rooms.texts() == ["one", "two"]

    run(scenario())


def test_a_withdrawn_item_is_not_sent() -> None:
    """An item that is taken off the outbox before its turn is dropped."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        async with world.live() as delivery:
            gate = held_back(world.rooms)
            await world.put(record, post("one"), post("two"), post("three"))
            await settle(1)
            await world.ledgers.apply(record.record_id, lambda ledger, _now: ledger.outbox.__delitem__(2))
            gate.set()
            await settle()
            assert world.rooms.texts() == ["one", "three"]
            assert delivery.waiting() == 0

    run(scenario())


def test_an_erased_record_is_dropped() -> None:
    """What waits for a contact who was erased is not sent, and leaves nothing behind."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        async with world.live() as delivery:
            gate = held_back(world.rooms)
            await world.put(record, post("one"), post("two"))
            await settle(1)
            del world.ledgers.records[record.record_id]
            gate.set()
            await settle()
            assert world.rooms.texts() == ["one"]
            assert delivery._lanes == {}
            assert world.journal.notes == {}

    run(scenario())


def test_a_chat_that_moved_keeps_its_order() -> None:
    """What is decided after a chat moved comes behind what waited under the old id."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        async with world.live() as delivery:
            gate = held_back(world.rooms)
            await world.put(record, post("one"), post("two"))
            await settle(1)
            world.moved[TEAM] = OTHER_TEAM
            await world.put(record, post("three"), post("four", chat=OTHER_TEAM))
            assert list(delivery._lanes) == [OTHER_TEAM]
            gate.set()
            await settle()
            assert world.rooms.texts() == ["one", "two", "three", "four"]
            assert delivery._lanes == {}

    run(scenario())
