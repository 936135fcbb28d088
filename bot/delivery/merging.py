"""Posts of one contact that travel as one when their lane is backed up, each still linked to its message."""

from collections.abc import Sequence

from msgspec.structs import replace

from bot.delivery.entries import Entry
from bot.delivery.settling import Work
from bot.model import Action, OutboxItem

_MOST = 50
"""As much as a reader takes in at once; the name of a merged post grows with each."""


def merge(work: Work, *, backlog: int) -> None:
    """Let the contact's next posts join `work`, and give its item the text of all.

    Args:
        work: an attempt at a `SEND` or a `POST`; a part that may have arrived already stays as it was.
        backlog: with this many entries the lane is backed up.
    """
    entry, lane = work.entry, work.lane
    is_backed_up = lane.was_paused or lane.queue.waiting + 1 >= backlog
    if is_backed_up and _may_merge(work.item, work) and _is_fresh(entry, work):
        items = list(work.items)
        limit, length_of = work.capabilities.text_limit, work.capabilities.text_unit.length
        length = length_of(_joined(items))
        while len(items) < _MOST and (other := lane.queue.next_of(entry.record_id)) is not None:
            item = work.ledger.outbox.get(other.numbers[0])
            if item is None or len(other.numbers) > 1 or not _is_fresh(other, work):
                break
            if not _may_merge(item, work) or not _goes_with(item, work.item):
                break
            length += length_of(_joined([item])) + 1
            if length > limit:
                break
            lane.queue.absorb(entry, other)
            items.append(item)
        work.items = items
    if len(work.items) > 1:
        work.item = replace(work.item, text=_joined(work.items))


def _joined(items: Sequence[OutboxItem]) -> str:
    return "\n".join(item.text for item in items)


def _is_fresh(entry: Entry, work: Work) -> bool:
    """Whether nothing of an entry can have been sent, so that it may be sent as part of another post.

    An idempotent platform would not know what a last process sent under the item's own id; on the others
    the journal knows.
    """
    if entry.in_doubt or entry.ids:
        return False
    return not (entry.is_recovered and work.capabilities.idempotent)


def _may_merge(item: OutboxItem, work: Work) -> bool:
    """Whether a post is words and nothing else; buttons that are typed are words too."""
    has_buttons = 0 < len(item.choices) <= work.capabilities.choices
    return (
        item.action is Action.POST
        and bool(item.text)
        and not (
            item.files
            or item.media
            or has_buttons
            or item.quotes
            or item.parts_sent
            or item.is_repeat
            or item.template
        )
    )


def _goes_with(item: OutboxItem, first: OutboxItem) -> bool:
    """Whether two posts may be one: nothing that a reader sees of them differs, but the words."""
    return (item.conversation, item.thread_id, item.style, item.author, item.silent, item.origin) == (
        first.conversation,
        first.thread_id,
        first.style,
        first.author,
        first.silent,
        first.origin,
    )
