"""What becomes of an attempt: the record is told, and the journal forgets; or the item waits for another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from bot.api import Capabilities, ChatRef, Plugin
from bot.delivery.entries import Entry
from bot.delivery.lane import Lane
from bot.delivery.names import name_of
from bot.delivery.ports import Change
from bot.delivery.rest import Rest
from bot.delivery.surroundings import Surroundings
from bot.model import Action, Ledger, OutboxItem

Tell = Callable[[Ledger, OutboxItem, datetime], None]
"""What an outcome means for one item."""


@dataclass(slots=True, kw_only=True)
class Work:
    """One attempt.

    Attributes:
        entry: what is attempted.
        lane: its lane.
        plugin: connected.
        ledger: the record as it is now.
        items: the entry's items that are still to be sent.
        item: what is sent: the first of them, with the text of all that are merged.
        chat: where it goes, with its thread once that is known.
    """

    entry: Entry
    lane: Lane
    plugin: Plugin
    ledger: Ledger
    items: Sequence[OutboxItem]
    item: OutboxItem
    chat: ChatRef

    @property
    def capabilities(self) -> Capabilities:
        """What the platform can do in this chat."""
        return self.plugin.abilities(self.chat)

    @property
    def is_merged(self) -> bool:
        """Whether several posts are sent as one."""
        return self.item.action is Action.POST and len(self.items) > 1

    @property
    def name(self) -> str:
        """The journal's name of what is sent."""
        items = self.items if self.is_merged else (self.item,)
        return name_of(self.ledger, [item.number for item in items])


class Settling:
    """Writes outcomes.

    Args:
        around: records, outcomes, journal.
    """

    def __init__(self, around: Surroundings) -> None:
        self._around = around

    async def sent(self, work: Work, platform_ids: Sequence[str]) -> None:
        """The items stand where they belong; or there is nothing to do for them any more."""
        outcomes, items, chat = self._around.outcomes, work.items, work.chat

        def change(ledger: Ledger, now: datetime) -> None:
            # An item that was taken off while it was in flight was sent all the same, and is linked.
            current = [ledger.outbox.setdefault(item.number, item) for item in items]
            outcomes.sent(ledger, current, chat, tuple(platform_ids), now)

        await self._finish(work.entry, change)

    async def failed(self, work: Work, reason: str) -> None:
        """The items will never arrive."""
        outcomes = self._around.outcomes
        await self._each(work, lambda ledger, item, now: outcomes.failed(ledger, item, reason, now))

    async def chat_gone(self, work: Work, reason: str) -> None:
        """The chat takes nothing any more."""
        outcomes = self._around.outcomes
        await self._each(work, lambda ledger, item, now: outcomes.chat_gone(ledger, item, reason, now))

    async def window_shut(self, work: Work, reason: str) -> None:
        """The platform says that the reply window is shut."""
        outcomes = self._around.outcomes
        await self._each(work, lambda ledger, item, now: outcomes.window_shut(ledger, item, reason, now))

    async def held(self, work: Work, reason: str) -> None:
        """The reply window is shut."""
        outcomes = self._around.outcomes
        await self._each(work, lambda ledger, item, now: outcomes.held(ledger, item, reason, now))

    async def uncertain(self, work: Work) -> None:
        """Nobody can say whether the items arrived."""
        await self._each(work, self._around.outcomes.uncertain)

    async def thread_opened(self, work: Work, thread_id: str) -> None:
        """The contact has a thread; on disk when this returns."""
        outcomes, item = self._around.outcomes, work.item

        def change(ledger: Ledger, now: datetime) -> None:
            outcomes.thread_opened(ledger, item, thread_id, now)

        await self._around.ledgers.apply(work.entry.record_id, change, durable=True)

    async def thread_lost(self, work: Work) -> None:
        """The thread is gone: what the record adds goes before everything else of it in the lane."""
        outcomes, entry, first = self._around.outcomes, work.entry, work.items[0]
        added: list[OutboxItem] = []

        def change(ledger: Ledger, now: datetime) -> None:
            current = ledger.outbox.get(first.number)
            if current is None:
                return
            before = set(ledger.outbox)
            # The parts that were taken went with the thread.
            whole = ledger.outbox[first.number] = replace(current, parts_sent=0)
            outcomes.thread_lost(ledger, whole, now)
            added[:] = [item for number, item in ledger.outbox.items() if number not in before]

        entry.losses += 1
        entry.ids.clear()
        await self._finish(entry, change)
        here = [item for item in added if item.chat.whole == first.chat.whole]
        work.lane.replace(entry, first=here, then=work.items[1:])

    async def retry(self, work: Work, reason: str) -> Rest | None:
        """Wait for another attempt; None when this was the last."""
        around, attempts = self._around, work.item.attempts + 1
        backoff = around.limits.backoff
        if backoff.is_over(attempts):
            return None
        until = around.clock() + backoff.pause(attempts, around.chance)
        await self._change_items(work.entry, (work.item,), attempts=attempts, not_before=until, reason=reason)
        return Rest(until=until)

    async def part_sent(self, work: Work, parts: int) -> None:
        """So many parts of the item have been taken."""
        await self._change_items(work.entry, (work.item,), parts_sent=parts, attempts=0, not_before=None)

    async def repeat(self, work: Work) -> None:
        """The items may have been posted once already, and say so from now on, each by itself too."""
        await self._change_items(work.entry, work.items, is_repeat=True)

    def forget(self, entry: Entry, name: str) -> None:
        """Nothing was sent under this name of the entry."""
        self._around.journal.forget(name)
        entry.journal_names.remove(name)

    def forget_all(self, entry: Entry) -> None:
        """The record knows all there is to know; or nothing was sent."""
        for name in tuple(entry.journal_names):
            self.forget(entry, name)

    async def _change_items(self, entry: Entry, items: Sequence[OutboxItem], **changes: object) -> None:
        """Replace fields of items, of those that are still there."""
        numbers = [item.number for item in items]

        def change(ledger: Ledger, _now: datetime) -> None:
            for number in numbers:
                if (item := ledger.outbox.get(number)) is not None:
                    ledger.outbox[number] = replace(item, **changes)

        await self._around.ledgers.apply(entry.record_id, change)

    async def _each(self, work: Work, tell: Tell) -> None:
        def change(ledger: Ledger, now: datetime) -> None:
            for number in [item.number for item in work.items]:
                if (item := ledger.outbox.get(number)) is not None:
                    tell(ledger, item, now)

        await self._finish(work.entry, change)

    async def _finish(self, entry: Entry, change: Change) -> None:
        await self._around.ledgers.apply(entry.record_id, change)
        self.forget_all(entry)
