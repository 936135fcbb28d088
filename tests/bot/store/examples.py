"""Records, clocks and failing disks for the tests of the store."""

import asyncio
import errno
import logging
import os
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.api import ChatRef
from bot.model import (
    Action,
    Contact,
    Conversation,
    Direction,
    Message,
    OutboxItem,
    Post,
    Record,
    Status,
    Thread,
    record_id_of,
)
from bot.store import DurableStorage, Store

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TEAM_CHAT = ChatRef("desk", "support")


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, duration: timedelta) -> None:
        self.now += duration


def message(number: int, *, conversation: int = 1, text: str = "Bonjour") -> Message:
    """A line of a contact, posted to the team chat."""
    return Message(
        number=number,
        conversation=conversation,
        direction=Direction.INCOMING,
        at=NOON,
        text=text,
        posts=(Post(TEAM_CHAT.thread("t1"), f"p{number}"),),
    )


def conversation(number: int = 1, *, code: str = "K7", status: Status = Status.OPEN) -> Conversation:
    """A conversation of the support team."""
    closed_at = NOON if status is Status.CLOSED else None
    return Conversation(
        number=number, code=code, status=status, started_at=NOON, team="support", closed_at=closed_at
    )


def record(name: str = "ann", *, messages: int = 2, status: Status = Status.OPEN, code: str = "K7") -> Record:
    """A contact with one conversation and a thread in the team chat."""
    chat = ChatRef("shop", name)
    return Record(
        record_id=record_id_of(chat),
        next_number=messages + 1,
        contact=Contact(
            chat=chat,
            name=name.title(),
            created_at=NOON,
            threads=(Thread(chat=TEAM_CHAT, thread_id=f"thread-{name}", card_id=f"card-{name}"),),
        ),
        conversations={1: conversation(code=code, status=status)},
        messages={number: message(number) for number in range(1, messages + 1)},
    )


def said(old: Record, text: str) -> Record:
    """The record after one more message of the contact."""
    draft = old.draft()
    number = draft.take_number()
    draft.messages[number] = message(number, conversation=1, text=text)
    return draft


def item(number: int, *, messages: tuple[int, ...] = (), quotes: int = 0, files: int = 0) -> OutboxItem:
    """A post to the team chat."""
    return OutboxItem(
        number=number,
        action=Action.POST,
        chat=TEAM_CHAT,
        created_at=NOON,
        conversation=1,
        messages=messages,
        quotes=quotes,
        files=files,
    )


@dataclass(slots=True)
class Disk:
    """A disk that fails, or dies with the process, when it comes to a step of writing.

    Attributes:
        fails_at: the step that is refused, or empty.
        error: what the system says then; a full disk.
        dies_at: the step at which the process dies, or empty.
        gate: while it is not set, every file waits before it is synced.
        written: the paths of the files that were replaced, in order.
    """

    fails_at: str = ""
    error: int = errno.ENOSPC
    dies_at: str = ""
    gate: threading.Event = field(default_factory=threading.Event)
    written: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate.set()

    def storage(self) -> type[DurableStorage]:
        """A storage that writes to this disk."""
        disk = self

        class OnThisDisk(DurableStorage):
            def _create(self, temporary: str) -> int:
                disk.step("create")
                return super()._create(temporary)

            def _fill(self, descriptor: int, content: bytes) -> None:
                try:
                    disk.step("fill")
                except BaseException:
                    super()._fill(descriptor, content[: len(content) // 2])
                    raise
                super()._fill(descriptor, content)

            def _sync(self, descriptor: int) -> None:
                assert disk.gate.wait(timeout=60)
                disk.step("sync")
                super()._sync(descriptor)

            def _replace(self, temporary: str) -> None:
                disk.step("replace")
                super()._replace(temporary)
                disk.written.append(self.path)

            def _sync_name(self) -> None:
                disk.step("sync_name")
                super()._sync_name()

        return OnThisDisk

    def step(self, name: str) -> None:
        if name == self.fails_at:
            raise OSError(self.error, os.strerror(self.error))
        if name == self.dies_at:
            raise ProcessDied(name)


class ProcessDied(BaseException):
    """Nothing after this statement is done, and nothing is cleaned up."""


class Heard(logging.Handler):
    """Waits for what the store says in its log, instead of looking again and again."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: asyncio.Queue[str] = asyncio.Queue()

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.put_nowait(record.getMessage())

    async def line(self, words: str) -> None:
        """Wait for a line with these words in it."""
        async with asyncio.timeout(60):
            while words not in await self._lines.get():
                pass


@contextmanager
def heard() -> Iterator[Heard]:
    """Listen to the log of the store, from the event loop's thread."""
    handler = Heard()
    logger = logging.getLogger("bot.store.store")
    logger.addHandler(handler)
    try:
        yield handler
    finally:
        logger.removeHandler(handler)


STEPS = ("create", "fill", "sync", "replace", "sync_name")


@asynccontextmanager
async def opened(
    data: Path, clock: Clock | None = None, disk: Disk | None = None, *, cache_records: int = 2000
) -> AsyncIterator[Store]:
    """A store over `data` that writes behind only when it is told to."""
    store = Store(
        data,
        clock=clock or Clock(),
        cache_records=cache_records,
        storage=(disk or Disk()).storage(),
        write_behind=timedelta(days=1),
    )
    await store.open()
    try:
        yield store
    finally:
        await store.close()


def snapshot(folder: Path) -> dict[str, bytes]:
    """All files below a folder by their path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
