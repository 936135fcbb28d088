"""Presses on cards and notices."""

import pytest

from bot.api import ButtonPressed
from bot.model import Status
from tests.bot.building import INBOX_CHAT, SALES, SUPPORT
from tests.bot.desk.world import BOB, EVE, ROBOT, ZOE, World, assign

OLD = "This button is out of date."
NOT_YOURS = "This conversation is not in this chat."


async def test_claim_and_release(desk: World) -> None:
    """Claim and Release change the card, and tell who pressed what happened."""
    code = desk.code()
    assert await desk.presses("claim") == f"Bob Miller has {code}."
    assert desk.card().actions == ["release", "transfer", "close"]
    assert "Bob Miller has it" in desk.card().text
    assert await desk.presses("release", by=EVE) == f"{code} is free again."
    assert desk.card().actions == ["claim", "transfer", "close"]


async def test_claim_twice(desk: World) -> None:
    """Of two who press Claim, the first has it, and the second is told so."""
    await desk.presses("claim")
    for by in (BOB, EVE):
        assert await desk.presses("claim", by=by) == f"Bob Miller has {desk.code()} already."
    assert desk.conversation().claimed_by == "bob"


async def test_release_twice(desk: World) -> None:
    """Releasing what nobody has changes nothing, and is answered."""
    await desk.presses("claim")
    await desk.presses("release")
    assert await desk.presses("release") == f"Nobody has {desk.code()}."


async def test_close_and_reopen(desk: World) -> None:
    """Close closes the conversation and its thread; Reopen opens both again."""
    code = desk.code()
    assert await desk.presses("close") == f"Bob Miller closed {code}."
    assert desk.is_closed()
    assert desk.card().actions == ["reopen"]
    assert await desk.presses("close") == f"{code} is closed already."
    assert await desk.presses("reopen") == f"Bob Miller reopened {code}."
    assert not desk.is_closed()
    assert desk.conversation().status is Status.OPEN
    assert await desk.presses("reopen") == f"{code} is open already."


async def test_transfer(desk: World) -> None:
    """Transfer shows the teams and Back; a team's button passes the conversation on."""
    assert await desk.presses("transfer") == "Pass on to which team?"
    assert desk.card().actions == ["to sales", "to lab", "back"]
    assert "nobody has it yet" in await desk.presses("back")
    assert desk.card().actions == ["claim", "transfer", "close"]
    await desk.presses("transfer")
    notice = await desk.presses("to sales")
    assert notice.startswith(f"Bob Miller passed {desk.code()} on to Sales.")
    assert desk.conversation().room == SALES
    assert await desk.presses("to sales") == NOT_YOURS


async def test_transfer_twice(desk: World) -> None:
    """Transfer pressed twice asks twice, and passes nothing on."""
    assert await desk.presses("transfer") == await desk.presses("transfer") == "Pass on to which team?"
    assert desk.conversation().room == SUPPORT


async def test_transfer_to_a_team_that_is_gone(desk: World) -> None:
    """A button of a team that config.toml no longer has is answered with those it has."""
    assert "Teams: support, sales, lab" in await desk.presses("to marketing")
    assert desk.conversation().room == SUPPORT


@pytest.mark.parametrize("action", ["claim", "transfer", "back", "to sales"])
async def test_old_buttons_of_a_closed_conversation(desk: World, action: str) -> None:
    """Buttons that stood on the card before it was closed do nothing any more, and say so."""
    told = desk.told()
    await desk.presses("close")
    assert await desk.presses(action) != ""
    assert desk.conversation().status is Status.CLOSED
    assert desk.conversation().room == SUPPORT
    assert desk.told() == told


@pytest.mark.parametrize(
    "action",
    ["", "to", "explode", "again", "again x", "again ²", "again -1", "again 99999999999999999999", "anyway",
     "take 1", "claim now", "\u202e", "<b>", "x" * 100_000],
)  # fmt: skip
async def test_hostile_buttons(desk: World, action: str) -> None:
    """A button that we never made does nothing, and is answered."""
    before, told = desk.conversation(), desk.told()
    assert await desk.presses(action) != ""
    assert desk.conversation() == before
    assert desk.told() == told


async def test_button_of_an_earlier_conversation(desk: World) -> None:
    """A button with another code is old."""
    assert await desk.presses("close", code="Z9") == OLD
    assert desk.conversation().status is Status.OPEN


async def test_button_in_another_chat(desk: World) -> None:
    """A button pressed in a chat that the conversation has left does nothing."""
    await desk.writes("/transfer sales")
    assert await desk.presses("close", SUPPORT) == NOT_YOURS
    assert desk.conversation().status is Status.OPEN


async def test_button_of_another_contact(desk: World) -> None:
    """A button pressed in another contact's thread does nothing to either."""
    await assign(desk, ZOE)
    assert await desk.presses("close", about=ZOE, code=desk.code()) == OLD
    assert desk.conversation().status is desk.conversation(ZOE).status is Status.OPEN


async def test_button_of_what_was_forgotten(desk: World) -> None:
    """A button in a thread of which nothing is held is answered."""
    place = SUPPORT.thread("forgotten")
    event = ButtonPressed(event_id="x", chat=place, sender=BOB, sent_at=desk.now, choice_id="K7 close")
    assert (await desk.happens(event)).notice == OLD


async def test_bot_presses(desk: World) -> None:
    """A press by another bot does nothing."""
    await desk.presses("close", by=ROBOT)
    assert desk.conversation().status is Status.OPEN


async def test_claim_what_the_bot_has(world: World) -> None:
    """Claiming a conversation that the bot still has takes it to a person of the inbox."""
    await world.says("Hello")
    await world.says("hours")
    assert await world.presses("claim", INBOX_CHAT) == f"Bob Miller has {world.code()}."
    assert world.conversation().status is Status.OPEN
    assert world.card(INBOX_CHAT).actions == ["release", "transfer", "close"]


@pytest.mark.parametrize("text", ["/to", "/to ", "/transfer"])
async def test_to_alone(desk: World, text: str) -> None:
    """Without a team behind it, the command lists the teams."""
    await desk.writes(text)
    assert desk.texts()[-1] == "Write /transfer TEAM. Teams: support, sales, lab."
