"""Who is asked to write in, and when."""

from datetime import UTC, datetime, timedelta

from bot.api import Capabilities, ChatRef
from bot.duty import ASKS_AGAIN_AFTER, WAKES_AGAIN_AFTER, Duty

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BOB = ChatRef("phone", "bob")


def asleep() -> Duty:
    """What is known of a member who never wrote, on a platform that lets nobody be written to then."""
    able = Capabilities(text_limit=1000, reply_window=timedelta(hours=24), wake_template="wake")
    return Duty(lambda _chat: able)


def test_who_was_woken_is_left_alone() -> None:
    """A member who was sent the template is not sent it again for hours, whoever writes."""
    duty = asleep()
    assert duty.wake(BOB, NOW) == "wake"
    duty.woke(BOB, NOW)
    assert duty.wake(BOB, NOW + WAKES_AGAIN_AFTER - timedelta(seconds=1)) == ""
    assert duty.wake(BOB, NOW + WAKES_AGAIN_AFTER) == "wake"


def test_what_was_never_sent_is_asked_for_again() -> None:
    """A template that was decided on and not sent, since the disk refused, say, is due again soon."""
    duty = asleep()
    assert duty.wake(BOB, NOW) == "wake"
    assert duty.wake(BOB, NOW + ASKS_AGAIN_AFTER - timedelta(seconds=1)) == ""
    assert duty.wake(BOB, NOW + ASKS_AGAIN_AFTER) == "wake"
