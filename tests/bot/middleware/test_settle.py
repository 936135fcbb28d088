"""All that comes in a burst counts as one message."""

from datetime import timedelta

import pytest

from bot.api import MessageDeleted, MessageEdited, Sender
from bot.model import Status
from bot.turn import Decision
from tests.bot.building import (
    ANN,
    ERROR,
    START,
    SUPPORT,
    WELCOME,
    Player,
    file,
    settings_of,
    welcomed,
)

BURST = settings_of(settle="1.5s")
PAUSE = timedelta(seconds=1.5)


async def test_a_burst_is_welcomed_once_when_it_ends() -> None:
    """The bot waits for the pause, and welcomes once."""
    player = Player(BURST)
    for text in ("Hello", "I have", "a question"):
        part = await player.writes(text)
        assert (part.handled_by, part.items) == ("settle", [])
    step = await player.wait(PAUSE)
    assert step is not None
    assert step.said == [WELCOME]
    assert await player.wait(timedelta(minutes=1)) is None


async def test_a_burst_counts_as_one_message() -> None:
    """Words that came in pieces are matched together, and one error answers them all."""
    player = await welcomed(BURST)
    for text in ("xyzzy", "plugh", "frotz"):
        await player.writes(text)
    step = await player.wait(PAUSE)
    assert step is not None
    assert step.said == [ERROR]
    assert step.turn.text == "xyzzy\nplugh\nfrotz"
    assert player.conversation.failures == 1


async def test_a_picture_and_words_are_one_message() -> None:
    """A picture in a burst with words needs no hint."""
    player = await welcomed(BURST)
    await player.writes(attachments=(file(),))
    await player.writes("it is broken")
    step = await player.wait(PAUSE)
    assert step is not None
    assert step.decision is Decision.TEAM
    assert len(step.posts(SUPPORT)) == 2


async def test_a_burst_without_end_is_answered_all_the_same() -> None:
    """After six times `settle` the burst is taken as it is."""
    player = Player(BURST)
    while not player.said:
        await player.writes(f"and at {player.now}")
        assert player.now - START < timedelta(seconds=30)
    assert player.now - START <= 6 * PAUSE + timedelta(seconds=2)


async def test_a_button_needs_no_pause() -> None:
    """A button is answered at once, with what was written before it."""
    player = await welcomed(BURST)
    await player.writes("well")
    (sent,) = (item for step in player.steps for item in step.items if item.choices)
    step = await player.presses(sent.choices[0].choice_id)
    assert step.decision is Decision.TEAM
    assert step.posted(SUPPORT) == ["Hello\nwell\nSupport"]
    assert player.record.due_at() is None


async def test_without_settle_each_message_is_answered_at_once() -> None:
    """With `settle` off nothing waits."""
    assert (await Player(settings_of(settle="0s")).writes("Hello")).said == [WELCOME]


@pytest.mark.parametrize("settle", ["0s", "1.5s"])
async def test_words_from_before_the_welcome_are_no_wrong_answer(settle: str) -> None:
    """What was written while the welcome was on its way is not answered with an error, nor counted."""
    player = Player(settings_of(settle=settle))
    player.is_delivering = False
    await player.writes("Hello")
    await player.wait(PAUSE)
    assert player.said == [WELCOME]
    await player.writes("it does not work")
    await player.wait(PAUSE)
    assert (player.said, player.conversation.failures) == ([WELCOME], 0)
    player.deliver()
    await player.writes("it still does not")
    await player.wait(PAUSE)
    assert (player.said[1:], player.conversation.failures) == ([ERROR], 1)


async def test_words_that_were_delivered_late_are_no_wrong_answer() -> None:
    """What the platform dates before the welcome is no answer to it."""
    player = await welcomed()
    step = await player.writes("xyzzy", sent_at=START)
    assert (step.handled_by, step.said, player.conversation.failures) == ("early", [], 0)


async def test_words_from_before_the_welcome_still_match() -> None:
    """What was written before the welcome left may be an answer all the same."""
    player = Player()
    player.is_delivering = False
    await player.writes("Hello")
    assert (await player.writes("help")).decision is Decision.TEAM


async def test_a_burst_that_begins_early_excuses_only_itself() -> None:
    """A picture from before the welcome makes no later words early."""
    player = await welcomed()
    await player.writes(attachments=(file(),), sent_at=START)
    assert (await player.writes("xyzzy")).said == [ERROR]


async def test_a_burst_is_read_as_it_is_when_it_ends() -> None:
    """An edit before the end of the burst counts, and what was taken back does not."""
    player = await welcomed(BURST)
    sender = Sender(sender_id="ann")
    await player.writes("halp", event_id="a")
    edit = MessageEdited(
        event_id="b", chat=ANN, sender=sender, sent_at=player.now, message_id="ma", text="help"
    )
    await player.happens(edit)
    step = await player.wait(PAUSE)
    assert step is not None
    assert step.decision is Decision.TEAM


async def test_a_burst_that_was_taken_back_is_not_answered() -> None:
    """Nothing is said to words that their author deleted at once."""
    player = await welcomed(BURST)
    await player.writes("xyzzy", event_id="a")
    deletion = MessageDeleted(
        event_id="b", chat=ANN, sender=Sender(sender_id="ann"), sent_at=player.now, message_id="ma"
    )
    await player.happens(deletion)
    step = await player.wait(PAUSE)
    assert step is not None
    assert (step.handled_by, step.said, player.conversation.unsettled) == ("taken_back", [], ())
    step = await player.wait(timedelta(hours=2))
    assert step is not None
    assert player.conversation.status is Status.OPEN


async def test_a_contact_who_takes_their_first_words_back_is_welcomed() -> None:
    """Whoever wrote is welcomed, also when nothing is left of what they wrote."""
    player = Player(BURST)
    await player.writes("xyzzy", event_id="a")
    deletion = MessageDeleted(
        event_id="b", chat=ANN, sender=Sender(sender_id="ann"), sent_at=player.now, message_id="ma"
    )
    await player.happens(deletion)
    await player.wait(PAUSE)
    assert player.said == [WELCOME]
