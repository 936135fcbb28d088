"""One place in a lane: the outbox items that are sent as one, and how far they have come in this process."""

from dataclasses import dataclass, field
from typing import NamedTuple

from bot.model import Action, OutboxItem


class Order(NamedTuple):
    """What goes first in a lane.

    Attributes:
        urgency: as in `bot.model.Urgency`.
        place: the order of arrival, with gaps: what a lost thread adds goes right before the item that
            found it lost.
        number: the item's own, which decides among those of one place.
    """

    urgency: int
    place: int
    number: int


@dataclass(slots=True, kw_only=True, eq=False)
class Entry:
    """Items of one record that wait, or are being sent, together.

    Attributes:
        record_id: the record they lie in.
        numbers: the items: one; or posts that are merged; or cards of which only the last state counts.
        action: of the first of them.
        conversation: of all of them.
        order: when its turn comes.
        ids: the platform's ids of the parts that it took.
        journal_names: under which names the journal knows them.
        in_doubt: the next part may have arrived already.
        sent_as: the name that it was last sent by; what is in doubt under another name, no platform can tell.
        is_recovered: the last process left it, and may have sent it under its own id.
        is_repeated: it was sent again after a doubt, by this process.
        is_offered_again: it was offered while it was being sent.
        losses: how often its thread was lost.
        moves: how often its chat moved.
        faults: how often our own side failed it.
        has_fetched: its files have been asked for.
        has_permit: its next call may be made at once.
    """

    record_id: str
    numbers: list[int]
    action: Action
    conversation: int
    order: Order
    ids: list[str] = field(default_factory=list)
    journal_names: list[str] = field(default_factory=list)
    in_doubt: bool = False
    sent_as: str = ""
    is_recovered: bool = False
    is_repeated: bool = False
    is_offered_again: bool = False
    losses: int = 0
    moves: int = 0
    faults: int = 0
    has_fetched: bool = False
    has_permit: bool = False

    @classmethod
    def of(cls, record_id: str, item: OutboxItem, place: int) -> "Entry":
        """The entry of one item."""
        return cls(
            record_id=record_id,
            numbers=[item.number],
            action=item.action,
            conversation=item.conversation,
            order=Order(item.urgency, place, item.number),
        )

    def again(self, number: int, place: int) -> "Entry":
        """A fresh entry of one of the items."""
        return Entry(
            record_id=self.record_id,
            numbers=[number],
            action=self.action,
            conversation=self.conversation,
            order=Order(self.order.urgency, place, number),
        )

    @property
    def key(self) -> tuple[str, int]:
        """What no other entry of the lane has."""
        return (self.record_id, self.order.number)
