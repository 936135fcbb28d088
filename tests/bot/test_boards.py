"""Boards: what fails at one look is made good at the next."""

import asyncio
from datetime import datetime
from typing import Any

from bot.api import Capabilities
from bot.boards import Boards
from bot.intake import Decide
from bot.model import HOUSE, House
from bot.rulebook import Rulebook
from bot.store import Index
from tests.bot.building import START, book
from tests.bot.delivery.virtual import run


class OneHouse:
    """The record of the house, in memory."""

    def __init__(self) -> None:
        self.house = House(record_id=HOUSE)

    async def change(self, _record_id: str, decide: Decide, **_: Any) -> None:
        """Decide."""
        await decide(self.house, START)


def test_a_fault_ends_nothing() -> None:
    """A look that fails, for whatever reason, ends neither the boards nor what runs beside them."""
    rules, kept = book(), OneHouse()
    faults = [ValueError("what a contact is called"), KeyError("support"), OSError("full")]

    def rules_now() -> Rulebook:
        if faults:
            raise faults.pop(0)
        return rules

    def now() -> datetime:
        return START

    boards = Boards(
        intake=kept,  # type: ignore[arg-type]
        index=Index(now),
        rules=rules_now,
        abilities=lambda _chat: Capabilities(text_limit=4096, pins=True, edits=True),
    )

    async def scenario() -> None:
        running = asyncio.create_task(boards.run())
        await asyncio.sleep(120)
        running.cancel()
        await asyncio.wait([running])
        assert running.cancelled()

    run(scenario())
    assert len(kept.house.outbox) == len(rules.rooms)
