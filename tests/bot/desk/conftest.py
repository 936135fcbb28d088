from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.desk.world import World, assign, opened


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """The bot, with nobody in it yet."""
    async with opened(tmp_path) as made:
        yield made


@pytest.fixture
async def desk(world: World) -> World:
    """The bot after Ann has chosen the support team."""
    await assign(world)
    return world
