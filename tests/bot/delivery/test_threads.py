"""Threads: made when they are needed, used as they are known, made anew when they are lost."""

from typing import Any

import pytest

from bot.api import Capabilities, ThreadGone
from bot.model import Action
from tests.bot.delivery.platform import ScriptedPlatform
from tests.bot.delivery.virtual import run
from tests.bot.delivery.world import TEAM, World, card, post, settle

THREADS = Capabilities(text_limit=4000, threads=True, edits=True)
GONE = ThreadGone("the thread is gone")


def threaded(*answers: Any) -> World:
    world = World(rooms=ScriptedPlatform(THREADS))
    world.rooms.script.extend(answers)
    return world


def test_a_thread_is_made_once() -> None:
    """The first post of a contact makes a thread with a title, and everything after it stands there."""

    async def scenario() -> None:
        world = threaded()
        record = world.record()
        async with world.live():
            await world.put(record, card(), post("one"), post("two"))
            await settle()
        assert [name for name, _ in world.rooms.calls] == ["open_thread", "send", "send", "send"]
        assert {str(each.message.chat) for each in world.rooms.shown} == {f"{TEAM}/t1"}
        assert len(world.rooms.threads["t1"]) == 128
        assert world.log("sent")[0] == ("sent", (1,), f"{TEAM}/t1", ("p1",))
        thread = world.now(record).contact.thread_in(TEAM)
        assert thread is not None
        assert (thread.thread_id, thread.card_id) == ("t1", "p1")

    run(scenario())


def test_another_contacts_thread_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever a platform gives, nothing is posted in a thread that another contact has."""

    async def scenario() -> None:
        world = threaded()
        world.thread_owners[TEAM.thread("t1")] = "post-another"
        record = world.record()
        async with world.live():
            await world.put(record, card(), post("one"))
            await settle()
        assert {str(each.message.chat) for each in world.rooms.shown} == {f"{TEAM}/t2"}
        assert world.log("thread_opened") == [("thread_opened", 1, "t2")]
        assert world.now(record).outbox == {}

    run(scenario())
    assert "another contact has" in caplog.text


def test_a_named_thread_is_used() -> None:
    """A post that names a thread goes there, and one for the general section to none."""

    async def scenario() -> None:
        world = threaded()
        record = world.record()
        async with world.live():
            await world.put(record, post("one", thread_id="t9"), post("two", conversation=0))
            await settle()
        assert [each.message.chat.thread_id for each in world.rooms.shown] == ["t9", None]

    run(scenario())


def test_a_lost_thread_is_made_anew() -> None:
    """When a thread is lost, the new one has the card and the last lines, then the post, then what waited."""

    async def scenario() -> None:
        world = threaded(None, None, GONE)
        record = world.record()
        async with world.live() as delivery:
            await world.put(record, post("one"), post("two"), post("three"))
            await settle()
            assert world.rooms.texts() == ["one", "card K7", "last lines", "two", "three"]
            places = [each.message.chat.thread_id for each in world.rooms.shown]
            assert places == ["t1", "t2", "t2", "t2", "t2"]
            assert world.now(record).outbox == {}
            assert delivery._lanes == {}
            assert world.journal.notes == {}

    run(scenario())


def test_a_lost_thread_with_merged_posts() -> None:
    """Posts that were merged when the thread was lost come behind what is posted anew, and none is lost."""

    async def scenario() -> None:
        world = threaded(None, None, GONE)
        record = world.record()
        async with world.live():
            await world.put(record, post("0"))
            await settle(1)
            await world.put(record, *(post(str(number)) for number in range(1, 8)))
            await settle()
        words = "\n".join(world.rooms.texts()).split("\n")
        assert words == ["0", "card K7", "last lines", "1", "2", "3", "4", "5", "6", "7"]
        assert world.now(record).outbox == {}

    run(scenario())


def test_a_thread_that_is_always_lost() -> None:
    """A thread that is lost again and again is given up after two attempts to make it anew."""

    async def scenario() -> None:
        world = threaded()
        record = world.record()
        world.rooms.script.extend([None, GONE] * 30)
        async with world.live():
            await world.put(record, post("one"))
            await settle()
        # The post itself under two numbers, and the card that was to come before it.
        assert world.log("thread_lost") == [("thread_lost", 1), ("thread_lost", 2), ("thread_lost", 4)]
        assert {reason for _, _, reason in world.log("failed")} == {"the thread is gone"}
        assert world.now(record).outbox == {}

    run(scenario())


def test_a_change_in_a_lost_thread_is_let_go() -> None:
    """A mark, an edit or a deletion in a thread that is gone has nothing left to change."""

    async def scenario() -> None:
        world = threaded(GONE)
        record = world.record()
        async with world.live():
            await world.put(record, {"action": Action.EDIT, "chat": TEAM, "target": "p1", "thread_id": "t7"})
            await settle()
        assert world.outcomes.log == [("sent", (1,), f"{TEAM}/t7", ())]

    run(scenario())


def test_a_post_in_a_foreign_lost_thread_fails() -> None:
    """A post in a lost thread that is not the contact's own any more does not make the own one anew."""

    async def scenario() -> None:
        world = threaded(GONE)
        record = world.record()
        async with world.live():
            await world.put(record, post("moved", thread_id="t7"))
            await settle()
        assert world.outcomes.log == [("failed", 1, "the thread is gone")]

    run(scenario())


def test_threads_are_closed_and_opened() -> None:
    """A thread is closed behind what is posted in it, also one that is not made yet."""

    async def scenario() -> None:
        world = threaded()
        record = world.record()
        async with world.live():
            await world.put(record, {"action": Action.CLOSE_THREAD, "chat": TEAM}, post("bye"))
            await settle()
            await world.put(record, {"action": Action.REOPEN_THREAD, "chat": TEAM}, post("again"))
            await settle()
        assert [name for name, _ in world.rooms.calls] == [
            "open_thread",
            "send",
            "close_thread",
            "reopen_thread",
            "send",
        ]
        assert world.rooms.calls[2] == ("close_thread", "t1")

    run(scenario())


def test_a_thread_is_renamed() -> None:
    """A thread takes the title that the record has when the change is made."""

    async def scenario() -> None:
        world = threaded()
        record = world.record()
        async with world.live():
            await world.put(record, {"action": Action.RENAME_THREAD, "chat": TEAM}, post("hello"))
            await settle()
        name, (thread_id, title) = world.rooms.calls[-1]
        assert (name, thread_id) == ("rename_thread", "t1")
        assert len(title) == 128
        assert title.startswith("Ann")

    run(scenario())


def test_no_threads_no_calls() -> None:
    """Where a room has no threads, none is made and none is closed."""

    async def scenario() -> None:
        world = World()
        record = world.record()
        async with world.live():
            await world.put(record, post("one"), {"action": Action.CLOSE_THREAD, "chat": TEAM})
            await settle()
        assert [name for name, _ in world.rooms.calls] == ["send"]
        assert world.now(record).outbox == {}

    run(scenario())


def test_a_thread_that_is_lost_between_parts() -> None:
    """A long post whose thread is lost half-way stands whole in the new thread."""

    async def scenario() -> None:
        capabilities = Capabilities(text_limit=40, threads=True)
        world = World(rooms=ScriptedPlatform(capabilities))
        world.rooms.script.extend([None, None, GONE])
        record = world.record()
        words = " ".join(f"word{number}" for number in range(9))
        async with world.live():
            await world.put(record, post(words))
            await settle()
        shown = [each.message.text for each in world.rooms.shown if each.message.chat.thread_id == "t2"]
        assert " ".join(shown) == f"card K7 last lines {words}"

    run(scenario())
