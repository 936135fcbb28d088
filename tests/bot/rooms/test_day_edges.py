"""The rare moments of a day: timers that meet other commands, a block, a reload or a pause of the process."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.api import DeliveryRejected
from bot.model import Status, Timer
from tests.bot.building import settings_of
from tests.bot.rooms.doing import CALM, FAQ, office, reload, wake_up
from tests.bot.rooms.test_day import OFFICE, WITH_HOURS, answer, day
from tests.bot.rooms.world import BOB, EVE, INBOX_CHAT, MARY, SALES, SUPPORT, TEAMS, opened

# Close later, and snooze


@pytest.mark.parametrize("text", ["field", "My house is on fire"])
async def test_close_later_while_the_bot_has_it(tmp_path: Path, text: str) -> None:
    """A contact who writes stays, also while the bot has the conversation."""
    async with opened(tmp_path, settings_of(teams=TEAMS, answers=FAQ)) as world:
        await world.says("Good day")
        await world.says("hours")
        await world.writes("/close 10m", await world.place(INBOX_CHAT), by="ann")
        await world.says(text)
        assert Timer.CLOSE not in (await world.conversation()).timers
        world.now += timedelta(minutes=11)
        await wake_up(world)
        assert (await world.conversation()).status is not Status.CLOSED


async def test_close_later_ends_with_a_transfer(tmp_path: Path) -> None:
    """The team that takes over is not surprised by a close that the one before asked for."""
    async with day(tmp_path) as world:
        await world.assigned("sales")
        await answer(world, "/close 30m")
        await answer(world, "/transfer support please take over")
        await world.passes(timedelta(minutes=45))
        assert (await world.conversation()).status is Status.OPEN


async def test_a_snooze_ends_with_a_transfer(tmp_path: Path) -> None:
    """What one team put aside is not put aside for the team that takes over."""
    async with day(tmp_path) as world:
        await world.assigned("sales")
        await answer(world, "/snooze 3d")
        await answer(world, "/transfer support please take over")
        await world.passes(timedelta(minutes=45))
        assert any("⏰" in text for text in world.texts(await world.place(SUPPORT)))


async def test_a_snooze_longer_than_auto_close(tmp_path: Path) -> None:
    """What is put aside for longer than conversations stay open comes back open."""
    async with day(tmp_path, CALM) as world:
        await world.assigned("sales")
        await answer(world)
        await answer(world, "/snooze 3d")
        await world.passes(timedelta(days=3, minutes=5))
        assert any("is back" in text for text in world.texts(SALES))
        assert (await world.conversation()).status is Status.OPEN


async def test_a_snooze_longer_than_escalation(tmp_path: Path) -> None:
    """What comes back from a long snooze stays with its team, and is not passed on at once."""
    async with day(tmp_path) as world:
        await world.assigned("sales")
        await answer(world, "/snooze 4h")
        await world.passes(timedelta(hours=4, minutes=2))
        assert (await world.conversation()).team == "sales"


async def test_no_digest_of_what_is_put_aside(tmp_path: Path) -> None:
    """At opening nobody is told of a conversation that is put aside."""
    async with day(tmp_path) as world:
        await world.until("2 20:00")
        await world.assigned("sales")
        await answer(world, "/snooze 3d")
        await world.until("3 08:05")
        assert not any("Good morning" in text for text in world.texts(SALES))


# Timers that must not stay


@pytest.mark.parametrize("is_answered", [True, False])
async def test_the_timers_of_a_blocked_contact(tmp_path: Path, is_answered: bool) -> None:
    """The timers of a blocked contact come due once, and not for ever."""
    async with day(tmp_path) as world:
        await world.assigned("sales")
        if is_answered:
            await answer(world)
        await answer(world, "/block")
        world.now += timedelta(hours=50)
        assert await wake_up(world) < 5


async def test_auto_close_is_told_once(tmp_path: Path) -> None:
    """A conversation that is closed by itself has one line of it in its transcript."""
    async with day(tmp_path) as world:
        await world.assigned("sales")
        await answer(world)
        await world.passes(timedelta(hours=49))
        said = [each.text for each in (await world.record()).messages.values()]
        assert sum("closed" in text.lower() for text in said) == 1


async def test_one_reminder_after_a_pause(tmp_path: Path) -> None:
    """After a pause in which two reminders came due one is given."""
    async with day(tmp_path) as world:
        await world.assigned("sales")
        await answer(world, "/claim")
        world.now += timedelta(minutes=50)
        await wake_up(world)
        assert sum("⏰" in text for text in world.texts(SALES)) == 1


# Replies that did not arrive


async def test_a_failed_reply_is_no_answer(tmp_path: Path) -> None:
    """A contact whose only reply failed still waits, and is not closed."""
    async with day(tmp_path, CALM) as world:
        await world.assigned("sales")
        world.chats["shop"].fails = lambda _message: DeliveryRejected("policy")
        await answer(world)
        await world.passes(timedelta(hours=49))
        assert (await world.conversation()).status is Status.OPEN


async def test_a_reply_that_is_kept_back_is_no_answer(tmp_path: Path) -> None:
    """A contact whose reply the window keeps back still waits, and is not closed."""
    async with day(tmp_path, CALM) as world:
        await world.assigned("sales")
        await world.passes(timedelta(hours=25))
        await answer(world, "Late")
        await world.passes(timedelta(hours=49))
        assert "Late" not in world.texts(MARY)
        assert (await world.conversation()).status is Status.OPEN


# Reload


async def test_auto_close_after_a_reload(tmp_path: Path) -> None:
    """A conversation is closed after the time that the settings give now."""
    async with day(tmp_path) as world:
        await world.assigned("sales")
        await answer(world)
        await reload(world, OFFICE.replace('auto_close = "48h"', 'auto_close = "30d"'))
        await world.passes(timedelta(hours=49))
        assert (await world.conversation()).status is Status.OPEN


async def test_reminders_that_are_turned_off(tmp_path: Path) -> None:
    """After reminders were turned off nobody gets the one that was set before."""
    async with day(tmp_path) as world:
        await world.assigned("sales")
        await reload(world, OFFICE.replace('team = ["10m", "30m"]', "team = []"))
        await world.passes(timedelta(minutes=15))
        assert not any("⏰" in text for text in world.texts(SALES))


async def test_a_claim_outlives_reminders_that_are_turned_off(tmp_path: Path) -> None:
    """After reminders were turned off nobody loses a conversation for want of an answer to one."""
    async with day(tmp_path) as world:
        await world.assigned("sales")
        await answer(world, "/claim")
        await world.passes(timedelta(minutes=12))
        await reload(world, OFFICE.replace('team = ["10m", "30m"]', "team = []"))
        await world.passes(timedelta(minutes=30))
        assert (await world.conversation()).claimed_by


async def test_escalation_that_is_turned_off(tmp_path: Path) -> None:
    """After escalation was turned off a conversation stays with its team."""
    async with day(tmp_path) as world:
        await world.assigned("sales")
        await reload(world, OFFICE.replace('escalate_after = "2h"\n', ""))
        await world.passes(timedelta(hours=3))
        assert (await world.conversation()).team == "sales"


async def test_hours_after_a_reload(tmp_path: Path) -> None:
    """A wait is counted in the opening hours that the settings give now."""
    async with day(tmp_path) as world:
        await world.until("2 17:55")
        await world.assigned("sales")
        await reload(world, OFFICE.replace('"08:00-18:00"', '"10:00-18:00"'))
        await world.until("3 08:30")
        assert not any("⏰" in text for text in world.texts(SALES))


# Away


async def test_away_of_a_second_team(tmp_path: Path) -> None:
    """Who was told that one team is away is told so of the next team too."""
    never = '[hours.never]\nmon = ["08:00-08:30"]\naway = "Never here: {next_open}"\n[lifecycle]'
    teams = WITH_HOURS.replace('chat = "forum:support"', 'chat = "forum:support"\nhours = "never"')
    async with office(tmp_path, CALM.replace("[lifecycle]", never), teams=teams) as world:
        await world.assigned("support")
        assert any("Never here" in text for text in world.texts(MARY))
        await world.writes("/transfer sales", await world.place(SUPPORT), by="ann")
        await world.until("2 20:00")
        await world.says("Still there?")
        assert any("We are closed" in text for text in world.texts(MARY))


async def test_away_after_a_reload(tmp_path: Path) -> None:
    """Other opening hours do not keep the next closed time from being told."""
    toml = CALM.replace('mon-fri = ["08:00-18:00"]', 'sun = ["08:00-08:30"]')
    async with day(tmp_path, toml) as world:
        await world.assigned("sales")
        assert sum("We are closed" in text for text in world.texts(MARY)) == 1
        await reload(world, CALM)
        await world.until("3 08:30")
        await world.until("3 20:00")
        await world.says("Still there?")
        assert sum("We are closed" in text for text in world.texts(MARY)) == 2


async def test_a_transfer_to_a_team_that_is_away(tmp_path: Path) -> None:
    """Who is passed on to a team that is away reads when it opens."""
    async with day(tmp_path, CALM) as world:
        await world.until("2 20:00")
        await world.assigned("support")
        await world.writes("/transfer sales", await world.place(SUPPORT), by="ann")
        assert any("We are closed" in text for text in world.texts(MARY))


async def test_close_later_is_told_to_a_list(tmp_path: Path) -> None:
    """A list hears of a conversation that is closed at the time somebody gave."""
    async with day(tmp_path, CALM) as world:
        await world.awake(BOB, EVE)
        code = await world.assigned("field")
        await world.writes(f"/close {code} 1h", BOB)
        shown = len(world.shown(BOB))
        await world.passes(timedelta(hours=1, minutes=5))
        assert (await world.conversation()).status is Status.CLOSED
        assert any("closed" in text for text in world.texts(BOB)[shown:])
