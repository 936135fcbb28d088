"""Edits, deletions, reactions and reachability are shown where the message went, and trigger nothing."""

from datetime import timedelta
from typing import Any

import pytest

from bot.api import (
    ChatRef,
    Location,
    MessageDeleted,
    MessageEdited,
    ReachabilityChanged,
    ReactionChanged,
    Sender,
    ThreadChanged,
)
from bot.model import Message, Status
from tests.bot.building import (
    ANN,
    INBOX_CHAT,
    SUPPORT,
    WELCOME,
    Player,
    Step,
    assigned,
    file,
    welcomed,
)


async def happens(player: Player, kind: type[Any], **fields: Any) -> Step:
    known = {"event_id": player.new_id(), "chat": ANN, "sent_at": player.now}
    if kind is not ReachabilityChanged:
        known["sender"] = Sender(sender_id="ann", name="Ann Lee")
    return await player.happens(kind(**known, **fields))


def line(player: Player, text: str) -> Message:
    return next(each for each in player.transcript if each.text == text)


async def test_an_edit_is_shown_under_the_message() -> None:
    """The team reads the new text as an answer to the post of the old one."""
    player = await assigned()
    await player.writes("My name is Ann")
    old = line(player, "My name is Ann")
    step = await happens(player, MessageEdited, message_id=old.platform_ids[0], text="My name is Anne")
    (post,) = step.items
    assert (post.chat, post.text) == (SUPPORT, "Ann Lee edited a message: My name is Anne")
    assert (post.quotes, post.silent) == (old.number, True)
    new = player.record.messages[old.number]
    assert (new.text, new.is_edited) == ("My name is Anne", True)


@pytest.mark.parametrize("text", ["Hello", "anything"])
async def test_an_edit_that_changes_nothing_is_not_shown(text: str) -> None:
    """The same text again, and the edit of a message that we do not know, are left alone."""
    player = await assigned()
    known = line(player, "Hello").platform_ids[0] if text == "Hello" else "unknown"
    step = await happens(player, MessageEdited, message_id=known, text=text)
    assert step.items == []


async def test_an_edit_never_triggers_the_bot() -> None:
    """An edit into an answer's words assigns nobody; what is matched later is the new text."""
    player = await welcomed()
    await player.writes("xyzzy")
    await happens(player, MessageEdited, message_id=line(player, "xyzzy").platform_ids[0], text="help")
    assert (player.steps[-1].said, player.conversation.status) == ([], Status.PENDING)


async def test_a_deletion_is_shown_and_kept() -> None:
    """The team reads what was taken back, and the transcript keeps it, marked."""
    player = await assigned()
    await player.writes("You are all wrong")
    old = line(player, "You are all wrong")
    step = await happens(player, MessageDeleted, message_id=old.platform_ids[0])
    (post,) = step.items
    assert (post.text, post.quotes) == ("Ann Lee deleted a message: You are all wrong", old.number)
    assert player.record.messages[old.number].is_deleted
    assert player.record.messages[old.number].text == "You are all wrong"


async def test_a_deletion_that_must_erase_leaves_no_copy() -> None:
    """Where the platform's terms want it, nothing that the message said is left in the record."""
    player = await assigned()
    await player.writes("Secret words", attachments=(file(),), location=Location(latitude=1, longitude=2))
    old = line(player, "Secret words")
    step = await happens(player, MessageDeleted, message_id=old.platform_ids[0], must_erase=True)
    left = player.record.messages[old.number]
    assert (left.text, left.files, left.location, left.is_deleted) == ("", (), None, True)
    assert step.posted(SUPPORT) == ["Ann Lee deleted a message: …"]
    assert "Secret" not in repr(player.record)


async def test_a_deletion_that_must_erase_reaches_posts_that_have_not_left() -> None:
    """What still waits to be posted loses the words too, and keeps those of other messages."""
    player = await welcomed()
    await player.writes("Secret words", attachments=(file(),))
    player.is_delivering = False
    await player.writes("help")
    await happens(
        player, MessageEdited, message_id=line(player, "Secret words").platform_ids[0], text="Secret, edited"
    )
    secret = line(player, "Secret, edited")
    await happens(player, MessageDeleted, message_id=secret.platform_ids[0], must_erase=True)
    assert "Secret" not in repr(player.record.outbox)
    (transcript,) = (item for item in player.record.outbox.values() if len(item.messages) > 1)
    assert transcript.text == "Hello\n(deleted by its author)\nhelp"
    assert all(item.files != secret.number for item in player.record.outbox.values())


async def test_a_reaction_is_shown() -> None:
    """A reaction is shown with the message it stands under; taking it back is not."""
    player = await assigned()
    await player.member_writes("All done")
    sent = line(player, "All done").platform_ids[0]
    step = await happens(player, ReactionChanged, message_id=sent, emoji="❤")
    assert step.posted(SUPPORT) == ["Ann Lee reacted ❤ to: All done"]
    assert (await happens(player, ReactionChanged, message_id=sent, emoji="")).items == []


async def test_what_concerns_an_earlier_conversation_is_shown_there() -> None:
    """A change to a message goes to the room that the message went to, wherever the contact is now."""
    player = await assigned()
    await player.member_writes("/close")
    await player.wait(timedelta(days=2))
    await player.writes("Another question")
    old = line(player, "help")
    step = await happens(player, MessageEdited, message_id=old.platform_ids[0], text="help me")
    assert step.posts()[0].chat == SUPPORT
    assert player.conversation.room is None


async def test_a_reaction_brings_no_welcome() -> None:
    """A reaction to something that long is over begins nothing."""
    player = await assigned()
    await player.member_writes("/close")
    await player.wait(timedelta(days=2))
    said = player.said
    await happens(player, ReactionChanged, message_id=line(player, "help").platform_ids[0], emoji="👍")
    assert (player.said, len(player.record.conversations)) == (said, 1)
    assert said.count(WELCOME) == 1


async def test_a_contact_who_blocks_the_bot_is_unreachable() -> None:
    """The team is told once that the contact cannot be reached, and once that they can again."""
    player = await assigned()
    step = await happens(player, ReachabilityChanged, is_reachable=False, reason="blocked the bot")
    assert step.posted(SUPPORT) == ["Ann Lee cannot be reached: blocked the bot"]
    assert "card" in step.actions(SUPPORT)
    assert player.record.contact.unreachable == "blocked the bot"
    again = await happens(player, ReachabilityChanged, is_reachable=False, reason="blocked the bot")
    assert again.items == []
    step = await happens(player, ReachabilityChanged, is_reachable=True)
    assert step.posted(SUPPORT) == ["Ann Lee can be reached again."]
    assert player.record.contact.unreachable == ""


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (MessageEdited, {"message_id": "m", "text": "x"}),
        (MessageDeleted, {"message_id": "m"}),
        (ReactionChanged, {"message_id": "m", "emoji": "👍"}),
        (ReachabilityChanged, {"is_reachable": False}),
        (ThreadChanged, {"is_closed": True}),
    ],
)
async def test_a_stranger_s_changes_begin_nothing(kind: type[Any], fields: dict[str, Any]) -> None:
    """What is no message begins no conversation."""
    player = Player()
    step = await happens(player, kind, **fields)
    assert (step.handled_by, step.items, player.record.conversations) == ("mirror", [], {})


async def test_changes_before_anybody_reads_are_in_the_transcript() -> None:
    """A message that was changed before it was shown is shown as it is then."""
    player = await welcomed()
    await player.writes("xyzzy")
    await happens(player, MessageEdited, message_id=line(player, "xyzzy").platform_ids[0], text="plugh")
    step = await player.writes("help")
    assert step.posted(SUPPORT) == ["Hello\nplugh (edited)\nhelp"]
    assert ChatRef("desk", "inbox") == INBOX_CHAT
