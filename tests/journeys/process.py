"""The real process, started on a free port with a folder of its own, and ended by its own id."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[2]
PATIENCE_S = 30
_LONGEST_LINE = 1 << 24
_LISTENING = "listening on "
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder with a config.toml and, once something ran, the records.

    Attributes:
        folder: the folder.
    """

    folder: Path

    @property
    def config(self) -> Path:
        """The settings."""
        return self.folder / "config.toml"

    @property
    def data(self) -> Path:
        """The records."""
        return self.folder / "data"

    def write(self, config: str) -> None:
        """Put a config.toml in place of the old one, as an editor does: whole, or not at all."""
        new = self.folder / "config.toml.new"
        new.write_text(config, encoding="utf-8")
        new.replace(self.config)

    def files(self) -> dict[Path, bytes]:
        """The bytes of every file below the data folder, by its path there."""
        paths = (path for path in self.data.rglob("*") if path.is_file())
        return {path.relative_to(self.data): path.read_bytes() for path in paths}

    def arguments(self, *arguments: str) -> list[str]:
        """The command line that does something in this place."""
        where = ("--config", str(self.config), "--data", str(self.data))
        return [sys.executable, str(ROOT / "run.py"), *where, *arguments]

    async def command(self, *arguments: str) -> Ended:
        """Run a command to its end."""
        process = await asyncio.create_subprocess_exec(
            *self.arguments(*arguments), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        try:
            async with asyncio.timeout(PATIENCE_S):
                out, err = await process.communicate()
        finally:
            await _ended(process)
        assert process.returncode is not None
        return Ended(code=process.returncode, out=out.decode(), err=err.decode())


@dataclass(slots=True, kw_only=True)
class Running:
    """A process that runs.

    Attributes:
        process: as the event loop knows it.
        log: what it wrote to standard error, by line.
        out: what it wrote to standard output, by line.
    """

    process: asyncio.subprocess.Process
    log: list[str] = field(default_factory=list)
    out: list[str] = field(default_factory=list)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _readers: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return next(line.partition(_LISTENING)[2] for line in self.log if _LISTENING in line).strip('"}')

    async def ready(self) -> None:
        """Wait until it serves; it says so on one stream, and where on the other."""
        await self.said("ready in")
        await self.logged(_LISTENING)

    async def logged(self, text: str, *, after: int = 0) -> str:
        """Wait for a line of the log that holds `text`, at or behind the line number `after`."""
        return await self._until(lambda: next((line for line in self.log[after:] if text in line), None))

    async def said(self, text: str) -> str:
        """Wait for a line of standard output that holds `text`."""
        return await self._until(lambda: next((line for line in self.out if text in line), None))

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop, and give the exit code."""
        self.process.send_signal(number)
        return await self.wait()

    async def wait(self) -> int:
        """Wait for its end, and for the last line of what it wrote; gives the exit code."""
        async with asyncio.timeout(PATIENCE_S):
            code = await self.process.wait()
            await asyncio.gather(*self._readers)
        return code

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.process.kill()

    def listen(self) -> None:
        """Begin to read what it writes."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        for stream, lines in ((self.process.stdout, self.out), (self.process.stderr, self.log)):
            self._readers.append(asyncio.create_task(self._read(stream, lines)))

    async def end(self) -> None:
        """See to it that nothing of it is left."""
        await _ended(self.process)
        await asyncio.gather(*self._readers)

    async def _read(self, stream: asyncio.StreamReader, lines: list[str]) -> None:
        async for line in stream:
            lines.append(line.decode().rstrip("\n"))
            async with self._news:
                self._news.notify_all()
        async with self._news:
            self._news.notify_all()

    async def _until(self, find: Callable[[], _T | None]) -> _T:
        async with asyncio.timeout(PATIENCE_S), self._news:
            while (found := find()) is None:
                assert not all(reader.done() for reader in self._readers), "\n".join(self.log)
                await self._news.wait()
        return found


@asynccontextmanager
async def started(place: Place, *arguments: str) -> AsyncIterator[Running]:
    """Start the process, and end it with the block.

    Args:
        place: its config.toml and data folder.
        arguments: further options.
    """
    process = await asyncio.create_subprocess_exec(
        *place.arguments(*arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=_LONGEST_LINE,
    )
    running = Running(process=process)
    running.listen()
    try:
        yield running
    finally:
        await running.end()


@asynccontextmanager
async def running(place: Place, *arguments: str) -> AsyncIterator[Running]:
    """Start the process as `started` does, and wait until it is ready."""
    async with started(place, *arguments) as process:
        await process.ready()
        yield process


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()
