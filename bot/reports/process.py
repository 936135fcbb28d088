"""Running a job beside the event loop: in a process of its own, which holds no lock of ours."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

import msgspec

import bot
from bot.reports.job import Answer, Counted, CountJob, Expired, ExpiredJob, Job

LONGEST_S = 300.0
_SAID = 2000


class NotCounted(Exception):
    """The process that counts came to no end, or a bad one; the text says what it said last."""


async def run(job: Job, *, longest_s: float = LONGEST_S) -> Answer:
    """Do a job; whoever waits may be cancelled, and the process ends with it.

    Args:
        job: what to do.
        longest_s: how many seconds it may take.

    Raises:
        NotCounted: it failed, or took longer.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.reports.worker",
        cwd=Path(bot.__file__).parent.parent,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(longest_s):
            answer, said = await process.communicate(msgspec.json.encode(job))
    except TimeoutError as error:
        raise NotCounted(f"it took longer than {longest_s:.0f} s") from error
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        raise NotCounted(said.decode(errors="replace").strip()[-_SAID:] or f"exit {process.returncode}")
    done: Answer = msgspec.json.decode(answer, type=Answer)
    return done


async def count(job: CountJob) -> Counted:
    """Count beside the event loop; raises as `run`."""
    answer = await run(job)
    assert isinstance(answer, Counted)
    return answer


async def find_expired(job: ExpiredJob) -> list[str]:
    """Look for records with something to erase beside the event loop; raises as `run`."""
    answer = await run(job)
    assert isinstance(answer, Expired)
    return answer.record_ids
