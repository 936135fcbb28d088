"""What each error of the contract means for what is being sent."""

from collections import deque
from datetime import timedelta
from itertools import pairwise

import pytest

from bot.api import (
    ChatGone,
    ChatMoved,
    ChatRef,
    ConfigurationError,
    ConnectionFailed,
    DeliveryReceipt,
    DeliveryRejected,
    OutgoingMessage,
    ReceiptState,
    Unsupported,
)
from tests.bot.delivery.platform import SLOW, SLOW_ACCOUNT, Answer, ScriptedPlatform, scripted
from tests.bot.delivery.processes import outcome
from tests.bot.delivery.virtual import run
from tests.bot.delivery.world import OTHER_TEAM, TEAM, World, post, send, settle


def test_rate_limit_pauses_one_lane() -> None:
    """A 429 pauses its own lane for the time it names, uses up no attempt, and other lanes go on."""

    async def scenario() -> None:
        world = World(rooms=scripted(*[SLOW] * 20))
        record = world.record()
        async with world.live():
            world.rooms.scripts[TEAM] = deque([SLOW] * 20)
            world.rooms.script.clear()
            await world.put(record, post("one"), post("two", chat=OTHER_TEAM))
            await settle(1)
            assert world.rooms.texts() == ["two"]
            await settle(20 * 30 + 1)
            assert world.rooms.texts() == ["two", "one"]
            gaps = [
                after - before
                for before, after in zip(world.rooms.times[2:], world.rooms.times[3:], strict=False)
            ]
            assert min(gaps) >= timedelta(seconds=30)
            assert max(gaps) < timedelta(seconds=31)

    run(scenario())


def test_rate_limit_pauses_the_channel() -> None:
    """A 429 for the whole account pauses every lane of the channel, and no other channel."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        async with world.live():
            world.rooms.script.append(SLOW_ACCOUNT)
            await world.put(record, post("one"))
            await settle(1)
            await world.put(record, post("two", chat=OTHER_TEAM), send("three"))
            await settle(1)
            assert world.rooms.texts() == []
            assert world.post.texts() == ["three"]
            await settle(30)
            assert sorted(world.rooms.texts()) == ["one", "two"]

    run(scenario())


def test_connection_failures_are_retried() -> None:
    """What could not be sent is tried again with growing pauses, and the channel's owner is told."""

    async def scenario() -> None:
        world = World(post=scripted(*[ConnectionFailed("down")] * 5))
        assert await outcome(world, send("hello")) == [("sent", (1,), "post:7", ("p1",))]
        assert world.broken == [("post", "down")] * 5
        times = world.post.times
        gaps = [after - before for before, after in pairwise(times)]
        assert all(later > 1.5 * earlier for earlier, later in pairwise(gaps))

    run(scenario())


def test_connection_failures_end() -> None:
    """After eight attempts in about ten minutes an item has failed, with the reason, and the lane goes on."""

    async def scenario() -> None:
        world = World(post=scripted(*[ConnectionFailed("down")] * 8))
        record = world.record()
        async with world.live():
            await world.put(record, send("one"), send("two"))
            await settle()
        assert world.log("failed") == [("failed", 1, "down")]
        assert world.post.texts() == ["two"]
        assert timedelta(minutes=8) < world.post.times[7] - world.post.times[0] < timedelta(minutes=13)
        assert world.journal.notes == {}

    run(scenario())


def test_wrong_settings_are_told() -> None:
    """A token that was revoked is told to the channel's owner, and the item waits."""

    async def scenario() -> None:
        world = World(post=scripted(ConfigurationError("the token is wrong")))
        assert await outcome(world, send("hello")) == [("sent", (1,), "post:7", ("p1",))]
        assert world.broken == [("post", "the token is wrong")]

    run(scenario())


@pytest.mark.parametrize("error", [DeliveryRejected("too rude"), Unsupported("no text")])
def test_refused_for_good(error: Exception) -> None:
    """What a platform refuses for good goes back with its reason, and is not tried again."""

    async def scenario() -> None:
        world = World(post=scripted(error))
        assert await outcome(world, send("hello")) == [("failed", 1, str(error))]
        assert len(world.post.calls) == 1
        assert world.journal.notes == {}

    run(scenario())


def test_chat_gone() -> None:
    """A chat that takes nothing any more is reported as such."""

    async def scenario() -> None:
        world = World(post=scripted(ChatGone("blocked")))
        assert await outcome(world, send("hello")) == [("chat_gone", 1, "blocked")]
        assert world.journal.notes == {}

    run(scenario())


def test_chat_moved() -> None:
    """A message to a chat that moved goes to its new id, and so does what waits and what comes later."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        async with world.live() as delivery:
            world.rooms.script.append(ChatMoved("upgraded", new_chat_id="-300"))
            await world.put(record, post("one"), post("two"))
            await settle(1)
            await world.put(record, post("three"))
            await settle()
            moved = ChatRef("rooms", "-300")
            assert world.rooms.texts(moved) == ["one", "two", "three"]
            assert world.rooms.texts(TEAM) == []
            assert world.log("sent")[0] == ("sent", (1,), "rooms:-300", ("p1",))
            assert delivery._lanes == {}

    run(scenario())


def test_a_chat_that_keeps_moving() -> None:
    """A platform that says again and again that a chat has moved is not followed for ever."""

    async def scenario() -> None:
        moves: list[Answer] = [ChatMoved("upgraded", new_chat_id=str(number)) for number in range(20)]
        world = World(post=scripted(*moves))
        assert await outcome(world, send("hello")) == [("failed", 1, "upgraded")]
        assert len(world.post.calls) == 3

    run(scenario())


def test_parts_resume() -> None:
    """A long text whose third part failed goes on with the third part, and has all its ids in the end."""

    async def scenario() -> None:
        world = World(post=scripted(None, None, ConnectionFailed("down"), text_limit=5))
        assert await outcome(world, send("aaaa bbbb cccc dddd")) == [
            ("sent", (1,), "post:7", ("p1", "p2", "p3", "p4"))
        ]
        assert world.post.texts() == ["aaaa", "bbbb", "cccc", "dddd"]
        ids = [each.message.message_id.rpartition(".")[2] for each in world.post.shown]
        assert ids == ["1", "1-1", "1-2", "1-3"]
        assert world.journal.notes == {}

    run(scenario())


def test_a_receipt_of_failure() -> None:
    """A platform that takes a message only to say that it failed has refused it."""

    class Polite(ScriptedPlatform):
        async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
            return DeliveryReceipt(
                message_id=message.message_id, state=ReceiptState.FAILED, reason="not on this network"
            )

    async def scenario() -> None:
        world = World(post=Polite())
        assert await outcome(world, send("hello")) == [("failed", 1, "not on this network")]

    run(scenario())
