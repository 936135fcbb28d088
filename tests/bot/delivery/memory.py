"""Records, outcomes, a journal and files in memory: what delivery is given to work with."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec.structs import replace as replace_fields

from bot.api import (
    ChatRef,
    Choice,
    DeliveryRejected,
    MediaFile,
    MediaKind,
)
from bot.delivery.ports import Change, Face
from bot.model import (
    Action,
    ItemState,
    Ledger,
    OutboxItem,
    Record,
)
from tests.bot.delivery.platform import clock


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
