"""Replies and notes: what reaches the contact, and what never does."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.api import Location, Mark, SharedContact
from bot.model import Action, Direction, Progress, Status
from tests.bot.building import ANN, INBOX_CHAT, SALES, SUPPORT, file
from tests.bot.desk.world import ADMIN, BOB, EVE, ROBOT, ZOE, World, assign, opened, with_team

HIDDEN = ("\u200f", "\u202e", "\ufeff", "\u200b", "\x07", "\u00a0", "\n", " \t ")
"""What a keyboard, or somebody who means harm, puts before a slash."""


async def test_reply(desk: World) -> None:
    """What a member writes in the thread goes to the contact and to nobody else."""
    await assign(desk, ZOE)
    before = len(desk.platform.shown)
    await desk.writes("On my way.")
    new = [each for each in desk.platform.shown[before:] if each.text == "On my way."]
    assert [each.chat for each in new] == [ANN]


async def test_reply_is_kept_as_written(desk: World) -> None:
    """A reply reaches the contact as it was typed, lines and spaces included."""
    await desk.writes("  First\n\n  K7 second //third ")
    assert desk.told()[-1] == "  First\n\n  K7 second //third "


async def test_first_reply_claims(desk: World) -> None:
    """The first reply claims the conversation for who wrote it, and ends the contact's wait."""
    assert desk.conversation().waiting_since is not None
    await desk.writes("Hello.")
    assert (desk.conversation().claimed_by, desk.conversation().claimed_name) == ("bob", "Bob Miller")
    assert desk.conversation().waiting_since is None
    assert desk.conversation().human_at == desk.now


async def test_reply_of_a_person(desk: World) -> None:
    """A reply is sent as a person's, since platforms allow a person more."""
    await desk.writes("Hello.")
    assert desk.platform.shown[-1].item.origin == "human"


async def test_bots_are_ignored(desk: World) -> None:
    """What another bot writes in a thread is not sent, and changes nothing."""
    before = desk.record()
    await desk.writes("Buy now!", sender=ROBOT)
    assert "Buy now!" not in desk.told()
    assert desk.record() == before


async def test_anonymous_admin(desk: World) -> None:
    """An admin who writes in the group's name counts as a member."""
    await desk.writes("Hello.", sender=ADMIN)
    assert desk.told()[-1] == "Hello."
    assert desk.conversation().claimed_name == "Support group"


async def test_redelivered(desk: World) -> None:
    """A reply that the platform delivers twice is sent once."""
    event = await desk.writes("Once.")
    reception = await desk.happens(event)
    assert not reception.is_new
    assert desk.told().count("Once.") == 1


@pytest.mark.parametrize(
    "note", ["// he is angry", "//he is angry", "/note he is angry", "/NOTE he is angry"]
)
@pytest.mark.parametrize("hidden", ["", *HIDDEN])
async def test_note_never_leaves(desk: World, note: str, hidden: str) -> None:
    """A note is kept and marked, and never leaves, whatever stands before its slash."""
    told = desk.told()
    event = await desk.writes(hidden + note)
    assert desk.told() == told
    assert desk.marks(event) == [Mark.NOTED]
    assert desk.line("he is angry").direction is Direction.NOTE


async def test_note_with_a_file(desk: World) -> None:
    """A file with a note for its caption stays with the team."""
    told = desk.told()
    await desk.writes("// his roof", attachments=(file(),))
    assert desk.told() == told
    assert [each.file_name for each in desk.line("his roof").files] == ["roof.jpg"]


async def test_note_with_an_album(desk: World) -> None:
    """All pictures of an album stay with the team when its caption is a note."""
    told = desk.told()
    await desk.writes("// his roof", attachments=(file(),), album_id="a")
    await desk.writes("", attachments=(file(remote_id="f2"),), album_id="a")
    assert desk.told() == told
    assert [line.direction for line in list(desk.record().messages.values())[-2:]] == [Direction.NOTE] * 2


async def test_album(desk: World) -> None:
    """Every picture of an album without a note is sent, also after another album was a note."""
    await desk.writes("// no", attachments=(file(),), album_id="a")
    before = len(desk.told())
    await desk.writes("yes", attachments=(file(),), album_id="b")
    await desk.writes("", attachments=(file(remote_id="f2"),), album_id="b")
    assert len(desk.told()) == before + 2


async def test_album_with_a_mistyped_command(desk: World) -> None:
    """No picture of an album is sent whose caption is a command that does not exist."""
    told = desk.told()
    await desk.writes("/nte look", attachments=(file(),), album_id="a")
    await desk.writes("", attachments=(file(remote_id="f2"),), album_id="a")
    assert desk.told() == told


async def test_empty_note(desk: World) -> None:
    """An empty note is answered with how to write one."""
    await desk.writes("/note")
    assert "/note TEXT" in desk.texts()[-1]


async def test_files_places_and_people(desk: World) -> None:
    """Files, places and contact cards of a member go to the contact."""
    await desk.writes("", attachments=(file(),))
    await desk.writes("", location=Location(latitude=1, longitude=2))
    await desk.writes("", shared_contact=SharedContact(name="Zed", phone="+331"))
    lines = list(desk.record().messages.values())[-3:]
    assert [line.progress for line in lines] == [Progress.SENT] * 3
    assert [each.item.files for each in desk.platform.shown if each.chat == ANN][-3:] == [
        line.number for line in lines
    ]


async def test_nothing_to_send(desk: World) -> None:
    """An empty message is not sent, and the member is told."""
    told = desk.told()
    await desk.writes("  ")
    assert desk.told() == told
    assert desk.texts()[-1] == "Nothing was sent: the message was empty."


async def test_what_cannot_be_carried(desk: World) -> None:
    """A poll of a member is not sent, and the member is told what it was."""
    told = desk.told()
    await desk.writes("", unsupported="poll: Lunch?")
    assert desk.told() == told
    assert "poll: Lunch?" in desk.texts()[-1]


async def test_closed(desk: World) -> None:
    """A reply to a closed conversation is refused, with the way out."""
    await desk.writes("/close")
    told = desk.told()
    await desk.writes("One more thing")
    assert desk.told() == told
    assert "/reopen" in desk.texts()[-1]
    assert desk.conversation().status is Status.CLOSED


async def test_pending_conversation(world: World) -> None:
    """A reply to a conversation that the bot still has takes it: open, claimed, and the bot is quiet."""
    await world.says("Hello")
    await world.says("hours")
    assert world.conversation().status is Status.PENDING
    await world.writes("I can help.", INBOX_CHAT)
    now = world.conversation()
    assert (now.status, now.team, now.claimed_by) == (Status.OPEN, "inbox", "bob")
    told = world.told()
    assert told[-1] == "I can help."
    await world.says("price")
    assert world.told() == told
    assert world.texts(INBOX_CHAT)[-1] == "price"


async def test_new_conversation_in_the_old_thread(desk: World) -> None:
    """Words in the thread of an earlier conversation are refused while the bot asks about a new one."""
    await desk.writes("/close")
    desk.now += timedelta(days=2)
    await desk.says("Hello again")
    assert desk.conversation().status is Status.PENDING
    told = desk.told()
    await desk.writes("Hi!")
    assert desk.told() == told
    assert desk.code() in desk.texts()[-1]
    assert "new conversation" in desk.texts()[-1]


async def test_quote_of_the_contact(desk: World) -> None:
    """A member's quote of a post quotes the contact's own message."""
    await desk.says("first")
    await desk.says("second")
    first = next(each for each in desk.thread() if each.text == "first")
    await desk.writes("About this:", reply_to=first.platform_id)
    assert desk.platform.shown[-1].item.quotes == desk.line("first").number


async def test_quote_of_a_member(desk: World) -> None:
    """A contact's quote of a reply quotes the member's own post."""
    await desk.writes("At nine?")
    sent = next(each for each in desk.platform.shown if each.text == "At nine?")
    await desk.says("Fine", reply_to=sent.platform_id)
    assert desk.thread()[-1].item.quotes == desk.line("At nine?").number


async def test_quote_in_another_chat(desk: World) -> None:
    """A post is known by its chat and its id: the same id in another chat is another post."""
    for text in ("one", "two", "three", "four"):
        await desk.says(text)
    post = desk.thread()[-1]
    await desk.writes("/transfer sales")
    assert post.platform_id not in {each.platform_id for each in desk.thread(SALES)}
    await desk.writes("Yes", SALES, reply_to=post.platform_id)
    assert desk.platform.shown[-1].item.text == "Yes"
    assert desk.platform.shown[-1].item.quotes == 0


@pytest.mark.parametrize(
    ("signature", "seen"),
    [("none", "Hello."), ("team", "Support:\nHello."), ("first_name", "Bob:\nHello.")],
)
async def test_signature(tmp_path: Path, signature: str, seen: str) -> None:
    """The contact sees the signature that the team wants, and the transcript has the words alone."""
    async with opened(tmp_path, with_team(f'signature = "{signature}"')) as world:
        await assign(world)
        await world.writes("Hello.")
        assert world.told()[-1] == seen
        assert world.progress("Hello.") is Progress.SENT


async def test_signature_without_words(tmp_path: Path) -> None:
    """A picture without words has no signature."""
    async with opened(tmp_path, with_team('signature = "team"')) as world:
        await assign(world)
        await world.writes("", attachments=(file(),))
        assert world.told()[-1] == ""


async def test_reply_mode(tmp_path: Path) -> None:
    """Where only explicit replies are sent, other words are kept as notes."""
    async with opened(tmp_path, with_team('reply_mode = "reply"')) as world:
        await assign(world)
        told = world.told()
        event = await world.writes("Who takes her?")
        assert world.told() == told
        assert world.marks(event) == [Mark.NOTED]
        assert world.conversation().claimed_by == ""
        await world.writes("I do", reply_to=event.message_id, sender=EVE)
        assert world.told() == told
        post = world.thread()[-1].platform_id
        await world.writes("Hello Ann.", reply_to=post)
        assert world.told()[-1] == "Hello Ann."


async def test_canned(tmp_path: Path) -> None:
    """A canned reply reaches the contact with its placeholders filled, and the team reads it."""
    toml = '[canned]\nhello = "Hello {first_name}, this is {team}."\n'
    async with opened(tmp_path, with_team(toml=toml)) as world:
        await assign(world)
        await world.writes("/c hello")
        assert world.told()[-1] == "Hello Ann, this is Support."
        assert world.texts()[-1] == "Bob Miller → Hello Ann, this is Support."
        told = world.told()
        await world.writes("/c goodbye")
        await world.writes("/c")
        assert world.told() == told
        assert [text for text in world.texts() if "Ready answers: hello" in text] == world.texts()[-2:]


async def test_canned_without_any(desk: World) -> None:
    """Where no answer is kept ready, the team is told where they are written."""
    await desk.writes("/c hello")
    assert "There are no ready answers yet." in desk.texts()[-1]


async def test_general_section_is_talk(desk: World) -> None:
    """Talk among colleagues in the general section is ignored."""
    before = desk.platform.shown.copy()
    await desk.types("Anybody for lunch? // no")
    await desk.types("//note")
    assert desk.platform.shown == before


async def test_explicit_reply_outside_the_thread(desk: World) -> None:
    """A reply to a post of the conversation is for its contact also when the platform names no thread."""
    await desk.says("Hello?")
    await desk.types("Bonjour K7 and more", reply_to=desk.thread()[-1].platform_id)
    assert desk.told()[-1] == "Bonjour K7 and more"


async def test_reply_to_what_was_forgotten(desk: World) -> None:
    """Words in a thread of which nothing is held are not sent, and that is said there once."""
    place = SUPPORT.thread("forgotten")
    for _ in range(3):
        await desk.happens(desk.message(place, "Hello?", sender=BOB))
    said = [each.text for each in desk.platform.shown if each.chat == place]
    assert said == ["Nothing is held under this thread any more, so nothing was sent."]


async def test_no_outbox_before_it_is_sent(desk: World) -> None:
    """A reply waits in the outbox until it is delivered, as one item."""
    desk.is_delivering = False
    await desk.writes("Soon.")
    sends = [item for item in desk.record().outbox.values() if item.action is Action.SEND]
    assert [item.text for item in sends] == ["Soon."]
    assert desk.progress("Soon.") is Progress.PENDING
