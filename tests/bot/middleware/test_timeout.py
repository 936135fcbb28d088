"""Silence after the menu brings the chat to people."""

from datetime import timedelta

from bot.model import Status
from bot.turn import Decision, Due
from tests.bot.building import FALLBACK, INBOX_CHAT, Player, settings_of, welcomed

HOUR = timedelta(hours=1)


async def test_silence_after_the_menu_falls_back() -> None:
    """After `menu_timeout` the fallback message is said, and the inbox has the chat."""
    player = await welcomed()
    assert await player.wait(2 * HOUR - timedelta(seconds=1)) is None
    step = await player.wait(timedelta(seconds=1))
    assert step is not None
    assert (step.decision, step.said) == (Decision.FALLBACK, [FALLBACK])
    assert step.posted(INBOX_CHAT) == ["Hello", "Silent since the menu."]
    assert (player.conversation.status, player.conversation.room) == (Status.OPEN, INBOX_CHAT)
    assert await player.wait(timedelta(days=1)) is None


async def test_each_message_begins_the_silence_anew() -> None:
    """The silence counts from the contact's last message."""
    player = await welcomed()
    await player.wait(timedelta(minutes=90))
    await player.writes("xyzzy")
    assert await player.wait(timedelta(minutes=90)) is None


async def test_a_burst_that_is_still_coming_is_no_silence() -> None:
    """A message that comes right before the timeout is answered, not cut off."""
    player = await welcomed(settings_of(settle="2s", menu_timeout="1m"))
    await player.wait(player.conversation.menu_due_at - player.now - timedelta(seconds=2))  # type: ignore[operator]
    await player.writes("help")
    step = await player.wait(timedelta(seconds=5))
    assert step is not None
    assert step.decision is Decision.TEAM


async def test_no_timeout_waits_for_ever() -> None:
    """With `menu_timeout` off the bot waits."""
    player = await welcomed(settings_of(menu_timeout="0s"))
    assert await player.wait(timedelta(days=9)) is None
    assert player.conversation.status is Status.PENDING


async def test_a_timer_that_is_not_due_does_nothing() -> None:
    """A timer that was set anew meanwhile has no effect."""
    player = await welcomed()
    step = await player.happens(Due())
    assert (step.handled_by, step.items) == ("not_due", [])


async def test_a_timer_after_a_restart_fires_once() -> None:
    """A timeout that came due while nobody looked happens once, at the next look."""
    player = await welcomed()
    player.now += timedelta(days=2)
    step = await player.happens(Due())
    assert step.said == [FALLBACK]
    assert (await player.happens(Due())).items == []


async def test_silence_after_an_faq_falls_back_too() -> None:
    """A conversation that an FAQ answered is not left with the bot for ever."""
    player: Player = await welcomed()
    await player.writes("hours")
    await player.wait(3 * HOUR)
    assert player.conversation.status is Status.OPEN
