"""What a changed config.toml moves: a fault in one conversation keeps no other from being moved."""

import logging
from datetime import datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.model import HOUSE, House, Ledger, Record, record_id_of
from tests.bot.building import settings_of
from tests.bot.rooms.world import ANSWERS, CANNED, MARY, SALES, TEAMS, ZOE, World, opened

CHANGED = '[reminders]\nteam = ["7m"]\n'
WITHOUT_SALES = TEAMS.replace('chat = "group:sales"', 'members = ["phone:bob"]')


async def number_her(world: World, number: int) -> None:
    """Let the conversation of Mary say that it is another one than it is."""

    async def decide(ledger: Ledger, _now: datetime) -> bool:
        assert isinstance(ledger, Record)
        ledger.conversations[1] = replace(ledger.conversations[1], number=number)
        return True

    await world.core.intake.change(record_id_of(MARY), decide)


async def timed_by(world: World) -> str:
    """What the times of open conversations were last set by."""
    house = await world.core.intake.look(HOUSE)
    assert isinstance(house, House)
    return house.timed_by


async def test_a_fault_in_one_record(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The others are moved, the log names the one that is not, and the next time it is tried again."""
    async with opened(tmp_path) as world:
        await world.core.receiver.rehouse()
        before = await timed_by(world)
        for chat in (MARY, ZOE):
            await world.assigned("sales", chat)
        await number_her(world, 9)
        world.core.take(settings_of(CANNED + CHANGED, teams=WITHOUT_SALES, answers=ANSWERS))
        with caplog.at_level(logging.ERROR):
            await world.core.receiver.rehouse()
        await world.settle()
        assert (await world.conversation(MARY)).room == SALES
        assert (await world.conversation(ZOE)).room != SALES
        assert record_id_of(MARY) in caplog.text
        assert record_id_of(ZOE) not in caplog.text
        assert await timed_by(world) == before

        await number_her(world, 1)
        await world.core.receiver.rehouse()
        await world.settle()
        assert (await world.conversation(MARY)).room == (await world.conversation(ZOE)).room
        assert await timed_by(world) != before
