"""The records: loaded, committed one atomic file each, and found by the index."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bot.model import House, Record
from bot.store.cache import RecordCache
from bot.store.files import RecordFiles
from bot.store.folder import DataFolder, Quarantined, shard_of
from bot.store.index import Index
from bot.store.lock import FolderLock
from bot.store.opening import read_all
from bot.store.records import check_changes
from bot.store.storage import DurableStorage
from bot.store.workers import Workers

_log = logging.getLogger(__name__)

_AT_ONCE_BEHIND = 4
"""How many records are written behind at once; the other threads are left to commits."""


class Store:
    """All records in a data folder, for one process and one event loop.

    A record that was handed over is not changed any more: a turn changes a draft, and commits that.

    Args:
        data: the folder.
        clock: the time.
        cache_records: how many records are held in memory; those with unwritten changes come on top.
        storage: how a file is written.
        write_behind: how long `keep` may wait with writing.
        threads: how many files are written at once.

    Attributes:
        index: what is found without reading files.
        trouble: why the folder cannot be written now, or empty.
        quarantined: files that were set aside since the start.
    """

    def __init__(
        self,
        data: Path,
        *,
        clock: Callable[[], datetime],
        cache_records: int = 2000,
        storage: type[DurableStorage] = DurableStorage,
        write_behind: timedelta = timedelta(seconds=1),
        threads: int = 16,
    ) -> None:
        self.index = Index(clock)
        self.trouble = ""
        self.quarantined: list[Quarantined] = []
        self._folder = DataFolder(data)
        self._files = RecordFiles(self._folder, storage)
        self._lock = FolderLock(data)
        self._workers = Workers("store", threads=threads)
        self._cache = RecordCache(cache_records)
        self._write_behind = write_behind
        self._loading: dict[str, asyncio.Future[Record | House | Quarantined | None]] = {}
        self._writing: dict[str, asyncio.Future[Record | House]] = {}
        self._committing: set[str] = set()
        self._wanted = asyncio.Event()
        self._flusher: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Take the folder, read all records, and set aside what cannot be read.

        Raises:
            DataInUse: another process has the folder.
            TooNew: a later release wrote in it.
            OSError: the folder cannot be read or written.
        """
        try:
            await self._workers.run(self._claim)
            found, house = await read_all(self._files, self.index, self._workers)
        except BaseException:
            await self._workers.close()
            self._lock.release()
            raise
        for each in found:
            self._report(each)
        if house is not None:
            self._cache.put(house)
        self._flusher = asyncio.create_task(self._flush_when_wanted())

    async def close(self) -> None:
        """Write what is unwritten, and let the folder go.

        Raises:
            OSError: the disk refuses what was to be written behind; that much is lost.
        """
        if self._flusher is not None:
            self._flusher.cancel()
            with suppress(asyncio.CancelledError):
                await self._flusher
        try:
            await self.flush()
        finally:
            await self._workers.close()
            self._files.close()
            self._lock.release()

    async def load(self, record_id: str) -> Record | House | None:
        """The record as it is now, or None: it does not exist, or its file had to be set aside.

        Raises:
            OSError: the disk does not give it.
        """
        record = self._cache.get(record_id)
        if record is not None:
            return record
        if record_id not in self.index:
            return None
        loading = self._loading.get(record_id)
        if loading is None:
            loading = self._workers.submit(self._files.read, record_id)
            self._loading[record_id] = loading
            loading.add_done_callback(partial(self._loaded, record_id))
        found = await loading
        return None if isinstance(found, Quarantined) else found

    async def commit(self, ledger: Record | House) -> None:
        """Write a record; it is on disk when this returns, and stays as it was when this raises.

        A commit that is cancelled is finished first.

        Raises:
            OSError: the disk refuses.
            Unwritable: the record holds a value that could not be read back.
        """
        record_id = ledger.record_id
        with self._alone(record_id):
            old = await self.load(record_id)
            await self._written_behind(record_id)
            writing = self._workers.submit(self._check_and_write, old, ledger)
            try:
                await writing
            finally:
                self._judge(writing)
                if writing.exception() is None:
                    self._loading.pop(record_id, None)
                    self._cache.put(writing.result())
                    self.index.update(old, writing.result())

    def keep(self, ledger: Record | House) -> None:
        """Replace a record in memory now, and on disk soon; for what may be lost in a crash.

        Raises:
            Unwritable: the record holds a value that could not be read back; nothing is replaced.
        """
        record_id = ledger.record_id
        assert record_id not in self._committing, f"{record_id} is being committed"
        shard_of(record_id)
        old = self._cache.get(record_id)
        check_changes(old, ledger)
        self._cache.put_unwritten(ledger)
        self.index.update(old, ledger)
        self._wanted.set()

    def is_written(self, record_id: str) -> bool:
        """Whether all that was kept of a record is on disk."""
        return self._cache.unwritten(record_id) is None

    async def flush(self) -> None:
        """Write all that was kept.

        Raises:
            OSError: the disk refuses some of it; it stays to be written.
        """
        waiting = iter(self._cache.unwritten_ids())
        failures: list[OSError] = []

        async def write_some() -> None:
            for record_id in waiting:
                try:
                    await self._write_one_behind(record_id)
                except OSError as error:
                    failures.append(error)

        async with asyncio.TaskGroup() as writers:
            for _ in range(_AT_ONCE_BEHIND):
                writers.create_task(write_some())
        if failures:
            raise failures[0]

    async def forget(self, record_id: str) -> bool:
        """Erase a record, its archive, and the files of its messages.

        Returns:
            Whether there was anything.

        Raises:
            OSError: the disk refuses; it can be tried again.
        """
        with self._alone(record_id):
            old = await self.load(record_id)
            await self._written_behind(record_id)
            was_known = await self._workers.run(self._files.erase, record_id)
            self._loading.pop(record_id, None)
            self._cache.pop(record_id)
            self.index.forget(record_id, old)
            return was_known or old is not None

    async def export(self, record_id: str) -> dict[str, Any] | None:
        """Everything held on one contact, as `RecordFiles.export` says; what was kept is written first."""
        await self._write_one_behind(record_id)
        return await self._workers.run(self._files.export, record_id)

    @contextmanager
    def _alone(self, record_id: str) -> Iterator[None]:
        assert record_id not in self._committing, f"{record_id} is being committed"
        self._committing.add(record_id)
        try:
            yield
        finally:
            self._committing.discard(record_id)

    def _check_and_write(self, old: Record | House | None, ledger: Record | House) -> Record | House:
        check_changes(old, ledger)
        return self._files.write(ledger)

    async def _written_behind(self, record_id: str) -> None:
        """Wait for a write behind that has begun; its failure is not ours."""
        while (writing := self._writing.get(record_id)) is not None:
            with suppress(OSError):
                await writing
            await asyncio.sleep(0)

    async def _write_one_behind(self, record_id: str) -> None:
        await self._written_behind(record_id)
        ledger = self._cache.unwritten(record_id)
        if ledger is None or record_id in self._committing:
            return
        writing = self._workers.submit(self._files.write, ledger)
        self._writing[record_id] = writing
        try:
            await writing
        finally:
            del self._writing[record_id]
            self._judge(writing)
            # What was kept meanwhile is newer, and still to be written.
            if writing.exception() is None and self._cache.unwritten(record_id) is ledger:
                self._cache.put(writing.result())

    async def _flush_when_wanted(self) -> None:
        """Write behind, until cancelled; while the disk refuses, try again and again."""
        while True:
            await self._wanted.wait()
            await asyncio.sleep(self._write_behind.total_seconds())
            self._wanted.clear()
            try:
                await self.flush()
                if self.trouble:
                    await (probe := self._workers.submit(self._files.probe))
                    self._judge(probe)
            except OSError:
                self._wanted.set()
            except Exception:  # noqa: BLE001 - whatever it is, the others must still be written behind
                _log.exception("writing behind failed")
                self._wanted.set()

    def _judge(self, writing: asyncio.Future[Any]) -> None:
        """Take note of whether the disk took a write."""
        error = writing.exception()
        if isinstance(error, OSError):
            if not self.trouble:
                _log.error("the data folder cannot be written: %s", error)
            self.trouble = error.strerror or str(error)
            self._wanted.set()
        elif error is None and self.trouble:
            _log.warning("the data folder can be written again")
            self.trouble = ""

    def _loaded(self, record_id: str, loading: asyncio.Future[Record | House | Quarantined | None]) -> None:
        # A commit or an erasure in the meantime is newer than what was read.
        is_latest = self._loading.get(record_id) is loading
        if is_latest:
            del self._loading[record_id]
        if loading.exception() is not None:
            return
        match loading.result():
            case Quarantined() as found:
                self._report(found)
                self.index.forget(record_id, None)
            case Record() | House() as found if is_latest and self._cache.get(record_id) is None:
                self._cache.put(found)
            case _:
                pass

    def _report(self, found: Quarantined) -> None:
        _log.error("set aside %s: %s", found.path, found.reason)
        self.quarantined.append(found)

    def _claim(self) -> None:
        self._lock.take()
        self._folder.prepare()
