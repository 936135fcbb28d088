"""The real process with the shipped config.toml over many contacts: seconds to its ready line, and memory."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench import Figure
from tests.bench.store import fill

_ROOT = Path(__file__).parents[2]
_CONTACTS = 10_000
_ROUNDS = 3


def _start(config: Path, data: Path) -> tuple[float, float]:
    """Seconds from the start of the process to its ready line, and its resident megabytes then."""
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, str(_ROOT / "run.py"), "--config", str(config), "--data", str(data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=_ROOT,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        seconds = time.perf_counter() - began
        assert line.startswith("ready in"), line
        memory = _resident_mb(process.pid)
        process.terminate()
        process.wait(timeout=15)
    return seconds, memory


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kilobytes) / 1000


def run() -> Sequence[Figure]:
    """Start the process a few times, on a port that is free, over a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="guichet-bench-", dir=Path.cwd()) as folder:
        config = Path(folder) / "config.toml"
        shipped = (_ROOT / "config.toml").read_text(encoding="utf-8")
        config.write_text(shipped.replace("# port = 8080", "port = 0"), encoding="utf-8")
        data = Path(folder) / "data"
        fill(data, _CONTACTS)
        starts = [_start(config, data) for _ in range(_ROUNDS)]
    note = "1 in 100 open; from starting Python to the ready line"
    return [
        Figure(
            name=f"ready, {_CONTACTS:,} contacts",
            value=statistics.median(seconds for seconds, _ in starts),
            unit="s",
            note=note,
        ),
        Figure(
            name=f"memory, {_CONTACTS:,} contacts",
            value=statistics.median(memory for _, memory in starts),
            unit="MB",
            note="resident, at the ready line",
        ),
    ]
