"""The whole way: signed webhooks in over HTTP, the real process, HTTP calls of 50 ms out."""

import asyncio
import hashlib
import hmac
import json
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from bot.store.collector import collecting_seldom
from tests.bench import Figure
from tests.bench.load import Load, mark
from tests.bench.paces import Pace, Rate, Seen, latency, pace
from tests.bench.processes import bare, bot, in_a_folder
from tests.bench.simulator import SECRET, TOKEN, Platforms
from tests.bench.wire import request
from tests.simulators.loopback import SIGNATURE_HEADER

CALL_S = 0.05
CONTACTS = tuple(f"c{number}" for number in range(100))
TEAMS = 50
MESSAGES = 20
ROUNDS = 5
RATES = (Rate(per_second=20, at_most_ms={95: 60}), Rate(per_second=100, at_most_ms={95: 60, 99: 80}))

_CHANNEL = """\
[channels.{name}]
enabled = true
plugin = "loopback"
api_url = "{url}/{name}"
token = "{token}"
secret = "{secret}"
"""
_TEAM = """\
[teams.t{number}]
name = "Team {number}"
chat = "desk:t{number}"
"""
_CONFIG = """\
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


def config(platforms_url: str) -> str:
    """Two accounts, and many teams."""
    channels = [
        _CHANNEL.format(name=name, url=platforms_url, token=TOKEN, secret=SECRET) for name in ("shop", "desk")
    ]
    teams = [_TEAM.format(number=number) for number in range(TEAMS)]
    return _CONFIG.format(tables="".join((*channels, *teams)))


def letter(number: int, contact: str, start: str) -> bytes:
    """A signed webhook; with a start value it is what a contact writes who came by a team's link."""
    body = json.dumps(
        {
            "type": "message",
            "event": f"e{number}",
            "message": f"m{number}",
            "chat": contact,
            "sender": {"id": contact, "name": contact},
            "at": time.time(),
            "text": mark(number),
            **({"start": start} if start else {}),
        }
    ).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return request("/webhooks/shop", {SIGNATURE_HEADER: signature}, body)


async def _assign(load: Load, seen: Seen) -> float:
    """Have a link put each contact with a team; gives the calls that it took each."""
    seen.forget()
    for number, contact in enumerate(CONTACTS):
        await load.write(load.message(contact, start=f"t{number % TEAMS}"))
    await seen.shown_at(set(load.written_at))
    await asyncio.sleep(1)
    return seen.calls() / len(CONTACTS)


async def _measure(folder: Path) -> list[Figure]:
    platforms = Platforms(CALL_S)
    seen = Seen(*platforms.accounts.values())
    figures: list[Figure] = []
    paces: list[Pace] = []
    floors: list[Pace] = []
    note = f"{CALL_S * 1000:.0f} ms of it are the platform's; {TEAMS} team chats"
    async with (
        platforms.serve() as url,
        bot(folder, config(url)) as real,
        bare(folder / "bare", url) as floor,
    ):
        load, floor_load = Load(url=real.url, letter=letter), Load(url=floor.url, letter=letter)
        with collecting_seldom():
            first_calls = await _assign(load, seen)
            for rate in RATES:
                figures += await latency(load, seen, rate, CONTACTS, note)
            for _ in range(ROUNDS):  # in turns, since other programs use this machine too
                paces.append(await pace(load, seen, real, CONTACTS, MESSAGES))
                floors.append(await pace(floor_load, seen, floor, CONTACTS, MESSAGES))
        load.close()
        floor_load.close()
    mine, bare_pace = Pace.median(paces), Pace.median(floors)
    return [
        *figures,
        Figure(name="calls for a first message", value=first_calls, note="thread, card, transcript, answer"),
        Figure(
            name="written durably and shown",
            value=mine.shown,
            unit="messages/s",
            at_least=800,
            note=f"{len(CONTACTS)} at once, {TEAMS} team chats, {mine.calls:.2f} calls a message",
        ),
        Figure(name="written durably and acknowledged", value=mine.kept, unit="messages/s"),
        Figure(name="processor time", value=mine.cpu_us, unit="µs/message", note="all threads and the disk"),
        Figure(
            name="bare handler, shown", value=bare_pace.shown, unit="messages/s", note="any number at once"
        ),
        Figure(name="bare handler, acknowledged", value=bare_pace.kept, unit="messages/s"),
        Figure(name="bare handler, processor time", value=bare_pace.cpu_us, unit="µs/message"),
        Figure(
            name="shown, to a bare handler",
            value=statistics.median(
                each.shown / floor_.shown for each, floor_ in zip(paces, floors, strict=True)
            ),
            at_least=0.5,
            note="median of the rounds",
        ),
        Figure(name="acknowledged, to a bare handler", value=mine.kept / bare_pace.kept),
    ]


def run() -> Sequence[Figure]:
    """Measure in a folder of its own, on the disk that holds temporary files."""
    return in_a_folder(_measure)
