"""Edits, deletions and reactions of members."""

import pytest

from bot.api import Mark, MessageEdited, ReceiptState, Reception
from bot.model import Action, Direction, Progress
from tests.bot.building import ANN, file
from tests.bot.desk.platform import failing, held, uncertain
from tests.bot.desk.world import EVE, ROBOT, World, assign, opened, with_team


async def test_edit(desk: World) -> None:
    """An edit of a reply changes the contact's message."""
    event = await desk.writes("At nin")
    await desk.edits(event, "At nine")
    assert desk.told()[-1] == "At nine"
    assert desk.line("At nine").is_edited


async def test_edit_with_signature(tmp_path_factory: pytest.TempPathFactory) -> None:
    """An edited message keeps its signature."""
    async with opened(tmp_path_factory.mktemp("data"), with_team('signature = "first_name"')) as world:
        await assign(world)
        event = await world.writes("At nin")
        await world.edits(event, "At nine")
        assert world.told()[-1] == "Bob:\nAt nine"


async def test_edit_before_it_is_sent(desk: World) -> None:
    """A reply that still waits leaves with its new text, once."""
    desk.is_delivering = False
    event = await desk.writes("At nin")
    await desk.edits(event, "At nine")
    desk.is_delivering = True
    await desk.deliver()
    assert desk.told()[-2:] == ["Support will answer you here.", "At nine"]


@pytest.mark.parametrize("text", ["// internal", "/note internal", "\u200f/close", "/x"])
async def test_edit_into_a_note(desk: World, text: str) -> None:
    """A reply that is edited into a note or a command stays as it was sent, and the member is told."""
    event = await desk.writes("At nine")
    assert (await desk.edits(event, text)).is_refused
    assert desk.told()[-1] == "At nine"
    assert desk.line("At nine").progress is Progress.SENT
    assert desk.texts()[-1].startswith("Not changed for Ann Lee")


async def test_edit_of_a_note(desk: World) -> None:
    """A note that is edited stays a note, also without its slashes."""
    told = desk.told()
    event = await desk.writes("// he is angry")
    await desk.edits(event, "// he is calm")
    assert desk.line("he is calm").direction is Direction.NOTE
    await desk.edits(event, "he is fine")
    assert desk.line("he is fine").direction is Direction.NOTE
    assert desk.told() == told


async def test_edit_in_the_old_thread(desk: World) -> None:
    """After a transfer the old team changes nothing that the contact reads."""
    event = await desk.writes("At nine")
    await desk.writes("/transfer sales")
    await desk.edits(event, "Never mind us")
    assert "At nine" in desk.told()
    assert "with Sales now" in desk.texts()[-1]


async def test_edit_that_the_platform_cannot_make(desk: World) -> None:
    """Where the platform cannot change a message, the team is told to send a correction."""
    event = await desk.writes("At nin")
    desk.platform.befall(Action.EDIT, ANN, failing())
    await desk.edits(event, "At nine")
    assert desk.texts()[-1] == "Ann Lee's platform cannot change a sent message. Send a correction instead."


async def test_edit_that_is_refused(desk: World) -> None:
    """A platform that delivers an edit again is told again whether it was taken."""
    event = await desk.writes("At nin")
    for text, is_refused in (("At nine", False), ("// never", True)):
        edit = MessageEdited(
            event_id=f"edit {text}",
            chat=event.chat,
            sender=event.sender,
            sent_at=desk.now,
            message_id=event.message_id,
            text=text,
        )
        assert await desk.happens(edit) == Reception(is_refused=is_refused)
        assert await desk.happens(edit) == Reception(is_new=False, is_refused=is_refused)
    assert desk.told()[-1] == "At nine"


async def test_edit_where_nothing_can_be_changed(desk: World) -> None:
    """Where it is known that a platform changes nothing, the transcript keeps what the contact reads."""
    event = await desk.writes("At nin")
    desk.can(edits=False)
    assert (await desk.edits(event, "At nine")).is_refused
    assert desk.texts()[-1] == "Ann Lee's platform cannot change a sent message. Send a correction instead."
    assert desk.line("At nin").progress is Progress.SENT


async def test_edit_of_several_parts(desk: World) -> None:
    """A reply that went out in several messages is not changed by halves, and the team is told."""
    event = await desk.writes("A long text")

    def send_more(outcomes: object, ledger: object, item: object, now: object) -> None:
        raise AssertionError("nothing may be edited")

    number = desk.line("A long text").number
    await desk.intake.apply(
        desk.record().record_id,
        lambda ledger, _now: ledger.change_message(number, platform_ids=("p1", "p2")),  # type: ignore[attr-defined]
    )
    desk.platform.befall(Action.EDIT, ANN, send_more)
    await desk.edits(event, "Another text")
    assert "cannot change a sent message" in desk.texts()[-1]


async def test_edit_without_a_change(desk: World) -> None:
    """An edit that changes no word, as platforms report for a link preview, does nothing."""
    event = await desk.writes("At nine")
    before = desk.record().messages
    await desk.edits(event, "At nine")
    assert desk.record().messages == before


async def test_edit_by_another_bot(desk: World) -> None:
    """An edit reported as another bot's does nothing."""
    event = await desk.writes("At nine", sender=ROBOT)
    told = desk.told()
    await desk.edits(event, "Buy now!")
    assert desk.told() == told


async def test_delete(desk: World) -> None:
    """A reply that its author deletes is taken back from the contact, once."""
    event = await desk.writes("Wrong chat!")
    await desk.deletes(event)
    await desk.deletes(event)
    assert "Wrong chat!" not in desk.told()
    assert desk.line("Wrong chat!").is_deleted


async def test_delete_before_it_is_sent(desk: World) -> None:
    """A reply that is deleted while it waits is never sent."""
    desk.is_delivering = False
    event = await desk.writes("Wrong chat!")
    await desk.deletes(event)
    desk.is_delivering = True
    await desk.deliver()
    assert "Wrong chat!" not in [each.text for each in desk.platform.shown]


async def test_delete_while_held(desk: World) -> None:
    """A reply that waits for the contact to write, and is deleted, is never sent."""
    desk.platform.befall(Action.SEND, ANN, held())
    event = await desk.writes("Wrong chat!")
    await desk.deletes(event)
    await desk.says("Hello?")
    assert "Wrong chat!" not in [each.text for each in desk.platform.shown]


async def test_delete_while_it_is_sent(desk: World) -> None:
    """A reply that is deleted while it is in flight is taken back when it has arrived."""
    desk.is_delivering = False
    event = await desk.writes("Wrong chat!")
    item = next(item for item in desk.record().outbox.values() if item.action is Action.SEND)
    await desk.deletes(event)
    await desk.intake.apply(
        desk.record().record_id,
        lambda ledger, now: desk.outcomes.sent(ledger, [item], ANN, ("p99",), now),
    )
    await desk.deliver()
    deletions = [each for each in desk.record().outbox.values() if each.action is Action.DELETE]
    assert [each.target for each in deletions] == ["p99"]


async def test_delete_that_the_platform_cannot_make(desk: World) -> None:
    """Where the platform cannot take a message back, the team is told."""
    event = await desk.writes("Wrong chat!")
    desk.platform.befall(Action.DELETE, ANN, failing())
    await desk.deletes(event)
    assert desk.texts()[-1] == "Ann Lee's platform cannot take back a sent message."


async def test_delete_of_a_note(desk: World) -> None:
    """A note that is deleted asks nothing of the contact's platform."""
    event = await desk.writes("// he is angry")
    before = desk.told()
    await desk.deletes(event)
    assert desk.told() == before
    assert desk.line("he is angry").is_deleted


async def test_reaction(desk: World) -> None:
    """A member's reaction to a post is shown on the contact's message, and taken back with it."""
    event = await desk.says("Thank you!")
    post = desk.thread()[-1]
    await desk.reacts(post, "👍")
    await desk.reacts(post, "")
    assert desk.platform.reactions == [
        (ANN.address, event.message_id, "👍"),
        (ANN.address, event.message_id, ""),
    ]


async def test_reaction_to_our_own(desk: World) -> None:
    """A reaction to the card, to a notice or to a colleague's words is the team's own."""
    event = await desk.writes("On my way.")
    await desk.writes("/info")
    await desk.reacts(desk.card(), "👍")
    await desk.reacts(desk.thread()[-1], "👍")
    own = desk.platform.shown[-1]
    own.platform_id, own.chat = event.message_id, event.chat
    await desk.reacts(own, "👍")
    assert desk.platform.reactions == []


async def test_reaction_in_the_old_thread(desk: World) -> None:
    """A reaction in a thread that the conversation has left is the team's own."""
    await desk.says("Thank you!")
    post = desk.thread()[-1]
    await desk.writes("/transfer sales")
    await desk.reacts(post, "👍")
    assert desk.platform.reactions == []


async def test_picture_deleted(desk: World) -> None:
    """A picture without words is taken back like words."""
    event = await desk.writes("", attachments=(file(),))
    count = len(desk.told())
    await desk.deletes(event)
    assert len(desk.told()) == count - 1
    assert desk.marks(event) == [Mark.SENT]


@pytest.mark.parametrize("command", ["/del", "/undo"])
async def test_a_colleague_s_answer_stays(desk: World, command: str) -> None:
    """A member takes back their own answers only, also when they quote a colleague's."""
    event = await desk.writes("At nine")
    await desk.writes(command, reply_to=event.message_id, sender=EVE)
    assert desk.told()[-1] == "At nine"
    assert not desk.line("At nine").is_deleted
    refusals = {
        "/del": "Not taken back: only who sent an answer can take it back.",
        "/undo": "You have sent nothing here that could be taken back.",
    }
    assert desk.texts()[-1] == refusals[command]


@pytest.mark.parametrize("command", ["/del", "/undo"])
async def test_mark_of_what_was_taken_back(desk: World, command: str) -> None:
    """The member's own post no longer says that the contact has it, whatever their platform reports late."""
    event = await desk.writes("At nine")
    await desk.writes(command, reply_to=event.message_id)
    assert desk.marks(event) == [Mark.SENT, Mark.NOTED]
    await desk.reports(ReceiptState.READ, desk.line("At nine"))
    assert desk.marks(event) == [Mark.SENT, Mark.NOTED]


async def test_mark_of_what_never_left(desk: World) -> None:
    """A reply that is taken back while it waits is marked at once."""
    desk.platform.befall(Action.SEND, ANN, held())
    event = await desk.writes("At nine")
    await desk.writes("/undo")
    assert desk.marks(event) == [Mark.NOTED]


async def test_mark_of_what_could_not_be_taken_back(desk: World) -> None:
    """Where the platform cannot take it back, the post goes on saying that the contact has it."""
    event = await desk.writes("At nine")
    desk.platform.befall(Action.DELETE, ANN, failing())
    await desk.writes("/undo")
    assert "cannot take back" in desk.texts()[-1]
    assert desk.marks(event)[-1] is Mark.SENT


async def test_mark_of_what_was_on_its_way(desk: World) -> None:
    """A reply that is taken back in flight is marked as sent only where it cannot be taken back after all."""
    for fault, mark in ((), Mark.NOTED), ((failing(),), Mark.SENT):
        desk.is_delivering = False
        event = await desk.writes("At nine")
        item = next(each for each in desk.record().outbox.values() if each.action is Action.SEND)
        await desk.writes("/undo")
        platform_id = desk.platform.add(ANN, "At nine", (), item)
        await desk.intake.apply(
            desk.record().record_id,
            lambda ledger, now, item=item, at=platform_id: desk.outcomes.sent(  # type: ignore[misc]
                ledger, [item], ANN, (at,), now
            ),
        )
        desk.platform.befall(Action.DELETE, ANN, *fault)
        desk.is_delivering = True
        await desk.deliver()
        assert Mark.SENT not in desk.marks(event)[:-1]
        assert desk.marks(event)[-1] is mark


async def test_mark_of_what_may_have_arrived(desk: World) -> None:
    """What may have arrived cannot be said not to be there."""
    desk.platform.befall(Action.SEND, ANN, uncertain)
    event = await desk.writes("At nine")
    await desk.writes("/undo")
    assert desk.marks(event) == [Mark.UNCERTAIN]
