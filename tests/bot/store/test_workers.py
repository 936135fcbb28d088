"""Waiting for file operations."""

import asyncio
import threading

import pytest

from bot.store.workers import Workers, settled


async def test_cancelled_caller_waits_for_the_end() -> None:
    """A cancelled caller is told so only when the operation is over, however often it is cancelled."""
    workers = Workers("test", threads=1)
    gate = threading.Event()
    done: list[str] = []

    def operation() -> None:
        assert gate.wait(timeout=60)
        done.append("done")

    waiting = asyncio.create_task(workers.run(operation))
    await asyncio.sleep(0)
    for _ in range(3):
        waiting.cancel()
        await asyncio.sleep(0)
    assert not waiting.done()
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert done == ["done"]
    await workers.close()


async def test_error_comes_out() -> None:
    """What an operation raises, its caller gets; a cancelled caller gets the cancellation."""
    workers = Workers("test", threads=1)

    def fail() -> None:
        raise OSError("refused")

    with pytest.raises(OSError, match="refused"):
        await workers.run(fail)
    future = workers.submit(fail)
    waiting = asyncio.create_task(settled(future))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await workers.close()


async def test_one_thread_keeps_the_order() -> None:
    """Operations of a single thread run in the order in which they were submitted."""
    workers = Workers("test", threads=1)
    order: list[int] = []
    await asyncio.gather(*(workers.run(order.append, number) for number in range(50)))
    assert order == list(range(50))
    await workers.close()
