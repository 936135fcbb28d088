"""Noticing that config.toml, or the `.env` file beside it, has changed; what to do then is the app's."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

logger = logging.getLogger(__name__)

Fingerprint = tuple[int, int, int] | None
Fingerprints = tuple[Fingerprint, Fingerprint]
"""Of config.toml, and of the `.env` file beside it."""
Look = Callable[[Path], Fingerprint]
Sleep = Callable[[float], Awaitable[None]]


def fingerprint(path: Path) -> Fingerprint:
    """What changes when a file does: time of change in nanoseconds, size, and inode; None without a file."""
    try:
        state = path.stat()
    except OSError:
        return None
    return (state.st_mtime_ns, state.st_size, state.st_ino)


def fingerprints(path: Path, look: Look = fingerprint) -> Fingerprints:
    """What changes when config.toml at `path`, or the `.env` file beside it, does."""
    return look(path), look(path.parent / ".env")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Looks at the files once a second.

    A change is reported once the files look the same twice in a row, so a file that is still being
    written is left alone. Editors that put a new file in place of the old are seen by the inode; while
    config.toml itself is away, nothing is reported, and the log says once that it is.

    Attributes:
        path: config.toml.
        changed: awaited after a change.
        known: what the files were like before they were read; None: as at the first look.
        interval: seconds between two looks.
        look: reads a file's fingerprint; called in a thread.
        sleep: waits for some seconds.
    """

    path: Path
    changed: Callable[[], Awaitable[None]]
    known: Fingerprints | None = None
    interval: float = 1.0
    look: Look = fingerprint
    sleep: Sleep = asyncio.sleep

    async def run(self) -> None:
        """Watch until cancelled; what `changed` raises ends it."""
        last = await self._look()
        known = self.known or last
        while True:
            await self.sleep(self.interval)
            now = await self._look()
            is_settled, last = now == last, now
            if not is_settled or now == known:
                continue
            if now[0] is None:
                if known[0] is not None:
                    logger.warning("%s is not there any more; what it said last stays in force", self.path)
                known = now
                continue
            known = now
            await self.changed()

    async def _look(self) -> Fingerprints:
        return await asyncio.to_thread(fingerprints, self.path, self.look)
