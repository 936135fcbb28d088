"""The whole way: signed webhooks in over HTTP, the real process, HTTP calls of 50 ms out."""

import asyncio
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, TCPConnector

from tests.bench import Figure
from tests.bench.load import Load, marks
from tests.bench.simulator import SECRET, TOKEN

ROOT = Path(__file__).parents[2]
CALL_S = 0.05
TEAMS = 50
CONTACTS = tuple(f"c{number}" for number in range(100))
MESSAGES = 20
RATES = (20, 100)
RATE_S = 15
PATIENCE_S = 120

CHANNEL = """\
[channels.{name}]
enabled = true
plugin = "loopback"
api_url = "{url}"
token = "{token}"
secret = "{secret}"
"""
TEAM = """\
[teams.t{number}]
name = "Team {number}"
chat = "desk:t{number}"
"""
CONFIG = """\
business = "Dupont"
language = "en"
[server]
port = 0
{tables}
[inbox]
chat = "desk:inbox"
[routing]
welcome = "Hello"
error = ["Sorry?"]
[limits]
messages_per_minute = 1000000
bot_messages_per_hour = 1000000
[[routing.answers]]
label = "Team 0"
when = ["zero"]
team = "t0"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A Python process.

    Attributes:
        said: its standard output.
        asked: its standard input.
        listening: the address that its log names, once it does.
    """

    said: asyncio.StreamReader
    asked: asyncio.StreamWriter
    listening: asyncio.Future[str]

    async def line(self) -> str:
        """The next line of its standard output."""
        return (await self.said.readline()).decode().strip()


class Simulator:
    """The platforms' process."""

    def __init__(self, child: Child, roots: dict[str, str]) -> None:
        self._child = child
        self.roots = roots

    async def report(self) -> dict[str, Any]:
        """What happened since the last report."""
        self._child.asked.write(b"\n")
        found: dict[str, Any] = json.loads(await self._child.line())
        return found

    async def shown_at(self, wanted: set[int]) -> tuple[dict[int, float], Counter[str]]:
        """Wait until all these messages are shown; when each was first, and the calls it took in all."""
        shown: dict[int, float] = {}
        calls: Counter[str] = Counter()
        async with asyncio.timeout(PATIENCE_S):
            while not wanted <= shown.keys():
                await asyncio.sleep(0.2)
                for each in (await self.report()).values():
                    calls.update(each["calls"])
                    for text, at in each["shown"]:
                        for mark in marks(text):
                            shown.setdefault(mark, at)
        return shown, calls


@asynccontextmanager
async def _child(*arguments: str) -> AsyncIterator[Child]:
    """Run Python in the top folder; it is killed in the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=1 << 28,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    listening: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    reading = asyncio.create_task(_read_log(process.stderr, listening))
    try:
        yield Child(said=process.stdout, asked=process.stdin, listening=listening)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reading


async def _read_log(log: asyncio.StreamReader, listening: asyncio.Future[str]) -> None:
    async for line in log:
        if b"listening on " in line:
            listening.set_result(line.split()[-1].decode())


@asynccontextmanager
async def _simulator() -> AsyncIterator[Simulator]:
    async with _child("-m", "tests.bench.simulator", str(CALL_S)) as child:
        yield Simulator(child, json.loads(await child.line()))


@asynccontextmanager
async def _bot(folder: Path, simulator: Simulator) -> AsyncIterator[str]:
    """The root of the real process."""
    channels = [
        CHANNEL.format(name=name, url=url, token=TOKEN, secret=SECRET)
        for name, url in simulator.roots.items()
    ]
    teams = [TEAM.format(number=number) for number in range(TEAMS)]
    config = folder / "config.toml"
    config.write_text(CONFIG.format(tables="".join((*channels, *teams))), encoding="utf-8")
    launcher = str(ROOT / "tests" / "crash" / "launcher.py")
    async with _child(launcher, "--config", str(config), "--data", str(folder / "data")) as child:
        await child.line()  # it is ready
        yield await child.listening


async def _assign(load: Load, simulator: Simulator) -> float:
    """Have a link put each contact with a team; gives the calls that it took each."""
    for number, contact in enumerate(CONTACTS):
        await load.write(contact, start=f"t{number % TEAMS}")
    _, calls = await simulator.shown_at(set(load.written_at))
    await asyncio.sleep(1)
    for each in (await simulator.report()).values():
        calls.update(each["calls"])
    return calls.total() / len(CONTACTS)


async def _throughput(load: Load, simulator: Simulator) -> tuple[float, float, float]:
    """Messages a second from the first that is sent to the last that is shown, and to the last 200; calls."""
    await simulator.report()
    before = set(load.written_at)
    began_at = time.monotonic()
    await load.as_fast_as_answered(CONTACTS, MESSAGES)
    numbers = set(load.written_at) - before
    shown, calls = await simulator.shown_at(numbers)
    shown_s = max(shown[number] for number in numbers) - began_at
    kept_s = max(load.kept_at[number] for number in numbers) - began_at
    return len(numbers) / shown_s, len(numbers) / kept_s, calls.total() / len(numbers)


async def _latency(load: Load, simulator: Simulator, per_second: int) -> list[Figure]:
    await simulator.report()
    before = set(load.written_at)
    await load.at_a_rate(CONTACTS, per_second, RATE_S)
    numbers = set(load.written_at) - before
    shown, calls = await simulator.shown_at(numbers)
    taken = [(shown[number] - load.written_at[number]) * 1000 for number in numbers]
    kept = [(load.kept_at[number] - load.written_at[number]) * 1000 for number in numbers]
    note = f"{CALL_S * 1000:.0f} ms of it are the platform's; {TEAMS} team chats"
    cuts, kept_cuts = statistics.quantiles(taken, n=100), statistics.quantiles(kept, n=100)
    return [
        *(
            Figure(name=f"sent to shown at {per_second}/s, p{cut}", value=cuts[cut - 1], unit="ms", note=note)
            for cut in (50, 95, 99)
        ),
        *(
            Figure(name=f"sent to 200 at {per_second}/s, p{cut}", value=kept_cuts[cut - 1], unit="ms")
            for cut in (50, 99)
        ),
        Figure(name=f"calls per message at {per_second}/s", value=calls.total() / len(numbers)),
    ]


async def _measure(folder: Path) -> list[Figure]:
    figures: list[Figure] = []
    async with _simulator() as simulator, ClientSession(connector=TCPConnector(limit=0)) as http:
        async with _bot(folder, simulator) as url:
            load = Load(http=http, url=url)
            first_calls = await _assign(load, simulator)
            for rate in RATES:
                figures += await _latency(load, simulator, rate)
            runs = [await _throughput(load, simulator) for _ in range(3)]
        shown, kept, calls = (statistics.median(column) for column in zip(*runs, strict=True))
        bare_folder = folder / "bare"
        bare_folder.mkdir()
        async with _child("-m", "tests.bench.bare", simulator.roots["desk"], str(bare_folder)) as child:
            load = Load(http=http, url=await child.line())
            bare = [await _throughput(load, simulator) for _ in range(3)]
        bare_shown, bare_kept, _ = (statistics.median(column) for column in zip(*bare, strict=True))
    return [
        *figures,
        Figure(name="calls for a first message", value=first_calls, note="thread, card, transcript, answer"),
        Figure(
            name="durable, shown",
            value=shown,
            unit="messages/s",
            note=f"{len(CONTACTS)} at once, {TEAMS} team chats, {calls:.2f} calls a message",
        ),
        Figure(name="durable, acknowledged", value=kept, unit="messages/s"),
        Figure(name="bare handler, shown", value=bare_shown, unit="messages/s", note="any number at once"),
        Figure(name="bare handler, acknowledged", value=bare_kept, unit="messages/s"),
        Figure(name="bare to bot, shown", value=bare_shown / shown),
        Figure(name="bare to bot, acknowledged", value=bare_kept / kept),
    ]


def run() -> Sequence[Figure]:
    """Measure in a folder of its own, on the disk that holds temporary files."""
    folder = Path(tempfile.mkdtemp(prefix="bench-endtoend-"))
    try:
        return asyncio.run(_measure(folder))
    finally:
        shutil.rmtree(folder)
