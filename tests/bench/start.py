"""The real process over a folder with ten thousand contacts: seconds to the ready line, and memory."""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from bot.model import Status
from bot.store.folder import DataFolder
from bot.store.records import encoded
from tests.bench import Figure
from tests.bench.store import record

ROOT = Path(__file__).parents[2]
CONTACTS = 10_000
OPEN_IN = 10
"""One contact in so many has an open conversation."""
ROUNDS = 3


def fill(data: Path) -> None:
    """Write the records as a store would have."""
    folder = DataFolder(data)
    for number in range(CONTACTS):
        each = record(number)
        conversation = each.conversations[1]
        is_open = number % OPEN_IN == 0
        each.conversations[1] = replace(
            conversation,
            status=Status.OPEN if is_open else Status.CLOSED,
            closed_at=None if is_open else conversation.started_at + timedelta(days=1),
        )
        path = folder.record(each.record_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(each))


def start(config: Path, data: Path) -> tuple[float, float, float]:
    """Start and stop: seconds from the start of Python, those of the ready line, and megabytes held."""
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
    return seconds, float(found.group(1)), megabytes


def _resident(process_id: int) -> float:
    """The memory of a process, in megabytes, where the system has /proc; else 0."""
    status = Path(f"/proc/{process_id}/status")
    if not status.exists():
        return 0.0
    found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text())
    return int(found.group(1)) / 1000 if found else 0.0


def run() -> Sequence[Figure]:
    """Measure with the shipped config.toml, on a port that is free."""
    folder = Path(tempfile.mkdtemp(prefix="bench-start-"))
    try:
        config = folder / "config.toml"
        shipped = (ROOT / "config.toml").read_text(encoding="utf-8")
        config.write_text(shipped.replace("[server]", "[server]\nport = 0", 1), encoding="utf-8")
        fill(folder / "full")
        full = [start(config, folder / "full") for _ in range(ROUNDS)]
        empty = [start(config, folder / "empty") for _ in range(ROUNDS)]
    finally:
        shutil.rmtree(folder)
    circumstances = f"{CONTACTS:,} contacts, {CONTACTS // OPEN_IN:,} open"
    return [
        Figure(
            name="ready", value=min(run[0] for run in full), unit="s", note=f"{circumstances}; from the start"
        ),
        Figure(name="ready, as it says", value=min(run[1] for run in full), unit="s", note=circumstances),
        Figure(name="resident memory", value=full[-1][2], unit="MB", note=circumstances),
        Figure(name="ready, empty", value=min(run[0] for run in empty), unit="s", note="from the start"),
        Figure(name="resident memory, empty", value=empty[-1][2], unit="MB"),
    ]
