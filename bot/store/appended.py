"""A file of lines that only grows, until it is replaced by a shorter one."""

import os
import threading
from contextlib import suppress
from pathlib import Path

from bot.store.storage import TEMPORARY, make_folder, write_all
from bot.store.syncing import sync_folder


class AppendedFile:
    """Whole lines in one file; a line that was torn by a crash is cut off when it is opened.

    `append` may be called from any thread at any time: the system copies the lines and returns, though it
    takes its time while it syncs. The other methods wait for the disk; they are called one at a time.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self.size = 0
        self._path = path
        self._descriptor = -1
        self._lock = threading.Lock()  # held for a write, never for a sync
        self._late: list[bytes] | None = None

    def open(self) -> list[bytes]:
        """Open the file, or make it, and read its lines.

        Raises:
            OSError: it cannot be read or written.
        """
        make_folder(self._path.parent)
        self._temporary.unlink(missing_ok=True)
        self._descriptor = self._opened(self._path)
        sync_folder(self._path.parent)
        content = self._path.read_bytes()
        self.size = content.rfind(b"\n") + 1
        if self.size < len(content):
            os.ftruncate(self._descriptor, self.size)
        return content[: self.size].splitlines()

    def append(self, lines: bytes) -> None:
        """Hand lines over to the system, so that they outlive this process.

        Raises:
            OSError: the disk refuses; the file is as it was.
        """
        with self._lock:
            self._write(lines)
            if self._late is not None:
                self._late.append(lines)

    def append_durably(self, lines: bytes) -> None:
        """Write lines, and wait until they, and all before them, are on disk; raises as `append`."""
        self.append(lines)
        self.sync()

    def rotate(self, lines: bytes) -> None:
        """Replace the file by one with these lines, followed by those that are appended meanwhile.

        Raises:
            OSError: the disk refuses; the file is as it was.
        """
        with self._lock:
            self._late = []
        try:
            self._temporary.unlink(missing_ok=True)
            descriptor = self._opened(self._temporary)
            try:
                size = write_all(descriptor, lines)
                os.fsync(descriptor)
                with self._lock:
                    size += write_all(descriptor, b"".join(self._late))
                    self._temporary.replace(self._path)
                    descriptor, self._descriptor = self._descriptor, descriptor
                    self.size = size
            finally:
                os.close(descriptor)
        finally:
            with self._lock:
                self._late = None
        sync_folder(self._path.parent)

    def sync(self) -> None:
        """Wait until all that was appended is on disk.

        Raises:
            OSError: the disk refuses; what is on it is not known.
        """
        os.fsync(self._descriptor)

    def close(self) -> None:
        """Close the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    @property
    def _temporary(self) -> Path:
        return self._path.with_name(self._path.name + TEMPORARY)

    def _opened(self, path: Path) -> int:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def _write(self, lines: bytes) -> None:
        try:
            self.size += write_all(self._descriptor, lines)
        except OSError:
            # Half a line would spoil the next one; cutting a file needs no space.
            with suppress(OSError):
                os.ftruncate(self._descriptor, self.size)
            raise
