"""Messenger's webhooks: how soon signed batches are answered, echoes of our own messages included."""

import asyncio
import statistics
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from itertools import count
from pathlib import Path
from time import perf_counter
from urllib.parse import parse_qsl, urlsplit

import msgspec

from bot.store.collector import collecting_seldom
from tests.bench import Figure
from tests.bench.load import Load, mark
from tests.bench.processes import Measured, bot, in_a_folder
from tests.bench.wire import Connection, Unit, request, response, serving
from tests.journeys.house import CONFIG
from tests.plugins.meta.harness import MESSENGER, new_platform, table_of
from tests.simulators.graph_rules import Answer, Refusal, check_body
from tests.simulators.graph_webhooks import SIGNATURE_HEADER, milliseconds
from tests.simulators.graph_world import Person

CALL_S = 0.05
EVENTS_PER_SECOND = 500
BATCH = 10
SECONDS = 10
PEOPLE = tuple(f"9{number:06}" for number in range(500))
FORGERIES = 2_000


class Graph:
    """The tests' page behind a cheap server, the batches of those who write to it, and the echoes.

    Attributes:
        platform: the page and its world.
        echoes: delivers what the page itself sent, as the platform reports it.
    """

    def __init__(self) -> None:
        self.platform = new_platform(MESSENGER)
        self.echoes: Load | None = None
        for person_id in PEOPLE:
            self.platform.world.people[person_id] = Person(person_id=person_id, last_at=self.platform.now())
        self._echoing: set[asyncio.Task[None]] = set()
        self._mids = count(1)

    def serve(self) -> AbstractAsyncContextManager[str]:
        """Listen, and give the address."""
        return serving(self._answer, delay_s=CALL_S)

    def batch(self, number: int, first: str, _start: str) -> bytes:
        """A signed webhook of messages, one of each of so many people."""
        begin, now = PEOPLE.index(first), milliseconds(self.platform.now())
        page = {"id": self.platform.account.account_id}
        events = [
            {
                "sender": {"id": PEOPLE[(begin + place) % len(PEOPLE)]},
                "recipient": page,
                "timestamp": now,
                "message": {"mid": f"m_{next(self._mids)}", "text": mark(number)},
            }
            for place in range(BATCH)
        ]
        return self._webhook(*events)

    def forgery(self) -> bytes:
        """A batch with a signature that is not the app's."""
        head, _, body = self.batch(0, PEOPLE[0], "").partition(b"\r\n\r\n")
        del head
        return request("/webhooks/messenger", {SIGNATURE_HEADER: f"sha256={0:064x}"}, body)

    async def stop_echoing(self) -> None:
        """Report no more of what the page sends."""
        assert self.echoes is not None
        echoes, self.echoes = self.echoes, None
        await asyncio.gather(*self._echoing)
        echoes.close()

    def _webhook(self, *events: Answer) -> bytes:
        body, signature = self.platform.signed(self.platform.batch(*events))
        return request("/webhooks/messenger", {SIGNATURE_HEADER: signature}, body)

    def echo(self, _number: int, mid: str, _start: str) -> bytes:
        """A signed webhook that reports one of the page's own messages."""
        post = next(each for each in reversed(self.platform.world.posts) if each.mid == mid)
        return self._webhook(self.platform.echo_of(post))

    def _answer(self, unit: Unit) -> bytes:
        method, target = unit.head.decode().split(" ", 2)[:2]
        parts = urlsplit(target)
        given: Answer = dict(parse_qsl(parts.query))
        try:
            answer = self._carry_out(method, parts.path.split("/", 2)[2], given, unit.body)
        except Refusal as refusal:
            return response(refusal.status, msgspec.json.encode(refusal.answer))
        return response(200, msgspec.json.encode(answer))

    def _carry_out(self, method: str, path: str, given: Answer, body: bytes) -> Answer:
        account, world, now = self.platform.account, self.platform.world, self.platform.now()
        if path == "me/messages":
            content = msgspec.json.decode(body)
            check_body(account.rules, content)
            answer = world.carry_out(content, file=None, now=now)
            if self.echoes is not None and "message_id" in answer:
                echoing = asyncio.ensure_future(self.echoes.write(self.echoes.message(answer["message_id"])))
                self._echoing.add(echoing)
                echoing.add_done_callback(self._echoing.discard)
            return answer
        if path.endswith("subscribed_apps"):
            return account.subscriptions(method, given)
        if path in world.people:
            return account.profile(world.people[path], given)
        match path:
            case "me":
                return account.me(given)
            case "app":
                return {"id": account.app_id}
            case "debug_token":
                return account.token_facts(now)
            case "me/conversations":
                return account.conversations(world, given)
            case _:
                raise Refusal(400, 100, f"(#100) Unsupported request: {path}")


async def _forged(graph: Graph, real: Measured) -> float:
    """Milliseconds of processor for each of many batches that somebody else signed."""
    port = urlsplit(real.url).port
    assert port is not None
    connection, forged, before = await Connection.to("127.0.0.1", port), graph.forgery(), real.cpu_s()
    for _ in range(FORGERIES):
        answer = await connection.ask(forged)
        assert answer.head.startswith(b"HTTP/1.1 403 "), "a forged batch was taken"
    connection.close()
    return (real.cpu_s() - before) / FORGERIES * 1000


def _records(folder: Path) -> int:
    return sum("contacts" in path.parts for path in (folder / "data").rglob("*") if path.is_file())


async def _measure(folder: Path) -> list[Figure]:
    graph = Graph()
    async with graph.serve() as graph.platform.url:
        lines = "".join(f'{key} = "{value}"\n' for key, value in table_of(MESSENGER, graph.platform).items())
        config = f"{CONFIG}\n[channels.messenger]\nenabled = true\n{lines}"
        async with bot(folder, config) as real:
            before = _records(folder)
            forged_ms = await _forged(graph, real)
            written = _records(folder) - before
            load, graph.echoes = Load(url=real.url, letter=graph.batch), Load(url=real.url, letter=graph.echo)
            cpu_s, began = real.cpu_s(), perf_counter()
            with collecting_seldom():
                await load.at_a_rate(PEOPLE[::BATCH], EVENTS_PER_SECOND / BATCH, SECONDS)
            cpu_share = (real.cpu_s() - cpu_s) / (perf_counter() - began)
            echoes = len(graph.echoes.kept_at)
            load.close()
            await graph.stop_echoing()
    taken = [(load.kept_at[number] - at) * 1000 for number, at in load.written_at.items()]
    cuts = statistics.quantiles(taken, n=100)
    at = f"batches of {BATCH} answered at {EVENTS_PER_SECOND} events/s"
    note = f"{len(PEOPLE)} people who write for the first time, and {echoes / SECONDS:.0f} echoes a second"
    return [
        Figure(name=f"{at}, p50", value=cuts[49], unit="ms"),
        Figure(name=f"{at}, p95", value=cuts[94], unit="ms"),
        Figure(name=f"{at}, p99", value=cuts[98], unit="ms", at_most=50, note=note),
        Figure(name="processor of the bot meanwhile", value=cpu_share, unit="cores"),
        Figure(name="a forged batch", value=forged_ms, unit="ms", at_most=1, note="processor time"),
        Figure(name="records written by forged batches", value=written, at_most=0),
    ]


def run() -> Sequence[Figure]:
    """Measure in a folder of its own, on the disk that holds temporary files."""
    return in_a_folder(_measure)
