"""The threads that touch files, and how the event loop waits for them."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Operation(asyncio.Future[T]):
    """A file operation that is under way, and what comes of it.

    A thread cannot be interrupted, so a cancelled caller that left at once would not know what is on disk.
    Therefore it cannot be cancelled: the cancellation of whoever waits for it is raised when it is over.
    """

    def cancel(self, msg: Any = None) -> bool:
        """Refuse."""
        del msg
        return False


class _Threads(Executor):
    """Threads that answer the event loop of their first operation.

    `ThreadPoolExecutor` makes two futures for each operation and wakes the loop for each that ends. At
    thousands of operations a second that costs more than the files do, so there is one future here, which
    asyncio takes as it is, and all that ends at the same time is told to the loop in one go.
    """

    def __init__(self, name: str, number: int) -> None:
        self._waiting: SimpleQueue[tuple[Operation[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._over: deque[Callable[[], object]] = deque()
        self._is_loop_woken = False
        self._is_shut = False
        self._loop: asyncio.AbstractEventLoop | None = None
        # They end with the process even when nobody shuts this down: a file is whole at every moment.
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{each}", daemon=True) for each in range(number)
        ]

    def submit(  # type: ignore[override]  # an asyncio future instead of one that asyncio must wrap
        self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Operation[T]:
        """Begin an operation."""
        if self._is_shut:
            raise RuntimeError("these threads were shut down")
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            for thread in self._threads:
                thread.start()
        operation: Operation[T] = Operation(loop=self._loop)
        self._waiting.put((operation, partial(function, *args, **kwargs) if args or kwargs else function))
        return operation

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the threads once all that was submitted is done."""
        del cancel_futures
        self._is_shut = True
        if self._loop is not None:
            for _ in self._threads:
                self._waiting.put(None)
            for thread in self._threads if wait else ():
                thread.join()

    def _work(self) -> None:
        while (work := self._waiting.get()) is not None:
            operation, call = work
            try:
                tell = partial(operation.set_result, call())
            except BaseException as error:  # noqa: BLE001  # whoever waits for it decides what it means
                tell = partial(operation.set_exception, error)
            self._over.append(tell)
            # Nothing of it may live on while this thread waits for the next.
            del work, operation, call, tell
            if not self._is_loop_woken:
                self._is_loop_woken = True
                assert self._loop is not None
                with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                    self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        """Tell all who wait for what is over."""
        # Before looking: what is over from here on wakes the loop once more.
        self._is_loop_woken = False
        while self._over:
            self._over.popleft()()


class Workers:
    """A few threads for file operations; with one thread they keep their order.

    Args:
        name: what the threads are called in a stack dump.
        threads: how many.
    """

    def __init__(self, name: str, *, threads: int) -> None:
        self._threads = _Threads(name, threads)

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """Begin an operation, which goes on to its end whatever becomes of who waits for it."""
        call = partial(function, *args, **kwargs)
        return asyncio.get_running_loop().run_in_executor(self._threads, call)

    async def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Do an operation and wait for its end."""
        return await self.submit(function, *args, **kwargs)

    async def close(self) -> None:
        """Wait for what has begun, and let the threads go."""
        # In a thread of its own: joining blocks.
        await asyncio.to_thread(self._threads.shutdown)
