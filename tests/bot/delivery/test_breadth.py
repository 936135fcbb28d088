"""Several posts under way in one team chat, when something is wrong with one of them."""

import asyncio
from collections import deque
from datetime import timedelta

import pytest

from bot.api import (
    Capabilities,
    ChatRef,
    ConnectionFailed,
    DeliveryReceipt,
    OutgoingMessage,
    PluginError,
    RateLimited,
)
from bot.delivery.breadth import Breadth
from bot.delivery.entries import Entry, Order
from bot.delivery.queue import LaneQueue
from bot.delivery.surroundings import Limits
from bot.model import Action
from tests.bot.delivery.platform import ScriptedPlatform
from tests.bot.delivery.test_beside import busy, people
from tests.bot.delivery.virtual import run
from tests.bot.delivery.world import TEAM, World, post, settle


def world_of(at_once: int, **more: object) -> World:
    capabilities = Capabilities(**({"text_limit": 4000, "posts_at_once": at_once} | more))  # type: ignore[arg-type]
    return World(rooms=ScriptedPlatform(capabilities), limits=Limits(backlog=100))


class Moody(ScriptedPlatform):
    """Fails whenever it is asked what it can do; not for ever, or a fault would never end."""

    asked = 0

    def abilities(self, chat: ChatRef) -> Capabilities:
        self.asked += 1
        if self.asked > 1000:
            return self.capabilities
        raise KeyError(chat)


def test_a_fault_in_abilities_is_waited_out() -> None:
    """A plugin that fails when it is asked is asked again after a while, and not at once."""

    async def scenario() -> None:
        rooms = Moody()
        world = World(rooms=rooms)
        async with world.live():
            await world.put(world.record(), post("one"))
            await settle(60)
            assert 0 < rooms.asked < 100

    run(scenario())


@pytest.mark.parametrize("at_once", [1, 3])
def test_a_fault_of_one_chat_ends_no_other(at_once: int) -> None:
    """Whatever breaks off in one lane, others go on."""

    async def scenario() -> None:
        world = world_of(at_once)
        async with world.live() as delivery:
            first, second = people(world, 2)
            world.rooms.gate = asyncio.Event()
            await world.put(first, post("a"))
            await settle(0.1)

            def broken(_entry: Entry) -> None:
                raise KeyError("a fault of ours")

            lane = next(iter(delivery._lanes.values()))
            lane.queue.settle = broken  # type: ignore[method-assign,assignment]
            world.rooms.gate.set()
            await settle(1)
            await world.put(second, {**post("b"), "chat": ChatRef("rooms", "9")})
            await settle(1)
            assert world.rooms.texts()[-1] == "b"

    run(scenario())


class CancelsItself(ScriptedPlatform):
    """Cancels the task that calls it, the first time."""

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        if not self.calls:
            self.calls.append(("send", message))
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            await asyncio.sleep(0)
        return await super().send(message)


@pytest.mark.parametrize("at_once", [1, 3])
def test_a_call_that_cancels_its_task_blocks_nobody(at_once: int) -> None:
    """What comes after it for the same contact is sent."""

    async def scenario() -> None:
        rooms = CancelsItself(Capabilities(text_limit=4000, posts_at_once=at_once))
        world = World(rooms=rooms, limits=Limits(backlog=100))
        record = world.record()
        async with world.live():
            await world.put(record, post("a1"), post("a2"))
            await settle()
            await world.put(record, post("a3"))
            await settle()
            assert world.rooms.texts()[-2:] == ["a2", "a3"]

    run(scenario())


class Slow(ScriptedPlatform):
    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        await asyncio.sleep(0.2)
        return await super().send(message)


@pytest.mark.parametrize(
    "trouble", [RateLimited("slow", retry_after=timedelta(seconds=1)), ConnectionFailed("x")]
)
def test_a_pause_slows_a_chat_down_for_a_while(trouble: PluginError) -> None:
    """After one pause a busy chat is as fast again as before, though it never falls empty."""

    async def scenario() -> None:
        rooms = Slow(Capabilities(text_limit=4000, posts_at_once=64))
        rooms.script = deque([trouble])
        world = World(rooms=rooms)
        async with world.live() as delivery:
            for number in range(600):
                await world.put(world.record(ChatRef("post", f"{number}")), post(f"{number}"))
                await settle(0.1)
            assert delivery.waiting() < 50

    run(scenario())


class Poisoned(ScriptedPlatform):
    """Always fails at one text."""

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        if message.text == "poison":
            raise KeyError("x")
        return await super().send(message)


@pytest.mark.parametrize("at_once", [1, 64])
def test_what_always_fails_holds_nobody_else_up(at_once: int) -> None:
    """A post that the platform never takes waits alone; its own contact's next posts wait for it."""

    async def scenario() -> None:
        rooms = Poisoned(Capabilities(text_limit=4000, posts_at_once=at_once, idempotent=True))
        world = World(rooms=rooms, limits=Limits(backlog=100))
        async with world.live():
            poisoned = world.record(ChatRef("post", "p"))
            await world.put(poisoned, post("poison"), post("behind it"))
            for number in range(20):
                await settle(60)
                await world.put(world.record(ChatRef("post", f"{number}")), post(f"{number}"))
                await settle(2)
                assert world.rooms.texts()[-1] == f"{number}"
            await settle(3600)
            assert "behind it" in world.rooms.texts()

    run(scenario())


def test_breadth_grows_again() -> None:
    """One at a time after a pause, then twice as many each time, and never more than all."""
    breadth = Breadth()
    breadth.most = 5
    assert int(breadth) == 5
    breadth.narrow()
    seen = []
    for _ in range(8):
        seen.append(int(breadth))
        breadth.widen()
    assert seen == [1, 2, 2, 4, 4, 4, 4, 5]


@pytest.mark.parametrize("at_once", [1, 3])
def test_what_calls_nothing_takes_no_permit(at_once: int) -> None:
    """Under a rate, only calls are counted."""

    async def scenario() -> None:
        world = world_of(at_once, posts_per_minute=20)
        async with world.live():
            nothing = [{"action": Action.EDIT, "chat": TEAM, "text": "x", "target": "p1"} for _ in range(40)]
            await world.put(world.record(), *nothing, post("one"))
            await settle(5)
            assert world.rooms.texts() == ["one"]

    run(scenario())


def test_a_new_plugin_sends_beside_what_hangs() -> None:
    """A call of the old plugin that hangs does not keep the new one waiting."""

    async def scenario() -> None:
        world = busy()
        old = world.rooms
        async with world.live() as delivery:
            records = people(world, 4)
            await world.put(records[0], post("0"))
            await settle(1)
            delivery.detach("rooms")
            for record in records[1:]:
                await world.put(record, post(record.contact.chat.chat_id))
            await settle(1)
            new = ScriptedPlatform(old.capabilities)
            delivery.attach("rooms", new)
            await settle(10)
            assert sorted(new.texts()) == sorted(record.contact.chat.chat_id for record in records[1:])
            assert old.gate is not None
            old.gate.set()

    run(scenario())


def test_a_late_report_is_about_the_old_plugin() -> None:
    """What a plugin's last calls say is said of it, and not of its successor."""

    async def scenario() -> None:
        world = busy()
        old, reports = world.rooms, []
        new = ScriptedPlatform(old.capabilities)
        old.script = deque([ConnectionFailed("down")])
        async with world.live() as delivery:
            around = delivery._around
            object.__setattr__(around, "on_connection_failed", lambda *report: reports.append(report[-1]))
            await world.put(people(world, 1)[0], post("1"))
            await settle(1)
            delivery.detach("rooms")
            delivery.attach("rooms", new)
            assert old.gate is not None
            old.gate.set()
            await settle(1)
            assert reports == [old]

    run(scenario())


def test_nothing_is_posted_in_a_pause() -> None:
    """What is under way when the platform asks for a pause sends its further parts after it."""

    async def scenario() -> None:
        world = world_of(3, text_limit=5)
        world.rooms.gate = asyncio.Event()
        world.rooms.script = deque([RateLimited("slow", retry_after=timedelta(minutes=1))])
        async with world.live():
            first, second = people(world, 2)
            await world.put(first, post("a1"))
            await world.put(second, post("bbbb cccc dddd eeee"))
            await settle(1)
            world.rooms.gate.set()
            await settle(30)
            assert len(world.rooms.calls) == 2
            await settle(60)
            assert len(world.rooms.texts()) == 5

    run(scenario())


@pytest.mark.parametrize("at_once", [1, 3])
def test_a_stop_does_not_wait_for_permits(at_once: int) -> None:
    """What only waits for its turn is in the outbox, and is sent after the next start."""

    async def scenario() -> None:
        world = world_of(at_once, text_limit=5, posts_per_minute=4)
        async with world.live() as delivery:
            await world.put(world.record(), post("aaaa bbbb cccc dddd"))
            await settle(1)
            assert len(world.rooms.calls) == 1
            before = asyncio.get_running_loop().time()
            await delivery.stop(timedelta(seconds=10))
            assert asyncio.get_running_loop().time() - before < 0.1

    run(scenario())


class CountedOrder(Order):
    """An order that knows how often orders were compared."""

    compared = 0

    def __lt__(self, other: tuple[object, ...]) -> bool:
        CountedOrder.compared += 1
        return super().__lt__(other)  # type: ignore[operator]


def drained(number: int) -> float:
    """Comparisons for each entry of a queue in which one contact has as many as all others."""
    queue = LaneQueue()
    for place in range(2 * number):
        record_id, item = ("flood", place) if place < number else (f"r{place}", 1)
        order = CountedOrder(0, 4 * place, item)
        queue.push(
            Entry(record_id=record_id, numbers=[item], action=Action.POST, conversation=1, order=order)
        )
    CountedOrder.compared = 0
    while queue.waiting:
        entries = []
        for _ in range(2):
            if (entry := queue.pop()) is not None:
                queue.block(entry.record_id)
                entries.append(entry)
        for entry in entries:
            queue.settle(entry)
            queue.unblock(entry.record_id)
    return CountedOrder.compared / number


def test_a_flood_of_one_contact_costs_others_little() -> None:
    """Passing over what is blocked costs the same however much of it there is."""
    assert drained(2000) < 2 * drained(100)
