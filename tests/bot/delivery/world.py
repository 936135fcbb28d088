"""Records, outcomes and a journal in memory, around a real delivery and two platforms."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace as replace_fields

from bot.api import (
    ChatRef,
    Choice,
    DeliveryRejected,
    MediaFile,
    MediaKind,
)
from bot.delivery.delivery import Delivery
from bot.delivery.ports import Change, Face
from bot.delivery.surroundings import Limits
from bot.model import (
    Action,
    Contact,
    Conversation,
    Direction,
    House,
    ItemState,
    Ledger,
    Message,
    OutboxItem,
    Record,
    record_id_of,
)
from tests.bot.delivery.platform import START, ScriptedPlatform, clock

TEAM = ChatRef("rooms", "-100")
OTHER_TEAM = ChatRef("rooms", "-200")
CONTACT = ChatRef("post", "7")


@dataclass(slots=True, kw_only=True)
class MemoryJournal:
    """A journal that survives what a process does not."""

    notes: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    starts: int = 0

    async def started(self, name: str) -> None:
        await asyncio.sleep(0)
        self.starts += 1
        self.notes.pop(name, None)
        self.notes[name] = None

    async def finished(self, name: str, note: dict[str, Any]) -> None:
        assert name in self.notes
        self.notes[name] = note

    def forget(self, name: str) -> None:
        self.notes.pop(name, None)

    async def recover(self) -> dict[str, dict[str, Any] | None]:
        return dict(self.notes)


@dataclass(slots=True, kw_only=True)
class MemoryLedgers:
    """Records that change in order; `errors` fail the next changes."""

    records: dict[str, Ledger] = field(default_factory=dict)
    errors: deque[Exception | None] = field(default_factory=deque)
    offer: Callable[[str, list[OutboxItem]], None] = lambda _record_id, _items: None

    async def look(self, record_id: str) -> Ledger | None:
        return self.records.get(record_id)

    async def apply(self, record_id: str, change: Change, *, durable: bool = False) -> None:
        await asyncio.sleep(0)
        ledger = self.records.get(record_id)
        if ledger is None:
            return
        if self.errors and (error := self.errors.popleft()) is not None:
            raise error
        draft = ledger.draft()
        change(draft, clock())
        self.records[record_id] = draft
        before = ledger.outbox
        new = [
            item
            for number, item in draft.outbox.items()
            if item.state is ItemState.PENDING
            and ((old := before.get(number)) is None or old.state is not ItemState.PENDING)
        ]
        if new:
            self.offer(record_id, new)


class RecordingOutcomes:
    """Outcomes that do the least a record needs, and keep a list.

    Attributes:
        log: what became of what.
        shown: what was about to be posted, as record and chat.
        above: the heading of posts outside of threads.
        buttons: those of every card.
    """

    def __init__(self) -> None:
        self.log: list[tuple[Any, ...]] = []
        self.shown: list[tuple[str, str]] = []
        self.above = ""
        self.buttons: tuple[Choice, ...] = ()

    def thread_title(self, record: Record) -> str:
        return record.contact.display_name * 200

    def card(self, record: Record, item: OutboxItem) -> Face:
        current = record.conversations[item.conversation]
        return Face(text=f"card {current.code}", choices=self.buttons)

    def heading(self, _record: Record, _item: OutboxItem) -> str:
        return self.above

    def shows(self, ledger: Ledger, chat: ChatRef) -> None:
        self.shown.append((ledger.record_id, str(chat)))

    def sent(
        self,
        ledger: Ledger,
        items: Sequence[OutboxItem],
        chat: ChatRef,
        platform_ids: tuple[str, ...],
        now: datetime,
    ) -> None:
        self.log.append(("sent", tuple(item.number for item in items), str(chat), platform_ids))
        for item in items:
            del ledger.outbox[item.number]
            if item.action is Action.CARD and platform_ids and isinstance(ledger, Record):
                ledger.change_thread(item.chat, card_id=platform_ids[0])

    def failed(self, ledger: Ledger, item: OutboxItem, reason: str, now: datetime) -> None:
        self.log.append(("failed", item.number, reason))
        del ledger.outbox[item.number]

    def chat_gone(self, ledger: Ledger, item: OutboxItem, reason: str, now: datetime) -> None:
        self.log.append(("chat_gone", item.number, reason))
        del ledger.outbox[item.number]

    def uncertain(self, ledger: Ledger, item: OutboxItem, now: datetime) -> None:
        self.log.append(("uncertain", item.number))
        ledger.outbox[item.number] = replace_fields(item, state=ItemState.UNCERTAIN)

    def window_shut(self, ledger: Ledger, item: OutboxItem, reason: str, _now: datetime) -> None:
        self.log.append(("window_shut", item.number, reason))
        del ledger.outbox[item.number]

    def held(self, ledger: Ledger, item: OutboxItem, reason: str, now: datetime) -> None:
        self.log.append(("held", item.number, reason))
        ledger.outbox[item.number] = replace_fields(item, state=ItemState.HELD, reason=reason)

    def thread_opened(self, ledger: Ledger, item: OutboxItem, thread_id: str, now: datetime) -> None:
        assert isinstance(ledger, Record)
        self.log.append(("thread_opened", item.number, thread_id))
        ledger.change_thread(item.chat, thread_id=thread_id, card_id="", is_closed=False)

    def thread_lost(self, ledger: Ledger, item: OutboxItem, now: datetime) -> None:
        assert isinstance(ledger, Record)
        self.log.append(("thread_lost", item.number))
        ledger.change_thread(item.chat, thread_id="", card_id="")
        del ledger.outbox[item.number]
        for again in (
            OutboxItem(number=0, action=Action.CARD, chat=item.chat, created_at=now, conversation=1),
            replace_fields(item, text="last lines", files=0),
            item,
        ):
            number = ledger.take_number()
            ledger.outbox[number] = replace_fields(again, number=number)


class MemoryMedia:
    """A media store that keeps bytes."""

    def __init__(self) -> None:
        self.saved: list[tuple[str, bytes]] = []

    async def save(
        self,
        record_id: str,
        chunks: AsyncIterator[bytes],
        /,
        *,
        kind: MediaKind,
        file_name: str,
        mime_type: str,
        limit_bytes: int,
    ) -> MediaFile:
        content = b"".join([chunk async for chunk in chunks])
        if len(content) > limit_bytes:
            raise DeliveryRejected("too large")
        self.saved.append((record_id, content))
        return MediaFile(
            kind=kind,
            media_id=f"m{len(self.saved)}",
            file_name=file_name or "file",
            mime_type=mime_type or "application/octet-stream",
            size_bytes=len(content),
        )


def say(key: str, /, **values: object) -> str:
    """A text as its key and its values."""
    if key == "line.repeat":
        return "(maybe repeated)"
    return " ".join([key, *(str(value) for value in values.values())])


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
