"""A machine that plays the whole bot: the town, the process, what was said, and what must hold of it all."""

import asyncio
import tempfile
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from bot.api import Capabilities, ChatRef, Event
from bot.model import Record, record_id_of
from bot.store import DataFolder, RecordFiles
from tests.properties import promises
from tests.properties.loop import DiskLoop
from tests.properties.process import Process
from tests.properties.town import Platform, room_abilities
from tests.properties.words import CONTACTS, People, marked, settings

MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of its own is made in it
"""A folder in memory, where there is one: a process that is killed leaves the same files there."""
LONG_ENOUGH = timedelta(hours=5)
"""After this nothing waits any more: no burst, no menu, no pause of a platform."""


class Playing(RuleBasedStateMachine):
    """The bot, its town, and what is known of both; the rules are added to it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="guichet-", dir=MEMORY if MEMORY.is_dir() else None)
        self.people = People()
        self.waiting: dict[ChatRef, deque[Event]] = {}
        self.delivered: list[Event] = []
        self.must_be_seen: list[int] = []
        self.reply_to: dict[int, ChatRef] = {}
        self.sent_again: Counter[ChatRef] = Counter()
        self.kills = 0
        self.starts = 0
        self.variant = 0

    @initialize(
        seed=st.integers(min_value=0, max_value=2**32), idempotent_rooms=st.booleans(), findable=st.booleans()
    )
    def begin(self, seed: int, idempotent_rooms: bool, findable: bool) -> None:
        """The platforms are there, and the bot starts for the first time."""
        self.random = Random(seed)
        self.loop = DiskLoop(self.random)
        self.town = {
            "shop": Platform(
                capabilities=Capabilities(text_limit=400, choices=3, edits=True, findable=findable),
                random=self.random,
            ),
            "mail": Platform(capabilities=Capabilities(text_limit=400, idempotent=True), random=self.random),
            "desk": Platform(capabilities=room_abilities(idempotent=idempotent_rooms), random=self.random),
        }
        self.start(Path(self.folder.name) / "0")

    def start(self, data: Path) -> None:
        """Start the bot; platforms deliver again at once what was not acknowledged."""
        self.starts += 1
        self.process = Process(self.loop, data, settings(self.variant), self.town, self.random)
        self.loop.run_until_complete(self.process.start())
        self.deliver_waiting()

    # What must always hold

    @invariant()
    def promises_hold(self) -> None:
        """Nothing is seen by whom it is not for, nothing twice, nothing out of order."""
        records = self.records()
        self.hold(
            promises.leaks(self.town, self.reply_to),
            promises.repeated_replies(self.town, self.sent_again),
            promises.repeated_posts(self.town),
            promises.disorder(self.town, self.people.by, set(self.must_be_seen)),
            promises.strangers(self.town, self.people.by),
            promises.welcomes(self.town, records, self.sent_again),
            promises.shared_codes(records),
        )
        self.check_broken()

    def teardown(self) -> None:
        """Everything arrives in the end, and what is on disk is what is in memory."""
        if not hasattr(self, "loop"):
            return
        try:
            self.finish()
        finally:
            self.loop.run_until_complete(self.process.abandon())
            self.loop.close()
            self.folder.cleanup()

    def finish(self) -> None:
        """Let everything arrive, and look at what arrived."""
        self.calm()
        self.sleep(LONG_ENOUGH)
        self.calm()
        self.promises_hold()
        records = self.records()
        self.hold(
            promises.unseen(self.town, records, self.must_be_seen),
            promises.unsent(self.town, records),
        )
        self.loop.run_until_complete(self.process.core.store.flush())
        files = RecordFiles(DataFolder(self.process.data))
        for record in records:
            assert files.read(record.record_id) == record
        self.loop.run_until_complete(self.process.stop())

    # How the machine does it

    def hold(self, *broken: Iterator[str]) -> None:
        found = [each for some in broken for each in some]
        assert not found, "\n".join(found)

    def check_broken(self) -> None:
        assert not self.process.broken, self.process.broken

    def send(self, event: Event) -> None:
        self.waiting.setdefault(event.chat.whole, deque()).append(event)

    def happen(self, *events: Event) -> None:
        """Events reach the bot, and are acknowledged."""
        for event in events:
            self.send(event)
        self.deliver_waiting()

    def deliver_waiting(self) -> None:
        async def deliver() -> None:
            async with asyncio.TaskGroup() as tasks:
                for chat in self.waiting:
                    tasks.create_task(self.push(chat))

        self.loop.run_until_complete(deliver())

    async def push(self, chat: ChatRef) -> None:
        """Deliver what waits for one chat; events that came together are delivered together."""
        events = list(self.waiting[chat])
        async with asyncio.TaskGroup() as tasks:
            for event in events:
                tasks.create_task(self.push_one(event))

    async def push_one(self, event: Event) -> None:
        await self.process.receive(event)
        self.waiting[event.chat.whole].remove(event)
        self.delivered.append(event)
        record = await self.process.core.store.load(record_id_of(event.chat.whole))
        if marked(event) in self.people.by and isinstance(record, Record) and not record.contact.is_blocked:
            self.must_be_seen.append(marked(event))

    def sleep(self, duration: timedelta) -> None:
        self.loop.run_until_complete(self.process.pass_time(duration))

    def calm(self) -> None:
        for platform in self.town.values():
            platform.troubles.clear()
        self.loop.run_until_complete(self.process.calm())
        self.check_broken()

    def records(self) -> Sequence[Record]:
        """Everything that is held."""
        ids = [record_id_of(contact) for contact in CONTACTS]

        async def load() -> list[Record]:
            found = [await self.process.core.store.load(each) for each in ids]
            return [record for record in found if isinstance(record, Record)]

        return self.loop.run_until_complete(load())

    def is_there(self, chat: ChatRef) -> bool:
        return chat.thread_id is None or not self.town["desk"].threads[chat.thread_id].is_lost

    def thread(self, place: int) -> ChatRef | None:
        """A thread that members can write in; one that shows nothing yet may be unknown to the bot."""
        shown = dict.fromkeys(each.first.chat for each in self.town["desk"].shown)
        there = [chat for chat in shown if chat.thread_id and self.is_there(chat)]
        return there[-1 - place % len(there)] if there else None

    def contact_of(self, thread: ChatRef) -> ChatRef | None:
        """Whose thread it is: the key says it, as the bot gave it when it made the thread."""
        if thread.thread_id is None:
            return None
        key = self.town["desk"].threads[thread.thread_id].key
        return next((contact for contact in CONTACTS if record_id_of(contact) == key), None)
