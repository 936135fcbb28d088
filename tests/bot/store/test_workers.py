"""Waiting for file operations."""

import asyncio
import threading

import pytest

from bot.store.workers import Workers


async def _result_of(operation: asyncio.Future[None]) -> None:
    return await operation


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
    operation = workers.submit(fail)
    waiting = asyncio.create_task(_result_of(operation))
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


async def test_all_that_ends_together_is_told() -> None:
    """Of many operations that end at the same time, in several threads, each is told its own result."""
    workers = Workers("test", threads=4)
    found = await asyncio.gather(*(workers.run(pow, number, 2) for number in range(500)))
    assert found == [number * number for number in range(500)]
    await workers.close()


async def test_closing_finishes_what_has_begun() -> None:
    """Closing waits for what was submitted, whose results are still told; nothing is taken after it."""
    workers = Workers("test", threads=2)
    gate = threading.Event()
    waiting = asyncio.create_task(workers.run(gate.wait, 60))
    operations = [workers.submit(str, number) for number in range(20)]
    closing = asyncio.create_task(workers.close())
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="shut down"):
        workers.submit(str, 1)
    gate.set()
    await closing
    assert await waiting
    assert [await operation for operation in operations] == [str(number) for number in range(20)]


async def test_unused_threads_are_closed_at_once() -> None:
    """Workers that nothing was asked of can be closed."""
    await Workers("test", threads=2).close()
