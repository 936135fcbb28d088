"""Who the contact is, and until when they can be answered."""

from datetime import timedelta

from msgspec.structs import replace

from bot.api import Origin, Sender
from bot.model import Action, ItemState, OutboxItem
from tests.bot.building import ANN, START, SUPPORT, Player, assigned


async def test_details_follow_the_platform() -> None:
    """Names are kept as they were last shown, and what is not told any more stays."""
    player = Player()
    await player.writes("Hello", sender=Sender(sender_id="ann", name="Ann", phone="+331", username="ann"))
    await player.writes("Hello", sender=Sender(sender_id="ann", name="Ann Lee", language="it"))
    contact = player.record.contact
    assert (contact.name, contact.phone, contact.username) == ("Ann Lee", "+331", "ann")
    assert contact.language == "it"


async def test_the_reply_window_counts_from_when_the_contact_wrote() -> None:
    """A message that is delivered hours late opens the window only from when it was written."""
    player = Player()
    player.now = START + timedelta(hours=5)
    await player.writes("Hello", sent_at=START)
    assert player.record.contact.last_inbound_at == START
    await player.writes("An older one", sent_at=START - timedelta(hours=1))
    assert player.record.contact.last_inbound_at == START
    await player.writes("From a clock ahead", sent_at=player.now + timedelta(days=1))
    assert player.record.contact.last_inbound_at == player.now


async def test_what_was_held_goes_out_when_they_write() -> None:
    """A reply that waited for the reply window is pending again once the contact writes."""
    player = await assigned()
    held = OutboxItem(
        number=player.record.take_number(),
        action=Action.SEND,
        chat=ANN,
        created_at=player.now,
        conversation=1,
        origin=Origin.HUMAN,
        text="Your order is here",
        state=ItemState.HELD,
        reason="window",
    )
    player.record.outbox[held.number] = held
    player.is_delivering = False
    await player.writes("Any news?")
    assert player.record.outbox[held.number] == replace(held, state=ItemState.PENDING, reason="")


async def test_a_contact_who_writes_is_reachable_again() -> None:
    """Writing proves that the contact can be reached, and the card says so."""
    player = await assigned()
    player.record.change_contact(unreachable="blocked the bot")
    step = await player.writes("I am back")
    assert player.record.contact.unreachable == ""
    assert "card" in step.actions(SUPPORT)


async def test_a_new_name_is_shown_to_the_team() -> None:
    """A contact who says who they are gets a new card and a new title, once."""
    player = await assigned()
    step = await player.writes("It is me", sender=Sender(sender_id="ann", name="Ann Dupuis"))
    assert {"card", "rename_thread"} <= set(step.actions(SUPPORT))
    step = await player.writes("Still me", sender=Sender(sender_id="ann", name="Ann Dupuis"))
    assert not {"card", "rename_thread"} & set(step.actions(SUPPORT))
