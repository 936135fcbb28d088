"""Erasing old conversations from the files of a record: the archive's lines, and files of messages."""

from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

import msgspec

from bot.model import Conversation, File
from bot.store.folder import DataFolder
from bot.store.records import TooNew, Unreadable, encode, migrated
from bot.store.storage import DurableStorage, remove_file
from bot.store.syncing import sync_folder

IsOver = Callable[[Conversation], bool]
"""Whether a conversation may be erased."""


class Pruner:
    """What erases parts of records; every method blocks, and is called for one record at a time.

    Args:
        folder: the data folder.
        storage: how a file is written.
    """

    def __init__(self, folder: DataFolder, storage: type[DurableStorage] = DurableStorage) -> None:
        self._folder = folder
        self._storage = storage

    def prune_archive(
        self, record_id: str, gone: Collection[int], kept: Collection[int], over: IsOver
    ) -> int:
        """Erase conversations from a record's archive, with their messages and the files of these.

        It can be done again when it was interrupted. A part that cannot be read is left as it is.

        Args:
            record_id: the record.
            gone: the conversations of the record that are erased.
            kept: those that stay in it.
            over: judges those that only the archive has.

        Returns:
            How many conversations the archive still has that the record has not.

        Raises:
            OSError: the disk refuses.
        """
        left: set[int] = set()
        for path in self._folder.archives(record_id):
            storage = self._storage(path)
            try:
                tables = migrated(storage.read() or {})
                conversations = _numbered(tables["conversations"], Conversation)
            except (ValueError, LookupError, Unreadable, TooNew):
                left.add(0)  # nobody can say that nothing is left
                continue
            own = {number for number, each in conversations.items() if number not in kept}
            ended = {number for number in own if number in gone or over(conversations[number])}
            left |= own - ended
            self._prune_part(path, tables, {*gone, *ended})
        return len(left)

    def _prune_part(self, path: Path, tables: dict[str, dict[str, Any]], gone: Collection[int]) -> None:
        old = {key: each for key, each in tables["messages"].items() if each.get("conversation") in gone}
        ended = [key for key in tables["conversations"] if int(key) in gone]
        if not old and not ended:
            return
        self.erase_files(
            file for each in old.values() for file in msgspec.convert(each.get("files", ()), type=list[File])
        )
        messages = {int(key): each for key, each in tables["messages"].items() if key not in old}
        conversations = {int(key): each for key, each in tables["conversations"].items() if key not in ended}
        if messages or conversations:
            kept = {
                "record": {1: tables["record"]["1"]},
                "conversations": conversations,
                "messages": messages,
            }
            self._storage(path).write_bytes(encode(kept))
        elif remove_file(path):
            sync_folder(path.parent)

    def erase_files(self, files: Iterable[File]) -> None:
        """Erase the files of messages that are erased; one that is gone already is no error."""
        folders = set()
        for file in files:
            if file.media is None:
                continue
            record_id, _, name = file.media.media_id.rpartition("/")
            path = self._folder.media_of(record_id) / Path(name).name
            if remove_file(path):
                folders.add(path.parent)
        for folder in folders:
            sync_folder(folder)

    def erase_older(self, owner: str, before: float) -> int:
        """Erase the files that belong to nobody's messages and were kept before a moment.

        Args:
            owner: whose files.
            before: seconds since 1970.

        Returns:
            How many there were.
        """
        folder = self._folder.media_of(owner)
        old = [path for path in folder.iterdir() if path.stat().st_mtime < before] if folder.is_dir() else []
        return sum(remove_file(path) for path in old)


def _numbered(table: dict[str, Any], kind: type[Conversation]) -> dict[int, Conversation]:
    return {int(key): msgspec.convert(each, type=kind) for key, each in table.items()}
