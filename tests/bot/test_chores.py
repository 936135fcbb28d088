"""Chores: a fault in one ends neither it nor anything else, and the log quotes nobody."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest

from bot.chores import contained, repeated


def failing(*errors: Exception | None) -> tuple[Callable[[], Awaitable[None]], asyncio.Event]:
    """A job that fails like this, one time after another; the event is set when it was done after all."""
    left, done = list(errors), asyncio.Event()

    async def job() -> None:
        if left and (error := left.pop(0)) is not None:
            raise error
        done.set()

    return job, done


async def test_goes_on_after_any_fault(caplog: pytest.LogCaptureFixture) -> None:
    """What failed is done again after its pause, and the log says nothing of what a message said."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    job, done = failing(ValueError("my card number is 4111"), OSError("no space left"))
    with caplog.at_level(logging.ERROR):
        running = asyncio.create_task(repeated("the boards wait", job, every_s=15, pause_s=5, sleep=sleep))
        await asyncio.wait_for(done.wait(), timeout=5)
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()
    assert slept[:3] == [20, 20, 15]
    first, second = caplog.messages
    assert first.startswith("the boards wait: unexpected ValueError in job (")
    assert second == "the boards wait: no space left"
    assert "4111" not in caplog.text


async def test_says_whether_it_was_done() -> None:
    """Who asks for a job learns whether it was done."""
    job, _ = failing(KeyError("x"))
    assert not await contained("it waits", job)
    assert await contained("it waits", job)


async def test_what_passes() -> None:
    """An error that is the caller's reaches the caller; another one does not."""
    job, _ = failing(OSError("full"), TimeoutError(), ValueError())
    for _ in range(2):
        with pytest.raises(OSError):
            await contained("it waits", job, passing=(OSError,))
    assert not await contained("it waits", job, passing=(OSError,))


async def test_cancelling(caplog: pytest.LogCaptureFixture) -> None:
    """A job that is cancelled is cancelled, and not a word is said of it."""
    running = asyncio.create_task(contained("it waits", asyncio.Event().wait))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert caplog.messages == []
