"""What the last process left behind: what it had finished, what it may have, and what it had not begun."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from itertools import count

from bot.api import ChatRef
from bot.chores import contained
from bot.delivery import names
from bot.delivery.entries import Entry
from bot.delivery.surroundings import Note, Surroundings
from bot.model import ItemState, Ledger, OutboxItem


class Recovery:
    """What reads the outboxes at start.

    Args:
        around: records, journal, outcomes.
        left: what the journal knows, by name, in the order in which it was begun.
        next_place: the order of arrival.
        queue: lets an entry wait for its channel.

    Attributes:
        unused: the names in `left` that nothing was found for, so far; none of a record that failed.
    """

    def __init__(
        self,
        around: Surroundings,
        left: Mapping[str, Note | None],
        *,
        next_place: Callable[[], int],
        queue: Callable[[OutboxItem, Entry], None],
    ) -> None:
        self.unused = set(left)
        self._around = around
        self._left = left
        # An item that was sent more than once is in doubt as it was sent last.
        self._sent_as: dict[str, str] = {}
        for name in left:
            whole, item_ids = names.read(name)
            self._sent_as.update(dict.fromkeys(item_ids, whole))
        self._next_place = next_place
        self._queue = queue

    async def read(self, record_id: str) -> None:
        """Deal with the outbox of one record; a fault in it is no other record's.

        Raises:
            OSError: the disk refuses.
        """
        await self._safely(record_id, partial(self._read, record_id))

    async def _read(self, record_id: str) -> None:
        ledger = await self._around.ledgers.look(record_id)
        if ledger is None:
            return
        for items in self._together(ledger):
            await self._safely(record_id, partial(self._take_over, record_id, ledger, items))

    async def _safely(self, record_id: str, job: Callable[[], Awaitable[None]]) -> None:
        what = f"something of {record_id} was not recovered, and waits for the next start"
        if not await contained(what, job, passing=(OSError,)):
            # The journal keeps what it knows: what may have been sent must not pass for not begun.
            self.unused = {name for name in self.unused if not name.startswith(f"{record_id}.")}

    async def _take_over(self, record_id: str, ledger: Ledger, items: list[OutboxItem]) -> None:
        """Deal with items that are sent as one."""
        entry = Entry.of(record_id, items[0], self._next_place())
        entry.numbers = [item.number for item in items]
        entry.is_recovered = True
        chat = self._trace(entry, self._name_of(ledger, items[0]))
        if chat is not None:
            change = partial(self._sent, tuple(entry.numbers), chat, tuple(entry.ids))
            await self._around.ledgers.apply(record_id, change)
            for name in entry.journal_names:
                self._around.journal.forget(name)
        else:
            self._queue(items[0], entry)

    def _together(self, ledger: Ledger) -> list[list[OutboxItem]]:
        """The items that are still to be sent; those that were sent as one last, and still can be, as one."""
        groups: dict[tuple[str, ChatRef, str], list[OutboxItem]] = {}
        for item in sorted(ledger.outbox.values(), key=lambda item: item.number):
            if item.state is ItemState.PENDING:
                key = (self._name_of(ledger, item), item.chat, item.thread_id)
                groups.setdefault(key, []).append(item)
        return list(groups.values())

    def _name_of(self, ledger: Ledger, item: OutboxItem) -> str:
        """What an item was sent as last, or would be sent as."""
        item_id = ledger.item_id(item.number)
        return self._sent_as.get(item_id, item_id)

    def _trace(self, entry: Entry, name: str) -> ChatRef | None:
        """Write into `entry` what the journal knows of it.

        Returns:
            Where it stands, when all its parts were taken; else None.
        """
        for part in (names.part_name(name, number) for number in count()):
            if part not in self._left:
                break
            self.unused.discard(part)
            entry.journal_names.append(part)
            entry.sent_as = name
            note = self._left[part]
            if note is None:
                entry.in_doubt = True
                break
            entry.ids += note["ids"]
            if note["is_last"]:
                return ChatRef(*note["chat"])
        return None

    def _sent(
        self,
        numbers: tuple[int, ...],
        chat: ChatRef,
        platform_ids: tuple[str, ...],
        ledger: Ledger,
        now: datetime,
    ) -> None:
        items = [item for number in numbers if (item := ledger.outbox.get(number)) is not None]
        if items:
            self._around.outcomes.sent(ledger, items, chat, platform_ids, now)
