"""Retention: closed conversations that are older than config.toml allows are erased, once a day."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from bot.chores import contained, repeated
from bot.config import Settings
from bot.erasing import NotErased
from bot.intake import Intake
from bot.model import Conversation, ItemState, Ledger, Record, Status
from bot.reports import process
from bot.reports.job import ExpiredJob
from bot.reports.reporter import PICTURES
from bot.store.folder import DataFolder
from bot.store.pruning import Pruner
from bot.store.workers import Workers

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
LOOK_EVERY_S = 60.0
PICTURES_KEPT = timedelta(days=30)
"""A picture of figures can be made anew; a team chat has its own copy of it."""

FindExpired = Callable[[ExpiredJob], Awaitable[list[str]]]
"""Looks beside the event loop for records with something to erase."""

Erase = Callable[[str, Callable[[Record], bool]], Awaitable[bool]]
"""Erases a record, here and on the platforms' sides, if it is still as is said when its turn comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one sweep erased.

    Attributes:
        conversations: with all that was said in them.
        contacts: of whom nothing was left.
        left: the records of those contacts of whom a platform's side still holds something.
    """

    conversations: int = 0
    contacts: int = 0
    left: tuple[str, ...] = ()


class Retention:
    """What sweeps.

    Args:
        data: the data folder.
        intake: changes records.
        settings: config.toml as it is now.
        erase: erases a contact of whom nothing is left.
        clock: the time, in UTC.
        find: looks for records.
        sleep: waits for some seconds.
    """

    def __init__(
        self,
        data: Path,
        *,
        intake: Intake,
        settings: Callable[[], Settings],
        erase: Erase,
        clock: Callable[[], datetime],
        find: FindExpired = process.find_expired,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._data = data
        self._intake = intake
        self._settings = settings
        self._erase = erase
        self._clock = clock
        self._find = find
        self._sleep = sleep
        self._pruner = Pruner(DataFolder(data))
        self._swept_at: datetime | None = None
        self._swept_for = timedelta()

    async def run(self) -> None:
        """Sweep at start, once a day, and when config.toml has another age; until cancelled."""
        workers = Workers("retention", threads=1)
        try:
            # What failed is tried again tomorrow; the bot has other work.
            await repeated(
                "old conversations wait to be erased",
                partial(self.look, workers),
                every_s=LOOK_EVERY_S,
                sleep=self._sleep,
            )
        finally:
            await workers.close()

    async def look(self, workers: Workers) -> Swept | None:
        """Sweep, if it is time to.

        Raises:
            OSError: the disk refuses; the rest is erased at the next sweep.
            NotCounted: nobody could look.
        """
        now, age = self._clock(), self._settings().limits.retention
        is_due = self._swept_at is None or now - self._swept_at >= EVERY or age != self._swept_for
        if not is_due:
            return None
        self._swept_at, self._swept_for = now, age
        await workers.run(self._pruner.erase_older, PICTURES, (now - PICTURES_KEPT).timestamp())
        return await self.sweep(now - age, workers) if age else None

    async def sweep(self, before: datetime, workers: Workers) -> Swept:
        """Erase the conversations that were closed before a moment; raises as `look`."""
        conversations = contacts = 0
        left: list[str] = []

        async def sweep_one(record_id: str) -> None:
            nonlocal conversations, contacts
            erased, is_empty = await self._prune(record_id, before, workers)
            conversations += erased
            try:
                contacts += is_empty and await self._erase(record_id, is_forgettable)
            except NotErased:
                # Here they are gone; what the platform keeps must not keep the others from going.
                contacts += 1
                left.append(record_id)

        try:
            for record_id in await self._find(ExpiredJob(data=str(self._data.resolve()), before=before)):
                what = f"what is old of {record_id} waits to be erased"
                await contained(what, partial(sweep_one, record_id), passing=(OSError,))
        finally:
            if conversations or contacts:
                log.info("%d old conversations and %d contacts were erased", conversations, contacts)
            if left:
                log.error(
                    "something of %d of these contacts is left on the side of a platform: %s",
                    len(left),
                    ", ".join(left),
                )
        return Swept(conversations=conversations, contacts=contacts, left=tuple(left))

    async def _prune(self, record_id: str, before: datetime, workers: Workers) -> tuple[int, bool]:
        """Erase what is old of one record.

        Returns:
            How many conversations, and whether nothing is left of the contact.
        """
        erased, left = 0, 1

        async def decide(ledger: Ledger, _now: datetime) -> bool:
            nonlocal erased, left
            assert isinstance(ledger, Record)
            gone = old_in(ledger, before)
            kept = ledger.conversations.keys() - gone
            # First what the record leads to: an interruption leaves the record to find it by again.
            left = len(kept) + await workers.run(
                self._pruner.prune_archive, record_id, gone, kept, lambda each: is_old(each, before)
            )
            messages = [line for line in ledger.messages.values() if line.conversation in gone]
            files = [file for line in messages for file in line.files]
            await workers.run(self._pruner.erase_files, files)
            for line in messages:
                del ledger.messages[line.number]
            for item in [item for item in ledger.outbox.values() if item.conversation in gone]:
                del ledger.outbox[item.number]
            for number in gone:
                del ledger.conversations[number]
            erased = len(gone)
            return bool(gone)

        await self._intake.change(record_id, decide)
        return erased, not left


def is_old(conversation: Conversation, before: datetime) -> bool:
    """Whether a conversation is over, and has been since before a moment."""
    if conversation.status is not Status.CLOSED or conversation.closed_at is None:
        return False
    # A person may have answered since, in the platform's own app.
    ended_at = max(conversation.closed_at, conversation.human_at or conversation.closed_at)
    return ended_at < before


def old_in(record: Record, before: datetime) -> set[int]:
    """The conversations of a record that may be erased: none that something is still to be sent for."""
    # What waits for somebody to write who has not for so long is no reason to keep it.
    in_use = {item.conversation for item in record.outbox.values() if item.state is not ItemState.HELD}
    in_use |= {number for number, each in record.conversations.items() if each.timers}
    return {
        number
        for number, each in record.conversations.items()
        if is_old(each, before) and number not in in_use
    }


def is_forgettable(record: Record) -> bool:
    """Whether nothing is left of a contact that must be remembered: one who is blocked stays blocked."""
    return not (record.conversations or record.outbox or record.contact.is_blocked)
