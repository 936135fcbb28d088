"""A blocked contact is written down, and nothing else."""

from datetime import timedelta

from bot.model import Direction
from tests.bot.building import Player, assigned, welcomed


async def test_a_blocked_contact_is_recorded_only() -> None:
    """What a blocked contact writes is in the transcript, and neither shown nor answered."""
    player = await assigned()
    player.record.change_contact(is_blocked=True)
    step = await player.writes("Are you there?")
    assert (step.handled_by, step.items) == ("blocked", [])
    assert player.transcript[-1].text == "Are you there?"
    assert player.transcript[-1].direction is Direction.INCOMING


async def test_a_blocked_contact_is_not_welcomed() -> None:
    """The bot says nothing to a blocked contact either."""
    player = Player()
    player.record.change_contact(is_blocked=True)
    await player.writes("Hello")
    assert player.said == []


async def test_a_timer_of_a_blocked_contact_comes_due_once() -> None:
    """The menu's timer of a contact who was blocked meanwhile ends, and does nothing."""
    player = await welcomed()
    player.record.change_contact(is_blocked=True)
    step = await player.wait(timedelta(hours=3))
    assert step is not None
    assert step.items == []
    assert player.record.due_at() is None
