"""Commands and buttons with wrong, missing, long and hostile arguments, in rooms of every kind."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.desk.parsing import COMMANDS, PRESSES
from tests.bot.rooms.test_between import seat
from tests.bot.rooms.world import BOB, EVE, JOE, MARY, SALES, SUPPORT, World, opened

ARGUMENTS = (
    "",
    " ",
    "nonsense",
    "<b>&amp;</b>",
    "{name} {menu} %s",
    "\x00\x07\u202e\u200f evil",
    "x" * 100_000,
    "-1",
    "99999999999999999999",
    "\N{PILE OF POO}" * 3000,
)
SENDING = frozenset({"c", "again", "anyway", "take"})
"""What may send something: a ready answer, or a reply that waits. None of these arguments names one."""


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A world whose members are on duty."""
    async with opened(tmp_path) as world:
        await world.awake(BOB, EVE, JOE)
        yield world


@pytest.mark.parametrize("team", ["support", "sales", "field"])
@pytest.mark.parametrize("name", sorted({*COMMANDS, *PRESSES}))
async def test_commands(world: World, team: str, name: str) -> None:
    """Every command answers whatever stands behind it, and none of it reaches the contact."""
    await world.assigned(team)
    at = await seat(world, team)
    first = world.last(at)
    before = world.texts(MARY)
    for argument in ARGUMENTS:
        marks, shown = len(world.chats[at.channel].marks), len(world.chats[at.channel].shown)
        await world.writes(f"/{name} {argument}", at, by="bob", to=None if team == "support" else first)
        answered = len(world.chats[at.channel].marks) + len(world.chats[at.channel].shown)
        assert answered > marks + shown, argument[:20]
        if (await world.conversation()).closed_at:
            await world.writes("/reopen", at, by="bob", to=None if team == "support" else first)
    assert world.texts(MARY) == before


@pytest.mark.parametrize("team", ["support", "sales", "field"])
@pytest.mark.parametrize("action", ["claim", "release", "close", "reopen", "transfer", *PRESSES])
async def test_buttons(world: World, team: str, action: str) -> None:
    """Every button with every argument, pressed twice, is answered, and none of it reaches the contact."""
    code = await world.assigned(team)
    at = await seat(world, team)
    before = world.texts(MARY)
    for argument in ("", "1", "nonsense", "x" * 64, "\u202e"):
        for _ in range(2):
            shown = len(world.shown(at))
            told = await world.presses(f"{code} {action} {argument}".strip(), at, by="bob")
            assert told or len(world.shown(at)) > shown
    assert world.texts(MARY)[: len(before)] == before
    assert len(world.texts(MARY)) == len(before)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
async def test_any_name_and_text(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Whatever a contact is called and writes, each post still begins with a line of ours, and arrives."""
    async with opened(tmp_path_factory.mktemp("any")) as world:
        await world.awake(BOB)
        for team, at in (("sales", SALES), ("field", BOB)):
            code = await world.assigned("sales") if team == "sales" else await world.code()
            if team == "field":
                await world.writes(f"/transfer {code} field", SALES, by="ann")
            sender = world.message(MARY, "").sender
            named = type(sender)(sender_id="mary", name=text, first_name=text)
            await world.says(f"x{text}", sender=named)
            found = [each.text for each in world.shown(at) if each.message.author]
            assert found[-1].startswith(f"#{code} ")
            assert len(found[-1].splitlines()) >= 2


async def test_long_texts(world: World) -> None:
    """A hundred thousand characters arrive whole, in order, in parts that each say whose they are."""
    await world.assigned("sales")
    words = " ".join(str(number) for number in range(17_000))
    await world.says(words)
    code = await world.code()
    parts = [each.text for each in world.shown(SALES)[2:]]
    assert all(part.startswith(f"#{code} Mary Lee\n") for part in parts)
    assert " ".join(part.partition("\n")[2] for part in parts) == words
    assert SUPPORT not in {each.message.chat.whole for each in world.chats["forum"].shown}
