"""When nobody of a list can be written to, what contacts say is shown to somebody else, and nothing waits."""

from datetime import timedelta
from pathlib import Path

from tests.bot.building import settings_of
from tests.bot.rooms.doing import CALM, FAQ, reload, seen, stuck
from tests.bot.rooms.test_day import WITH_HOURS, Day, day
from tests.bot.rooms.world import (
    ANSWERS,
    BOB,
    EVE,
    INBOX_CHAT,
    MARY,
    SUPPORT,
    TEAMS,
    opened,
)


async def test_a_claimer_asleep_and_a_colleague_awake(tmp_path: Path) -> None:
    """When who has a conversation cannot be written to any more, a colleague is shown what comes."""
    async with opened(tmp_path) as world:
        await world.awake(BOB)
        code = await world.assigned("field")
        await world.writes(f"{code} claim", BOB)
        world.now += timedelta(hours=23)
        await world.awake(EVE)
        world.now += timedelta(hours=2)
        await world.says("Hello again?")
        assert "Hello again?" in "".join(world.texts(EVE))


async def test_a_claimer_who_comes_back(tmp_path: Path) -> None:
    """The inbox has what came while everybody slept, and gives it back to who is there again."""
    async with opened(tmp_path) as world:
        await world.awake(BOB)
        code = await world.assigned("field")
        await world.writes(f"{code} claim", BOB)
        world.now += timedelta(hours=25)
        await world.says("Hello again?")
        assert (await world.conversation()).room == INBOX_CHAT
        await world.writes("on", BOB)
        assert (await world.conversation()).room != INBOX_CHAT


async def test_a_claimer_who_is_removed(tmp_path: Path) -> None:
    """Who is taken off the list is shown nothing more, and what they had is free for the others."""
    async with opened(tmp_path, settings_of(teams=TEAMS, answers=ANSWERS)) as world:
        await world.awake(BOB, EVE)
        code = await world.assigned("field")
        await world.writes(f"{code} claim", EVE)
        await world.writes(f"{code} watch", EVE)
        await reload(world, "", TEAMS.replace('"phone:eve", ', ""))
        shown = len(world.texts(EVE))
        await world.says("Secret")
        assert "Secret" in world.last(BOB).text
        assert len(world.texts(EVE)) == shown
        await world.writes("Hi", BOB, to=world.last(BOB))
        assert world.texts(MARY)[-1] == "Hi"


async def closed_in_the_list(world: Day) -> None:
    """Bob answers Mary, and closes her conversation."""
    await world.awake(BOB)
    code = await world.assigned("field")
    await world.writes("Hello", BOB, to=world.last(BOB))
    await world.writes(f"{code} close", BOB)


async def test_thanks_to_a_list_asleep(tmp_path: Path) -> None:
    """Thanks that come while the whole list sleeps are shown somewhere, and nothing waits for the list."""
    async with day(tmp_path, CALM) as world:
        await closed_in_the_list(world)
        await world.passes(timedelta(hours=25))
        await world.says("thanks")
        assert "thanks" in seen(world)
        assert await stuck(world) == []


async def test_a_list_that_became_a_group(tmp_path: Path) -> None:
    """A conversation that opens again after its list became a group is shown there."""
    async with day(tmp_path, CALM) as world:
        await closed_in_the_list(world)
        head = WITH_HOURS[: WITH_HOURS.index("[teams.field]")]
        world.chats["forum"].groups = frozenset({"support", "inbox", "field"})
        await reload(world, CALM, f'{head}[teams.field]\nname = "Field"\nchat = "forum:field"\n')
        await world.says("One more thing")
        assert "One more thing" in seen(world)
        assert await stuck(world) == []


async def test_a_digest_for_a_list_asleep(tmp_path: Path) -> None:
    """When nobody of a list can be written to at opening, who waits is named somewhere else."""
    async with day(tmp_path, CALM) as world:
        await world.awake(BOB)
        await world.until("2 20:00")
        await world.assigned("field")
        await world.until("3 09:30")
        assert "Good morning" in seen(world)


async def test_a_snooze_of_the_inbox(tmp_path: Path) -> None:
    """What the inbox put aside while the bot had it is not hidden from the team that gets it."""
    async with opened(tmp_path, settings_of(teams=TEAMS, answers=FAQ)) as world:
        await world.says("Good day")
        await world.says("hours")
        await world.writes("/snooze 2d", await world.place(INBOX_CHAT), by="ann")
        await world.says("support")
        await world.writes("/queue", SUPPORT, by="ben")
        assert "Mary" in world.last(SUPPORT).text
