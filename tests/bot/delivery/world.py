"""A real delivery between records in memory and two platforms."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.api import (
    ChatRef,
)
from bot.delivery.delivery import Delivery
from bot.delivery.surroundings import Limits
from bot.model import (
    Action,
    Contact,
    Conversation,
    Direction,
    House,
    Ledger,
    Message,
    OutboxItem,
    Record,
    record_id_of,
)
from tests.bot.delivery.memory import MemoryJournal, MemoryLedgers, MemoryMedia, RecordingOutcomes, say
from tests.bot.delivery.platform import START, ScriptedPlatform, clock

TEAM = ChatRef("rooms", "-100")
OTHER_TEAM = ChatRef("rooms", "-200")
CONTACT = ChatRef("post", "7")


@dataclass(slots=True, kw_only=True)
class World:
    """Everything together. `live` runs it; what is kept in it outlives a process."""

    rooms: ScriptedPlatform = field(default_factory=ScriptedPlatform)
    post: ScriptedPlatform = field(default_factory=ScriptedPlatform)
    ledgers: MemoryLedgers = field(default_factory=MemoryLedgers)
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    outcomes: RecordingOutcomes = field(default_factory=RecordingOutcomes)
    media: MemoryMedia = field(default_factory=MemoryMedia)
    limits: Limits = field(default_factory=Limits)
    media_limit: int = 20_000_000
    thread_owners: dict[ChatRef, str] = field(default_factory=dict)
    moved: dict[ChatRef, ChatRef] = field(default_factory=dict)
    broken: list[tuple[str, str]] = field(default_factory=list)
    observed: list[tuple[str, str, str]] = field(default_factory=list)

    def delivery(self) -> Delivery:
        """A new delivery, as after a start."""
        made = Delivery(
            ledgers=self.ledgers,
            outcomes=self.outcomes,
            journal=self.journal,
            media=self.media,
            clock=clock,
            say=say,
            link=lambda media: f"https://here/{media.media_id}",
            media_limit=lambda: self.media_limit,
            thread_owner=self.thread_owners.get,
            address=lambda chat: self.moved.get(chat.whole, chat),
            on_connection_failed=lambda channel, error, _plugin: self.broken.append((channel, str(error))),
            on_chat_moved=self._chat_moved,
            observe=lambda channel, action, outcome, _: self.observed.append((channel, action, outcome)),
            limits=self.limits,
            chance=lambda: 0.5,
        )
        self.ledgers.offer = made.offer
        return made

    @asynccontextmanager
    async def live(self, *, attached: bool = True) -> AsyncIterator[Delivery]:
        """Run a process; it is stopped at the end."""
        delivery = self.delivery()
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(delivery.run())
            if attached:
                delivery.attach("rooms", self.rooms)
                delivery.attach("post", self.post)
            await asyncio.sleep(0)
            yield delivery
            await delivery.stop(timedelta(seconds=1))
            await running

    async def _chat_moved(self, old: ChatRef, new_chat_id: str) -> None:
        self.moved[old.whole] = replace(old.whole, chat_id=new_chat_id)

    def record(self, chat: ChatRef = CONTACT, **fields: Any) -> Record:
        """A contact with one conversation, who wrote a minute ago."""
        contact = Contact(chat=chat, name="Ann", created_at=START, last_inbound_at=START, **fields)
        record = Record(
            record_id=record_id_of(chat),
            contact=contact,
            conversations={1: Conversation(number=1, code="K7", started_at=START)},
        )
        self.ledgers.records[record.record_id] = record
        return record

    def now(self, record: Record) -> Record:
        """The record as it is now."""
        found = self.ledgers.records[record.record_id]
        assert isinstance(found, Record)
        return found

    async def put(self, record: Ledger, *items: dict[str, Any]) -> None:
        """Write items into a record, which offers them."""

        def change(ledger: Ledger, now: datetime) -> None:
            for fields in items:
                number = ledger.take_number()
                values = {"conversation": 1, **fields}
                ledger.outbox[number] = OutboxItem(number=number, created_at=now, **values)

        await self.ledgers.apply(record.record_id, change)

    async def write(self, record: Record, **fields: Any) -> int:
        """Write a line of the transcript."""
        number = 0

        def change(ledger: Ledger, now: datetime) -> None:
            nonlocal number
            assert isinstance(ledger, Record)
            number = ledger.take_number()
            values = {"conversation": 1, "direction": Direction.INCOMING, **fields}
            ledger.messages[number] = Message(number=number, at=now, **values)

        await self.ledgers.apply(record.record_id, change)
        return number

    def log(self, kind: str) -> list[tuple[Any, ...]]:
        """The outcomes of one kind."""
        return [entry for entry in self.outcomes.log if entry[0] == kind]


def send(text: str, **fields: Any) -> dict[str, Any]:
    """A message to the contact."""
    return {"action": Action.SEND, "chat": CONTACT, "text": text, **fields}


def post(text: str, **fields: Any) -> dict[str, Any]:
    """A post to the team."""
    return {"action": Action.POST, "chat": TEAM, "text": text, **fields}


def card(**fields: Any) -> dict[str, Any]:
    """A card."""
    return {"action": Action.CARD, "chat": TEAM, **fields}


def house() -> House:
    """The record of what belongs to no contact."""
    return House(record_id="house")


async def settle(seconds: float = 3600) -> None:
    """Let everything happen that would happen in this time."""
    await asyncio.sleep(seconds)
