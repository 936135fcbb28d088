"""Every message is written down before anything is decided about it."""

from bot.api import Location, MediaFile, MediaKind, SharedContact
from bot.middleware.transcript import file_of
from bot.model import Direction, File, Status
from tests.bot.building import Player, assigned, file


async def test_a_first_message_begins_a_conversation() -> None:
    """The first message begins a conversation with a code, for which the contact waits."""
    player = Player()
    await player.writes("Hello")
    conversation = player.conversation
    assert (conversation.number, conversation.code, conversation.status) == (1, "K2", Status.PENDING)
    assert conversation.waiting_since == conversation.started_at == player.now
    assert player.transcript[0].conversation == 1


async def test_everything_that_came_is_written_down() -> None:
    """Text, files, place, card, quote and ids are all in the transcript."""
    player = await assigned()
    await player.writes("Which one?", event_id="first")
    asked = player.transcript[-1]
    await player.writes(
        "This one",
        event_id="second",
        attachments=(file(),),
        location=Location(latitude=1, longitude=2),
        shared_contact=SharedContact(name="Bob"),
        unsupported="a game",
        reply_to=asked.platform_ids[0],
    )
    line = player.transcript[-1]
    assert (line.direction, line.author, line.author_id) == (Direction.INCOMING, "Ann Lee", "ann")
    assert (line.text, line.platform_ids, line.quotes) == ("This one", ("msecond",), asked.number)
    assert line.files == (File(kind="photo", remote_id="f1", file_name="roof.jpg"),)
    assert line.location == Location(latitude=1, longitude=2)
    assert line.shared_contact == SharedContact(name="Bob")
    assert line.unsupported == "a game"


async def test_a_quote_of_something_unknown_is_none() -> None:
    """A message that quotes what we never saw is kept without the quote."""
    player = await assigned()
    await player.writes("About that", reply_to="long-ago")
    assert player.transcript[-1].quotes == 0


def test_a_file_that_was_handed_over_is_held_already() -> None:
    """A file that the plugin saved itself needs no download."""
    media = MediaFile(
        kind=MediaKind.PHOTO, media_id="x", file_name="a.jpg", mime_type="image/jpeg", size_bytes=3
    )
    assert file_of(media) == File(kind="photo", file_name="a.jpg", media=media)
