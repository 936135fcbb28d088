"""In an open conversation people talk."""

from datetime import timedelta

import pytest

from tests.bot.building import SUPPORT, assigned, file


@pytest.mark.parametrize("text", ["1", "2", "help", "hours", "xyzzy", "blood test", "Hello", "menu", "merci"])
async def test_the_bot_says_nothing_in_an_open_conversation(text: str) -> None:
    """Whatever the contact writes to a team is forwarded, and the bot does not answer."""
    player = await assigned()
    step = await player.writes(text)
    assert (step.handled_by, step.said) == ("open_conversation", [])
    (post,) = step.items
    assert (post.chat, post.text, post.author, post.silent) == (SUPPORT, text, "Ann Lee", False)


async def test_a_button_in_an_open_conversation_is_forwarded() -> None:
    """A button of the old menu is shown to the team, and chooses nothing."""
    player = await assigned()
    step = await player.presses("go Sales")
    assert (step.said, step.posted(SUPPORT)) == ([], ["Sales"])
    assert player.conversation.team == "support"


async def test_a_link_in_an_open_conversation_is_forwarded() -> None:
    """A deep link moves nobody who is being served."""
    player = await assigned()
    step = await player.writes("/start", start_payload="sales")
    assert (step.said, step.posted(SUPPORT)) == ([], ["/start"])


async def test_no_timer_speaks_in_an_open_conversation() -> None:
    """Days of silence bring nothing from the bot."""
    player = await assigned()
    said = player.said
    assert await player.wait(timedelta(days=9)) is None
    assert player.said == said


async def test_files_and_quotes_go_along() -> None:
    """A forwarded message carries its files, and quotes what it answers."""
    player = await assigned()
    await player.member_writes("Can you show me?")
    asked = next(line for line in player.transcript if line.text == "Can you show me?")
    step = await player.writes("Here", attachments=(file(),), reply_to=asked.platform_ids[0])
    (post,) = step.posts(SUPPORT)
    assert (post.files, post.quotes) == (player.transcript[-1].number, asked.number)


async def test_the_wait_counts_from_the_first_unanswered_message() -> None:
    """The contact waits since the first message that nobody answered."""
    player = await assigned()
    await player.member_writes("Hello Ann")
    assert player.conversation.waiting_since is None
    await player.writes("one")
    first_at = player.now
    await player.writes("two")
    assert player.conversation.waiting_since == first_at
