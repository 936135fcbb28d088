"""The threads of every team room: their titles, whether they are closed, and which were active last.

A thread has a small document of its own, for ever. The room's board lists its latest threads; it is
written when the list changes, and soon after a post, so a crash costs at most some seconds of its order.
"""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

import msgspec
from pydantic import TypeAdapter

from bot.api import Documents
from plugins.webchat.posts import Post
from plugins.webchat.threads import Thread

# Beyond these a thread is still there, by its link and for the bot; the page has to list it no more.
_BOARD_THREADS = 200

_BOARD: TypeAdapter[list[Thread]] = TypeAdapter(list[Thread])
_THREAD: TypeAdapter[Thread] = TypeAdapter(Thread)


class Rooms:
    """The rooms that the bot posts to.

    Args:
        documents: where threads and boards are kept.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._boards: dict[str, dict[str, Thread]] = {}
        self._unwritten: set[str] = set()
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def board(self, room: str) -> tuple[Thread, ...]:
        """The latest threads, newest first; the general section is the one with an empty id."""
        async with self._locks[room]:
            threads = (await self._board(room)).values()
            return tuple(sorted(threads, key=lambda thread: thread.active_ms, reverse=True))

    async def find(self, room: str, thread_id: str) -> Thread | None:
        """One thread, however old; None when it was never opened, or was erased."""
        async with self._locks[room]:
            return await self._find(room, thread_id)

    async def open(self, room: str, *, key: str, title: str, now_ms: int) -> tuple[Thread, bool]:
        """Make the thread of `key`, or find it.

        Returns:
            The thread, and whether it is new.

        Raises:
            OSError: the disk refuses.
        """
        # The id follows from the key, so the same key gives the same thread, also after a crash.
        thread_id = hashlib.sha256(f"{room}\0{key}".encode()).hexdigest()[:16]
        async with self._locks[room]:
            known = await self._find(room, thread_id)
            if known is not None:
                return known, False
            thread = Thread(thread_id=thread_id, title=title, active_ms=now_ms)
            await self._write(room, thread)
            return thread, True

    async def change(self, room: str, thread_id: str, change: Callable[[Thread], Thread]) -> Thread | None:
        """Put `change(thread)` in the place of a thread.

        Returns:
            The thread as it is now, or None when there is no such thread; a general section is none.

        Raises:
            OSError: the disk refuses.
        """
        async with self._locks[room]:
            old = await self._find(room, thread_id)
            if old is None or not thread_id:
                return None
            new = change(old)
            if new != old:
                await self._write(room, new)
            return new

    async def touch(self, room: str, thread_id: str, post: Post, *, is_silent: bool = False) -> Thread | None:
        """Note a new post in a thread; the board is written later, by `flush`.

        Args:
            room: the room's id.
            thread_id: empty for the general section.
            post: what was posted; a card, the message it tells of and what is noted on it count once.
            is_silent: no member needs to notice it.

        Returns:
            The thread as it is now, or None when there is no such thread.
        """
        async with self._locks[room]:
            old = await self._find(room, thread_id)
            if old is None:
                return None
            new = old.with_post(post, is_silent=is_silent)
            self._list(room, new)
            self._unwritten.add(room)
            return new

    async def retell(self, room: str, *, at_ms: int, excerpt: str) -> None:
        """Show another post as the last one of the general section, because that one was erased.

        Raises:
            OSError: the disk refuses.
        """
        async with self._locks[room]:
            old = await self._find(room, "") or Thread(thread_id="")
            self._list(room, replace(old, active_ms=at_ms, excerpt=excerpt))
            await self._write_board(room)

    async def forget(self, room: str, thread_id: str) -> None:
        """Erase a thread.

        Raises:
            OSError: the disk refuses.
        """
        async with self._locks[room]:
            (await self._board(room)).pop(thread_id, None)
            await self._write_board(room)
            if thread_id:
                await self._documents.delete(_thread_document(room, thread_id))

    async def flush(self) -> None:
        """Write the boards that changed since they were written.

        Raises:
            OSError: the disk refuses; they stay to be written.
        """
        for room in tuple(self._unwritten):
            async with self._locks[room]:
                await self._write_board(room)

    async def _board(self, room: str) -> dict[str, Thread]:
        if room not in self._boards:
            kept = await self._documents.read(_board_document(room))
            threads = [] if kept is None else _BOARD.validate_python(kept["threads"])
            self._boards[room] = {thread.thread_id: thread for thread in threads}
        return self._boards[room]

    async def _find(self, room: str, thread_id: str) -> Thread | None:
        board = await self._board(room)
        if thread_id in board:
            return board[thread_id]
        if not thread_id:
            return Thread(thread_id="")
        kept = await self._documents.read(_thread_document(room, thread_id))
        return None if kept is None else _THREAD.validate_python(kept)

    async def _write(self, room: str, thread: Thread) -> None:
        # The document decides whether there is such a thread, the board only lists it; so it goes first.
        await self._documents.write(_thread_document(room, thread.thread_id), msgspec.to_builtins(thread))
        self._list(room, thread)
        await self._write_board(room)

    def _list(self, room: str, thread: Thread) -> None:
        board = self._boards[room]
        board[thread.thread_id] = thread
        if len(board) > _BOARD_THREADS:
            droppable = [
                listed for listed in board.values() if listed.thread_id not in {"", thread.thread_id}
            ]
            # Closed threads leave first: an open one still waits for somebody.
            oldest = min(droppable, key=lambda listed: (not listed.is_closed, listed.active_ms))
            del board[oldest.thread_id]

    async def _write_board(self, room: str) -> None:
        # Written whole with every change of a thread: `dataclasses.asdict` takes twenty times as long.
        threads = msgspec.to_builtins(list(self._boards[room].values()))
        await self._documents.write(_board_document(room), {"threads": threads})
        self._unwritten.discard(room)


def _board_document(room: str) -> str:
    return f"board-{_short(room)}"


def _thread_document(room: str, thread_id: str) -> str:
    return f"thread-{_short(room)}-{_short(thread_id)}"


def _short(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:16]
