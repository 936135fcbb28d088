"""What is sent and may have arrived: asked for, sent again, marked, or left to a person."""

import asyncio
from datetime import timedelta

import pytest

from bot.api import ConnectionFailed, DeliveryFailed, DeliveryReceipt, OutgoingMessage, Unsupported
from bot.delivery.surroundings import Limits
from tests.bot.delivery.platform import SLOW, UNCERTAIN, Answer, Lost, ScriptedPlatform, scripted
from tests.bot.delivery.processes import outcome
from tests.bot.delivery.virtual import run
from tests.bot.delivery.world import TEAM, World, card, post, send, settle


def test_uncertain_to_a_contact() -> None:
    """A message to a contact that may have arrived is not repeated; a person decides, the lane goes on."""

    async def scenario() -> None:
        world = World(post=scripted(Lost(error=UNCERTAIN)))
        record = world.record()
        async with world.live():
            await world.put(record, send("one"), send("two"))
            await settle()
            assert world.outcomes.log == [("uncertain", 1), ("sent", (2,), "post:7", ("p2",))]
            assert world.post.texts() == ["one", "two"]

    run(scenario())


def test_uncertain_to_a_team() -> None:
    """A post that may have arrived is posted once more, and says so."""

    async def scenario() -> None:
        world = World(rooms=scripted(Lost(error=UNCERTAIN)))
        assert await outcome(world, post("one")) == [("sent", (1,), str(TEAM), ("p2",))]
        assert world.rooms.texts() == ["one", "(maybe repeated) one"]

    run(scenario())


def test_uncertain_to_a_team_twice() -> None:
    """A post that may have arrived twice is not posted a third time; a person decides."""

    async def scenario() -> None:
        world = World(rooms=scripted(Lost(error=UNCERTAIN), Lost(error=UNCERTAIN)))
        assert await outcome(world, post("one")) == [("uncertain", 1)]
        assert world.rooms.texts() == ["one", "(maybe repeated) one"]

    run(scenario())


def test_uncertain_first_card() -> None:
    """A first card that may have arrived is made once more, and says so."""

    async def scenario() -> None:
        world = World(rooms=scripted(Lost(error=UNCERTAIN)))
        await outcome(world, card())
        assert world.rooms.texts() == ["card K7", "(maybe repeated) card K7"]

    run(scenario())


def test_uncertain_on_an_idempotent_platform() -> None:
    """Where a repeat is safe, a message that may have arrived is sent again, and is shown once."""

    async def scenario() -> None:
        world = World(post=scripted(Lost(error=UNCERTAIN), Lost(error=UNCERTAIN), idempotent=True))
        assert await outcome(world, send("one")) == [("sent", (1,), "post:7", ("p1",))]
        assert world.post.texts() == ["one"]
        assert world.journal.starts == 0

    run(scenario())


def test_uncertain_and_found() -> None:
    """Where the platform can be asked and has the message, it counts as sent, under the id it was given."""

    async def scenario() -> None:
        world = World(post=scripted(Lost(error=UNCERTAIN), findable=True))
        assert await outcome(world, send("one")) == [("sent", (1,), "post:7", ("p1",))]
        assert [name for name, _ in world.post.calls] == ["send", "find"]

    run(scenario())


def test_uncertain_and_not_found() -> None:
    """Where the platform can be asked and does not have the message, it is sent again."""

    async def scenario() -> None:
        world = World(post=scripted(UNCERTAIN, findable=True))
        assert await outcome(world, send("one")) == [("sent", (1,), "post:7", ("p1",))]
        assert [name for name, _ in world.post.calls] == ["send", "find", "send"]

    run(scenario())


def test_uncertain_and_nobody_to_ask() -> None:
    """A question that cannot be put now is put later; one that is never answered leaves it to a person."""

    async def scenario() -> None:
        answers: list[Answer] = [Lost(error=UNCERTAIN), SLOW, *[ConnectionFailed("down")] * 7]
        world = World(post=scripted(*answers, findable=True))
        assert await outcome(world, send("one")) == [("uncertain", 1)]
        assert world.post.texts() == ["one"]

    run(scenario())


def test_uncertain_and_no_such_question() -> None:
    """A platform that turns out not to answer leaves a contact's message to a person."""

    async def scenario() -> None:
        world = World(post=scripted(Lost(error=UNCERTAIN), Unsupported("no list"), findable=True))
        assert await outcome(world, send("one")) == [("uncertain", 1)]

    run(scenario())


@pytest.mark.parametrize("error", [KeyError, SystemExit, asyncio.CancelledError])
def test_a_fault_in_a_plugin(caplog: pytest.LogCaptureFixture, error: type[BaseException]) -> None:
    """A plugin's fault is contained, logged once without any text, and leaves it unknown what arrived."""

    async def scenario() -> None:
        world = World(post=scripted(error("private words")))
        record = world.record()
        async with world.live():
            await world.put(record, send("one"), send("two"))
            await settle()
        assert world.outcomes.log == [("uncertain", 1), ("sent", (2,), "post:7", ("p1",))]

    run(scenario())
    assert len(caplog.records) == 1
    assert error.__name__ in caplog.text
    assert "private words" not in caplog.text


def test_a_send_without_a_receipt() -> None:
    """What a plugin sends and gives no receipt for is not sent again: nobody knows whether it arrived."""

    class Taciturn(ScriptedPlatform):
        async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
            await super().send(message)
            return None  # type: ignore[return-value]  # the bug itself

    async def scenario() -> None:
        world = World(post=Taciturn())
        assert await outcome(world, send("one")) == [("uncertain", 1)]
        assert world.post.texts() == ["one"]

    run(scenario())


def test_a_plugin_that_hangs(caplog: pytest.LogCaptureFixture) -> None:
    """A call that does not come back is given up, and nobody knows whether it arrived."""

    async def scenario() -> None:
        world = World(limits=Limits(call_time=timedelta(seconds=5)))
        record = world.record()
        world.post.gate = asyncio.Event()
        async with world.live():
            await world.put(record, send("one"))
            await settle(6)
            world.post.gate.set()
            await settle()
        assert world.outcomes.log == [("uncertain", 1)]

    run(scenario())


def test_a_merged_post_keeps_its_items() -> None:
    """A merged post that may have arrived goes out again with the same items, and is shown once."""

    async def scenario() -> None:
        world = World(rooms=scripted(None, Lost(error=UNCERTAIN), idempotent=True))
        record = world.record()
        async with world.live():
            world.rooms.gate = asyncio.Event()
            await world.put(record, post("0"))
            await settle(1)
            await world.put(record, *(post(str(number)) for number in range(1, 6)))
            world.rooms.gate.set()
            await settle(1)
            await world.put(record, post("late"))
            await settle()
        assert world.rooms.texts() == ["0", "1\n2\n3\n4\n5", "late"]
        assert len(world.log("sent")) == 3

    run(scenario())


def test_a_repeat_keeps_its_parts() -> None:
    """A part that is posted again says so, and the parts around it stay as they were."""

    async def scenario() -> None:
        world = World(rooms=scripted(None, Lost(error=UNCERTAIN), text_limit=40))
        words = " ".join(f"word{number}" for number in range(12))
        assert (await outcome(world, post(words)))[0][0] == "sent"
        first, second, again, *rest = world.rooms.texts()
        assert again == f"(maybe repeated) {second}"
        assert " ".join([first, second, *rest]) == words

    run(scenario())


def test_an_error_without_a_name() -> None:
    """A failure that says nothing more leaves it unknown what arrived."""

    async def scenario() -> None:
        world = World(post=scripted(DeliveryFailed("something")))
        assert await outcome(world, send("hello")) == [("uncertain", 1)]

    run(scenario())
