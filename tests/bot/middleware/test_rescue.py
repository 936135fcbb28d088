"""A fault in a layer must not lose the message."""

import logging

import pytest

from bot.middleware.duplicate import duplicate
from bot.middleware.rescue import rescue
from bot.model import SEEN_KEPT, Status
from bot.pipeline import compose
from bot.turn import Due, Next, Turn
from tests.bot.building import ANN, INBOX_CHAT, SUPPORT, Player, assigned, welcomed

TROUBLE = "The bot could not deal with this message itself (see its log), so it is shown here as it came."


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
    """A pending conversation whose timer fails is given to the inbox; any other is left alone."""
    player = await welcomed()
    player._pipeline = FAULTY
    step = await player.happens(Due())
    assert step.posted(INBOX_CHAT) == ["Hello", TROUBLE]
    assert (await player.happens(Due())).items == []


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
