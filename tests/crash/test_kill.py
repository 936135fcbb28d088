"""Killed at any moment, the bot loses nothing that it acknowledged, and says what it may have repeated."""

import asyncio
import signal
from collections import Counter, defaultdict
from pathlib import Path
from random import Random

import pytest
from aiohttp import ClientSession

from bot.api import ChatRef, Origin
from bot.model import Progress, Record, record_id_of
from bot.store import DataFolder, RecordFiles
from tests.crash.house import INBOX, SHOP, SUPPORT, House, house
from tests.crash.people import Mark, People, marks, reply_marks

CONTACTS = tuple(f"c{number}" for number in range(8))
TEAM_CHATS = (SUPPORT, INBOX)
CALL_S = 0.03
LONGEST_BACKLOG_S = 600
REPEATED = "(maybe repeated)"


class Doubts:
    """Posts of which a process that was killed may not have known that they were made.

    At the kill there is one call under way for each chat: its post is the last one, or comes a little later.
    """

    def __init__(self, here: House) -> None:
        self._here = here
        self._since: dict[str, int] = {}
        self.posts: set[str] = set()

    def begin(self) -> None:
        """The process was killed just now."""
        for chat in TEAM_CHATS:
            self._since[chat] = max(len(self._here.desk.rooms.shown(chat)) - 1, 0)

    def end(self) -> None:
        """The next process has begun to send, or is about to."""
        for chat, since in self._since.items():
            self.posts |= {post.post_id for post in self._here.desk.rooms.shown(chat)[since:]}
        self._since.clear()


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kills", [5, pytest.param(100, marks=pytest.mark.long)])
async def test_kill(tmp_path: Path, kills: int) -> None:
    """Nothing acknowledged is lost or out of order; what is shown twice was in flight, and says so."""
    random = Random(kills)
    messages = 8 * (kills + 1)
    async with house(tmp_path, delay_s=CALL_S) as here:
        people, doubts = People(house=here), Doubts(here)
        async with asyncio.TaskGroup() as tasks:
            writing = [tasks.create_task(people.contact(who, messages)) for who in CONTACTS]
            answering = tasks.create_task(people.member(replies_to_every=3))
            for kill in range(kills):
                async with here.served() as process:
                    doubts.end()
                    people.is_up.set()
                    part = len(CONTACTS) * messages * (kill + 1) // (kills + 1)
                    await people.until(part + random.randint(-20, 20))
                    people.is_up.clear()
                    process.kill()
                    doubts.begin()
                    await process.wait()
            async with here.served() as process:
                doubts.end()
                people.is_up.set()
                await asyncio.wait(writing)
                answering.cancel()
                await calm(process.url)
                assert await process.stop(signal.SIGTERM) == 0
        assert people.acknowledged == {who: list(range(1, messages + 1)) for who in CONTACTS}
        check_team_chats(here, people, doubts)
        check_contacts(here, people, kills)


async def calm(url: str) -> None:
    """Wait until everything has been sent."""
    async with asyncio.timeout(LONGEST_BACKLOG_S), ClientSession() as http:
        while True:
            async with http.get(f"{url}/health") as answer:
                if not (await answer.json())["outbox"]["pending"]:
                    return
            await asyncio.sleep(0.05)


def check_team_chats(here: House, people: People, doubts: Doubts) -> None:
    """Every message stands in a thread of its contact's own, once, in order; repeats were in doubt."""
    shown: set[Mark] = set()
    for chat in TEAM_CHATS:
        first: dict[str, list[Mark]] = defaultdict(list)
        plain: Counter[tuple[str, Mark]] = Counter()
        every: Counter[tuple[str, Mark]] = Counter()
        doubtful: Counter[Mark] = Counter()
        for post in here.desk.rooms.shown(chat):
            found = marks(post.text)
            first[post.thread] += [mark for mark in found if mark not in first[post.thread]]
            every.update((post.thread, mark) for mark in found)
            if REPEATED not in post.text:
                plain.update((post.thread, mark) for mark in found)
            if post.post_id in doubts.posts:
                doubtful.update(found)
        shown.update(mark for _, mark in every)
        for thread, found in first.items():
            assert found == sorted(found), f"{chat}/{thread} is out of order"
            assert len({who for who, _ in found}) <= 1, f"{chat}/{thread} shows two contacts"
        assert not [each for each, times in plain.items() if times > 1], "repeated without saying so"
        assert not [each for each, times in every.items() if times > 1 + doubtful[each[1]]], (
            "needless repeats"
        )
    lost = {(who, number) for who, numbers in people.acknowledged.items() for number in numbers} - shown
    assert not lost, f"acknowledged and lost: {sorted(lost)}"


def check_contacts(here: House, people: People, kills: int) -> None:
    """Every reply is with its contact and nobody else, once; or the team was told that it may not be."""
    files = RecordFiles(DataFolder(here.data))
    uncertain = 0
    for who in CONTACTS:
        read = Counter(mark for post in here.shop.rooms.shown(who) for mark in reply_marks(post.text))
        assert {whose for whose, _ in read} <= {who}, f"{who} reads what is for {read}"
        assert not any(marks(post.text) for post in here.shop.rooms.shown(who))
        assert all(times == 1 for times in read.values()), f"{who} reads a reply twice: {read}"
        record = files.read(record_id_of(ChatRef(SHOP, who)))
        assert isinstance(record, Record)
        written = {
            mark: line.progress
            for line in record.messages.values()
            if line.origin is Origin.HUMAN
            for mark in reply_marks(line.text)
        }
        uncertain += sum(progress is Progress.UNCERTAIN for progress in written.values())
        for mark in (mark for mark in people.replied if mark[0] == who):
            if mark in written:  # older ones are in the archive
                assert written[mark] in {Progress.SENT, Progress.UNCERTAIN}
            assert mark in read or written[mark] is Progress.UNCERTAIN, f"the reply {mark} is lost"
    assert people.replied
    assert uncertain <= kills * len(CONTACTS)
