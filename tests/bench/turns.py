"""A durable turn, whole: an event decided by the real pipeline with the shipped config.toml, and on disk."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from bot.api import ChatRef, IncomingMessage, Sender
from bot.checking import check
from bot.config import Settings
from bot.core import Core, Disk, Watchers
from bot.loader import PluginCatalog
from bot.model import OutboxItem
from bot.store import DurableStorage
from tests.bench import Figure

_CONTACTS = 200
_ROUNDS = 7
_PER_CONTACT = 8
_THREADS = 8
_TEXTS = (
    "bonjour",
    "une question sur ma commande",
    "2",
    "bonjour, je voudrais un devis",
    "merci",
    "et la suite ?",
)


class _Core(Core):
    """The bot without its doors, and with nothing behind it: what is to be sent stays in the records."""

    def offer(self, record_id: str, items: list[OutboxItem]) -> None:
        """Send nothing."""


def shipped() -> Settings:
    """The settings of the shipped config.toml, without the pause at the end of a burst."""
    path = Path(__file__).parents[2] / "config.toml"
    settings = check(path, settings_by_plugin=PluginCatalog().settings_by_plugin(), environ={}).settings
    assert settings is not None
    routing = settings.routing.model_copy(update={"settle": settings.routing.settle * 0})
    limits = settings.limits.model_copy(update={"messages_per_minute": 10**6, "bot_messages_per_hour": 10**6})
    return settings.model_copy(update={"routing": routing, "limits": limits})


def _abilities(_chat: ChatRef) -> None:
    """Nothing is known of any platform: none is connected."""


def core(data: Path) -> Core:
    """The real bot over a folder."""

    def clock() -> datetime:
        return datetime.now(UTC)

    watchers = Watchers(
        written=lambda: None,
        turn=lambda _channel, _handled_by, _seconds: None,
        send=lambda _channel, _action, _outcome, _seconds: None,
        connection_failed=lambda *_: None,
    )
    return _Core(shipped(), Disk.at(data, clock), clock=clock, watchers=watchers)


async def _round(bot: Core, place: int) -> float:
    async def write(contact: int) -> None:
        chat = ChatRef("webchat", f"{place}-{contact}")
        for number in range(_PER_CONTACT):
            await bot.receiver.receive(
                IncomingMessage(
                    event_id=f"{number}",
                    message_id=f"{number}",
                    chat=chat,
                    sender=Sender(sender_id="somebody", first_name="Ann"),
                    sent_at=datetime.now(UTC),
                    text=_TEXTS[number % len(_TEXTS)],
                )
            )

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for contact in range(_CONTACTS):
            group.create_task(write(contact))
    return _CONTACTS * _PER_CONTACT / (time.perf_counter() - began)


async def _measure(folder: Path) -> list[Figure]:
    bot = core(folder / "data")
    await bot.open()
    await bot.delivery.recover(())  # nothing waits, and the journal is open
    await _round(bot, -1)
    rates, floors = [], []
    for place in range(_ROUNDS):
        rates.append(await _round(bot, place))
        floors.append(await asyncio.to_thread(_bare_writes, folder / "data" / "contacts"))
    await bot.close()
    rate, floor = statistics.median(rates), statistics.median(floors)
    return [
        Figure(
            name="durable turns through the pipeline",
            value=rate,
            unit="/s",
            at_least=1500,
            note=f"{_CONTACTS} contacts at once, {_PER_CONTACT} messages each, from the welcome on",
        ),
        Figure(
            name="bare durable writes",
            value=floor,
            unit="/s",
            note="write, fsync, rename, fsync of the folder, and nothing else; in alternating rounds",
        ),
        Figure(name="turns to bare writes", value=rate / floor),
    ]


def _bare_writes(folder: Path) -> float:
    """What the disk gives: as many files of 2 kB, in as many folders and threads, replaced durably."""
    folders = [each for each in folder.iterdir() if each.is_dir()]

    def write(number: int) -> None:
        DurableStorage(folders[number % len(folders)] / f"bare-{number % _CONTACTS}").write_bytes(b"x" * 2000)

    with ThreadPoolExecutor(_THREADS) as threads:
        began = time.perf_counter()
        list(threads.map(write, range(_CONTACTS * _PER_CONTACT)))
        return _CONTACTS * _PER_CONTACT / (time.perf_counter() - began)


def run() -> Sequence[Figure]:
    """Measure on a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="guichet-bench-", dir=Path.cwd()) as folder:
        return uvloop.run(_measure(Path(folder)))
