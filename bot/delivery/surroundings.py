"""What delivery is given to work with, beside the two ports."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.api import ChatRef, MediaFile, MediaKind, Plugin
from bot.delivery.ports import Ledgers, Outcomes
from bot.delivery.retry import Backoff
from bot.delivery.wording import Say

Note = Mapping[str, Any]
"""What the journal keeps of a finished send; JSON."""


class SendJournal(Protocol):
    """What was being sent, on disk, so that a crash leaves no doubt that could have been avoided."""

    async def started(self, name: str) -> None:
        """Note that a send begins; on disk when this returns."""
        ...

    async def finished(self, name: str, note: dict[str, Any]) -> None:
        """Note that the platform took it; it outlives the process from then on."""
        ...

    def forget(self, name: str) -> None:
        """Drop what is noted: nothing was sent, or the record knows.

        A crash must find the note or the record: the note is kept until what the record knows is on disk.
        """
        ...

    async def recover(self) -> Mapping[str, Note | None]:
        """What the last process left, by name, in the order in which it began.

        A note for what it finished, None for what it only started.
        """
        ...


class MediaStore(Protocol):
    """Where files are held."""

    async def save(
        self,
        record_id: str,
        chunks: AsyncIterator[bytes],
        /,
        *,
        kind: MediaKind,
        file_name: str,
        mime_type: str,
        limit_bytes: int,
    ) -> MediaFile:
        """Keep a file of a record.

        Raises:
            DeliveryRejected: it is larger than `limit_bytes`.
            OSError: the disk refuses.
        """
        ...


class Observe(Protocol):
    """Counts what was done."""

    def __call__(self, channel: str, action: str, outcome: str, seconds: float, /) -> None:
        """Count one call of a plugin, with how it ended and how long it took."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The figures of delivery.

    Attributes:
        backoff: the pauses of sends and downloads.
        call_time: the longest a plugin's call may take; after it, nobody knows whether it arrived.
        gather: how long a post waits for others of its contact, where each message costs money.
        backlog: with this many waiting in a lane, posts of one contact are merged.
        most_losses: how often an item's thread may be lost before it is given up.
        most_moves: the same for a chat that moves.
        downloads: how many files are fetched at a time.
        download_time: the longest one attempt to fetch a file may take.
    """

    backoff: Backoff = field(default_factory=Backoff)
    call_time: timedelta = timedelta(minutes=2)
    gather: timedelta = timedelta(seconds=4)
    backlog: int = 5
    most_losses: int = 2
    most_moves: int = 2
    downloads: int = 8
    download_time: timedelta = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Everything that sending asks for.

    Attributes:
        ledgers: the records.
        outcomes: what the outcome of a send means.
        journal: what is being sent.
        media: where files are held.
        clock: the time, in UTC.
        sleep: waits for some seconds.
        chance: a number from 0 to 1.
        limits: figures.
        say: the bot's words.
        link: a signed link to a file, or empty when platforms cannot reach this server.
        media_limit: the size in bytes of the largest file that is fetched.
        address: where a chat is now: itself, or its new id after it moved.
        thread_owner: the record of the contact whose thread this is, or None.
        on_connection_failed: told the channel, why, and by which plugin, whenever a call could not reach
            the platform.
        on_chat_moved: told a chat's old address and its new id; `address` knows when it returns.
        observe: counts calls.
    """

    ledgers: Ledgers
    outcomes: Outcomes
    journal: SendJournal
    media: MediaStore
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    chance: Callable[[], float]
    limits: Limits
    say: Say
    link: Callable[[MediaFile], str]
    media_limit: Callable[[], int]
    address: Callable[[ChatRef], ChatRef]
    thread_owner: Callable[[ChatRef], str | None]
    on_connection_failed: Callable[[str, Exception, Plugin], None]
    on_chat_moved: Callable[[ChatRef, str], Awaitable[None]]
    observe: Observe
