"""TinyDB's storage, made durable: a file is replaced as a whole, or not at all."""

import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from tinydb import Storage

from bot.store.syncing import OpenFolders, sync_folder

TEMPORARY = ".tmp"
"""How the names of unfinished files end; whatever bears it at start is left over from a crash."""


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, durably; one that is there already is no error."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def remove_file(path: Path) -> bool:
    """Remove a file, if there is one; the caller makes it durable with `sync_folder`."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def write_all(descriptor: int, content: bytes) -> int:
    """Write all of `content`, however little the system takes at a time; returns its length."""
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]
    return len(content)


class DurableStorage(Storage):
    """One small TinyDB file; `write` returns when it is on disk, and a crash leaves the old or the new one.

    The steps are methods, in the order in which they are made, so that a test can fail at each.

    Args:
        path: the file; its folder is made when it is missing.
        folders: folders that are held open; without them the file's own is opened for each write.
    """

    def __init__(self, path: str | Path, folders: OpenFolders | None = None) -> None:
        self.path = str(path)
        self._folders = folders

    def read(self) -> dict[str, dict[str, Any]] | None:
        """The tables as plain values, or None when there is no file.

        Raises:
            ValueError: the file is no JSON object.
            OSError: it cannot be read.
        """
        content = self.read_bytes()
        return None if content is None else msgspec.json.decode(content, type=dict[str, dict[str, Any]])

    def read_bytes(self) -> bytes | None:
        """The file as it is, or None when there is none."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            size = os.fstat(descriptor).st_size
            content = os.read(descriptor, size + 1)
            while len(content) < size and (more := os.read(descriptor, size - len(content))):
                content += more
        finally:
            os.close(descriptor)
        return content

    def write(self, data: Mapping[str, Mapping[Any, Any]]) -> None:
        """Replace all tables at once; documents may be msgspec structs.

        Raises:
            OSError: the disk refuses; the old file stays.
        """
        self.write_bytes(msgspec.json.encode(data))

    def write_bytes(self, content: bytes) -> None:
        """Replace the file; raises as `write`.

        When only the very last step fails, making the new name durable, the new file may stand already:
        the disk is broken then, and either file is a whole one.
        """
        # One thread writes one file at a time, so its id makes the name unique.
        temporary = f"{self.path}.{threading.get_ident():x}{TEMPORARY}"
        try:
            descriptor = self._create(temporary)
            try:
                self._fill(descriptor, content)
                self._sync(descriptor)
            finally:
                os.close(descriptor)
            self._replace(temporary)
        except OSError:
            with suppress(OSError):
                os.unlink(temporary)  # noqa: PTH108 - paths are strings on this path, made thousands of times a second
            raise
        self._sync_name()

    def _create(self, temporary: str) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        try:
            return os.open(temporary, flags, 0o600)
        except FileNotFoundError:
            self._make_folder()
            return os.open(temporary, flags, 0o600)

    def _make_folder(self) -> None:
        folder = Path(self.path).parent
        if self._folders is not None:
            self._folders.forget(str(folder))
        make_folder(folder)

    def _fill(self, descriptor: int, content: bytes) -> None:
        write_all(descriptor, content)

    def _sync(self, descriptor: int) -> None:
        os.fsync(descriptor)

    def _replace(self, temporary: str) -> None:
        os.replace(temporary, self.path)  # noqa: PTH105 - as above

    def _sync_name(self) -> None:
        folder = os.path.dirname(self.path)  # noqa: PTH120 - as above
        if self._folders is None:
            sync_folder(folder)
        else:
            self._folders.sync(folder)
