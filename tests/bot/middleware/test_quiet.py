"""Where the bot has given up, or meets another bot, it says nothing."""

from datetime import timedelta

import pytest

from bot.model import Status
from bot.turn import Decision
from tests.bot.building import ERROR, INBOX_CHAT, WELCOME, Player, settings_of, welcomed

BUDGET = settings_of("[limits]\nbot_messages_per_hour = 3", max_attempts=0)
LOOP = "Ann Lee looks like another bot: the bot stays quiet for an hour."


async def test_over_its_budget_the_bot_goes_quiet() -> None:
    """After `bot_messages_per_hour` the bot says nothing, and the inbox has the chat and is told once."""
    player = await welcomed(BUDGET)
    assert (await player.writes("a")).said == [ERROR]
    assert (await player.writes("b")).said == ["Still not."]
    step = await player.writes("help")
    assert (step.handled_by, step.decision, step.said) == ("quiet", Decision.QUIET, [])
    assert step.posted(INBOX_CHAT) == ["Hello\na\nb\nhelp", LOOP]
    step = await player.writes("help")
    assert (step.said, step.posted(INBOX_CHAT)) == ([], ["help"])


async def test_the_budget_is_of_an_hour() -> None:
    """An hour later the bot may speak again."""
    player = await welcomed(BUDGET)
    await player.writes("a")
    await player.writes("b")
    await player.wait(timedelta(hours=1))
    assert (await player.writes("c")).decision is Decision.ERROR


@pytest.mark.parametrize("text", ["I am away.", "🤖"])
async def test_the_same_text_three_times_within_two_minutes_is_a_loop(text: str) -> None:
    """The third same text within two minutes makes the bot quiet, and the inbox is told."""
    player = await welcomed(settings_of(max_attempts=0))
    await player.writes(text)
    assert (await player.writes(text)).said != []
    step = await player.writes(text.upper())
    assert (step.handled_by, step.said) == ("quiet", [])
    assert step.posted(INBOX_CHAT)[-1] == LOOP
    assert player.conversation.status is Status.OPEN


async def test_the_same_text_now_and_then_is_no_loop() -> None:
    """The same text three times in a longer time is answered."""
    player = await welcomed(settings_of(max_attempts=0))
    for _ in range(3):
        await player.wait(timedelta(seconds=61))
        assert (await player.writes("xyzzy")).decision is Decision.ERROR


async def test_pictures_in_a_row_are_no_loop() -> None:
    """Messages without text are not the same text."""
    player = await welcomed()
    for _ in range(4):
        assert (await player.writes(unsupported="a poll")).handled_by == "media"


async def test_the_bot_stays_quiet_for_the_contact() -> None:
    """A new conversation within the hour is not welcomed; the inbox has it, and is not told again."""
    player = await welcomed(settings_of('[lifecycle]\nreopen_window = "1m"', max_attempts=0))
    for _ in range(3):
        await player.writes("I am away.")
    player.close()
    await player.wait(timedelta(minutes=10))
    step = await player.writes("I am still away.")
    assert (step.said, step.posted(INBOX_CHAT)) == ([], ["I am still away."])
    player.close()
    await player.wait(timedelta(hours=1))
    assert (await player.writes("Hello")).said == [WELCOME]


async def test_a_quiet_conversation_goes_to_people() -> None:
    """A pending conversation in which the bot must be quiet is given to the inbox."""
    player: Player = await welcomed()
    player.record.change_conversation(1, is_quiet=True)
    step = await player.writes("hours")
    assert (step.said, step.posted(INBOX_CHAT)) == ([], ["Hello\nhours"])
    assert player.conversation.status is Status.OPEN


async def test_a_quiet_conversation_has_no_timers() -> None:
    """A timer in a quiet conversation brings it to people without a word."""
    player = await welcomed()
    player.record.change_conversation(1, is_quiet=True)
    step = await player.wait(timedelta(hours=2))
    assert step is not None
    assert (step.said, player.conversation.status) == ([], Status.OPEN)
