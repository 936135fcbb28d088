"""Figures of the webhook on this machine: `python -m tests.plugins.meta.bench`; nothing here is a test."""

import asyncio
import logging
import os
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from time import perf_counter, process_time
from uuid import uuid4

from aiohttp import ClientSession

from tests.journeys.house import CONFIG
from tests.journeys.process import Place, running
from tests.plugins.meta.harness import MESSENGER, new_platform, table_of
from tests.plugins.meta.rig import connected
from tests.simulators.graph import GraphPlatform
from tests.simulators.graph_webhooks import SIGNATURE_HEADER, milliseconds
from tests.simulators.graph_world import Person

EVENTS_PER_SECOND = 500
BATCH = 10
SECONDS = 10
PEOPLE = 500
FORGERIES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured, in milliseconds where not said otherwise.

    Attributes:
        rate: events a second that were answered with 200.
        median: of the time to an answer.
        p99: likewise.
        slowest: likewise.
        refused: batches that were not answered with 200.
        alone: the mean processor time for an event of the plugin with its HTTP, of the sender too, on a host
            that writes nothing: what the rest costs is the bot's.
        alone_p99: of the time to an answer at the same rate, on such a host.
        forged: the mean processor time of the server for a forged batch.
        forged_answer: the median time to the answer to one.
        written: records that were made by forgeries.
    """

    rate: float
    median: float
    p99: float
    slowest: float
    refused: int
    alone: float
    alone_p99: float
    forged: float
    forged_answer: float
    written: int


async def measure(folder: Path) -> Figures:
    """Run the whole process, and send it signed batches at a steady rate, then forged ones."""
    async with AsyncExitStack() as stack:
        platform = await stack.enter_async_context(new_platform(MESSENGER))
        for number in range(PEOPLE):
            person_id = f"9{number:06}"
            platform.world.people[person_id] = Person(person_id=person_id, last_at=platform.now())
        place = Place(folder=folder)
        lines = "".join(f'{key} = "{value}"\n' for key, value in table_of(MESSENGER, platform).items())
        place.write(f"{CONFIG}\n[channels.messenger]\nenabled = true\n{lines}")
        process = await stack.enter_async_context(running(place))
        url = f"{process.url}/webhooks/messenger"
        http = await stack.enter_async_context(ClientSession())
        post = _poster(http, url)
        before = _records(place)
        spent = _processor_s(process.process.pid)
        forged = [await _timed(post, body) for body in _forgeries(platform)]
        forged_s = _processor_s(process.process.pid) - spent
        written = _records(place) - before
        times, statuses = await _steady(post, platform)
    alone, alone_p99 = await _alone(folder)
    spans = sorted(time * 1000 for time, _ in times)
    good = sum(status == 200 for status in statuses)
    return Figures(
        rate=good * BATCH / SECONDS,
        median=statistics.median(spans),
        p99=spans[int(len(spans) * 0.99)],
        slowest=spans[-1],
        refused=len(statuses) - good,
        alone=alone,
        alone_p99=alone_p99,
        forged=forged_s / FORGERIES * 1000,
        forged_answer=statistics.median(time * 1000 for time, _ in forged),
        written=written,
    )


Post = Callable[[tuple[bytes, str]], Awaitable[int]]


def _poster(http: ClientSession, url: str) -> Post:
    async def post(signed: tuple[bytes, str]) -> int:
        headers = {SIGNATURE_HEADER: signed[1], "Content-Type": "application/json"}
        async with http.post(url, data=BytesIO(signed[0]), headers=headers) as response:
            await response.read()
            return response.status

    return post


async def _timed(post: Post, signed: tuple[bytes, str]) -> tuple[float, int]:
    start = perf_counter()
    status = await post(signed)
    return perf_counter() - start, status


async def _steady(post: Post, platform: GraphPlatform) -> tuple[list[tuple[float, int]], list[int]]:
    """Send batches at the rate, whether or not the ones before were answered."""
    count = EVENTS_PER_SECOND * SECONDS // BATCH
    batches = [_batch(platform, number) for number in range(count)]
    start = perf_counter()
    sends: list[asyncio.Task[tuple[float, int]]] = []
    for number, signed in enumerate(batches):
        await asyncio.sleep(max(0.0, start + number * BATCH / EVENTS_PER_SECOND - perf_counter()))
        sends.append(asyncio.create_task(_timed(post, signed)))
    times = await asyncio.gather(*sends)
    return times, [status for _, status in times]


def _batch(platform: GraphPlatform, number: int) -> tuple[bytes, str]:
    events = [
        {
            "sender": {"id": f"9{(number * BATCH + place) % PEOPLE:06}"},
            "recipient": {"id": platform.account.account_id},
            "timestamp": milliseconds(platform.now()),
            "message": {"mid": f"m_{uuid4().hex}", "text": "merci"},
        }
        for place in range(BATCH)
    ]
    return platform.signed(platform.batch(*events))


async def _alone(folder: Path) -> tuple[float, float]:
    """Milliseconds of processor for an event, and until an answer, without the bot behind it."""
    async with connected(MESSENGER, folder, is_listening=False) as rig:
        post = _poster(rig.host.http, rig.platform.webhook_url)
        batches = [_batch(rig.platform, number) for number in range(FORGERIES // BATCH)]
        start = process_time()
        for batch in batches:
            await post(batch)
        spent = (process_time() - start) / FORGERIES * 1000
        times, _ = await _steady(post, rig.platform)
    spans = sorted(time * 1000 for time, _ in times)
    return spent, spans[int(len(spans) * 0.99)]


def _forgeries(platform: GraphPlatform) -> list[tuple[bytes, str]]:
    body, _ = _batch(platform, 0)
    return [(body, f"sha256={number:064x}") for number in range(FORGERIES)]


def _records(place: Place) -> int:
    return sum("contacts" in path.parts for path in place.files())


def _processor_s(process_id: int) -> float:
    """The processor time that a process has used, in seconds; Linux only."""
    fields = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure once, and print the figures."""
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure(Path(folder)))
    sys.stdout.write(
        f"{figures.rate:.0f} events/s in batches of {BATCH}, durable: median {figures.median:.1f} ms, "
        f"p99 {figures.p99:.1f} ms, slowest {figures.slowest:.1f} ms, {figures.refused} refused\n"
        f"of which the plugin and HTTP: {figures.alone:.3f} ms of processor an event, "
        f"p99 {figures.alone_p99:.1f} ms\n"
        f"a forged batch: {figures.forged:.3f} ms of processor, answered in {figures.forged_answer:.2f} ms, "
        f"{figures.written} records written\n"
    )


if __name__ == "__main__":
    main()
