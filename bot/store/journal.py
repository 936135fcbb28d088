"""The journal of sends: what a platform may have got, durable before each send leaves."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from bot.store.appended import AppendedFile
from bot.store.workers import Workers

Note = dict[str, Any]
"""What a platform answered, as plain JSON values."""

_ROTATE_BYTES = 4 * 1024 * 1024
_LOOK_AGAIN_AT = 64
"""With so many forgotten sends it is looked which of their records are written by now."""

_LINE = msgspec.json.Decoder(tuple[str, str, Note | None])
_STARTED, _FINISHED, _FORGOTTEN = "started", "finished", "forgotten"


def _is_written(_record_id: str) -> bool:
    return True


def _line(word: str, name: str, note: Note | None = None) -> bytes:
    return msgspec.json.encode((word, name, note)) + b"\n"


class SendJournal:
    """Started and finished sends, one line each.

    A line is `["started", name, null]`, `["finished", name, note]` or `["forgotten", name, null]`. A name
    begins with the id of the record and a dot; what else it says, delivery knows.

    `started` waits for the disk, and all who wait at the same time share one write. What `finished` says is
    in the hands of the system when it returns, so that it outlives the process; it reaches the disk with
    the next group. What is forgotten goes along with the next group too: until then it is known in vain.

    Nothing is written on the event loop: while a disk syncs, the system lets even a short line wait.

    Args:
        path: the file.
        is_written: whether a record is on disk as it is in memory. A send that is forgotten before its
            record is written is kept until then: until then, the journal alone knows of it.
        rotate_bytes: at what size the file is replaced by one that holds only what is still needed.
        file: how the lines are written.
    """

    def __init__(
        self,
        path: Path,
        *,
        is_written: Callable[[str], bool] = _is_written,
        rotate_bytes: int = _ROTATE_BYTES,
        file: type[AppendedFile] = AppendedFile,
    ) -> None:
        self._path = path
        self._is_written = is_written
        self._rotate_bytes = rotate_bytes
        # One syncs what is started, the other hands over what is finished meanwhile.
        self._workers = Workers("journal", threads=2)
        self._sends: dict[str, Note | None] = {}
        self._forgotten: dict[str, None] = {}
        self._look_at = 0
        self._dropped: list[bytes] = []
        self._starting: list[tuple[str, asyncio.Future[None]]] = []
        self._group: asyncio.Future[None] | None = None
        self._finishing: list[tuple[bytes, asyncio.Future[None]]] = []
        self._handing_over: asyncio.Future[None] | None = None
        self._file = file(path)
        self._rotate_at = rotate_bytes
        self._must_rotate = False

    async def recover(self) -> dict[str, Note | None]:
        """Open the journal; to be called once, before anything else.

        Returns:
            Each send that was started and not forgotten, the last one that was started last: its note, or
            None when it was not finished.

        Raises:
            OSError: the file cannot be read or written.
        """
        for line in await self._workers.run(self._file.open):
            try:
                word, name, note = _LINE.decode(line)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                continue  # damaged from outside; the lines around it still tell
            if word != _FINISHED:
                self._sends.pop(name, None)
            if word != _FORGOTTEN:
                self._sends[name] = note
        return dict(self._sends)

    async def started(self, name: str) -> None:
        """Say that something is about to be sent; it is on disk when this returns.

        Raises:
            OSError: the disk refuses; nothing must be sent.
        """
        done = asyncio.get_running_loop().create_future()
        self._starting.append((name, done))
        self._sends.pop(name, None)
        self._sends[name] = None
        self._forgotten.pop(name, None)
        if self._group is None:
            self._begin_group()
        await done

    async def finished(self, name: str, note: Note) -> None:
        """Say what a platform answered; the system has it when this returns."""
        self._sends[name] = note
        done = asyncio.get_running_loop().create_future()
        self._finishing.append((_line(_FINISHED, name, note), done))
        if self._handing_over is None:
            self._hand_over()
        await done

    def forget(self, name: str) -> None:
        """Say that a send is settled: its record says all there is to say, or nothing was sent after all."""
        if name in self._sends:
            self._forgotten[name] = None

    async def close(self) -> None:
        """Make everything durable, and close the file.

        Raises:
            OSError: the disk refuses.
        """
        while writing := [each for each in (self._group, self._handing_over) if each is not None]:
            await asyncio.wait(writing)
            await asyncio.sleep(0)
        self._look_at = 0
        self._let_go()
        try:
            if self._must_rotate:
                await self._workers.run(self._file.rotate, self._needed())
            else:
                await self._workers.run(self._file.append_durably, self._taken_dropped())
        finally:
            self._file.close()
            await self._workers.close()

    def _hand_over(self) -> None:
        """Write what was finished; whatever comes meanwhile is handed over together after it."""
        group, self._finishing = self._finishing, []
        lines = b"".join(each for each, _ in group)
        self._handing_over = self._workers.submit(self._file.append, lines)
        self._handing_over.add_done_callback(lambda future: self._end_handing_over(group, future))

    def _end_handing_over(
        self, group: list[tuple[bytes, asyncio.Future[None]]], future: asyncio.Future[None]
    ) -> None:
        self._handing_over = None
        if future.exception() is not None:
            # What is in memory is written whole as soon as the disk takes it again.
            self._must_rotate = True
        for _, done in group:
            if not done.done():
                done.set_result(None)
        if self._finishing:
            self._hand_over()

    def _let_go(self) -> None:
        """Drop what is forgotten and whose record is written; looked at seldom, since many are not yet."""
        if len(self._forgotten) < self._look_at:
            return
        for name in [each for each in self._forgotten if self._is_written(each.rpartition(".")[0])]:
            del self._forgotten[name]
            del self._sends[name]
            self._dropped.append(_line(_FORGOTTEN, name))
        left = len(self._forgotten)
        self._look_at = 2 * left if left >= _LOOK_AGAIN_AT else 0

    def _taken_dropped(self) -> bytes:
        lines, self._dropped = b"".join(self._dropped), []
        return lines

    def _begin_group(self) -> None:
        """Write what has been started, in one go; whatever comes meanwhile is the next group."""
        self._let_go()
        group, self._starting = self._starting, []
        if self._must_rotate or self._file.size > self._rotate_at:
            self._group = self._workers.submit(self._file.rotate, self._needed())
        else:
            lines = self._taken_dropped() + b"".join(_line(_STARTED, name) for name, _ in group)
            self._group = self._workers.submit(self._file.append_durably, lines)
        self._group.add_done_callback(lambda future: self._end_group(group, future))

    def _needed(self) -> bytes:
        """The lines of a new file; it may grow to twice that before it is replaced in its turn."""
        lines = b"".join(
            _line(_STARTED if note is None else _FINISHED, name, note) for name, note in self._sends.items()
        )
        self._dropped.clear()
        self._rotate_at = max(self._rotate_bytes, 2 * len(lines))
        self._must_rotate = False
        return lines

    def _end_group(self, group: list[tuple[str, asyncio.Future[None]]], future: asyncio.Future[None]) -> None:
        self._group = None
        error = future.exception()
        if error is not None:
            # After a failed sync nobody knows what is on disk: the next group begins a new file.
            self._must_rotate = True
        for name, done in group:
            if error is not None and self._sends.get(name) is None:
                self._sends.pop(name, None)  # it will not be sent
            if done.done():
                continue  # its caller was cancelled
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)
        if self._starting:
            self._begin_group()
