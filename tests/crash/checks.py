"""What must be true of the chats in the end, whatever became of the process meanwhile."""

from collections import Counter, defaultdict

from bot.api import ChatRef, Origin
from bot.model import Progress, Record, record_id_of
from bot.store import DataFolder, RecordFiles
from tests.crash.house import INBOX, POSTS_AT_ONCE, SHOP, SUPPORT, House
from tests.crash.people import Mark, People, marks, reply_marks

TEAM_CHATS = (SUPPORT, INBOX)
REPEATED = "(maybe repeated)"


class Doubts:
    """Posts of which a process that was killed may not have known that they were made.

    At the kill so many calls may be under way for each chat: their posts are the last ones, or come a little
    later.
    """

    def __init__(self, here: House) -> None:
        self._here = here
        self._since: dict[str, int] = {}
        self.posts: set[str] = set()

    def begin(self) -> None:
        """The process was killed just now."""
        for chat in TEAM_CHATS:
            self._since[chat] = max(len(self._here.desk.rooms.shown(chat)) - POSTS_AT_ONCE, 0)

    def end(self) -> None:
        """The next process has begun to send, or is about to."""
        for chat, since in self._since.items():
            self.posts |= {post.post_id for post in self._here.desk.rooms.shown(chat)[since:]}
        self._since.clear()


def shown(here: House) -> set[Mark]:
    """The contacts' messages that the teams see."""
    return {mark for chat in TEAM_CHATS for post in here.desk.rooms.shown(chat) for mark in marks(post.text)}


def lost(here: House, people: People) -> set[Mark]:
    """What was acknowledged, and no team sees."""
    return people.marks_acknowledged() - shown(here)


def repeated(here: House) -> int:
    """How many times a message stands in a team chat once more."""
    times = Counter(
        (chat, mark)
        for chat in TEAM_CHATS
        for post in here.desk.rooms.shown(chat)
        for mark in marks(post.text)
    )
    return sum(count - 1 for count in times.values())


def check_team_chats(here: House, people: People, doubts: Doubts | None = None) -> None:
    """Every message stands in a thread of its contact's own, once, in order; repeats were in doubt."""
    doubtful_posts = doubts.posts if doubts else set()
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
            if post.post_id in doubtful_posts:
                doubtful.update(found)
        for thread, found in first.items():
            assert found == sorted(found), f"{chat}/{thread} is out of order"
            assert len({who for who, _ in found}) <= 1, f"{chat}/{thread} shows two contacts"
        assert not [each for each, times in plain.items() if times > 1], "repeated without saying so"
        assert not [each for each, times in every.items() if times > 1 + doubtful[each[1]]], (
            "needless repeats"
        )
    assert not lost(here, people), f"acknowledged and lost: {sorted(lost(here, people))}"


def check_contacts(here: House, people: People, kills: int) -> None:
    """Every reply is with its contact and nobody else, once; or the team was told that it may not be."""
    files = RecordFiles(DataFolder(here.data))
    uncertain = 0
    for who in people.acknowledged:
        read = Counter(mark for post in here.shop.rooms.shown(who) for mark in reply_marks(post.text))
        assert {whose for whose, _ in read} <= {who}, f"{who} reads what is for {read}"
        assert not any(marks(post.text) for post in here.shop.rooms.shown(who))
        assert all(times == 1 for times in read.values()), f"{who} reads a reply twice: {read}"
        record_id = record_id_of(ChatRef(SHOP, who))
        record = files.read(record_id)
        assert isinstance(record, Record)
        written = {
            mark: line.progress
            for line in (*files.archived_messages(record_id), *record.messages.values())
            if line.origin is Origin.HUMAN
            for mark in reply_marks(line.text)
        }
        uncertain += sum(progress is Progress.UNCERTAIN for progress in written.values())
        for mark in (mark for mark in people.replied if mark[0] == who):
            assert written[mark] in {Progress.SENT, Progress.UNCERTAIN}, f"{mark} is {written[mark]}"
            assert mark in read or written[mark] is Progress.UNCERTAIN, f"the reply {mark} is lost"
    assert people.replied
    assert uncertain <= kills * len(people.acknowledged)
