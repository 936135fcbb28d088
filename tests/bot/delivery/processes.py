"""Processes around a world: one that sends an item, one that is killed, and the one after it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.bot.delivery.world import World, settle


async def outcome(world: World, item: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Send one item and return all that came of it."""
    record = world.record()
    async with world.live():
        await world.put(record, item)
        await settle()
    return world.outcomes.log


@asynccontextmanager
async def doomed(world: World) -> AsyncIterator[None]:
    """Run a process that is killed at the end."""
    delivery = world.delivery()
    running = asyncio.create_task(delivery.run())
    delivery.attach("rooms", world.rooms)
    delivery.attach("post", world.post)
    await asyncio.sleep(0)
    try:
        yield
    finally:
        running.cancel()
        await asyncio.wait([running])


async def killed(world: World, *items: dict[str, Any]) -> str:
    """Let a process take over items and be killed a second later; what it was sending hangs."""
    record = world.record()
    async with doomed(world):
        await world.put(record, *items)
        await settle(1)
    world.rooms.gate = world.post.gate = None
    return record.record_id


async def restarted(world: World, *record_ids: str) -> None:
    """Let a new process recover these records, and send all that it can."""
    async with world.live(attached=False) as delivery:
        await delivery.recover(record_ids)
        await settle(10)
        delivery.attach("rooms", world.rooms)
        delivery.attach("post", world.post)
        await settle()
        assert delivery._lanes == {}
