"""What is left of a conversation after its end: its stars, its timers, and how long it is kept."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.retention import old_in
from tests.bot.rooms.doing import CALM, FAQ, late_reply, office
from tests.bot.rooms.test_day import Day, answer, day
from tests.bot.rooms.world import JOE, MARY, PRIVATE, SUPPORT

STARS = replace(PRIVATE, choices=10)


async def ended(world: Day, after: timedelta) -> None:
    """Mary's conversation is answered and closed, and time passes."""
    await world.assigned("sales")
    await answer(world)
    await answer(world, "/close")
    await world.passes(after)


async def old_star(world: Day) -> str:
    """The button for four stars of a conversation that ended the day before yesterday."""
    await ended(world, timedelta(minutes=11))
    buttons = [button for each in world.shown(MARY) for button in each.buttons]
    star = next(each for each in buttons if each.startswith("rate ") and each.endswith("4"))
    await world.passes(timedelta(hours=30))
    return star


async def test_an_old_star_is_no_option(tmp_path: Path) -> None:
    """A star of the conversation before chooses no team in the new one."""
    async with office(tmp_path, answers=FAQ, shop=STARS) as world:
        await world.awake(JOE)
        star = await old_star(world)
        await world.says("A new matter")
        await world.presses(star, MARY)
        assert (await world.conversation()).number == 2
        assert (await world.conversation()).team != "night"


async def test_an_old_star_is_no_message(tmp_path: Path) -> None:
    """A star of the conversation before is not shown to the team that has the new one."""
    async with office(tmp_path, shop=STARS) as world:
        star = await old_star(world)
        await world.assigned("support")
        place = await world.place(SUPPORT)
        before = world.texts(place)
        await world.presses(star, MARY)
        assert world.texts(place) == before


async def test_an_ended_conversation_has_no_timers(tmp_path: Path) -> None:
    """Once a new conversation has begun nothing of the one before is still to come."""
    async with day(tmp_path, CALM) as world:
        await ended(world, timedelta(hours=30))
        await world.says("A new matter")
        assert (await world.record()).conversations[1].timers == {}


async def test_a_new_conversation_before_the_last_words(tmp_path: Path) -> None:
    """A conversation that begins before the last words of the one before leaves no timer behind."""
    toml = CALM.replace('closing_delay = "10m"', 'closing_delay = "10m"\nreopen_window = "5m"')
    async with day(tmp_path, toml) as world:
        await ended(world, timedelta(minutes=7))
        await world.says("A new matter")
        await world.passes(timedelta(minutes=30))
        assert (await world.record()).conversations[1].timers == {}


async def test_retention_of_a_rated_conversation(tmp_path: Path) -> None:
    """A conversation that was asked for a rating is old after its time, like any other."""
    async with day(tmp_path) as world:
        await ended(world, timedelta(minutes=11))
        await world.passes(timedelta(hours=30))
        await world.says("A new matter")
        assert (await world.conversation()).number == 2
        await world.passes(timedelta(days=400))
        assert old_in(await world.record(), world.now - timedelta(days=365)) == {1}


async def test_retention_with_a_late_reply(tmp_path: Path) -> None:
    """A reply that never could be sent does not keep its closed conversation for ever."""
    async with day(tmp_path, CALM) as world:
        await late_reply(world, "/close")
        await world.passes(timedelta(days=400))
        assert old_in(await world.record(), world.now - timedelta(days=365)) == {1}
