"""What waits in one lane, in order; every operation costs the logarithm of the number that wait, or less."""

from heapq import heappop, heappush

from bot.delivery.entries import Entry, Order
from bot.model import Action


class LaneQueue:
    """Entries by urgency and arrival.

    An entry stays known from `push` to `settle`, so that the same item is never in a lane twice. The entries
    of each record have a heap of their own, and the first of each stands in a heap of all. A place that an
    entry has left stays in the heaps until it comes up, and is skipped then.
    """

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, int], Entry] = {}
        self._known: dict[tuple[str, int], Entry] = {}
        self._heads: list[tuple[Order, str]] = []
        self._by_record: dict[str, list[Order]] = {}
        self._blocked: set[str] = set()
        self._cards: dict[tuple[str, int], Entry] = {}
        self._closings: dict[str, Entry] = {}

    def __len__(self) -> int:
        """How many items wait or are being sent."""
        return len(self._known)

    @property
    def waiting(self) -> int:
        """How many entries wait."""
        return len(self._waiting)

    @property
    def is_ready(self) -> bool:
        """Whether an entry waits that is not blocked."""
        return any(record_id not in self._blocked for record_id in self._by_record)

    def find(self, record_id: str, number: int) -> Entry | None:
        """The entry that an item is in."""
        return self._known.get((record_id, number))

    def is_waiting(self, entry: Entry) -> bool:
        """Whether an entry waits, and is not being sent."""
        return self._waiting.get(entry.key) is entry

    def push(self, entry: Entry) -> None:
        """Let an entry wait; it joins one that does the same, or takes up what it makes pointless."""
        for number in entry.numbers:
            self._known[entry.record_id, number] = entry
        if entry.action is Action.CARD and self._join_card(entry):
            return
        if entry.action is Action.CLOSE_THREAD:
            self._closings[entry.record_id] = entry
        elif entry.action is Action.REOPEN_THREAD and entry.record_id in self._closings:
            # Content goes first, so the thread would be closed after it was opened again.
            self.absorb(entry, self._closings[entry.record_id])
        self._let_wait(entry)

    def pop(self) -> Entry | None:
        """Take the first entry that is not blocked."""
        while self._heads:
            order, record_id = heappop(self._heads)
            if record_id in self._blocked:
                continue  # `unblock` lets it in again
            entry = self.next_of(record_id)
            if entry is not None and entry.order == order:
                self._take(entry)
                return entry
        return None

    def next_of(self, record_id: str) -> Entry | None:
        """The record's first entry, which stays."""
        orders = self._by_record.get(record_id)
        while orders:
            entry = self._waiting.get((record_id, orders[0].number))
            if entry is not None and entry.order == orders[0]:
                return entry
            heappop(orders)
        return None

    def absorb(self, entry: Entry, other: Entry) -> None:
        """Let `entry` carry the items of `other`, which waits no more."""
        self._take(other)
        entry.numbers += other.numbers
        entry.journal_names += other.journal_names
        for number in other.numbers:
            self._known[entry.record_id, number] = entry

    def settle(self, entry: Entry) -> None:
        """Forget an entry that is over."""
        for number in entry.numbers:
            if self._known.get((entry.record_id, number)) is entry:
                del self._known[entry.record_id, number]

    def move(self, entry: Entry, place: int) -> None:
        """Give a waiting entry another place."""
        if self._waiting.get(entry.key) is entry:
            self._take(entry)
            entry.order = entry.order._replace(place=place)
            self.push(entry)

    def block(self, record_id: str) -> None:
        """Let the record's entries wait, and those of others pass."""
        self._blocked.add(record_id)

    def unblock(self, record_id: str) -> None:
        """Let the record's entries go on, in their old places."""
        self._blocked.discard(record_id)
        self._let_in(record_id)

    def _join_card(self, entry: Entry) -> bool:
        """Let one of two waiting cards go; whether `entry` is that one."""
        other = self._cards.get((entry.record_id, entry.conversation))
        if other is not None and other.order <= entry.order:
            self.absorb(other, entry)
            return True
        if other is not None:
            self.absorb(entry, other)
        self._cards[entry.record_id, entry.conversation] = entry
        return False

    def _let_wait(self, entry: Entry) -> None:
        self._waiting[entry.key] = entry
        heappush(self._by_record.setdefault(entry.record_id, []), entry.order)
        if self.next_of(entry.record_id) is entry:
            self._let_in(entry.record_id)

    def _take(self, entry: Entry) -> None:
        """Take an entry out; its places stay in the heaps, and lead nowhere."""
        self._waiting.pop(entry.key, None)
        if self._cards.get((entry.record_id, entry.conversation)) is entry:
            del self._cards[entry.record_id, entry.conversation]
        if self._closings.get(entry.record_id) is entry:
            del self._closings[entry.record_id]
        self._let_in(entry.record_id)
        if entry.record_id in self._by_record and self.next_of(entry.record_id) is None:
            del self._by_record[entry.record_id]

    def _let_in(self, record_id: str) -> None:
        """Put the record's first entry where `pop` looks; twice does no harm."""
        if record_id not in self._blocked and (first := self.next_of(record_id)) is not None:
            heappush(self._heads, (first.order, record_id))
