"""The real process over folders with many contacts: seconds to the ready line, and memory."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from bot.model import Status
from bot.store.folder import DataFolder
from bot.store.records import encoded
from tests.bench import Figure
from tests.bench.store import record

ROOT = Path(__file__).parents[2]
FEW, FEW_OPEN = 10_000, 10
MANY, MANY_OPEN = 100_000, 100
"""How many contacts there are, and that one in so many has an open conversation."""
ROUNDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One start of the process.

    Attributes:
        seconds: from the start of Python to the ready line.
        said: the seconds that the ready line names.
        megabytes: of memory held then.
    """

    seconds: float
    said: float
    megabytes: float


def fill(data: Path, contacts: int, open_in: int) -> None:
    """Write the records as a store would have."""
    folder = DataFolder(data)
    for number in range(contacts):
        each = record(number)
        conversation = each.conversations[1]
        is_open = number % open_in == 0
        each.conversations[1] = replace(
            conversation,
            status=Status.OPEN if is_open else Status.CLOSED,
            closed_at=None if is_open else conversation.started_at + timedelta(days=1),
        )
        path = folder.record(each.record_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(each))
    os.sync()  # or the first start would pay for these


def start(config: Path, data: Path) -> Start:
    """Start and stop the process."""
    began_at = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, str(ROOT / "run.py"), "--config", str(config), "--data", str(data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        seconds = time.perf_counter() - began_at
        megabytes = _resident(process.pid)
        process.terminate()
    found = re.search(r"ready in ([\d.]+) s", said)
    assert found is not None, said
    return Start(seconds=seconds, said=float(found.group(1)), megabytes=megabytes)


def _resident(process_id: int) -> float:
    """The memory of a process, in megabytes, where the system has /proc; else 0."""
    status = Path(f"/proc/{process_id}/status")
    if not status.exists():
        return 0.0
    found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text())
    return int(found.group(1)) / 1000 if found else 0.0


def _figures(
    starts: Sequence[Start], contacts: int, *, seconds: float, megabytes: float | None
) -> list[Figure]:
    best = min(starts, key=lambda each: each.seconds)
    note = f"the line says {best.said:.1f} s" if contacts else ""
    return [
        Figure(
            name=f"ready with {contacts:,} contacts", value=best.seconds, unit="s", note=note, at_most=seconds
        ),
        Figure(
            name=f"memory with {contacts:,} contacts",
            value=starts[-1].megabytes,
            unit="MB",
            note="1,000 open" if contacts else "",
            at_most=megabytes,
        ),
    ]


def run() -> Sequence[Figure]:
    """Measure with the shipped config.toml, on a port that is free."""
    folder = Path(tempfile.mkdtemp(prefix="bench-start-"))
    try:
        config = folder / "config.toml"
        shipped = (ROOT / "config.toml").read_text(encoding="utf-8")
        config.write_text(shipped.replace("[server]", "[server]\nport = 0", 1), encoding="utf-8")
        fill(folder / "few", FEW, FEW_OPEN)
        fill(folder / "many", MANY, MANY_OPEN)
        few = [start(config, folder / "few") for _ in range(ROUNDS)]
        many = [start(config, folder / "many") for _ in range(ROUNDS)]
        none = [start(config, folder / "none") for _ in range(ROUNDS)]
    finally:
        shutil.rmtree(folder)
    return [
        *_figures(few, FEW, seconds=3, megabytes=120),
        *_figures(many, MANY, seconds=10, megabytes=None),
        *_figures(none, 0, seconds=3, megabytes=None),
    ]
