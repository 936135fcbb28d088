"""Edits of what a member wrote and of which nothing came: nothing is dropped silently, or sent twice."""

from pathlib import Path

import pytest

from bot.api import Mark
from bot.model import Direction, Progress
from tests.bot.building import SUPPORT, file
from tests.bot.desk.world import BOB, World, assign, opened, with_team

ANEW = "Not sent, and nothing was done: an edit of this message has no effect. Write it as a new message."


@pytest.mark.parametrize(
    "text", ["/bonjour, here is the price", "/note", "/c nothing", "/transfer nowhere", "/help", "/del"]
)
async def test_edit_into_a_reply(desk: World, text: str) -> None:
    """A command that led to nothing and is edited into a reply is sent, once."""
    event = await desk.writes(text)
    await desk.edits(event, "Here is the price")
    assert desk.told()[-1] == "Here is the price"
    assert desk.marks(event) == [Mark.SENT]
    await desk.edits(event, "Here are the prices")
    assert desk.told()[-1] == "Here are the prices"
    assert desk.told().count("Here are the prices") == 1
    assert "Here is the price" not in desk.told()


async def test_edit_into_a_command(desk: World) -> None:
    """A slip in a command is mended by an edit: it is done, and a further slip can be mended too."""
    event = await desk.writes("/clam")
    await desk.edits(event, "/clami")
    assert "there is no command /clami" in desk.texts()[-1]
    await desk.edits(event, "/claim")
    assert desk.conversation().claimed_by == "bob"
    assert desk.marks(event) == [Mark.NOTED]


async def test_edit_into_a_note(desk: World) -> None:
    """A note that said nothing is a note once it says something, and never leaves."""
    told = desk.told()
    event = await desk.writes("/note")
    await desk.edits(event, "// he is angry")
    assert desk.line("he is angry").direction is Direction.NOTE
    assert desk.marks(event) == [Mark.NOTED]
    await desk.edits(event, "he is calm")
    assert desk.line("he is calm").direction is Direction.NOTE
    assert desk.told() == told


async def test_edit_of_a_refused_reply(desk: World) -> None:
    """A reply to a closed conversation is refused each time it is edited, until that is open again."""
    await desk.writes("/close")
    event = await desk.writes("Still ther?")
    told = desk.told()
    await desk.edits(event, "Still there")
    assert desk.texts()[-1].startswith("Not sent")
    assert desk.told() == told
    await desk.writes("/reopen")
    await desk.edits(event, "Still there?")
    assert desk.told()[-1] == "Still there?"
    assert desk.progress("Still there?") is Progress.SENT


async def test_edit_without_a_change(desk: World) -> None:
    """An edit that changes no word, as platforms report for a link preview, does nothing."""
    await desk.writes("/close")
    event = await desk.writes("Still there?")
    await desk.writes("/reopen")
    told, texts = desk.told(), desk.texts()
    await desk.edits(event, "Still there?")
    assert desk.told() == told
    assert desk.texts() == texts


@pytest.mark.parametrize("command", ["/tag vip", "/claim"])
@pytest.mark.parametrize("text", ["Here is the price", "/release", "/clam", "// a note"])
async def test_edit_of_a_command_that_was_done(desk: World, command: str, text: str) -> None:
    """A command that was done cannot become something else, and the member is told."""
    event = await desk.writes(command)
    told, lines = desk.told(), len(desk.record().messages)
    await desk.edits(event, text)
    assert desk.texts()[-1] == ANEW
    assert desk.told() == told
    assert len(desk.record().messages) == lines


async def test_edit_of_a_refused_picture(desk: World) -> None:
    """An edit tells of no file, so what had one is to be written anew."""
    await desk.writes("/close")
    event = await desk.writes("Look", attachments=(file(),))
    await desk.writes("/reopen")
    told = desk.told()
    await desk.edits(event, "Look here")
    assert desk.told() == told
    assert desk.texts()[-1] == ANEW


async def test_edit_of_what_was_taken_back(desk: World) -> None:
    """What was taken back stays so, and who edits it is told that nothing is sent."""
    event = await desk.writes("At nine")
    await desk.writes("/undo")
    told, texts = desk.told(), desk.texts()
    await desk.edits(event, "At nine")
    assert desk.texts() == texts
    await desk.edits(event, "At ten")
    assert desk.told() == told
    assert desk.texts()[-1] == ANEW


async def test_edit_in_the_general_section(desk: World) -> None:
    """Talk that is edited into a command is not done, and that is said; talk stays talk."""
    event = await desk.types("lunch?")
    await desk.edits(event, "Lunch at one?")
    assert desk.general() == []
    await desk.edits(event, f"/claim {desk.code()}")
    assert desk.general() == [ANEW]
    assert not desk.conversation().claimed_by


async def test_edit_in_a_thread_of_nobody(desk: World) -> None:
    """In a thread that nothing is held under, an edit is said to send nothing."""
    event = desk.message(SUPPORT.thread("forgotten"), "Hello", sender=BOB)
    await desk.happens(event)
    await desk.edits(event, "Hello?")
    shown = [each.text for each in desk.platform.shown if each.chat.thread_id == "forgotten"]
    assert shown == ["Nothing is held under this thread any more, so nothing was sent."]


async def test_edit_where_only_quotes_are_sent(tmp_path: Path) -> None:
    """Where plain words are notes, a command edited into plain words is a note."""
    async with opened(tmp_path, with_team('reply_mode = "reply"')) as world:
        await assign(world)
        told = world.told()
        event = await world.writes("/clam")
        await world.edits(event, "he is angry")
        assert world.line("he is angry").direction is Direction.NOTE
        assert world.told() == told
