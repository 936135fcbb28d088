"""Each event of a chat passes once."""

from bot.model import SEEN_KEPT
from tests.bot.building import Player, assigned, welcomed


async def test_redelivery_changes_nothing() -> None:
    """An event that was received before is marked, and the record stays as it was."""
    player = Player()
    await player.writes("Hello", event_id="twice")
    before = player.record
    step = await player.happens(player.message("Hello", event_id="twice"))
    assert (step.turn.is_duplicate, step.handled_by, step.items) == (True, "duplicate", [])
    assert step.turn.record.messages == before.messages
    assert step.turn.record.contact == before.contact


async def test_redelivery_changes_nothing_in_an_open_conversation() -> None:
    """A message that is delivered twice is posted once."""
    player = await assigned()
    await player.writes("Hello?", event_id="twice")
    step = await player.happens(player.message("Hello?", event_id="twice"))
    assert step.items == []


async def test_the_memory_is_bounded_and_forgets_the_oldest() -> None:
    """As many ids are kept as a platform may repeat, and no more."""
    player = await welcomed()
    player.record.change_contact(seen=tuple(f"old{number}" for number in range(SEEN_KEPT)))
    await player.writes("help", event_id="new")
    assert len(player.record.contact.seen) == SEEN_KEPT
    assert player.record.contact.seen[0] == "old1"
    assert player.record.contact.seen[-1] == "new"
