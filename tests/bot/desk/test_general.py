"""The general section: who waits, and commands that name a conversation."""

from datetime import timedelta

import pytest

from bot.api import Mark
from bot.desk.parsing import COMMANDS
from bot.model import Direction, Status
from tests.bot.building import INBOX_CHAT, SALES, SUPPORT
from tests.bot.desk.world import ADMIN, EVE, ROBOT, ZOE, World, assign


async def test_claim(desk: World) -> None:
    """`/claim K7` takes the conversation, answers where it was written, and changes the card."""
    await desk.types(f"/claim {desk.code().lower()}")
    assert desk.conversation().claimed_by == "bob"
    assert desk.general() == [f"Bob Miller has {desk.code()}."]
    assert "Bob Miller has it" in desk.card().text


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in {"note", "queue", "del", "c"}])
async def test_answered_where_it_was_written(desk: World, name: str) -> None:
    """Every command that names a conversation is answered in the general section."""
    code = desk.code()
    arguments = {"transfer": "sales", "tag": "vip", "untag": "support"}.get(name, "")
    await desk.types(f"/{name} {code} {arguments}")
    assert desk.general() != []


async def test_note(desk: World) -> None:
    """`/note K7 …` keeps a note on the conversation, and it never leaves."""
    told = desk.told()
    event = await desk.types(f"/note {desk.code()} he is angry")
    assert desk.line("he is angry").direction is Direction.NOTE
    assert desk.marks(event) == [Mark.NOTED]
    assert desk.told() == told


async def test_transfer(desk: World) -> None:
    """`/transfer K7 TEAM NOTE` passes the conversation on, with its note."""
    code = desk.code()
    await desk.types(f"/transfer {code} sales a new roof")
    assert desk.conversation().room == SALES
    assert desk.texts(SALES)[-1] == "Bob Miller passes it on: a new roof"
    assert desk.general() == [f"Bob Miller passed {code} on to Sales."]


async def test_what_the_bot_has(world: World) -> None:
    """The inbox takes a conversation that has no thread yet by its code."""
    await world.says("Hello")
    assert world.conversation().room is None
    await world.types(f"/claim {world.code()}", INBOX_CHAT)
    assert (world.conversation().status, world.conversation().room) == (Status.OPEN, INBOX_CHAT)
    assert world.texts(INBOX_CHAT) == ["Hello"]
    assert world.general(INBOX_CHAT) == [f"Bob Miller has {world.code()}."]


async def test_close_what_the_bot_has(world: World) -> None:
    """The inbox closes a conversation that has no thread, and makes none for it."""
    await world.says("Hello")
    await world.types(f"/close {world.code()}", INBOX_CHAT)
    assert world.conversation().status is Status.CLOSED
    assert world.general(INBOX_CHAT) == [f"Bob Miller closed {world.code()}."]
    assert world.record().contact.threads == ()


@pytest.mark.parametrize("name", ["claim", "close", "history", "info", "transfer", "block", "note"])
async def test_not_of_another_team(desk: World, name: str) -> None:
    """A team does nothing with, and sees nothing of, a conversation that another team has."""
    before, told = desk.record().conversations, desk.told()
    await desk.types(f"/{name} {desk.code()} sales", SALES)
    assert desk.general(SALES) == ["This conversation is not in this chat."]
    assert desk.record().conversations == before
    assert desk.told() == told


async def test_pending_is_the_inbox_s(world: World) -> None:
    """What the bot still has is the inbox's, and no other team's."""
    await world.says("Hello")
    await world.types(f"/claim {world.code()}", SALES)
    assert world.general(SALES) == ["This conversation is not in this chat."]
    assert world.conversation().status is Status.PENDING


async def test_unknown_code(world: World) -> None:
    """A code that no open conversation has is answered."""
    await world.types("/claim Z9")
    assert world.general() == ["There is no open conversation Z9."]


async def test_code_of_a_closed_conversation(desk: World) -> None:
    """The code of a closed conversation is no longer known there."""
    await desk.writes("/close")
    await desk.types(f"/reopen {desk.code()}")
    assert desk.general() == [f"There is no open conversation {desk.code()}."]


@pytest.mark.parametrize(
    "name", [name for name in COMMANDS if name not in {"note", "queue", "stats", "help"}]
)
async def test_no_code(world: World, name: str) -> None:
    """A command without a code is asked for one."""
    await world.types(f"/{name}")
    assert world.general() == [f"Which conversation? Write its code, as in /{name} K7."]


async def test_unknown_command(desk: World) -> None:
    """An unknown command is answered with the nearest, also when it names a conversation."""
    await desk.types("/clam")
    await desk.types(f"/clam {desk.code()}")
    assert ["Did you mean /claim?" in text for text in desk.general()] == [True, True]


async def test_help(world: World) -> None:
    """`/help` lists the commands."""
    await world.types("/help")
    assert "/transfer TEAM" in world.general()[0]


async def test_redelivered(world: World) -> None:
    """A command that is delivered twice is answered once."""
    event = await world.types("/help")
    assert not (await world.happens(event)).is_new
    assert len(world.general()) == 1


async def test_who_counts(world: World) -> None:
    """Another bot is not answered, and an admin in the group's name is."""
    await world.types("/help", sender=ROBOT)
    assert world.general() == []
    await world.types("/help", sender=ADMIN)
    assert len(world.general()) == 1


async def test_queue(desk: World) -> None:
    """`/queue` lists who waits for this team, longest first, with who has it."""
    desk.now += timedelta(hours=1)
    await assign(desk, ZOE)
    await desk.types("/claim " + desk.code(ZOE), sender=EVE)
    await desk.types("/queue")
    assert desk.general()[-1].splitlines() == [
        "Waiting: 2",
        f"{desk.code()} · Ann Lee · shop · Support · free · 1 h 00",
        f"{desk.code(ZOE)} · Zoe Lee · shop · Support · Eve Stone · 0 min",
    ]


async def test_queue_without_who_was_answered(desk: World) -> None:
    """Who was answered waits no more, until they write again."""
    await desk.writes("On my way.")
    await desk.types("/queue")
    assert desk.general() == ["Nobody is waiting."]
    await desk.says("When?")
    await desk.types("/QUEUE")
    assert desk.general()[-1].startswith("Waiting: 1")


async def test_queue_of_others(desk: World) -> None:
    """A team's queue has nobody of another team's, and the inbox's has all, and what the bot still has."""
    await desk.says("Hello", ZOE)
    await desk.types("/queue", SALES)
    await desk.types("/queue", INBOX_CHAT)
    assert desk.general(SALES) == ["Nobody is waiting."]
    assert desk.general(INBOX_CHAT)[0].splitlines() == [
        "Waiting: 2",
        f"{desk.code()} · Ann Lee · shop · Support · free · 0 min",
        f"{desk.code(ZOE)} · Zoe Lee · shop · the bot · free · 0 min",
    ]


async def test_queue_in_reply_to_a_post(desk: World) -> None:
    """`/queue` in reply to a contact's post is still about all."""
    await desk.types("/queue", reply_to=desk.thread()[0].platform_id)
    assert desk.general()[0].startswith("Waiting: 1")


async def test_forgotten_thread(world: World) -> None:
    """In a thread of which nothing is held, commands are answered there, and notes are left alone."""
    place = SUPPORT.thread("forgotten")
    for text in ("/close", "/clsoe", "/help", "// for us"):
        await world.happens(world.message(place, text, sender=EVE))
    said = [each.text for each in world.platform.shown if each.chat == place]
    assert said[0] == "Nothing is held under this thread any more, so nothing was sent."
    assert "Did you mean /close?" in said[1]
    assert len(said) == 3


async def test_reaction_and_edit_to_nothing(world: World) -> None:
    """Reactions and edits of what we do not know do nothing."""
    event = await world.types("lunch?")
    await world.edits(event, "dinner?")
    await world.deletes(event)
    assert world.platform.shown == []
