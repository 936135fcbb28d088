"""What is left alone in a contact's thread."""

import pytest

from bot.api import ChatMovedTo, Event, IncomingMessage
from bot.desk import thread
from bot.duty import Duty
from bot.model import Contact, Record
from bot.turn import Surroundings, Turn
from tests.bot.building import ANN, START, SUPPORT, book
from tests.bot.desk.world import ADMIN, BOB, ROBOT, World


def turn_of(record: Record, event: Event) -> Turn:
    around = Surroundings(
        new_code=lambda _now: "K7",
        thread_link=lambda _chat: "",
        is_code=lambda _code: False,
        abilities=lambda _chat: None,
        duty=Duty(lambda _chat: None),
    )
    return Turn(record=record.draft(), event=event, now=START, rules=book(), around=around)


async def test_bots(desk: World) -> None:
    """The desk itself lets no other bot do anything, and an admin in the group's name do all."""
    for sender, handled_by in ((ROBOT, "not_a_member"), (ADMIN, "desk")):
        turn = turn_of(desk.record(), desk.message(desk.place(), "Hello", sender=sender))
        await thread.serve(turn)
        assert turn.handled_by == handled_by
        assert bool(turn.record.outbox) is (handled_by == "desk")


async def test_nothing_to_talk_about() -> None:
    """In the thread of a contact without a conversation nothing is done."""
    record = Record(record_id="r", contact=Contact(chat=ANN, created_at=START))
    event = IncomingMessage(event_id="1", chat=SUPPORT.thread("t"), sender=BOB, sent_at=START, text="Hi")
    turn = turn_of(record, event)
    await thread.serve(turn)
    assert not turn.record.outbox
    assert not turn.record.messages


async def test_other_events(desk: World) -> None:
    """An event that concerns no conversation changes none."""
    event = ChatMovedTo(event_id="1", chat=desk.place(), sent_at=START, new_chat_id="x")
    turn = turn_of(desk.record(), event)
    await thread.serve(turn)
    assert turn.handled_by == "ignored"
    assert not turn.record.outbox


@pytest.mark.parametrize("text", ["x" * 100_000, "<b>&amp;</b>", "\u202eesrever", "\x00\x1b[31m", "{name}"])
async def test_hostile_words(desk: World, text: str) -> None:
    """A reply is sent as it was written, whatever it is."""
    await desk.writes(text)
    assert desk.told()[-1] == text
