"""A machine that plays the whole bot: the town, the process, what was said, and what must hold of it all."""

import asyncio
import tempfile
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from bot.api import ButtonPressed, ChatRef, Event, IncomingMessage, PostStyle
from bot.model import Record, Status, record_id_of
from bot.store import DataFolder, RecordFiles
from tests.properties import promises, showing
from tests.properties.loop import DiskLoop
from tests.properties.places import CONTACTS, lists, settings
from tests.properties.process import Process, date_of
from tests.properties.town import Shown, town_of
from tests.properties.words import People, marked

MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of its own is made in it
"""A folder in memory, where there is one: a process that is killed leaves the same files there."""
LONG_ENOUGH = timedelta(hours=5)
"""After this nothing waits any more: no burst, no menu, no pause of a platform."""
STILL_UNDER_WAY_S = 1.0
"""So long what was about to leave may still arrive after the admin has changed config.toml."""


class Playing(RuleBasedStateMachine):
    """The bot, its town, and what is known of both; the rules are added to it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="guichet-", dir=MEMORY if MEMORY.is_dir() else None)
        self.people = People()
        self.waiting: dict[ChatRef, deque[Event]] = {}
        self.delivered: list[Event] = []
        self.must_be_seen: list[int] = []
        self.reply_to: dict[int, ChatRef | None] = {}
        self.sent_again: Counter[ChatRef] = Counter()
        self.kills = 0
        self.starts = 0
        self.variants = [(0.0, 0)]
        self.teams: defaultdict[str, set[str]] = defaultdict(set)
        self.codes_of: defaultdict[str, set[str]] = defaultdict(set)

    @initialize(
        seed=st.integers(min_value=0, max_value=2**32),
        idempotent_rooms=st.booleans(),
        findable=st.booleans(),
        paid=st.booleans(),
    )
    def begin(self, seed: int, idempotent_rooms: bool, findable: bool, paid: bool) -> None:
        """The platforms are there, and the bot starts for the first time."""
        self.random = Random(seed)
        self.loop = DiskLoop(self.random)
        self.town = town_of(
            self.random,
            lambda: date_of(self.loop),
            idempotent_rooms=idempotent_rooms,
            findable=findable,
            paid=paid,
        )
        self.start(Path(self.folder.name) / "0")

    def start(self, data: Path) -> None:
        """Start the bot; platforms deliver again at once what was not acknowledged."""
        self.starts += 1
        self.process = Process(
            self.loop,
            data,
            settings(self.variant),
            platforms=self.town,
            random=self.random,
            teams=self.teams,
        )
        self.loop.run_until_complete(self.process.start())
        self.deliver_waiting()

    # What must always hold

    @invariant()
    def promises_hold(self) -> None:
        """Nothing is seen by whom it is not for, nothing twice, nothing out of order."""
        records = self.records()
        for record in records:
            self.codes_of[record.record_id] |= {each.code for each in record.conversations.values()}
        self.hold(
            promises.leaks(self.town, self.reply_to),
            promises.repeated_replies(self.town, self.sent_again),
            promises.welcomes(self.town, records, self.sent_again),
            promises.shared_codes(records),
            showing.repeated_posts(self.town),
            showing.disorder(
                self.town, self.people.by, set(self.must_be_seen), is_reloaded=len(self.variants) > 1
            ),
            showing.strangers(self.town, self.people.by),
            showing.headless(self.town, self.codes_of),
            showing.intruders(self.town, self.had),
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

    @property
    def variant(self) -> int:
        """The config.toml that is in force."""
        return self.variants[-1][1]

    def had(self, member: ChatRef, contact: ChatRef, shown: Shown) -> bool:
        """Whether a member was just before in a list that has had a contact's conversation.

        Where it is now may be told to who was in such a list at any time.
        """
        is_notice = shown.first.style is PostStyle.NOTICE
        since = 0.0 if is_notice else shown.at - STILL_UNDER_WAY_S
        ends = [*(begun for begun, _ in self.variants[1:]), self.loop.time() + 1]
        in_force = [
            variant
            for (begun, variant), end in zip(self.variants, ends, strict=True)
            if begun <= shown.at and end > since
        ]
        teams = self.teams[record_id_of(contact)]
        return any(member in lists(each).get(team, ()) for each in in_force for team in teams)

    def codes(self) -> dict[str, ChatRef]:
        """The contacts whose conversation is not closed, by its code."""
        return {
            each.code: record.contact.chat
            for record in self.records()
            for each in record.conversations.values()
            if each.status is not Status.CLOSED
        }

    def send(self, event: Event) -> None:
        if isinstance(event, IncomingMessage | ButtonPressed):
            self.town[event.chat.channel].wrote_at[event.chat.chat_id] = event.sent_at
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
