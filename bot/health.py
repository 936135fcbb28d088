"""What the process says of its own state, and the proof that its data folder can be written."""

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.store import LiveConversation
from bot.supervisor import ChannelState, ChannelStatus

BOT = "bot"
"""What the team is called of conversations that the bot still asks about."""


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
class TeamLoad:
    """What one team has before it at one moment.

    Attributes:
        open: conversations that it has; of the bot, those that it still asks.
        waiting: those whose contact waits for us.
        oldest_wait_s: since when the first of them waits, in seconds.
    """

    open: int = 0
    waiting: int = 0
    oldest_wait_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """The process at one moment.

    Attributes:
        uptime_s: seconds since the process started.
        channels: each enabled channel by name.
        outbox: what waits to be sent.
        teams: what each team has before it, by key; `bot` for what the bot still asks.
        quarantined: records set aside because they could not be read.
        data_trouble: why the data folder cannot be written, or empty; it may name paths.
    """

    uptime_s: float
    channels: Mapping[str, ChannelStatus]
    outbox: OutboxCounts
    teams: Mapping[str, TeamLoad] = field(default_factory=dict)
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


def loads(live: Iterable[LiveConversation], now: datetime) -> dict[str, TeamLoad]:
    """What each team has before it, counted from what is held in memory."""
    found: dict[str, TeamLoad] = {}
    for each in live:
        team = each.team or BOT
        load = found.get(team, TeamLoad())
        waited = (now - each.waiting_since).total_seconds() if each.waiting_since is not None else 0.0
        found[team] = TeamLoad(
            open=load.open + 1,
            waiting=load.waiting + (each.waiting_since is not None),
            oldest_wait_s=max(load.oldest_wait_s, waited),
        )
    return found


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
