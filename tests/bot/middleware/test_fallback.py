"""The n-th error for the n-th failure, and then people."""

from bot.model import Status
from bot.turn import Decision
from tests.bot.building import ERROR, FALLBACK, INBOX_CHAT, SALES, settings_of, welcomed


async def test_the_nth_failure_has_the_nth_error() -> None:
    """Each failure in a row says the next error text, the last one again and again."""
    player = await welcomed(settings_of(max_attempts=5))
    steps = [await player.writes(text) for text in ("xyzzy", "plugh", "frotz", "gnusto")]
    assert [step.said for step in steps] == [[ERROR], ["Still not."], ["Still not."], ["Still not."]]
    assert {step.decision for step in steps} == {Decision.ERROR}
    assert [len(step.items[-1].choices) for step in steps] == [3, 0, 0, 0]


async def test_after_max_attempts_the_chat_falls_back() -> None:
    """The last failure says the fallback message instead of an error, and the inbox has the chat."""
    player = await welcomed()
    await player.writes("xyzzy")
    await player.writes("plugh")
    step = await player.writes("frotz")
    assert (step.decision, step.said) == (Decision.FALLBACK, [FALLBACK])
    assert (player.conversation.status, player.conversation.room) == (Status.OPEN, INBOX_CHAT)
    assert step.posted(INBOX_CHAT) == ["Hello\nxyzzy\nplugh\nfrotz", "No answer matched."]


async def test_after_the_fallback_the_bot_is_quiet() -> None:
    """Nothing that the contact writes after the fallback is answered by the bot."""
    player = await welcomed(settings_of(max_attempts=1))
    await player.writes("xyzzy")
    for text in ("xyzzy", "help", "hours", "1"):
        step = await player.writes(text)
        assert (step.said, step.posted(INBOX_CHAT)) == ([], [text])


async def test_the_fallback_may_be_a_team() -> None:
    """`fallback` names a team that gets the chat."""
    player = await welcomed(settings_of(max_attempts=1, fallback="sales"))
    await player.writes("xyzzy")
    assert (player.conversation.team, player.conversation.room) == ("sales", SALES)


async def test_zero_attempts_repeat_the_error_for_ever() -> None:
    """With `max_attempts = 0` nothing falls back."""
    settings = settings_of("[limits]\nbot_messages_per_hour = 99", max_attempts=0)
    player = await welcomed(settings)
    for number in range(12):
        assert (await player.writes(f"xyzzy {number}")).decision is Decision.ERROR
    assert player.conversation.status is Status.PENDING


async def test_a_preset_repeats_the_error_for_ever() -> None:
    """The preset falls back after no number of failures."""
    player = await welcomed(settings_of(top='preset = "callbell"', max_attempts=None))
    for number in range(6):
        assert (await player.writes(f"xyzzy {number}")).decision is Decision.ERROR


async def test_after_an_faq_the_fallback_shows_each_message_once() -> None:
    """A message that the inbox was shown already is not in the transcript of the fallback again."""
    player = await welcomed(settings_of(max_attempts=1))
    await player.writes("hours")
    step = await player.writes("xyzzy")
    assert step.posted(INBOX_CHAT) == ["xyzzy", "No answer matched."]
