"""Everything that changes a record goes through here: one thing at a time a record, one write for many.

Events, outcomes of sends and timers wait in the record's mailbox. Its worker takes what has gathered,
decides one after another on a draft, writes the draft once, and only then answers those who wait and
hands what is to be sent to delivery.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Protocol

from bot.delivery.ports import Change
from bot.model import House, ItemState, Ledger, OutboxItem, Record
from bot.store import Store, Unwritable

log = logging.getLogger(__name__)

BATCH = 256
_LONGEST_S = 0.005
"""How long one record is decided on before the others get a turn."""
_NUMBERS_SINCE = datetime(2024, 1, 1, tzinfo=UTC)

Decide = Callable[[Ledger, datetime], Awaitable[bool]]
"""Changes a draft; False: nothing was changed, and nothing need be written."""


class Offers(Protocol):
    """Where new outbox items go once they are on disk."""

    def offer(self, record_id: str, items: list[OutboxItem]) -> None:
        """Take items over."""
        ...


def _leave(_ledger: Ledger, _now: datetime) -> None:
    """Leave a draft as it is."""


async def _nothing(_ledger: Ledger, _now: datetime) -> bool:
    return False


@dataclass(slots=True, kw_only=True)
class _Job:
    done: asyncio.Future[None]
    decide: Decide = _nothing
    is_durable: bool = True
    birth: Record | House | None = None
    erase: Callable[[], Awaitable[None]] | None = None
    is_change: bool = False
    error: Exception | None = None


@dataclass(slots=True)
class _Mailbox:
    jobs: deque[_Job] = field(default_factory=deque)
    worker: asyncio.Task[None] | None = None


class Intake:
    """The mailboxes.

    Args:
        store: the records.
        offers: delivery.
        clock: the time, in UTC.
        on_written: called after each change, when due times may have changed.
        finish: makes a draft ready to be written, after each decision that changed it.
    """

    def __init__(
        self,
        *,
        store: Store,
        offers: Offers,
        clock: Callable[[], datetime],
        on_written: Callable[[], None],
        finish: Callable[[Ledger, datetime], None] = _leave,
    ) -> None:
        self._store = store
        self._offers = offers
        self._clock = clock
        self._on_written = on_written
        self._finish = finish
        self._boxes: dict[str, _Mailbox] = {}

    async def change(
        self, record_id: str, decide: Decide, *, is_durable: bool = True, birth: Record | House | None = None
    ) -> None:
        """Run a decision in the record's turn.

        Args:
            record_id: the record.
            decide: the decision.
            is_durable: return when the change is on disk, instead of in memory (and soon on disk).
            birth: what the record is when there is none yet; None: a record that is not there stays so.

        Raises:
            OSError: the disk refuses; nothing was changed.
            Exception: what `decide` raised; nothing was changed.
        """
        job = _Job(decide=decide, is_durable=is_durable, birth=birth, done=_future())
        await self._enqueue(record_id, job)

    async def _enqueue(self, record_id: str, job: _Job) -> None:
        box = self._boxes.get(record_id)
        if box is None:
            box = self._boxes[record_id] = _Mailbox()
            box.jobs.append(job)
            box.worker = asyncio.create_task(self._work(record_id, box), name=record_id)
        else:
            box.jobs.append(job)
        # A caller that gives up (a client that hangs up) cancels only its own waiting, never what is written.
        await job.done

    async def apply(self, record_id: str, change: Change, *, durable: bool = False) -> None:
        """As in `bot.delivery.ports.Ledgers`."""

        async def decide(ledger: Ledger, now: datetime) -> bool:
            change(ledger, now)
            return True

        await self.change(record_id, decide, is_durable=durable)

    async def forget(
        self, record_id: str, *, only_if: Callable[[Record], bool] | None = None
    ) -> Record | None:
        """Erase a record in its turn, after all that came before.

        Args:
            record_id: the record.
            only_if: whether it is still to be erased, as it is by then; without it, whatever it holds.

        Returns:
            What was erased, or None: there was nothing, or nothing that could be read.

        Raises:
            OSError: the disk refuses; it can be tried again.
        """
        erased: list[Record | House] = []

        async def erase() -> None:
            found = await self._store.load(record_id)
            if only_if is not None and not (isinstance(found, Record) and only_if(found)):
                return
            if await self._store.forget(record_id) and found is not None:
                erased.append(found)

        await self._enqueue(record_id, _Job(done=_future(), erase=erase))
        return next((record for record in erased if isinstance(record, Record)), None)

    async def look(self, record_id: str) -> Record | House | None:
        """As in `bot.delivery.ports.Ledgers`."""
        return await self._store.load(record_id)

    async def drain(self) -> None:
        """Return when all that was taken is decided, and what must be on disk is."""
        while workers := [box.worker for box in self._boxes.values() if box.worker is not None]:
            await asyncio.wait(workers)

    async def _work(self, record_id: str, box: _Mailbox) -> None:
        try:
            while box.jobs:
                batch = _next_batch(box.jobs)
                await self._settle_safely(record_id, batch)
                for job in batch:
                    if job.done.cancelled():
                        continue
                    if job.error is None:
                        job.done.set_result(None)
                    else:
                        job.done.set_exception(job.error)
        finally:
            del self._boxes[record_id]

    async def _settle_safely(self, record_id: str, batch: list[_Job]) -> None:
        try:
            if batch[0].erase is not None:
                await batch[0].erase()
            else:
                await self._settle(record_id, batch)
        except Exception as error:
            if isinstance(error, Unwritable) and len(batch) > 1:
                # One of them made a value that cannot be written; nothing was, and the others are sound.
                for job in batch:
                    job.error = None
                    await self._settle_safely(record_id, [job])
                return
            log.exception("the record %s could not be changed", record_id)
            for job in batch:
                job.error = job.error or error

    async def _settle(self, record_id: str, batch: list[_Job]) -> None:
        base = await self._store.load(record_id)
        is_new = base is None
        draft = await self._decide(base, batch)
        if draft is None:
            return
        # What leaves is on disk first: a number that a crash took back would be given to something else,
        # and a platform that goes by ids would take that for a repetition.
        must_be_durable = (
            is_new or any(job.is_durable and job.is_change for job in batch) or bool(_to_send(base, draft))
        )
        try:
            if must_be_durable:
                await self._store.commit(draft)
            else:
                self._store.keep(draft)
        except OSError as error:
            waiting = [job for job in batch if job.is_durable or is_new]
            for job in waiting:
                job.error = job.error or error
            rest = [job for job in batch if job.error is None]
            draft = await self._decide(base, rest) if rest else None
            if draft is None:
                return
            if _to_send(base, draft):
                if len(rest) == 1:
                    rest[0].error = error
                else:  # those that send nothing are kept all the same
                    for job in rest:
                        await self._settle_safely(record_id, [job])
                return
            self._store.keep(draft)
        self._offer(record_id, base, draft)
        self._on_written()

    async def _decide(self, base: Record | House | None, batch: list[_Job]) -> Record | House | None:
        draft, is_changed = base, False
        now = self._clock()
        began = perf_counter()
        for job in batch:
            known = draft or job.birth
            if known is None:
                continue
            trial = known.draft()
            if draft is None:
                trial.next_number = first_number(now)
            try:
                job.is_change = await job.decide(trial, now)
                if job.is_change:
                    self._finish(trial, now)
            except Exception as error:  # noqa: BLE001  # handed to whoever waits for this job
                job.error = error
                continue
            if job.is_change:
                draft, is_changed = trial, True
            if perf_counter() - began > _LONGEST_S:
                # One who writes more than anybody reads must not keep the others waiting.
                await asyncio.sleep(0)
                began = perf_counter()
        return draft if is_changed else None

    def _offer(self, record_id: str, base: Ledger | None, draft: Ledger) -> None:
        if new := _to_send(base, draft):
            self._offers.offer(record_id, new)


def _to_send(base: Ledger | None, draft: Ledger) -> list[OutboxItem]:
    """What a draft has to send that its record had not."""
    before = base.outbox if base else {}
    return [
        item
        for number, item in draft.outbox.items()
        if item.state is ItemState.PENDING
        and ((old := before.get(number)) is None or old.state is not ItemState.PENDING)
    ]


def first_number(now: datetime) -> int:
    """Where the numbers of a new record begin: behind all those of a record that had its id before.

    The ids that platforms know our messages by are made of them. A contact whose file could not be read, or
    who was erased, comes back under the same id, and what is sent then must not pass for a repetition.
    """
    return max(1, (now - _NUMBERS_SINCE) // timedelta(milliseconds=1))


def _future() -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()


def _next_batch(jobs: deque[_Job]) -> list[_Job]:
    """What is done together: an erasure by itself, changes as many as there are up to the next one."""
    batch = [jobs.popleft()]
    while jobs and len(batch) < BATCH and batch[0].erase is None and jobs[0].erase is None:
        batch.append(jobs.popleft())
    return batch
