"""Telegram the whole way: updates in by webhook, the real process, topics of one group, calls of 50 ms."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bot.store.collector import collecting_seldom
from plugins.telegram.webhook import secret_of
from tests.bench import Figure
from tests.bench.botapi import BotApi
from tests.bench.load import Load, mark
from tests.bench.paces import Pace, Rate, Seen, latency, pace
from tests.bench.processes import bot, in_a_folder
from tests.bench.wire import request
from tests.simulators.telegram import TOKEN
from tests.simulators.telegram_chats import BEGIN
from tests.simulators.telegram_people import user
from tests.simulators.telegram_updates import SECRET_HEADER

CALL_S = 0.05
CUSTOMERS = tuple(f"{number}" for number in range(100_001, 100_201))
GROUP = -1001000000001
ROUNDS = 5
RATE = Rate(per_second=20, at_most_ms={95: 60})

QUICK = ("tests.plugins.telegram.quick", "plugins")
"""The real plugin, but for the pause between topics, which is not what is measured."""

_CONFIG = """\
business = "Dupont"
language = "en"
[server]
port = 0
public_url = "https://shop.example"
[channels.telegram]
enabled = true
mode = "webhook"
token = "{token}"
api_url = "{url}"
[teams.t0]
name = "Support"
chat = "telegram:{group}"
[inbox]
chat = "telegram:{group}"
[routing]
welcome = "Hello"
error = ["Sorry?"]
[limits]
messages_per_minute = 1000000
bot_messages_per_hour = 1000000
[[routing.answers]]
label = "Support"
when = ["help"]
team = "t0"
"""

_HEADERS = {"Content-Type": "application/json", SECRET_HEADER: secret_of(TOKEN)}


def letter(number: int, contact: str, start: str) -> bytes:
    """An update of a private message; with a start value it is the command that the team's link sends."""
    person = user(int(contact), f"C{contact}")
    message = {
        "message_id": number,
        "date": BEGIN,
        "chat": {"id": person["id"], "type": "private", "first_name": person["first_name"]},
        "from": person,
        "text": f"/start {start}" if start else mark(number),
    }
    update = {"update_id": number, "message": message}
    return request("/webhooks/telegram", _HEADERS, msgspec.json.encode(update))


async def _assign(load: Load, seen: Seen) -> None:
    """Have a link put each customer with the team, and wait until each has an open topic."""
    for customer in CUSTOMERS:
        await load.write(load.message(customer, start="t0"))
    before = set(load.written_at)
    await load.as_fast_as_answered(CUSTOMERS, 1)
    await seen.shown_at(set(load.written_at) - before)
    await asyncio.sleep(3)  # the cards that follow are edited


async def _measure(folder: Path) -> list[Figure]:
    api = BotApi(CALL_S)
    api.chats.group(GROUP, "Support")
    for customer in CUSTOMERS:
        api.chats.private(int(customer), f"C{customer}")
    seen = Seen(api.account)
    note = f"{CALL_S * 1000:.0f} ms of it are the platform's; one group, {len(CUSTOMERS)} topics"
    async with (
        api.serve() as url,
        bot(folder, _CONFIG.format(token=TOKEN, url=url, group=GROUP), plugins=QUICK) as real,
    ):
        load = Load(url=real.url, letter=letter)
        with collecting_seldom():
            await _assign(load, seen)
            figures = await latency(load, seen, RATE, CUSTOMERS, note)
            singles = [await pace(load, seen, real, CUSTOMERS, 1) for _ in range(ROUNDS)]
            many = await pace(load, seen, real, CUSTOMERS, 5)
        load.close()
    single = Pace.median(singles)
    at_once = f"{len(CUSTOMERS)} customers at once, one group"
    return [
        *figures,
        Figure(
            name="posted, one message each",
            value=single.shown * single.calls,
            unit="posts/s",
            at_least=400,
            note=f"{at_once}, {single.calls:.2f} calls a message",
        ),
        Figure(
            name="shown, five messages each",
            value=many.shown,
            unit="messages/s",
            note=f"{at_once}, {many.calls:.2f} calls a message",
        ),
        Figure(
            name="processor time", value=single.cpu_us, unit="µs/message", note="all threads and the disk"
        ),
    ]


def run() -> Sequence[Figure]:
    """Measure in a folder of its own, on the disk that holds temporary files."""
    return in_a_folder(_measure)
