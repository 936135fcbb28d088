"""What happens to a world as a whole: other settings, a late awakening, several events at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from bot.api import Capabilities, ChatRef, Event, IncomingMessage, MessageEdited
from bot.model import LIST, OutboxItem
from tests.bot.building import settings_of
from tests.bot.rooms.test_day import OFFICE, WITH_HOURS, Day, answer
from tests.bot.rooms.world import ANSWERS, MARY, SECOND, World, opened, person

CALM = OFFICE[: OFFICE.index("[reminders]")] + OFFICE[OFFICE.index("[rating]") :]
"""The office with the usual reminders, and no escalation."""

FAQ = f"""{ANSWERS}
[[routing.answers]]
label = "Prices"
when = ["4", "prices"]
team = "night"
[[routing.answers]]
label = "Hours"
when = ["hours"]
reply = "Nine to five."
"""


@asynccontextmanager
async def office(
    folder: Path,
    toml: str = OFFICE,
    *,
    teams: str = WITH_HOURS,
    answers: str = ANSWERS,
    **abilities: Capabilities,
) -> AsyncIterator[Day]:
    """A day with its own teams, answers, and abilities of a channel."""
    async with opened(folder, settings_of(toml, teams=teams, answers=answers), **abilities) as world:
        world.__class__ = Day
        assert isinstance(world, Day)
        await world.core.receiver.rehouse()
        yield world


async def reload(world: World, toml: str, teams: str = WITH_HOURS, answers: str = ANSWERS) -> None:
    """Give the running bot other settings."""
    world.core.take(settings_of(toml, teams=teams, answers=answers))
    await world.core.receiver.rehouse()
    await world.settle()


async def wake_up(world: World, limit: int = 12) -> int:
    """Serve what is due now, `limit` times at most; how often something was."""
    index, count = world.core.store.index, 0
    while (due := index.next_due()) is not None and due <= world.now and count < limit:
        for record_id in index.due(world.now):
            await world.core.receiver.due(record_id)
        await world.settle()
        count += 1
    return count


async def together(world: World, *events: Event) -> None:
    """Let events come in at once, in this order."""
    world.now += SECOND
    await asyncio.gather(*(world.core.receiver.receive(each) for each in events))
    await world.settle()


async def edit(world: World, chat: ChatRef, message: IncomingMessage, text: str, by: str = "") -> None:
    """A member changes what they wrote."""
    event = MessageEdited(
        event_id=f"edit {message.message_id}",
        chat=chat,
        sender=person(by or chat.chat_id),
        message_id=message.message_id,
        text=text,
        sent_at=world.now,
    )
    await world.happens(event)


def seen(world: World) -> str:
    """Everything that members see, in whatever chat."""
    return "\n".join(
        each.text for chats in world.chats.values() for each in chats.shown if each.message.chat.whole != MARY
    )


async def stuck(world: World) -> list[OutboxItem]:
    """What still waits for a list."""
    return [each for each in (await world.record()).outbox.values() if each.chat.channel == LIST]


async def late_reply(world: Day, then: str) -> None:
    """A reply comes after the platform's window shut, and waits; then a command is given."""
    await world.assigned("sales")
    await world.passes(timedelta(hours=25))
    await answer(world, "Late")
    assert [each.text for each in (await world.record()).held()] == ["Late"]
    await answer(world, then)
