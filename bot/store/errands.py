"""What a command asks of the running process, by files: `forget` works while the bot runs.

The command writes `data/errands/<record id>.forget`; the process does it, and answers by renaming the
file to `….done`, `….unknown` or `….failed`, which the command reads and takes away.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from bot.chores import repeated

log = logging.getLogger(__name__)

ASKED, DONE, UNKNOWN, FAILED = ".forget", ".done", ".unknown", ".failed"
LOOK_EVERY_S = 0.5

Forget = Callable[[str], Awaitable[bool]]
"""Erases a record; False: there was none."""


async def serve(folder: Path, forget: Forget) -> None:
    """Do what is asked until cancelled."""
    await repeated("errands wait", partial(_look, folder, forget), every_s=LOOK_EVERY_S)


async def _look(folder: Path, forget: Forget) -> None:
    """Do what is asked now, one after another."""
    for asked in await asyncio.to_thread(_asked, folder):
        try:
            answer = DONE if await forget(asked.stem) else UNKNOWN
        except Exception:
            log.exception("%s could not be erased", asked.stem)
            answer = FAILED
        try:
            await asyncio.to_thread(asked.rename, asked.with_suffix(answer))
        except OSError as error:
            # Who asked has lost patience and taken the errand back; the next look finds what is left.
            log.warning("nobody waits for the answer on %s: %s", asked.stem, error)


def ask(folder: Path, record_id: str, *, patience_s: float = 30.0) -> str:
    """Ask the running process to erase a record, and wait for its answer.

    Returns:
        `DONE`, `UNKNOWN` or `FAILED`; an unanswered errand is taken back, and failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    asked = folder / f"{record_id}{ASKED}"
    for suffix in (DONE, UNKNOWN, FAILED):
        asked.with_suffix(suffix).unlink(missing_ok=True)
    asked.touch()
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        for suffix in (DONE, UNKNOWN, FAILED):
            answer = asked.with_suffix(suffix)
            if answer.exists():
                answer.unlink()
                return suffix
        time.sleep(0.05)
    asked.unlink(missing_ok=True)
    return FAILED


def _asked(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{ASKED}")) if folder.is_dir() else []
