"""The files of one record: written, read, archived, listed and erased; every method blocks."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from tinydb import TinyDB
from tinydb.middlewares import CachingMiddleware

from bot.model import House, Message, Record
from bot.store.folder import DataFolder, Quarantined, shard_of
from bot.store.records import TooNew, Unreadable, decoded, encode, encoded, migrated, outlined
from bot.store.rollover import rolled_over
from bot.store.storage import DurableStorage, remove_file
from bot.store.syncing import OpenFolders, sync_folder

_MESSAGES = ("messages", "conversations", "outbox")


class RecordFiles:
    """The records in a data folder; called from worker threads, at most once at a time for each record.

    Args:
        folder: where they lie.
        storage: how a file is written.
    """

    def __init__(self, folder: DataFolder, storage: type[DurableStorage] = DurableStorage) -> None:
        self.folder = folder
        self._storage = storage
        self._open_folders = OpenFolders()

    def close(self) -> None:
        """Let the folders go that are held open."""
        self._open_folders.close()

    def write(self, ledger: Record | House) -> Record | House:
        """Write a record, after the part of it that has become too old, if there is one.

        Returns:
            What the file holds now: the same object, or a shorter record.

        Raises:
            OSError: the disk refuses; the old file stays.
        """
        if isinstance(ledger, Record) and (step := rolled_over(ledger)) is not None:
            # First the archive: a crash in between leaves messages twice, and never nowhere.
            archive = self.folder.archived(ledger.record_id, step.part)
            self._storage(archive, self._open_folders).write_bytes(encode(step.archived))
            ledger = step.record
        storage = self._storage(self.folder.record_path(ledger.record_id), self._open_folders)
        content = encoded(ledger)
        try:
            storage.write_bytes(content)
        except IsADirectoryError as error:
            # Somebody put a folder in its place; what we hold is the record.
            self.folder.set_aside(self.folder.record(ledger.record_id), str(error))
            storage.write_bytes(content)
        return ledger

    def read(self, record_id: str) -> Record | House | Quarantined | None:
        """Read a record; a file that holds none is set aside.

        Raises:
            OSError: the disk does not give it.
            TooNew: a later release wrote it.
        """
        try:
            content = self._storage(self.folder.record_path(record_id)).read_bytes()
            return None if content is None else decoded(content, record_id)
        except (Unreadable, IsADirectoryError) as error:
            return self.folder.set_aside(self.folder.record(record_id), str(error))

    def outlines(self, shard: Path) -> list[Record | Quarantined]:
        """Read what the index needs of each record in one folder, and set aside what cannot be read.

        Raises:
            TooNew: a later release wrote one of them.
        """
        found: list[Record | Quarantined] = []
        for name in os.listdir(shard):  # noqa: PTH208 - a hundred thousand names are read at start
            if not name.endswith(".json"):
                continue
            path = f"{shard}/{name}"
            record_id = name.removesuffix(".json")
            try:
                if shard_of(record_id) != shard.name:
                    raise Unreadable("it lies in the wrong folder")
                found.append(outlined(self._storage(path).read_bytes() or b"", record_id))
            except TooNew as error:
                raise TooNew(f"{path}: {error}") from error
            except (ValueError, OSError) as error:
                found.append(self.folder.set_aside(Path(path), str(error)))
        return found

    def archived_messages(self, record_id: str) -> list[Message]:
        """The archived part of a transcript, as far as it can be read."""
        messages: list[Message] = []
        for path in self.folder.archives(record_id):
            try:
                tables = migrated(self._storage(path).read() or {})
                messages += msgspec.convert(list(tables["messages"].values()), type=list[Message])
            except (ValueError, LookupError, OSError, TooNew):
                continue  # the index can do without; export says which file it is
        return messages

    def export(self, record_id: str) -> dict[str, Any] | None:
        """Everything held on one contact; the process that writes need not stop.

        Returns:
            `record`, `contact`; `conversations`, `messages` and `outbox`, each a list in order; `media`, a
            list of the files held; `unreadable`, a list of files that could not be read. None: unknown.

        Raises:
            OSError: the disk does not give it.
        """
        path = self.folder.record(record_id)
        # The record before its archive: what moves between the two meanwhile is then seen twice, not never.
        parts = [path, *reversed(self.folder.archives(record_id))] if path.exists() else []
        rows: dict[str, dict[int, Any]] = {name: {} for name in ("record", "contact", *_MESSAGES)}
        unreadable = [str(each) for each in self.folder.quarantined(record_id)]
        for part in parts:
            try:
                self._collect(part, rows)
            except (ValueError, TooNew) as error:
                unreadable.append(f"{part}: {error}")
        media = sorted(self.folder.media_of(record_id).glob("*"))
        if not (rows["record"] or unreadable or media):
            return None
        return {
            "record": rows["record"].get(1, {}),
            "contact": rows["contact"].get(1, {}),
            **{name: [rows[name][number] for number in sorted(rows[name])] for name in _MESSAGES},
            "media": [{"file": str(each), "size_bytes": each.stat().st_size} for each in media],
            "unreadable": unreadable,
        }

    def _collect(self, path: Path, rows: Mapping[str, dict[int, Any]]) -> None:
        # Read once: another process may replace the file between two tables.
        once = CachingMiddleware(self._storage)  # type: ignore[no-untyped-call]
        with TinyDB(path, storage=once) as database:
            migrated(database.storage.read() or {})
            for name, kept in rows.items():
                for document in database.table(name).all():
                    kept.setdefault(document.doc_id, dict(document))

    def erase(self, record_id: str) -> bool:
        """Remove everything of a record, and the record itself last, so that it can be tried again.

        Returns:
            Whether there was anything.

        Raises:
            OSError: the disk refuses; some of it may be gone.
        """
        media = self.folder.media_of(record_id)
        is_known = media.exists()
        if is_known:
            shutil.rmtree(media)
            sync_folder(media.parent)
        record = self.folder.record(record_id)
        for path in (*self.folder.quarantined(record_id), *self.folder.archives(record_id), record):
            if remove_file(path):
                sync_folder(path.parent)
                is_known = True
        return is_known

    def probe(self) -> None:
        """Find out whether the disk takes files again.

        Raises:
            OSError: it does not.
        """
        path = self.folder.root / "probe"
        self._storage(path).write_bytes(bytes(4096))
        remove_file(path)
