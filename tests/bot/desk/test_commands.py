"""Commands in a thread: each has an answer, and none writes to the contact by itself."""

from datetime import datetime

import pytest

from bot.api import Mark
from bot.desk.commands import HANDLERS
from bot.desk.parsing import COMMANDS
from bot.model import Direction, Ledger, Record, Status
from tests.bot.building import SALES
from tests.bot.desk.world import EVE, ZOE, World

HOSTILE = (
    "<b>bold</b>&amp;",
    "\x00\x07\x1b[31m",
    "\u202eesrever\u200f",
    "{name} {code} {team}",
    "/close",
    "x" * 100_000,
)


async def test_every_command_has_a_handler() -> None:
    """Every command of a thread does something; notes, the queue and figures are read before."""
    assert set(HANDLERS) == set(COMMANDS) - {"note", "queue", "stats"}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("arguments", ["", *HOSTILE])
async def test_whatever_is_behind_a_command(desk: World, name: str, arguments: str) -> None:
    """A command has an answer whatever stands behind it, and nothing of it reaches the contact."""
    told, posts = desk.told(), len(desk.texts())
    event = await desk.writes(f"/{name} {arguments}")
    assert desk.told() == told
    assert len(desk.texts()) > posts or desk.marks(event) == [Mark.NOTED]


async def test_unknown_command(desk: World) -> None:
    """An unknown command is never sent, and the nearest one is suggested."""
    told = desk.told()
    await desk.writes("/clsoe")
    assert desk.told() == told
    assert "Did you mean /close?" in desk.texts()[-1]
    assert desk.conversation().status is Status.OPEN


async def test_claim(desk: World) -> None:
    """`/claim` takes the conversation, marks the command, and brings the card up to date."""
    event = await desk.writes("/CLAIM")
    assert desk.conversation().claimed_by == "bob"
    assert desk.marks(event) == [Mark.NOTED]
    assert "Bob Miller has it" in desk.card().text
    await desk.writes("/claim")
    assert desk.texts()[-1] == f"Bob Miller has {desk.code()} already."


async def test_claim_from_a_colleague(desk: World) -> None:
    """`/claim` is typed on purpose, so it takes the conversation from a colleague too."""
    await desk.writes("/claim")
    await desk.writes("/claim", sender=EVE)
    assert desk.conversation().claimed_name == "Eve Stone"


async def test_release(desk: World) -> None:
    """`/release` gives the conversation back, once."""
    await desk.writes("/claim")
    await desk.writes("/release")
    assert desk.conversation().claimed_by == ""
    await desk.writes("/release")
    assert desk.texts()[-1] == f"Nobody has {desk.code()}."


async def test_close_and_reopen(desk: World) -> None:
    """`/close` and `/reopen` do what they say once, and answer when there is nothing to do."""
    await desk.writes("/close")
    assert desk.conversation().status is Status.CLOSED
    assert desk.is_closed()
    assert "Closed by Bob Miller" in desk.card().text
    await desk.writes("/close")
    assert desk.texts()[-1] == f"{desk.code()} is closed already."
    await desk.writes("/claim")
    assert desk.texts()[-1] == f"{desk.code()} is closed. Reopen it first: /reopen."
    await desk.writes("/reopen")
    assert desk.conversation().status is Status.OPEN
    assert not desk.is_closed()
    await desk.writes("/reopen")
    assert desk.texts()[-1] == f"{desk.code()} is open already."


async def test_code_that_another_has(desk: World) -> None:
    """A conversation that is opened again long after has a code that nobody else has."""
    await desk.writes("/close")
    taken = desk.code()
    await desk.says("Hello", ZOE)

    def take(ledger: Ledger, _now: datetime) -> None:
        assert isinstance(ledger, Record)
        ledger.change_conversation(1, code=taken)

    await desk.intake.apply(desk.record(ZOE).record_id, take)
    await desk.writes("/reopen")
    assert desk.conversation().status is Status.OPEN
    assert desk.code() != taken


async def test_by_hand(desk: World) -> None:
    """A thread that a member closes or opens by hand closes and reopens its conversation, once."""
    await desk.turns(is_closed=True)
    assert desk.conversation().status is Status.CLOSED
    assert desk.conversation().closed_by == "Bob Miller"
    posts = desk.texts()
    await desk.turns(is_closed=True)
    await desk.turns(is_closed=False)
    assert desk.conversation().status is Status.OPEN
    assert desk.card().actions == ["claim", "transfer", "close"]
    await desk.turns(is_closed=False)
    assert desk.texts() == posts


async def test_by_hand_in_a_thread_that_was_left(desk: World) -> None:
    """Closing or opening a thread that the conversation has left changes nothing for its new team."""
    await desk.writes("/transfer sales")
    await desk.turns(is_closed=True)
    assert desk.conversation().status is Status.OPEN
    await desk.writes("/close", SALES)
    await desk.turns(is_closed=False)
    assert desk.conversation().status is Status.CLOSED


async def test_tags(desk: World) -> None:
    """Tags are added and taken away, in small letters, each once, and stand on the card."""
    await desk.writes("/tag VIP #roof, vip")
    assert desk.conversation().tags == ("roof", "support", "vip")
    assert "Tags: roof, support, vip" in desk.card().text
    assert desk.texts()[-1] == f"Tags of {desk.code()}: roof, support, vip"
    await desk.writes("/untag roof support unknown")
    assert desk.conversation().tags == ("vip",)
    await desk.writes("/untag vip")
    assert desk.texts()[-1] == f"Tags of {desk.code()}: –"
    await desk.writes("/tag # \u202e")
    assert "/tag NAME" in desk.texts()[-1]


async def test_too_many_tags(desk: World) -> None:
    """A conversation has few, short tags."""
    await desk.writes("/tag " + " ".join(f"t{number}" for number in range(50)))
    assert desk.conversation().tags == ("support",)
    assert "at most 20 tags" in desk.texts()[-1]
    await desk.writes("/tag " + "y" * 1000)
    assert desk.conversation().tags == ("support", "y" * 40)


async def test_block(desk: World) -> None:
    """A blocked contact's messages are kept and not shown; unblocking shows new ones again."""
    await desk.writes("/block")
    assert "Blocked" in desk.card().text.splitlines()
    posts = desk.texts()
    await desk.says("Hello?")
    assert desk.texts() == posts
    assert desk.line("Hello?").direction is Direction.INCOMING
    await desk.writes("/block")
    await desk.writes("/info")
    assert desk.texts()[-1].endswith("Blocked")
    await desk.writes("/unblock")
    await desk.says("Here I am")
    assert desk.texts()[-1] == "Here I am"
    assert "Blocked" not in desk.card().text.splitlines()


async def test_delete(desk: World) -> None:
    """`/del` in reply to a sent message takes it back; in reply to anything else it says what it needs."""
    event = await desk.writes("Wrong chat!")
    await desk.writes("/del", reply_to=event.message_id)
    assert "Wrong chat!" not in desk.told()
    await desk.writes("/del", reply_to=event.message_id)
    assert "Reply with /del" in desk.texts()[-1]
    told = desk.told()
    post = desk.thread()[0]
    await desk.writes("/del", reply_to=post.platform_id)
    assert "Reply with /del" in desk.texts()[-1]
    assert desk.told() == told
