"""What the process says of its own state, and the proof that its data folder can be written."""

import asyncio
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.supervisor import ChannelState, ChannelStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxCounts:
    """How many messages wait to be sent.

    Attributes:
        pending: they leave as soon as they can.
        held: they wait for something that only time or a contact brings: a shut window, closed hours.
        uncertain: they may have arrived; a person decides.
    """

    pending: int = 0
    held: int = 0
    uncertain: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """The process at one moment.

    Attributes:
        uptime_s: seconds since the process started.
        channels: each enabled channel by name.
        outbox: what waits to be sent.
        quarantined: records set aside because they could not be read.
        data_trouble: why the data folder cannot be written, or empty; it may name paths.
    """

    uptime_s: float
    channels: Mapping[str, ChannelStatus]
    outbox: OutboxCounts
    quarantined: int = 0
    data_trouble: str = ""

    @property
    def is_ok(self) -> bool:
        """Every channel is connected, and what comes in can be kept."""
        connected = all(status.state is ChannelState.CONNECTED for status in self.channels.values())
        return connected and not self.data_trouble

    def as_json(self) -> dict[str, Any]:
        """The body of `/health`; it names no path, since anybody may read it."""
        return {
            "status": "ok" if self.is_ok else "degraded",
            "uptime_s": round(self.uptime_s, 3),
            "channels": {
                name: {"state": status.state.value, "error": status.error}
                for name, status in self.channels.items()
            },
            "outbox": {
                "pending": self.outbox.pending,
                "held": self.outbox.held,
                "uncertain": self.outbox.uncertain,
            },
        }


class FolderProbe:
    """Finds out whether a folder can be written, by writing a byte that it does not keep.

    Args:
        folder: the folder.
        every_s: an answer is good for so many seconds, so that many questions cost one write.
        monotonic: a clock in seconds.
    """

    def __init__(
        self, folder: Path, *, every_s: float = 1.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder = folder
        self._every_s = every_s
        self._monotonic = monotonic
        self._one_at_a_time = asyncio.Lock()
        self._asked_at: float | None = None
        self._trouble = ""

    async def trouble(self) -> str:
        """Why the folder cannot be written, or empty."""
        async with self._one_at_a_time:
            if self._asked_at is None or self._monotonic() - self._asked_at >= self._every_s:
                self._trouble = await asyncio.to_thread(_write_trouble, self._folder)
                self._asked_at = self._monotonic()
            return self._trouble


def _write_trouble(folder: Path) -> str:
    try:
        # unbuffered: a full disk is noticed by the write, not lost in closing
        with tempfile.TemporaryFile(dir=folder, prefix=".probe-", buffering=0) as probe:
            probe.write(b"\0")
    except OSError as error:
        return f"{folder} cannot be written: {error.strerror or error}"
    return ""
