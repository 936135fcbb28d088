"""A fault in a layer must not lose the message."""

import logging
from datetime import timedelta

import pytest

from bot.api import Capabilities
from bot.middleware.duplicate import duplicate
from bot.middleware.rescue import rescue
from bot.model import SEEN_KEPT, Action, Status, Timer
from bot.pipeline import compose
from bot.timing import schedule
from bot.turn import Due, Next, Turn
from tests.bot.building import (
    ANN,
    INBOX_CHAT,
    SUPPORT,
    Player,
    Step,
    assigned,
    settings_of,
    welcomed,
)

TROUBLE = "The bot could not deal with this message itself (see its log), so it is shown here as it came."
LEFT_OUT = (
    "⚠️ {code}: what was due now, such as a reminder or the closing, failed and is left out this time"
    " (see the bot's log)."
)
LATER = timedelta(days=7)
SHORT = Capabilities(text_limit=4096, reply_window=timedelta(hours=24))


async def faulty(turn: Turn, _call_next: Next) -> None:
    """Change what it can, and fail."""
    turn.record.change_contact(is_blocked=not turn.contact.is_blocked)
    turn.record.conversations.clear()
    turn.text = "half done"
    raise RuntimeError("out of order")


FAULTY = compose([rescue, duplicate, faulty])


async def test_a_message_that_a_layer_fails_on_is_shown_to_people() -> None:
    """The inbox reads the message as it came, and what the layer did before it failed is forgotten."""
    player = Player(pipeline=FAULTY)
    step = await player.writes("Is anybody there?")
    assert (step.handled_by, step.said) == ("rescue", [])
    assert step.posted(INBOX_CHAT) == ["Is anybody there?", TROUBLE]
    assert not player.record.contact.is_blocked
    assert step.turn.text == ""
    assert player.conversation.status is Status.OPEN


async def test_a_fault_in_an_open_conversation_reaches_its_team() -> None:
    """The team that has the conversation reads the message."""
    player = await assigned()
    player._pipeline = FAULTY
    step = await player.writes("And now?")
    assert step.posted() == ["And now?", TROUBLE]
    assert player.conversation.room == SUPPORT


async def test_a_fault_after_closing_begins_a_conversation() -> None:
    """A message that no layer could place is not written into something that is over."""
    player = await assigned()
    player.close()
    player._pipeline = FAULTY
    step = await player.writes("And now?")
    posted = step.posted(INBOX_CHAT)
    assert (len(player.record.conversations), posted[0], posted[-1]) == (2, "And now?", TROUBLE)


async def test_a_redelivery_after_a_fault_changes_nothing() -> None:
    """A message that was rescued is not shown again, and the memory of events stays bounded."""
    player = Player(pipeline=FAULTY)
    player.record.change_contact(seen=tuple(f"old{number}" for number in range(SEEN_KEPT)))
    await player.writes("Hello?", event_id="twice")
    assert len(player.record.contact.seen) == SEEN_KEPT
    step = await player.happens(player.message("Hello?", event_id="twice"))
    assert step.turn.is_duplicate


async def test_a_fault_shows_no_blocked_contact() -> None:
    """A fault does not unblock: the message is recorded, and nothing else."""
    player = await assigned()
    player.record.change_contact(is_blocked=True)
    player._pipeline = FAULTY
    step = await player.writes("Let me in")
    assert step.items == []
    assert player.transcript[-1].text == "Let me in"


async def test_a_timer_that_a_layer_fails_on_brings_the_chat_to_people() -> None:
    """A pending conversation whose timer fails is given to the inbox; one with nothing due is left alone."""
    player = await welcomed()
    player._pipeline = FAULTY
    step = await player.happens(Due())
    assert step.posted(INBOX_CHAT) == ["Hello", TROUBLE]
    assert (await player.happens(Due())).items == []


async def fails_when_due(player: Player, timer: Timer, **changes: object) -> Step:
    """Let a timer come due that a layer fails on; then the timers are set as they are after every turn."""
    timers = {timer: player.now, Timer.RATING: player.now + LATER}
    player.record.change_conversation(player.conversation.number, timers=timers, **changes)
    player._pipeline = FAULTY
    step = await player.happens(Due())
    schedule(player.record, player.rules, lambda _chat: SHORT, player.now)
    return step


@pytest.mark.parametrize("timer", [each for each in Timer if each is not Timer.RATING])
async def test_a_timer_that_fails_in_an_open_conversation_is_left_out(timer: Timer) -> None:
    """The team is told once, and the timer does not come due for ever."""
    player = await assigned(settings_of('[lifecycle]\nauto_close = "3d"\n'))
    player.now += LATER
    waiting_since = None if timer is Timer.AUTO_CLOSE else player.now - LATER
    step = await fails_when_due(player, timer, waiting_since=waiting_since, human_at=player.now - LATER)
    assert step.posted() == [LEFT_OUT.format(code=player.conversation.code)]
    assert step.posts()[0].chat == SUPPORT
    assert player.conversation.timers.get(timer, player.now + LATER) > player.now
    assert player.conversation.status is Status.OPEN


async def test_what_fails_when_a_rest_is_over_shows_on_the_card() -> None:
    """A conversation that was put aside is so no longer, and its reminders begin anew."""
    player = await assigned()
    step = await fails_when_due(player, Timer.SNOOZE, timed_since=None)
    assert Action.CARD in step.actions(SUPPORT)
    assert player.conversation.timers[Timer.REMIND] > player.now


async def test_a_timer_that_fails_after_closing_is_left_out() -> None:
    """The team is told in its thread, what comes later stays, and the contact reads nothing."""
    player = await assigned()
    player.close()
    step = await fails_when_due(player, Timer.CLOSING)
    assert step.posted(SUPPORT) == [LEFT_OUT.format(code=player.conversation.code)]
    assert step.said == []
    assert player.conversation.timers == {Timer.RATING: player.now + LATER}


async def test_a_timer_that_fails_where_no_team_chat_is_told_to_the_inbox() -> None:
    """A conversation that was closed before any team had it has no thread: the general section is told."""
    player = await welcomed()
    player.close()
    step = await fails_when_due(player, Timer.CLOSING, room=None)
    (post,) = step.posts(INBOX_CHAT)
    assert (post.text, post.conversation) == (LEFT_OUT.format(code=player.conversation.code), 0)


async def test_a_timer_that_fails_for_a_blocked_contact_is_dropped_in_silence() -> None:
    """Nothing is said of somebody who was blocked."""
    player = await assigned()
    player.record.change_contact(is_blocked=True)
    step = await fails_when_due(player, Timer.REMIND)
    assert step.items == []
    assert player.record.due_at() is None


async def test_a_timer_that_fails_while_the_bot_has_the_chat_does_not_come_again() -> None:
    """People get the chat, and what had come due is not due once more for them."""
    player = await welcomed()
    step = await fails_when_due(player, Timer.CLOSE)
    assert step.posted(INBOX_CHAT) == ["Hello", TROUBLE]
    assert Timer.CLOSE not in player.conversation.timers


async def test_other_events_that_a_layer_fails_on_are_left() -> None:
    """A fault on something that is no message changes nothing."""
    player = await assigned()
    player._pipeline = FAULTY
    step = await player.colleague_writes("Hi")
    assert (step.handled_by, step.items) == ("rescue", [])


async def test_the_fault_is_logged_once_without_names(caplog: pytest.LogCaptureFixture) -> None:
    """The log says which record it was and why, and neither the text nor the address."""
    player = Player(pipeline=FAULTY)
    with caplog.at_level(logging.INFO):
        await player.writes("Secret words")
    (entry,) = caplog.records
    assert player.record.record_id in entry.message
    assert entry.exc_info is not None
    assert "Secret" not in caplog.text
    assert ANN.address not in caplog.text
