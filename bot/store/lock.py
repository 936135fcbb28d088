"""The lock that keeps a second process out of a data folder."""

from pathlib import Path

from filelock import FileLock, Timeout


class DataInUse(Exception):
    """Another process has the data folder."""


class FolderLock:
    """A file in the folder that this process holds locked; the system lets it go when the process dies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Taken in a worker thread and given back on the loop's.
        self._lock = FileLock(folder / "lock", timeout=0, thread_local=False)

    def take(self) -> None:
        """Take the folder, and make it when there is none.

        Raises:
            DataInUse: another process has it.
            OSError: it cannot be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire()
        except Timeout:
            raise DataInUse(f"{self._folder} is in use by another process; stop that one first") from None

    def release(self) -> None:
        """Give the folder back; it does not matter whether we had it."""
        self._lock.release()
