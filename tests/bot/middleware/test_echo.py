"""The echo of our own sends is dropped; a colleague's reply elsewhere makes the bot step back."""

from datetime import timedelta

from bot.api import EchoReceived, Origin
from bot.model import Direction, Progress, Status
from tests.bot.building import ANN, ASSIGNED, INBOX_CHAT, SUPPORT, Player, Step, assigned, welcomed


async def echoed(player: Player, **fields: str) -> Step:
    known = {"event_id": player.new_id(), "message_id": "echo", **fields}
    return await player.happens(EchoReceived(chat=ANN, sent_at=player.now, **known))


async def test_an_echo_with_our_id_is_dropped() -> None:
    """An echo that carries the id of our outbox item is ours, parts of a long text included."""
    player = await assigned()
    item_id = player.record.item_id(4)
    for outgoing_id in (item_id, f"{item_id}-2"):
        step = await echoed(player, outgoing_id=outgoing_id, text="Anything")
        assert (step.handled_by, step.items) == ("echo", [])
    assert not player.conversation.is_quiet
    assert [line.origin for line in player.transcript if line.direction is Direction.OUTGOING] == [
        Origin.BOT,
        Origin.BOT,
    ]


async def test_an_echo_with_a_known_platform_id_is_dropped() -> None:
    """An echo of a message whose platform id we know is ours."""
    player = await assigned()
    sent = next(line for line in player.transcript if line.text == ASSIGNED)
    before = player.transcript
    await echoed(player, message_id=sent.platform_ids[0], text=ASSIGNED)
    assert player.transcript == before


async def test_an_echo_that_comes_before_our_send_returned_is_dropped() -> None:
    """An echo with the words of a message that is being sent, or may have been, is ours."""
    player = await assigned()
    player.is_delivering = False
    await player.member_writes("On my way")
    before = player.transcript
    await echoed(player, text="On my way")
    assert player.transcript == before
    line = player.transcript[-1]
    player.record.outbox.clear()
    player.record.change_message(line.number, progress=Progress.UNCERTAIN)
    await echoed(player, text="On my way")
    assert len(player.transcript) == len(before)
    await echoed(player, text="Something else")
    assert len(player.transcript) == len(before) + 1


async def test_a_colleague_elsewhere_is_recorded_and_shown() -> None:
    """A reply from the platform's own app is in the transcript, and the team reads it silently."""
    player = await assigned()
    step = await player.colleague_writes("I called you")
    line = player.transcript[-1]
    assert (line.direction, line.text, line.origin) == (Direction.OUTGOING, "I called you", Origin.HUMAN)
    assert step.posted(SUPPORT) == ["Answered elsewhere, not from here: I called you"]
    assert step.posts()[0].silent
    assert step.said == []
    assert player.conversation.waiting_since is None
    assert player.conversation.human_at == player.now


async def test_the_bot_steps_back_for_a_colleague_elsewhere() -> None:
    """Once a colleague answered elsewhere, the inbox has the conversation and the bot is quiet."""
    player = await welcomed()
    step = await player.colleague_writes("Hi Ann, it is me")
    assert player.conversation.status is Status.OPEN
    assert step.posted(INBOX_CHAT) == ["Hello", "Answered elsewhere, not from here: Hi Ann, it is me"]
    assert player.record.due_at() is None
    step = await player.writes("xyzzy")
    assert (step.said, step.posted(INBOX_CHAT)) == ([], ["xyzzy"])


async def test_a_conversation_that_a_colleague_began_has_no_welcome() -> None:
    """A contact who answers a colleague's first message is not welcomed."""
    player = Player()
    await player.colleague_writes("Your bike is ready")
    await player.writes("Great")
    assert player.said == []
    assert player.steps[-1].posted(INBOX_CHAT) == ["Great"]


async def test_a_colleague_who_writes_long_after_closing_begins_a_conversation() -> None:
    """A colleague's message long after closing begins a conversation without a welcome."""
    player = await assigned()
    await player.member_writes("/close")
    await player.wait(timedelta(days=9))
    await player.colleague_writes("Your bike is ready")
    assert len(player.record.conversations) == 2
    await player.wait(timedelta(days=2))
    await player.writes("I will come tomorrow")
    assert player.said == [*player.steps[0].said, ASSIGNED]


async def test_a_colleague_soon_after_closing_keeps_the_conversation_alive() -> None:
    """The window to go on counts from what a person wrote last, also in the platform's own app."""
    player = await assigned()
    await player.member_writes("/close")
    await player.wait(timedelta(hours=20))
    await player.colleague_writes("One more thing: bring the key")
    await player.wait(timedelta(hours=20))
    step = await player.writes("I will bring it")
    assert (step.handled_by, step.said) == ("reopen", [])
    assert len(player.record.conversations) == 1
