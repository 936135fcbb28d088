"""The measured servers as processes of their own: the real bot, and the bare handler."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop

from tests.bench import Figure

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A server that is measured.

    Attributes:
        url: its root.
        process_id: its process.
    """

    url: str
    process_id: int

    def cpu_s(self) -> float:
        """The processor time it has used, in seconds, where the system has /proc; else 0."""
        stat = Path(f"/proc/{self.process_id}/stat")
        if not stat.exists():
            return 0.0
        fields = stat.read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def in_a_folder(measure: Callable[[Path], Coroutine[Any, Any, list[Figure]]]) -> list[Figure]:
    """Measure on a fast event loop, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return uvloop.run(measure(Path(folder)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Child:
    """A Python process: its id, its standard output, and the address that its log names, once it does."""

    process_id: int
    said: asyncio.StreamReader
    listening: asyncio.Future[str]

    async def line(self) -> str:
        return (await self.said.readline()).decode().strip()


@asynccontextmanager
async def bot(
    folder: Path, config_text: str, *, plugins: Sequence[str] = ("plugins", "tests.platforms")
) -> AsyncIterator[Measured]:
    """Run the real process with a config.toml, and with the plugins of these packages."""
    config = folder / "config.toml"
    config.write_text(config_text, encoding="utf-8")
    where = ("--config", str(config), "--data", str(folder / "data"))
    async with _child(str(ROOT / "tests" / "launcher.py"), *where, "--plugins", *plugins) as child:
        await child.line()  # it is ready
        yield Measured(url=await child.listening, process_id=child.process_id)


@asynccontextmanager
async def bare(folder: Path, platforms_url: str) -> AsyncIterator[Measured]:
    """Run the bare handler."""
    folder.mkdir()
    async with _child("-m", "tests.bench.bare", f"{platforms_url}/desk", str(folder)) as child:
        yield Measured(url=await child.line(), process_id=child.process_id)


@asynccontextmanager
async def _child(*arguments: str) -> AsyncIterator[_Child]:
    """Run Python in the top folder; it is killed in the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    listening: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    reading = asyncio.create_task(_read_log(process.stderr, listening))
    try:
        yield _Child(process_id=process.pid, said=process.stdout, listening=listening)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reading


async def _read_log(log: asyncio.StreamReader, listening: asyncio.Future[str]) -> None:
    async for line in log:
        if b"listening on " in line:
            listening.set_result(line.split()[-1].decode())
        elif b" INFO " not in line:
            sys.stderr.buffer.write(line)  # what goes wrong would make the figures worthless
