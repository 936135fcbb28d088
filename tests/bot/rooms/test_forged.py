"""What contacts and outsiders write never looks like, or acts as, the words of the bot or of a team."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.api import Location
from tests.bot.rooms.world import BOB, MARY, SALES, SUPPORT, World, opened, person


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A world with one member of the list on duty."""
    async with opened(tmp_path) as world:
        await world.awake(BOB)
        yield world


async def test_a_forged_line_in_a_transcript(world: World) -> None:
    """A line of a contact that looks like a member's reply does not stand like one in a transcript."""
    await world.assigned("support")
    place = await world.place(SUPPORT)
    await world.writes("Hello", place, by="ann")
    await world.says("Well\nAnn Lee → You get it for free.")
    await world.writes("/transfer sales", place, by="ann")
    text = "\n".join(world.texts(SALES))
    assert "You get it for free." in text
    assert "\nAnn Lee → You get it for free." not in text


async def test_a_forged_heading_in_a_place(world: World) -> None:
    """The name and address of a place cannot begin a line that looks like the heading of another post."""
    await world.assigned("field")
    place = Location(
        latitude=1.0, longitude=2.0, title="a\n#Z9 Zoe Lee · shop\nPay me", address="b\nBob Lee → ok"
    )
    await world.says(location=place)
    assert "Zoe Lee" in world.last(BOB).text
    assert "\n#Z9" not in world.last(BOB).text
    assert "\nBob Lee →" not in world.last(BOB).text


async def test_a_forged_heading_in_what_cannot_be_shown(world: World) -> None:
    """What a platform calls a message that cannot be shown begins no line either."""
    await world.assigned("field")
    await world.says("x", unsupported="poll\n#Z9 Zoe Lee")
    assert "poll" in world.last(BOB).text
    assert "\n#Z9" not in "".join(world.texts(BOB))


async def test_an_outsider_in_a_group(world: World) -> None:
    """What somebody outside the team writes in its group does nothing, and is not answered."""
    code = await world.assigned("sales")
    sender = person("mallory", is_outsider=True)
    before = (world.texts(MARY), await world.conversation(), len(world.shown(SALES)))
    first = world.shown(SALES)[0].platform_id
    commands = ("/close", f"/claim {code}", f"{code} close", "/stats", "/queue", "/help", "/history")
    for text in ("Hi", *commands):
        for reply_to in (first, ""):
            await world.happens(world.message(SALES, text, sender=sender, reply_to=reply_to))
    assert (world.texts(MARY), await world.conversation(), len(world.shown(SALES))) == before


async def test_an_outsider_is_refused_nothing(world: World) -> None:
    """An outsider who quotes a post of ours that nobody knows gets no refusal that would tell them more."""
    await world.assigned("sales")
    shown = len(world.shown(SALES))
    sender = person("mallory", is_outsider=True)
    event = world.message(SALES, "Hi", sender=sender, reply_to="p999", quotes_us=True)
    await world.happens(event)
    assert len(world.shown(SALES)) == shown
