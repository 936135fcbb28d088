"""Calls into code that may never return; whoever calls gets away in time, whatever the code does."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

logger = logging.getLogger(__name__)


class OutOfTime(TimeoutError):
    """A call did not end in the time it was given."""


class BoundedCalls:
    """The owner of the tasks that plugin code runs in.

    `asyncio.timeout` waits until a cancelled call has ended, which a call that ignores its cancellation
    never does. These calls are given up on instead, and held here until they end, if they do.

    Args:
        channel: whose code it is, for the log.
        grace_s: how long a cancelled call may take to end.
    """

    def __init__(self, channel: str, *, grace_s: float) -> None:
        self._channel = channel
        self._grace_s = grace_s
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, call: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `call` in a task; it is to be ended with `end`."""
        task = asyncio.create_task(_contained(call))
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def within(self, seconds: float, call: Coroutine[Any, Any, None]) -> None:
        """Wait for `call`, for at most `seconds` and the grace.

        Raises:
            OutOfTime: it did not end in time.
            Exception: whatever `call` raised.
        """
        task = self.start(call)
        try:
            done, _ = await asyncio.wait({task}, timeout=seconds)
        finally:
            await self.end(task)
        if not done:
            raise OutOfTime
        task.result()

    async def end(self, task: asyncio.Task[None]) -> None:
        """Cancel `task` and wait for its end, for no longer than the grace."""
        if task.done():
            return
        task.cancel()
        await asyncio.wait({task}, timeout=self._grace_s)
        if not task.done():
            logger.error("%s: a call ignores its cancellation; it is left behind", self._channel)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # marks it as seen; whoever waits has its own look


async def _contained(call: Coroutine[Any, Any, None]) -> None:
    """Run `call`; to exit the process, or to cancel itself, is its own failure and ends nothing else."""
    try:
        await call
    except SystemExit as error:
        raise RuntimeError("the plugin asked the process to exit") from error
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise RuntimeError("the plugin cancelled its own call") from error
