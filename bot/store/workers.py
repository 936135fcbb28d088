"""The threads that touch files, and how the event loop waits for them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def settled(future: asyncio.Future[T]) -> T:
    """Wait for a file operation to end, whatever happens to the caller.

    A thread cannot be interrupted, so a cancelled caller that left at once would not know what is on
    disk. The cancellation is raised when the operation is over.

    Raises:
        CancelledError: the caller was cancelled meanwhile; the operation is over all the same.
    """
    cancellation = None
    while not future.done():
        try:
            await asyncio.wait((future,))
        except asyncio.CancelledError as error:
            cancellation = error
    if cancellation is None:
        return future.result()
    if not future.cancelled():
        future.exception()  # looked at, so that asyncio does not report it as forgotten
    raise cancellation


class Workers:
    """A few threads for file operations; with one thread they keep their order.

    Args:
        name: what the threads are called in a stack dump.
        threads: how many.
    """

    def __init__(self, name: str, *, threads: int) -> None:
        self.threads = threads
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """Begin an operation; the future is never cancelled by us."""
        call = partial(function, *args, **kwargs)
        return asyncio.get_running_loop().run_in_executor(self._executor, call)

    async def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Do an operation and wait for its end, as `settled` does."""
        return await settled(self.submit(function, *args, **kwargs))

    async def close(self) -> None:
        """Wait for what has begun, and let the threads go."""
        # In a thread of its own: an executor cannot wait for itself, and joining blocks.
        await asyncio.get_running_loop().run_in_executor(None, self._executor.shutdown)
