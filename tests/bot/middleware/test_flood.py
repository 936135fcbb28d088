"""Over the limit messages are kept and shown, and the bot stays quiet."""

from datetime import timedelta

from bot.model import Status
from bot.turn import Decision
from tests.bot.building import ERROR, INBOX_CHAT, SUPPORT, assigned, settings_of, welcomed

LIMIT = settings_of("[limits]\nmessages_per_minute = 3\nbot_messages_per_hour = 99", max_attempts=0)


async def test_over_the_limit_the_bot_stays_quiet_and_people_see_everything() -> None:
    """From the first message over the limit on, each is recorded and shown, and none is answered."""
    player = await welcomed(LIMIT)
    await player.writes("b")
    await player.writes("c")
    step = await player.writes("d")
    assert (step.handled_by, step.decision, step.said) == ("flood", Decision.QUIET, [])
    assert step.posted(INBOX_CHAT)[0] == "Hello\nb\nc\nd"
    assert "very fast" in step.posted(INBOX_CHAT)[1]
    step = await player.writes("hours")
    assert (step.said, step.posted(INBOX_CHAT)) == ([], ["hours"])
    assert step.posts()[0].silent
    assert [line.text for line in player.transcript if line.author][-2:] == ["d", "hours"]
    assert player.conversation.status is Status.PENDING


async def test_a_minute_later_the_bot_answers_again() -> None:
    """The count begins anew each minute."""
    player = await welcomed(LIMIT)
    for text in ("b", "c", "d"):
        await player.writes(text)
    await player.wait(timedelta(minutes=1))
    assert (await player.writes("e")).decision is Decision.ERROR


async def test_up_to_the_limit_the_bot_answers() -> None:
    """The limit itself is not over the limit."""
    player = await welcomed(LIMIT)
    await player.writes("b")
    assert (await player.writes("c")).said == ["Still not."]
    assert player.said[1] == ERROR


async def test_an_open_conversation_has_no_limit() -> None:
    """People read what comes, however much."""
    player = await assigned(LIMIT)
    steps = [await player.writes(f"part {number}") for number in range(6)]
    assert [step.posted(SUPPORT) for step in steps] == [[f"part {number}"] for number in range(6)]


async def test_a_closed_conversation_is_reopened_over_the_limit_too() -> None:
    """Nothing is lost behind a closed conversation because it came fast."""
    player = await assigned(LIMIT)
    player.close()
    for text in ("ok", "ok", "ok", "ok"):
        await player.writes(text)
    await player.writes("It is broken again")
    assert player.conversation.status is Status.OPEN
