"""What the disk costs: durable writes beside few and many contacts, memory, and the journal of sends."""

import asyncio
import gc
import os
import random
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.api import ChatRef
from bot.model import Contact, Conversation, Direction, Message, Post, Record, Status, Thread, record_id_of
from bot.store import SendJournal, Store
from bot.store.folder import DataFolder
from bot.store.records import encoded
from tests.bench import Figure

_CONCURRENCY = 32
_SENDERS = 64
_ROUNDS = 7
_ROUND_TURNS = 1500
_SENDS = 30
_FEW = 100
_MANY = 50_000
_NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def record(number: int, *, messages: int = 12) -> Record:
    """A contact's record; one in a hundred has an open conversation, the others are closed."""
    chat = ChatRef("shop", f"{number}")
    is_open = number % 100 == 0
    team_chat = ChatRef("team", "-100123")
    return Record(
        record_id=record_id_of(chat),
        next_number=messages + 1,
        contact=Contact(
            chat=chat,
            name=f"Contact {number}",
            created_at=_NOW,
            threads=(Thread(chat=team_chat, thread_id=f"{number}", card_id=f"c{number}"),),
            seen=tuple(f"m:{number}{each}" for each in range(40)),
        ),
        conversations={
            1: Conversation(
                number=1,
                code=f"{number:x}",
                status=Status.OPEN if is_open else Status.CLOSED,
                started_at=_NOW,
                closed_at=None if is_open else _NOW - timedelta(days=number % 365),
                team="support",
            )
        },
        messages={
            each: Message(
                number=each,
                conversation=1,
                direction=Direction.INCOMING,
                at=_NOW,
                author=f"Contact {number}",
                text=f"Bonjour, j'ai une question sur ma commande numéro {each}.",
                platform_ids=(f"{number}.{each}",),
                posts=(Post(team_chat.thread(f"{number}"), f"p{number}.{each}"),),
            )
            for each in range(1, messages + 1)
        },
    )


def fill(data: Path, count: int) -> None:
    """Write records as a store would have, without waiting for the disk each time."""
    folder = DataFolder(data)
    for number in range(count):
        each = record(number)
        path = folder.record(each.record_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(each))
    os.sync()  # or the first commits would pay for these


def store(data: Path) -> Store:
    """A store over a folder."""
    return Store(data, clock=lambda: _NOW)


async def _turns(opened: Store, numbers: Sequence[int]) -> float:
    """Durable turns a second: load, change, commit."""

    async def take_turns(mine: Sequence[int]) -> None:
        for number in mine:
            loaded = await opened.load(record_id_of(ChatRef("shop", f"{number}")))
            assert isinstance(loaded, Record)
            draft = loaded.draft()
            taken = draft.take_number()
            draft.messages[taken] = Message(
                number=taken, conversation=1, direction=Direction.INCOMING, at=_NOW, text="Merci !"
            )
            await opened.commit(draft)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for taker in range(_CONCURRENCY):
            # A record has one turn at a time, however late the system comes to it.
            group.create_task(take_turns([each for each in numbers if each % _CONCURRENCY == taker]))
    return len(numbers) / (time.perf_counter() - began)


async def _compare(few: Path, many: Path) -> list[Figure]:
    """The same traffic, of a hundred contacts, beside few records and beside many, in alternating rounds."""
    few_store, many_store = store(few), store(many)
    await few_store.open()
    await many_store.open()
    few_rates, many_rates, spread_rates = [], [], []
    some = list(range(_FEW)) * (_ROUND_TURNS // _FEW)
    chance = random.Random(1)
    try:
        for _ in range(_ROUNDS):
            few_rates.append(await _turns(few_store, some))
            many_rates.append(await _turns(many_store, some))
            spread_rates.append(await _turns(many_store, chance.sample(range(_MANY), _ROUND_TURNS)))
    finally:
        await few_store.close()
        await many_store.close()
    few_rate, many_rate = statistics.median(few_rates), statistics.median(many_rates)
    circumstances = f"{_FEW} writing, {_CONCURRENCY} at once"
    return [
        Figure(name=f"durable writes, {_FEW} contacts", value=few_rate, unit="/s", note=circumstances),
        Figure(name=f"durable writes, {_MANY:,} contacts", value=many_rate, unit="/s", note=circumstances),
        Figure(
            name=f"cost of a write, {_MANY:,} contacts to {_FEW}", value=few_rate / many_rate, at_most=1.15
        ),
        Figure(
            name=f"durable writes, {_MANY:,} contacts",
            value=statistics.median(spread_rates),
            unit="/s",
            note="all writing: most records are read from disk first",
        ),
    ]


async def _memory(data: Path, count: int) -> Figure:
    """What an open store holds."""
    gc.collect()
    tracemalloc.start()
    opened = store(data)
    await opened.open()
    assert len(opened.index) == count
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    await opened.close()
    return Figure(
        name=f"memory held, {count:,} contacts",
        value=held / 1e6,
        unit="MB",
        note="1 in 100 open, none cached",
    )


async def _journal(path: Path) -> list[Figure]:
    """Sends that are made durable before they leave, many at once."""
    journal = SendJournal(path)
    await journal.recover()
    rates = []

    async def send(sender: int) -> None:
        for each in range(_SENDS):
            item_id = f"shop-{sender:016x}.{each}"
            await journal.started(item_id)
            await journal.finished(item_id, {"ids": [f"{sender}{each}"]})
            journal.forget(item_id)

    for _ in range(_ROUNDS):
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for sender in range(_SENDERS):
                group.create_task(send(sender))
        rates.append(_SENDERS * _SENDS / (time.perf_counter() - began))
    await journal.close()
    return [
        Figure(
            name="sends journalled",
            value=statistics.median(rates),
            unit="/s",
            note=f"{_SENDERS} at once, started, finished and forgotten",
        )
    ]


async def _all(folder: Path) -> list[Figure]:
    fill(folder / "few", _FEW)
    fill(folder / "many", _MANY)
    return [
        *await _compare(folder / "few", folder / "many"),
        await _memory(folder / "many", _MANY),
        *await _journal(folder / "sends.log"),
    ]


def run() -> Sequence[Figure]:
    """Measure everything in a folder of its own, on the disk that holds temporary files."""
    with tempfile.TemporaryDirectory(prefix="bench-store-") as folder:
        return asyncio.run(_all(Path(folder)))
