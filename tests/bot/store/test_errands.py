"""What a command asks of the running process."""

import asyncio
from pathlib import Path

import pytest

from bot.store.errands import DONE, FAILED, UNKNOWN, ask, serve

RECORD = "shop-0123456789abcdef"


@pytest.mark.parametrize(("is_known", "answer"), [(True, DONE), (False, UNKNOWN)])
async def test_errand_is_done_and_answered(tmp_path: Path, answer: str, *, is_known: bool) -> None:
    """Who asks is told whether there was anything to erase, and leaves no file behind."""
    asked = []

    async def forget(record_id: str) -> bool:
        asked.append(record_id)
        return is_known

    serving = asyncio.create_task(serve(tmp_path, forget))
    assert await asyncio.to_thread(ask, tmp_path, RECORD) == answer
    serving.cancel()
    assert asked == [RECORD]
    assert list(tmp_path.iterdir()) == []


async def test_failure_is_answered_and_contained(tmp_path: Path) -> None:
    """An erasure that fails is answered as such, and the next errand is served."""
    answers = [OSError("the disk refuses"), None]

    async def forget(_record_id: str) -> bool:
        if (error := answers.pop(0)) is not None:
            raise error
        return True

    serving = asyncio.create_task(serve(tmp_path, forget))
    assert await asyncio.to_thread(ask, tmp_path, RECORD) == FAILED
    assert await asyncio.to_thread(ask, tmp_path, RECORD) == DONE
    serving.cancel()


async def test_withdrawn_errand(tmp_path: Path) -> None:
    """An errand that is withdrawn while it is done does not end the service."""
    first, second = tmp_path / f"{RECORD}.forget", tmp_path / "shop-1123456789abcdef.forget"
    first.touch()
    done = asyncio.Event()

    async def forget(record_id: str) -> bool:
        if record_id == RECORD:
            first.unlink()
            second.touch()
        else:
            done.set()
        return True

    serving = asyncio.create_task(serve(tmp_path, forget))
    await asyncio.wait_for(done.wait(), timeout=20)
    assert not serving.done()
    serving.cancel()
