"""Chores: what is done beside the messages, once or again and again; a fault in one is nobody else's."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.faults import describe

log = logging.getLogger(__name__)


async def contained(
    what: str, job: Callable[[], Awaitable[object]], *, passing: tuple[type[Exception], ...] = ()
) -> bool:
    """Do a job, and let a fault in it end the job alone; to be cancelled is no fault.

    Args:
        what: what it means that it failed, as the log has it: "figures wait".
        job: the job.
        passing: errors that are for the caller all the same, such as those of a disk that refuses.

    Returns:
        Whether it was done; the log says why not.

    Raises:
        Exception: one of those that pass.
    """
    try:
        await job()
    except passing:
        raise
    except OSError as error:
        # The disk's fault, and the same for everybody until it is mended; its text quotes nobody.
        log.error("%s: %s", what, str(error) or describe(error))  # noqa: TRY400
    except Exception as error:  # noqa: BLE001  # whatever it is, the others go on
        log.error("%s: unexpected %s", what, describe(error))  # noqa: TRY400  # no text
    else:
        return True
    return False


async def repeated(
    what: str,
    job: Callable[[], Awaitable[object]],
    *,
    every_s: float,
    pause_s: float = 0.0,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Do a job again and again until cancelled, whatever becomes of it each time.

    Args:
        what: as in `contained`.
        job: the job.
        every_s: the seconds between two times.
        pause_s: how much longer it waits after a time that failed.
        sleep: waits for some seconds.
    """
    while True:
        is_done = await contained(what, job)
        await sleep(every_s if is_done else every_s + pause_s)
