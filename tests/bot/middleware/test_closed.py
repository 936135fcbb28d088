"""After closing: thanks reopen nothing, a message soon after goes on, a later one begins anew."""

from datetime import timedelta

import pytest

from bot.api import MediaKind, ReactionChanged, Sender
from bot.middleware.closed import acknowledgements
from bot.model import Direction, Status
from tests.bot.building import (
    ANN,
    SUPPORT,
    WELCOME,
    Player,
    assigned,
    file,
    settings_of,
    welcomed,
)


async def closed(player: Player | None = None) -> Player:
    player = player or await assigned()
    await player.member_writes("/close")
    assert player.conversation.status is Status.CLOSED
    return player


@pytest.mark.parametrize("text", ["thanks", "Thanks!", "OK", "👍", "👍🏽", "👍👍", "Ok 👍", "Thank you."])
async def test_an_acknowledgement_is_shown_silently_and_reopens_nothing(text: str) -> None:
    """Thanks for a closed conversation are posted without sound, and it stays closed."""
    player = await closed()
    step = await player.writes(text)
    assert (step.handled_by, step.said) == ("acknowledgement", [])
    assert player.conversation.status is Status.CLOSED
    (post,) = step.items
    assert (post.text, post.chat, post.silent) == (text, SUPPORT, True)


async def test_a_sticker_is_an_acknowledgement() -> None:
    """A sticker reopens nothing."""
    player = await closed()
    step = await player.writes(attachments=(file(MediaKind.STICKER),))
    assert player.conversation.status is Status.CLOSED
    (post,) = step.posts(SUPPORT)
    assert post.silent
    assert post.files == player.transcript[-1].number


async def test_a_photo_is_no_acknowledgement() -> None:
    """A picture reopens the conversation, also one whose caption is an acknowledgement."""
    for text in ("", "thanks"):
        player = await closed()
        await player.writes(text, attachments=(file(),))
        assert player.conversation.status is Status.OPEN


async def test_a_reaction_is_an_acknowledgement() -> None:
    """A reaction is shown silently and reopens nothing."""
    player = await closed()
    known = next(line for line in player.transcript if line.direction is Direction.INCOMING)
    event = ReactionChanged(
        event_id=player.new_id(),
        chat=ANN,
        sender=Sender(sender_id="ann"),
        sent_at=player.now,
        message_id=known.platform_ids[0],
        emoji="❤",
    )
    step = await player.happens(event)
    assert player.conversation.status is Status.CLOSED
    assert [post.silent for post in step.posts(SUPPORT)] == [True]


async def test_an_acknowledgement_begins_nothing_later_either() -> None:
    """Thanks after the window are no reason to welcome anybody."""
    player = await closed()
    await player.wait(timedelta(days=3))
    step = await player.writes("thanks")
    assert (step.handled_by, step.said) == ("acknowledgement", [])
    assert len(player.record.conversations) == 1


async def test_a_message_within_the_window_goes_on() -> None:
    """Within `reopen_window` the same conversation goes on with the same team and thread, unwelcomed."""
    player = await closed()
    place = player.record.contact.thread_in(SUPPORT)
    code = player.conversation.code
    await player.wait(timedelta(hours=23))
    step = await player.writes("It is broken again")
    assert (step.handled_by, step.said) == ("reopen", [])
    conversation = player.conversation
    assert (conversation.code, conversation.status, conversation.team) == (code, Status.OPEN, "support")
    assert conversation.waiting_since == player.now
    assert step.actions(SUPPORT) == ["reopen_thread", "card", "post", "post"]
    assert step.posted(SUPPORT)[-1] == "It is broken again"
    again = player.record.contact.thread_in(SUPPORT)
    assert place is not None
    assert again is not None
    assert (again.thread_id, again.is_closed) == (place.thread_id, False)


async def test_a_message_after_the_window_begins_anew() -> None:
    """Later than `reopen_window` a new conversation begins with a welcome, and the message is its first."""
    player = await closed()
    old = player.conversation
    await player.wait(timedelta(hours=24))
    step = await player.writes("Hello again")
    assert step.said == [WELCOME]
    conversation = player.conversation
    assert (conversation.number, conversation.status) == (old.number + 1, Status.PENDING)
    assert conversation.code != old.code
    first = next(player.record.in_conversation(conversation.number))
    assert first.text == "Hello again"
    await player.writes("help")
    assert player.steps[-1].posted(SUPPORT) == ["Hello again\nhelp"]


async def test_a_zero_window_always_begins_anew() -> None:
    """With `reopen_window` off, each message after closing begins a conversation."""
    player = await closed(await assigned(settings_of('[lifecycle]\nreopen_window = "0s"')))
    assert (await player.writes("One more thing")).said == [WELCOME]


async def test_a_conversation_closed_while_the_bot_had_it_goes_on_with_the_bot() -> None:
    """A pending conversation that was closed goes on where it was, without a second welcome."""
    player = await welcomed()
    await player.writes("hours")
    player.close()
    step = await player.writes("price")
    assert (step.handled_by, step.said) == ("answers", ["Sales is on it."])
    assert player.said.count(WELCOME) == 1


async def test_a_preset_changes_the_lifecycle() -> None:
    """The preset has a window of ten minutes and no acknowledgements."""
    settings = settings_of(top='preset = "callbell"')
    player = await closed(await assigned(settings))
    await player.writes("thanks")
    assert player.conversation.status is Status.OPEN
    await player.member_writes("/close")
    await player.wait(timedelta(minutes=10))
    assert (await player.writes("Hello")).said == [WELCOME]


def test_acknowledgements_are_compared_as_typed_and_normalised() -> None:
    """An entry counts as it stands and as matching sees it, and an empty one never does."""
    assert acknowledgements(("D'accord", ":)", " ")) == frozenset({"D'accord", "d accord", ":)", " "})
