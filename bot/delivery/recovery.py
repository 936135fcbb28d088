"""What the last process left behind: what it had finished, what it may have, and what it had not begun."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import count

from bot.api import ChatRef
from bot.delivery.entries import Entry
from bot.delivery.merging import MERGED
from bot.delivery.surroundings import Note, Surroundings
from bot.model import ItemState, Ledger, OutboxItem


class Recovery:
    """What reads the outboxes at start.

    Args:
        around: records, journal, outcomes.
        next_place: the order of arrival.
        queue: lets an entry wait for its channel.
    """

    def __init__(
        self,
        around: Surroundings,
        *,
        next_place: Callable[[], int],
        queue: Callable[[OutboxItem, Entry], None],
    ) -> None:
        self._around = around
        self._next_place = next_place
        self._queue = queue

    async def read(self, record_id: str, left: Mapping[str, Note | None]) -> set[str]:
        """Deal with the outbox of one record.

        Args:
            record_id: the record.
            left: what the journal knows.

        Returns:
            The names in `left` that are still of use.
        """
        ledger = await self._around.ledgers.look(record_id)
        used: set[str] = set()
        if ledger is None:
            return used
        for item in sorted(ledger.outbox.values(), key=lambda item: item.number):
            if item.state is not ItemState.PENDING:
                continue
            entry = Entry.of(record_id, item, self._next_place())
            entry.is_recovered = True
            chat = _trace(entry, ledger.item_id(item.number), left)
            used.update(entry.journal_ids)
            if chat is not None:
                change = partial(self._sent, item.number, chat, tuple(entry.ids))
                await self._around.ledgers.apply(record_id, change)
                for item_id in entry.journal_ids:
                    self._around.journal.forget(item_id)
            else:
                self._queue(item, entry)
        return used

    def _sent(
        self, number: int, chat: ChatRef, platform_ids: tuple[str, ...], ledger: Ledger, now: datetime
    ) -> None:
        if (item := ledger.outbox.get(number)) is not None:
            self._around.outcomes.sent(ledger, [item], chat, platform_ids, now)


def _trace(entry: Entry, item_id: str, left: Mapping[str, Note | None]) -> ChatRef | None:
    """Write into `entry` what the journal knows of its item.

    Returns:
        Where the item stands, when all its parts were taken; else None.
    """
    merged = f"{item_id}{MERGED}"
    if merged in left:
        entry.journal_ids.append(merged)
    # Under its own name it was sent later: once more, since nobody knew of the merged post.
    entry.is_unnamed = merged in left and item_id not in left
    names = iter([merged]) if entry.is_unnamed else _part_names(item_id)
    for name in names:
        if name not in left:
            break
        if name != merged:
            entry.journal_ids.append(name)
        note = left[name]
        if note is None:
            entry.in_doubt = True
            break
        entry.ids += note["ids"]
        if note["is_last"]:
            return ChatRef(*note["chat"])
    return None


def _part_names(item_id: str) -> Iterator[str]:
    """The names of an item's parts, without end."""
    yield item_id
    yield from (f"{item_id}-{number}" for number in count(1))
