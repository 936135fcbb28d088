"""The whole bot, whatever happens to it: people write, platforms fail, it is stopped, killed and started."""

import asyncio
import os
import tempfile
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, Phase
from hypothesis import settings as profile
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.api import Capabilities, ChatRef, Event, Sender
from bot.model import SEEN_KEPT, Record, record_id_of
from bot.store import DataFolder, RecordFiles
from tests.properties import promises
from tests.properties.loop import DiskLoop
from tests.properties.process import Process
from tests.properties.town import Platform, Trouble, room_abilities
from tests.properties.words import (
    CONTACTS,
    GENERAL,
    INBOX,
    MEMBERS,
    REPLIES,
    ROOMS,
    SAID,
    SECRETS,
    People,
    marked,
    settings,
)

EXAMPLES = int(os.environ.get("GUICHET_EXAMPLES", "60"))
STEPS = 40
MEMORY = Path("/dev/shm")  # noqa: S108  # a folder of its own is made in it
"""A folder in memory, where there is one: a process that is killed leaves the same files there."""
LONG_ENOUGH = timedelta(hours=5)
"""After this nothing waits any more: no burst, no menu, no pause of a platform."""

contacts = st.sampled_from(CONTACTS)
rooms = st.sampled_from(ROOMS)
members = st.sampled_from(MEMBERS)
places = st.integers(min_value=0, max_value=1000)
ALL_TROUBLES = tuple(Trouble)
SAFE_TROUBLES = tuple(trouble for trouble in Trouble if trouble is not Trouble.REJECTED)


class WholeBot(RuleBasedStateMachine):
    """The bot, its town, and what is known of both."""

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

    # What people do

    @rule(
        contact=contacts, said=st.lists(st.sampled_from(SAID), min_size=1, max_size=4), at_once=st.booleans()
    )
    def contact_writes(self, contact: ChatRef, said: list[str], at_once: bool) -> None:
        """A contact writes, in a burst or one after another."""
        if at_once:
            self.happen(*(self.people.writes(contact, each, self.process.clock()) for each in said))
        else:
            for each in said:
                self.happen(self.people.writes(contact, each, self.process.clock()))
                self.sleep(timedelta(seconds=2))

    @rule(contact=contacts, choice=st.sampled_from(["help", "price", "hours"]), who=members, place=places)
    def contact_is_served(self, contact: ChatRef, choice: str, who: Sender, place: int) -> None:
        """A contact asks, chooses a team, and is answered there."""
        for said in ("hello", choice):
            self.happen(self.people.writes(contact, said, self.process.clock()))
            self.sleep(timedelta(seconds=2))
        self.reply(place, who, REPLIES[0])

    @rule(contact=contacts, place=places)
    def contact_presses(self, contact: ChatRef, place: int) -> None:
        """A contact presses a button of a menu, an old one maybe."""
        shown = [each for each in self.town[contact.channel].in_chat(contact) if each.message.choices]
        if shown:
            choices = shown[-1 - place % min(len(shown), 2)].message.choices
            choice = choices[place % len(choices)]
            self.happen(self.people.presses(contact, choice.choice_id, self.process.clock()))

    @rule(place=places, change=st.sampled_from(["edit", "delete", "react"]))
    def contact_changes(self, place: int, change: str) -> None:
        """A contact changes what they wrote."""
        if not self.people.by:
            return
        mark = sorted(self.people.by)[-1 - place % min(len(self.people.by), 6)]
        contact, now = self.people.by[mark], self.process.clock()
        match change:
            case "edit":
                self.happen(self.people.edits(contact, mark, now))
            case "delete":
                self.happen(self.people.takes_back(contact, mark, now))
            case _:
                self.happen(self.people.reacts(contact, mark, now))

    @rule(place=places, who=members, text=st.sampled_from(REPLIES))
    def member_replies(self, place: int, who: Sender, text: str) -> None:
        """A member writes to the contact in a thread."""
        self.reply(place, who, text)

    def reply(self, place: int, who: Sender, text: str) -> None:
        if thread := self.thread(place):
            event = self.people.answers(thread, who, text, self.process.clock(), letter="R")
            contact = self.contact_of(thread)
            if contact is not None:
                self.reply_to[marked(event)] = contact
            self.happen(event)

    @rule(place=places, who=members, text=st.sampled_from(SECRETS))
    def member_commands(self, place: int, who: Sender, text: str) -> None:
        """A member writes a note or a command in a thread."""
        if thread := self.thread(place):
            self.happen(self.people.answers(thread, who, text, self.process.clock(), letter="N"))

    @rule(place=places, who=members, room=rooms, text=st.sampled_from(GENERAL))
    def member_writes_in_general(self, place: int, who: Sender, room: ChatRef, text: str) -> None:
        """A member writes in the general section, of a conversation maybe."""
        codes = [row.code for row in self.process.core.store.index.live()] or ["K7"]
        text = text.replace("{code}", sorted(codes)[place % len(codes)])
        self.happen(self.people.answers(room, who, text, self.process.clock(), letter="N"))

    @rule(place=places, choice=places, who=members)
    def member_presses(self, place: int, choice: int, who: Sender) -> None:
        """A member presses a button of a card or a notice, an old one maybe."""
        shown = [
            each
            for each in self.town["desk"].shown
            if each.message.choices and self.is_there(each.first.chat)
        ]
        if shown:
            each = shown[-1 - place % min(len(shown), 8)]
            choice_id = each.message.choices[choice % len(each.message.choices)].choice_id
            if " again " in choice_id and (contact := self.contact_of(each.first.chat)):
                self.sent_again[contact] += 1
            self.happen(self.people.presses(each.first.chat, choice_id, self.process.clock(), who))

    @rule(place=places, who=members, is_closed=st.booleans())
    def member_changes_thread(self, place: int, who: Sender, is_closed: bool) -> None:
        """A member closes or opens a thread by hand."""
        if thread := self.thread(place):
            assert thread.thread_id is not None
            self.town["desk"].threads[thread.thread_id].is_closed = is_closed
            self.happen(self.people.changes_thread(thread, who, self.process.clock(), is_closed=is_closed))

    @precondition(lambda self: self.delivered)
    @rule(place=places)
    def event_comes_again(self, place: int) -> None:
        """A platform delivers an event again: nothing changes, and nothing is sent."""
        self.calm()
        event = self.delivered[-1 - place % min(len(self.delivered), SEEN_KEPT // 2)]
        if event.chat in ROOMS:
            # A command that names a conversation is answered anew once that conversation is closed.
            return
        before, shown = self.records(), [len(platform.shown) for platform in self.town.values()]
        self.loop.run_until_complete(self.process.receive(event))
        self.calm()
        assert self.records() == before, f"{event} came again and changed a record"
        assert [len(platform.shown) for platform in self.town.values()] == shown

    # What platforms, time and admins do

    @rule(contact=contacts, troubles=st.lists(st.sampled_from(ALL_TROUBLES), min_size=1, max_size=3))
    def contact_is_hard_to_reach(self, contact: ChatRef, troubles: list[Trouble]) -> None:
        """The next calls for a contact fail."""
        self.town[contact.channel].fail_next(contact.chat_id, *troubles)

    @rule(room=rooms, troubles=st.lists(st.sampled_from(ALL_TROUBLES), min_size=1, max_size=3))
    def room_is_hard_to_reach(self, room: ChatRef, troubles: list[Trouble]) -> None:
        """The next calls for a team chat fail; the inbox is the last resort, and refuses nothing for good."""
        allowed = [each for each in troubles if room != INBOX or each in SAFE_TROUBLES]
        self.town["desk"].fail_next(room.chat_id, *allowed)

    @rule(place=places)
    def thread_is_lost(self, place: int) -> None:
        """Somebody deletes a thread."""
        if (thread := self.thread(place)) and thread.thread_id:
            self.town["desk"].threads[thread.thread_id].is_lost = True

    @rule(duration=st.sampled_from(["0.01s", "1s", "10s", "3m", "3h", "30h"]))
    def time_passes(self, duration: str) -> None:
        """Time passes, and timers fire."""
        unit = {"s": "seconds", "m": "minutes", "h": "hours"}[duration[-1]]
        self.sleep(timedelta(**{unit: float(duration[:-1])}))

    @rule()
    def config_is_reloaded(self) -> None:
        """The admin changes config.toml."""
        self.variant = 1 - self.variant
        self.process.take(settings(self.variant))

    @rule()
    def bot_restarts(self) -> None:
        """The bot is stopped and started."""
        self.loop.run_until_complete(self.process.stop())
        self.check_broken()
        self.start(self.process.data)

    @rule(
        contact=contacts,
        said=st.lists(st.sampled_from(SAID), max_size=3),
        milliseconds=st.integers(min_value=0, max_value=60),
    )
    def bot_is_killed(self, contact: ChatRef, said: list[str], milliseconds: int) -> None:
        """The bot is killed in the middle of what it does, and started."""
        for each in said:
            self.send(self.people.writes(contact, each, self.process.clock()))
        self.loop.run_until_complete(self.killed_after(milliseconds / 1000))
        self.kills += 1
        self.check_broken()
        self.start(Path(self.folder.name) / f"{self.starts}")

    async def killed_after(self, seconds: float) -> None:
        """Deliver what waits, and be killed meanwhile."""
        tasks = [asyncio.create_task(self.push(chat)) for chat in self.waiting]
        await asyncio.sleep(seconds)
        await self.process.kill(Path(self.folder.name) / f"{self.starts}")
        assert all(task.done() for task in tasks)

    # What must always hold

    @invariant()
    def promises_hold(self) -> None:
        """Nothing is seen by whom it is not for, nothing twice, nothing out of order."""
        records = self.records()
        self.hold(
            promises.leaks(self.town, self.reply_to),
            promises.repeated_replies(self.town, self.sent_again),
            promises.repeated_posts(self.town),
            promises.disorder(self.town, self.people.by),
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


TestWholeBot = WholeBot.TestCase
TestWholeBot.settings = profile(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in Phase if phase is not Phase.explain],
)
