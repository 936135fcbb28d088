"""Folders whose names are made durable: new ones, replaced ones, and those that are gone."""

import os
import threading
from contextlib import suppress
from pathlib import Path

_MOST_HELD = 256
"""How many folders are held open: all that records lie in."""

_SHARE_OF_DESCRIPTORS = 4
"""Of all files that the system lets this process open, one in so many may be a folder held open."""


def sync_folder(folder: str | Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class OpenFolders:
    """Folders that are written in again and again, held open so that making their names durable is one call.

    A descriptor is closed only in the end: another thread may be using it, and its number would be given to
    another file.

    Args:
        most: how many are held open at most; the system's limit may allow fewer.
    """

    def __init__(self, most: int = _MOST_HELD) -> None:
        self._descriptors: dict[str, int] = {}
        self._outdated: list[int] = []
        self._most = min(most, _descriptors_allowed() // _SHARE_OF_DESCRIPTORS)
        self._lock = threading.Lock()

    def sync(self, folder: str) -> None:
        """Make the names in a folder durable.

        Raises:
            OSError: the disk refuses.
        """
        descriptor = self._descriptors.get(folder)
        if descriptor is None:
            descriptor = self._opened(folder)
        if descriptor is None:
            sync_folder(folder)
        else:
            os.fsync(descriptor)

    def forget(self, folder: str) -> None:
        """Take note that a folder is not the one that was opened any more."""
        with self._lock:
            descriptor = self._descriptors.pop(folder, None)
            if descriptor is not None:
                self._outdated.append(descriptor)

    def close(self) -> None:
        """Let all folders go; nothing is synced any more."""
        with self._lock:
            for descriptor in (*self._descriptors.values(), *self._outdated):
                os.close(descriptor)
            self._descriptors.clear()
            self._outdated.clear()

    def _opened(self, folder: str) -> int | None:
        """A folder that is held open from now on; None when there are too many."""
        with self._lock:
            descriptor = self._descriptors.get(folder)
            if descriptor is None and len(self._descriptors) + len(self._outdated) < self._most:
                descriptor = self._descriptors[folder] = os.open(folder, os.O_RDONLY)
            return descriptor


def _descriptors_allowed() -> int:
    with suppress(ImportError):  # Windows has no such limit, and no folders that can be opened
        import resource

        allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        return _MOST_HELD * _SHARE_OF_DESCRIPTORS if allowed == resource.RLIM_INFINITY else allowed
    return 0
