"""The preset "callbell": each difference to the default, seen by a contact."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.bot.rooms.test_day import Day, answer, day
from tests.bot.rooms.world import MARY

Scene = Callable[[Day], Awaitable[object]]


async def failures(world: Day) -> object:
    """How often the error is said to who is not understood six times."""
    await world.says("Good day")
    for number in range(6):
        await world.says(f"gibberish {number}")
    return sum(text.startswith(("Sorry?", "Still not")) for text in world.texts(MARY))


async def matching_at_once(world: Day) -> object:
    """Whether a first message that fits an answer is welcomed all the same."""
    await world.says("field please")
    return world.texts(MARY)[0].startswith("Hello Mary, welcome")


async def back_after_twenty_minutes(world: Day) -> object:
    """Whether who writes twenty minutes after closing begins anew."""
    await world.assigned("sales")
    await answer(world)
    await answer(world, "/close")
    await world.passes(timedelta(minutes=20))
    await world.says("One more question")
    return len((await world.record()).conversations)


async def thanks_after_closing(world: Day) -> object:
    """Whether thanks open a closed conversation again."""
    await world.assigned("sales")
    await answer(world)
    await answer(world, "/close")
    await world.says("Thanks")
    return (await world.conversation()).status


async def away_in_an_open_conversation(world: Day) -> object:
    """Whether who writes at night to a team that has the conversation is told that it is away."""
    await world.assigned("sales")
    await world.until("2 20:00")
    await world.says("Hello?")
    return any("We are closed" in text for text in world.texts(MARY))


async def away_in_a_new_conversation(world: Day) -> object:
    """Whether who is given to a team at night is told that it is away."""
    await world.until("2 20:00")
    await world.assigned("sales")
    return any("We are closed" in text for text in world.texts(MARY))


DIFFERENCES = [
    (failures, 2, 6),
    (matching_at_once, True, True),
    (back_after_twenty_minutes, 1, 2),
    (thanks_after_closing, "closed", "open"),
    (away_in_an_open_conversation, True, False),
    (away_in_a_new_conversation, True, True),
]
"""A scene, what is seen by default, and what with the preset."""


@pytest.mark.parametrize(
    ("scene", "usual", "preset"), DIFFERENCES, ids=lambda value: getattr(value, "__name__", "")
)
async def test_difference(tmp_path: Path, scene: Scene, usual: object, preset: object) -> None:
    """The preset changes what it says it changes, and nothing else of this."""
    keys = {"max_attempts": None, "first_message": None}
    toml = '[hours.office]\nmon-fri = ["08:00-18:00"]\naway = "We are closed."\n'
    for name, expected in (("default", usual), ("callbell", preset)):
        async with day(tmp_path / name, toml, top=f'preset = "{name}"', **keys) as world:
            assert await scene(world) == expected, name
