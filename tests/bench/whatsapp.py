"""WhatsApp's webhooks: how soon signed forms are answered while each call of Twilio's API takes 200 ms."""

import statistics
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec

from bot.store.collector import collecting_seldom
from tests.bench import Figure
from tests.bench.load import Load
from tests.bench.processes import bot, in_a_folder
from tests.bench.wire import Unit, request, response, serving
from tests.plugins.whatsapp.harness import ACCOUNT, TOKEN
from tests.plugins.whatsapp.people import config_of
from tests.plugins.whatsapp.rig import OURS
from tests.serving import free_port
from tests.simulators.twilio import TwilioPlatform
from tests.simulators.twilio_hooks import SIGNATURE_HEADER, Person, signature
from tests.simulators.twilio_messages import Refusal

CALL_S = 0.2
PER_SECOND = 300
SECONDS = 10
CONTACTS = tuple(f"{number}" for number in range(300))


class Twilio:
    """The tests' account behind a cheap server, and the forms of those who write to it.

    Args:
        port: where the bot listens.
    """

    def __init__(self, port: int) -> None:
        self.platform = TwilioPlatform(
            account_sid=ACCOUNT, auth_token=TOKEN, number=OURS, clock=lambda: datetime.now(UTC)
        )
        self._webhook_url = f"http://127.0.0.1:{port}/webhooks/whatsapp"
        self.platform.account.callback_url = self.platform.hooks.webhook_url = self._webhook_url

    def serve(self) -> AbstractAsyncContextManager[str]:
        """Listen, and give the address."""
        return serving(self._answer, delay_s=CALL_S)

    def letter(self, number: int, contact: str, _start: str) -> bytes:
        """A signed form of a new message."""
        person = Person(
            address=f"whatsapp:+3361{int(contact):07}", external_id=f"whatsapp:FR.{int(contact):015}"
        )
        form = self.platform.hooks.message(person, OURS, f"bonjour {number}")
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            SIGNATURE_HEADER: signature(TOKEN, self._webhook_url, form),
        }
        return request("/webhooks/whatsapp", headers, urlencode(form).encode())

    def _answer(self, unit: Unit) -> bytes:
        method, target = unit.head.decode().split(" ", 2)[:2]
        path, query = urlsplit(target).path, urlsplit(target).query
        given = {name: values[0] for name, values in parse_qs(query).items()}
        account = self.platform.account
        try:
            if path.endswith("/Messages.json") and method == "POST":
                message = self.platform.book.create(parse_qs(unit.body.decode(), strict_parsing=True))
                return response(201, msgspec.json.encode(self.platform.book.listed(message)))
            act = {"Messages.json": account.messages, "Senders": account.senders}.get(
                path.rpartition("/")[2], account.account
            )
            return response(200, msgspec.json.encode(act({}, given)))
        except Refusal as refusal:
            return response(refusal.status, msgspec.json.encode(refusal.answer))


async def _measure(folder: Path) -> list[Figure]:
    port = free_port()
    twilio = Twilio(port)
    async with twilio.serve() as twilio.platform.url, bot(folder, config_of(twilio.platform, port)) as real:
        load = Load(url=real.url, letter=twilio.letter)
        cpu_s = real.cpu_s()
        with collecting_seldom():
            await load.at_a_rate(CONTACTS, PER_SECOND, SECONDS)
        cpu_us = (real.cpu_s() - cpu_s) / len(load.kept_at) * 1e6
        load.close()
    taken = [(load.kept_at[number] - at) * 1000 for number, at in load.written_at.items()]
    cuts = statistics.quantiles(taken, n=100)
    note = f"{len(CONTACTS)} contacts who write for the first time; each call of Twilio's API takes 200 ms"
    return [
        Figure(name=f"forms answered at {PER_SECOND}/s, p50", value=cuts[49], unit="ms"),
        Figure(name=f"forms answered at {PER_SECOND}/s, p95", value=cuts[94], unit="ms"),
        Figure(
            name=f"forms answered at {PER_SECOND}/s, p99", value=cuts[98], unit="ms", at_most=50, note=note
        ),
        Figure(name="processor time", value=cpu_us, unit="µs/form", note="with all that the forms lead to"),
    ]


def run() -> Sequence[Figure]:
    """Measure in a folder of its own, on the disk that holds temporary files."""
    return in_a_folder(_measure)
