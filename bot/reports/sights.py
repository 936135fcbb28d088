"""What the figures read of the records: a few fields of each conversation, and no message."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from bot.model import Status
from bot.store.folder import DataFolder
from bot.store.records import VERSION, Tables, TooNew, Unreadable, migrated
from bot.store.storage import DurableStorage

_DIGEST = 17
"""How many characters behind the channel's name end a record id."""
_NO_CONVERSATIONS = b'"conversations":{}'


class Sight(Struct, frozen=True, kw_only=True, gc=False):
    """The part of a `bot.model.Conversation` that is counted; every field means what it means there."""

    number: int
    started_at: datetime
    status: Status = Status.PENDING
    team: str = ""
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    answer: str = ""
    waiting_since: datetime | None = None
    transfers: int = 0
    first_team: str = ""
    passed_at: datetime | None = None
    answered_at: datetime | None = None
    waits: tuple[int, ...] = ()
    faqs: int = 0
    unrecognised: tuple[str, ...] = ()
    fell_back: bool = False
    sends: int = 0
    paid_sends: int = 0
    failed_sends: int = 0
    rating: int = 0


class Seen(Struct, frozen=True, gc=False):
    """The conversations that one file holds.

    Attributes:
        record_id: the contact's record.
        channel: the account that they wrote to.
        conversations: by number.
    """

    record_id: str
    channel: str
    conversations: dict[int, Sight]


class _Head(Struct, gc=False):
    version: int


class _File(Struct, gc=False):
    record: dict[int, _Head]
    conversations: dict[int, Sight]


_FILE = msgspec.json.Decoder(_File)
_DAMAGE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, Unreadable, LookupError)


class Reader:
    """What reads a data folder that another process may be writing.

    Args:
        data: the folder; one that is not there holds nothing.

    Attributes:
        unreadable: how many files could not be read so far.
    """

    def __init__(self, data: Path) -> None:
        self._folder = DataFolder(data)
        self.unreadable = 0

    def records(self) -> Iterator[Seen]:
        """Every record, without its archive."""
        yield from self._all(self._folder.contacts, lambda _path: True, lambda name: name)

    def archives(self, since: datetime) -> Iterator[Seen]:
        """Every part of an archive that may hold a conversation which was not over at `since`.

        A part is written once, when what it holds is over; so an older file holds nothing newer.
        """
        limit = since.timestamp()

        def is_wanted(path: str) -> bool:
            return os.stat(path).st_mtime >= limit  # noqa: PTH116 - paths are strings here: there are many

        yield from self._all(self._folder.archive, is_wanted, lambda name: name.rpartition("-")[0])

    def conversations(self, since: datetime) -> Iterator[tuple[str, Sight]]:
        """Every conversation that began at `since` or later, or is not closed; with its channel."""
        for seen in self.records():
            for sight in seen.conversations.values():
                if sight.started_at >= since or sight.status is not Status.CLOSED:
                    yield seen.channel, sight
        for seen in self.archives(since):
            for sight in seen.conversations.values():
                # A crash may have left it in the record too, as one of the latest there.
                if sight.started_at >= since and not self._is_in_record(seen.record_id, sight.number):
                    yield seen.channel, sight

    def _is_in_record(self, record_id: str, number: int) -> bool:
        found = self._file(self._folder.record_path(record_id))
        return found is not None and number in found.conversations

    def _all(
        self, top: Path, is_wanted: Callable[[str], bool], id_of: Callable[[str], str]
    ) -> Iterator[Seen]:
        for shard in sorted(top.iterdir()) if top.is_dir() else ():
            names: list[str] = []
            with suppress(OSError):
                names = os.listdir(shard)  # noqa: PTH208 - names are all that is needed
            for name in names:
                if not name.endswith(".json"):
                    continue
                path = f"{shard}/{name}"
                with suppress(FileNotFoundError):  # it was erased meanwhile
                    if is_wanted(path) and (found := self._file(path)) is not None:
                        record_id = id_of(name.removesuffix(".json"))
                        yield Seen(record_id, record_id[:-_DIGEST], found.conversations)

    def _file(self, path: str) -> _File | None:
        """What is counted of one file; None when it is gone, holds no conversation, or cannot be read."""
        try:
            content = DurableStorage(path).read_bytes()
            if content is None or _NO_CONVERSATIONS in content:
                return None
            return _decoded(content)
        except (OSError, TooNew, *_DAMAGE):
            self.unreadable += 1
            return None


def _decoded(content: bytes) -> _File:
    file = _FILE.decode(content)
    if file.record[1].version == VERSION:
        return file
    plain = migrated(msgspec.json.decode(content, type=Tables))
    return _FILE.decode(msgspec.json.encode(plain))
