"""What delivery needs of its surroundings: records that change in order, and what an outcome means."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.api import ChatRef, Choice
from bot.model import Ledger, OutboxItem, Record

Change = Callable[[Ledger, datetime], None]
"""A change to a draft of a record; pure, given the time."""


class Ledgers(Protocol):
    """The records, each changed by one thing at a time."""

    async def look(self, record_id: str) -> Ledger | None:
        """The record as it is now, not to be changed; None when it was erased."""
        ...

    async def apply(self, record_id: str, change: Change, *, durable: bool = False) -> None:
        """Make a change in the record's turn; new outbox items in it are offered to delivery.

        Args:
            record_id: the record; one that was erased is left alone.
            change: run on a draft; when it raises, the record stays as it was and the error comes out here.
            durable: return when it is on disk, instead of when it is in memory (and soon on disk).
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What a card shows now."""

    text: str
    choices: tuple[Choice, ...]


class Outcomes(Protocol):
    """What the outcome of a send means: each method changes a draft, and none does any I/O.

    Every method takes the outbox items concerned off the outbox, or gives them a new state.
    """

    def thread_title(self, record: Record) -> str:
        """The title of the contact's thread."""
        ...

    def card(self, record: Record, item: OutboxItem) -> Face:
        """The card of the item's conversation."""
        ...

    def heading(self, record: Record, item: OutboxItem) -> str:
        """What stands above a post where the contact has no thread; or empty."""
        ...

    def shows(self, ledger: Ledger, chat: ChatRef) -> None:
        """Something of this record is about to be posted in a chat; told each time, before the call."""
        ...

    def sent(
        self,
        ledger: Ledger,
        items: Sequence[OutboxItem],
        chat: ChatRef,
        platform_ids: tuple[str, ...],
        now: datetime,
    ) -> None:
        """The items (several when merged) stand in `chat` (thread included) as `platform_ids`."""
        ...

    def failed(self, ledger: Ledger, item: OutboxItem, reason: str, now: datetime) -> None:
        """The item will never arrive; `reason` is for the team."""
        ...

    def chat_gone(self, ledger: Ledger, item: OutboxItem, reason: str, now: datetime) -> None:
        """The item's chat takes nothing any more."""
        ...

    def uncertain(self, ledger: Ledger, item: OutboxItem, now: datetime) -> None:
        """The item may have arrived, and nobody can be asked."""
        ...

    def window_shut(self, ledger: Ledger, item: OutboxItem, reason: str, now: datetime) -> None:
        """The platform refused the item because its chat's reply window is shut."""
        ...

    def held(self, ledger: Ledger, item: OutboxItem, reason: str, now: datetime) -> None:
        """The contact's reply window is shut."""
        ...

    def thread_opened(self, ledger: Ledger, item: OutboxItem, thread_id: str, now: datetime, /) -> None:
        """The contact has a thread in the item's chat."""
        ...

    def thread_lost(self, ledger: Ledger, item: OutboxItem, now: datetime) -> None:
        """The thread is gone: forget it and its card; the card and the last lines are posted anew.

        The item itself stays, and is sent again after what this adds: its number is changed, if need be,
        so that it is behind.
        """
        ...
