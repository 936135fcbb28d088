"""A reply to a conversation that a colleague has: held, with a question."""

from pathlib import Path

from bot.api import Mark
from bot.model import Action, Direction, Progress
from tests.bot.building import ANN, file
from tests.bot.desk.platform import failing, held
from tests.bot.desk.world import EVE, World, assign, opened, with_team


async def test_held_for_the_claimer(desk: World) -> None:
    """A reply to a chat that a colleague has is held with a question, and lies in no outbox."""
    await desk.writes("I have her.")
    told = desk.told()
    await desk.writes("Me too", sender=EVE)
    assert desk.told() == told
    assert desk.progress("Me too") is Progress.HELD
    assert not desk.record().outbox
    question = desk.thread()[-1]
    number = desk.line("Me too").number
    assert "Bob Miller has" in question.text
    assert question.actions == [f"anyway {number}", f"take {number}"]
    assert question.item.quotes == number


async def test_held_stays_held(desk: World) -> None:
    """A held reply does not leave when the contact writes, only when somebody decides."""
    await desk.writes("I have her.")
    await desk.writes("Me too", sender=EVE)
    told = desk.told()
    await desk.says("Anybody there?")
    assert desk.told() == told


async def test_send_anyway(desk: World) -> None:
    """A held reply that is sent anyway reaches the contact once, and the claim stays."""
    await desk.writes("I have her.")
    await desk.writes("Me too", sender=EVE)
    action = desk.thread()[-1].actions[0]
    assert await desk.presses(action, by=EVE) == "Sent."
    assert await desk.presses(action, by=EVE) == "This button is out of date."
    assert desk.told().count("Me too") == 1
    assert desk.conversation().claimed_by == "bob"


async def test_take_over(desk: World) -> None:
    """Taking over claims the conversation for who wrote the held reply, and sends it."""
    await desk.writes("I have her.")
    await desk.writes("Me too", sender=EVE)
    notice = await desk.presses(desk.thread()[-1].actions[1], by=EVE)
    assert notice == f"Eve Stone has {desk.code()}."
    assert desk.told()[-1] == "Me too"
    assert desk.conversation().claimed_by == "eve"
    await desk.writes("And this", sender=EVE)
    assert desk.told()[-1] == "And this"


async def test_decided(desk: World) -> None:
    """Once decided, the question says what was decided, and asks no more."""
    await desk.writes("I have her.")
    await desk.writes("Me too", sender=EVE)
    question = desk.thread()[-1]
    await desk.presses(question.actions[0], by=EVE, post=question.platform_id)
    assert question.text == "Sent."
    assert question.choices == ()


async def test_held_and_closed(desk: World) -> None:
    """A held reply is not sent into a conversation that was closed since."""
    await desk.writes("I have her.")
    await desk.writes("Me too", sender=EVE)
    action = desk.thread()[-1].actions[0]
    await desk.writes("/close")
    told = desk.told()
    assert "/reopen" in await desk.presses(action, by=EVE)
    assert desk.told() == told


async def test_held_and_deleted(desk: World) -> None:
    """A held reply that its author deleted cannot be sent any more."""
    await desk.writes("I have her.")
    event = await desk.writes("Me too", sender=EVE)
    action = desk.thread()[-1].actions[0]
    await desk.deletes(event)
    assert await desk.presses(action, by=EVE) == "This button is out of date."
    assert "Me too" not in desk.told()


async def test_held_and_edited(desk: World) -> None:
    """A held reply is sent with its last text."""
    await desk.writes("I have her.")
    event = await desk.writes("Me to", sender=EVE)
    action = desk.thread()[-1].actions[0]
    await desk.edits(event, "Me too")
    await desk.presses(action, by=EVE)
    assert desk.told()[-1] == "Me too"


async def test_held_with_a_file(desk: World) -> None:
    """A held reply takes its files along."""
    await desk.writes("I have her.")
    await desk.writes("Look", sender=EVE, attachments=(file(),))
    await desk.presses(desk.thread()[-1].actions[0], by=EVE)
    assert desk.platform.shown[-1].item.files == desk.line("Look").number


async def test_no_lock(tmp_path: Path) -> None:
    """Where the lock is off, everybody's replies are sent, and the claim stays."""
    async with opened(tmp_path, with_team('claim_lock = "off"')) as world:
        await assign(world)
        await world.writes("I have her.")
        await world.writes("Me too", sender=EVE)
        assert world.told()[-1] == "Me too"
        assert world.conversation().claimed_by == "bob"


async def test_waiting_for_the_window(desk: World) -> None:
    """A reply that waits for the contact to write is none that a colleague can send."""
    desk.platform.befall(Action.SEND, ANN, held("Shut."))
    await desk.writes("Hello.")
    number = desk.line("Hello.").number
    assert await desk.presses(f"anyway {number}") == "This button is out of date."
    assert "Hello." not in desk.told()


async def test_held_and_edited_into_a_note(desk: World) -> None:
    """A held reply that is edited into a note is one: the old words cannot be sent any more either."""
    await desk.writes("I have her.")
    event = await desk.writes("She never pays", sender=EVE)
    told, action = desk.told(), desk.thread()[-1].actions[0]
    assert not (await desk.edits(event, "// she never pays")).is_refused
    note = desk.line("she never pays")
    assert (note.direction, note.progress) == (Direction.NOTE, None)
    assert desk.marks(event) == [Mark.NOTED]
    assert await desk.presses(action, by=EVE) == "This button is out of date."
    await desk.writes("/anyway", sender=EVE)
    assert desk.texts()[-1] == "No message waits for that any more."
    await desk.edits(event, "she never pays us")
    assert desk.line("she never pays us").direction is Direction.NOTE
    assert desk.told() == told


async def test_held_and_edited_into_a_command(desk: World) -> None:
    """A held reply that is edited into a command is withdrawn, and the command is done."""
    await desk.writes("I have her.")
    event = await desk.writes("claim", sender=EVE)
    told, action = desk.told(), desk.thread()[-1].actions[0]
    await desk.edits(event, "/clam")
    assert "there is no command /clam" in desk.texts()[-1]
    await desk.edits(event, "/claim")
    assert desk.conversation().claimed_by == "eve"
    assert await desk.presses(action, by=EVE) == "This button is out of date."
    assert desk.told() == told


async def test_held_with_a_file_and_edited(desk: World) -> None:
    """A file stays with the note that its words become; a command takes none along."""
    await desk.writes("I have her.")
    event = await desk.writes("Look", sender=EVE, attachments=(file(),))
    told = desk.told()
    assert (await desk.edits(event, "/claim")).is_refused
    assert desk.line("Look").progress is Progress.HELD
    await desk.edits(event, "// look")
    assert desk.line("look").files
    assert desk.line("look").direction is Direction.NOTE
    assert desk.told() == told


async def test_held_template_and_edited(desk: World) -> None:
    """Words of one's own take the place of a ready text that was held."""
    desk.can(templates=frozenset({"hello"}))
    await desk.writes("I have her.")
    event = await desk.writes("/template hello", sender=EVE)
    await desk.edits(event, "Good morning")
    await desk.presses(f"anyway {desk.line('Good morning').number}", by=EVE)
    sent = desk.platform.shown[-1].item
    assert (sent.text, sent.template) == ("Good morning", "")


async def test_shut_out_and_edited_into_a_note(desk: World) -> None:
    """A reply that waits for the contact to write, and becomes a note, is not sent when they do."""
    desk.platform.befall(Action.SEND, ANN, held("Shut."))
    event = await desk.writes("She never pays")
    await desk.edits(event, "// she never pays")
    await desk.says("Hello?")
    assert desk.line("she never pays").direction is Direction.NOTE
    assert not any("pays" in text for text in desk.told())


async def test_failed_and_edited_into_a_note(desk: World) -> None:
    """A reply that failed, and becomes a note, cannot be sent again."""
    desk.platform.befall(Action.SEND, ANN, failing())
    event = await desk.writes("She never pays")
    action = desk.thread()[-1].actions[0]
    await desk.edits(event, "/note she never pays")
    assert await desk.presses(action) == "This button is out of date."
    assert not any("pays" in text for text in desk.told())
