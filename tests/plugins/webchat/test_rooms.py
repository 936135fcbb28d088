"""The threads of rooms and the boards that list them."""

from dataclasses import replace

import pytest

from bot.api import PostStyle, ThreadState
from plugins.webchat.posts import Post, Side
from plugins.webchat.rooms import Rooms
from plugins.webchat.threads import Thread
from tests.conformance.host import MemoryDocuments

MINUTE_MS = 60_000


def post(at_ms: int, text: str = "", *, style: PostStyle = PostStyle.MESSAGE, author: str = "") -> Post:
    """A post of the bot's."""
    return Post(post_id=f"0.{at_ms}", at_ms=at_ms, side=Side.BOT, text=text, style=style, author=author)


def reply(at_ms: int, text: str) -> Post:
    """A post that a member wrote."""
    return Post(post_id=f"0.{at_ms}", at_ms=at_ms, side=Side.PAGE, text=text, author="Ann", author_id="ann")


async def test_board_is_bounded_and_keeps_what_waits() -> None:
    """A board lists the latest threads only, closed ones leave first, and no thread is ever lost."""
    documents = MemoryDocuments()
    rooms = Rooms(documents)
    first, _ = await rooms.open("support", key="0", title="first", now_ms=0)
    second, _ = await rooms.open("support", key="1", title="second", now_ms=1)
    await rooms.change("support", second.thread_id, lambda thread: replace(thread, is_closed=True))
    for number in range(2, 201):
        await rooms.open("support", key=str(number), title=str(number), now_ms=number)
    board = await rooms.board("support")
    assert len(board) == 200
    assert board[0].title == "200"
    assert first.thread_id in {thread.thread_id for thread in board}
    assert second.thread_id not in {thread.thread_id for thread in board}
    again = Rooms(documents)
    found = await again.find("support", second.thread_id)
    assert found is not None
    assert (found.title, found.is_closed) == ("second", True)
    touched = await again.touch("support", second.thread_id, post(999, "back"))
    assert touched is not None
    assert (await again.board("support"))[0].title == "second"


async def test_posts_are_written_with_the_next_flush() -> None:
    """A post alone writes no board; a flush does, and a flush that fails is made up for."""
    documents = MemoryDocuments()
    rooms = Rooms(documents)
    thread, _ = await rooms.open("support", key="a", title="A", now_ms=0)
    written = dict(documents.texts)
    await rooms.touch("support", thread.thread_id, post(5, "hello"))
    assert documents.texts == written
    documents.error = OSError("disk full")
    with pytest.raises(OSError, match="disk full"):
        await rooms.flush()
    documents.error = None
    await rooms.flush()
    (kept,) = await Rooms(documents).board("support")
    assert (kept.posts, kept.excerpt, kept.active_ms) == (1, "hello", 5)


async def test_one_event_is_counted_once() -> None:
    """A card with its message and notice is one thing to notice; what comes later is another."""
    rooms = Rooms(MemoryDocuments())
    thread, _ = await rooms.open("support", key="a", title="A", now_ms=0)
    counts = []
    for at_ms, style in (
        (1_000, PostStyle.CARD),
        (1_001, PostStyle.MESSAGE),
        (1_500, PostStyle.NOTICE),
        (2_000, PostStyle.MESSAGE),
        (2_001, PostStyle.NOTICE),
        (60_000, PostStyle.NOTICE),
        (120_000, PostStyle.CARD),
        (180_000, PostStyle.MESSAGE),
    ):
        touched = await rooms.touch("support", thread.thread_id, post(at_ms, style=style))
        assert touched is not None
        counts.append(touched.posts)
    assert counts == [1, 1, 1, 2, 3, 4, 5, 6]


async def test_general_section_is_counted_too() -> None:
    """The general section has its own line, and cannot be closed or renamed."""
    rooms = Rooms(MemoryDocuments())
    await rooms.touch("support", "", post(5, "hello"))
    (general,) = await rooms.board("support")
    assert (general.thread_id, general.posts) == ("", 1)
    assert await rooms.change("support", "", lambda thread: replace(thread, title="x")) is None


def waits(thread: Thread) -> int:
    """Since when the thread's line says that the contact waits."""
    since: int = thread.view()["waiting"]
    return since


def test_wait_begins_with_the_first_unanswered_words() -> None:
    """A contact waits since the first words that nobody answered; notes and commands answer nothing."""
    thread = Thread(thread_id="a")
    said = []
    for each in (
        post(1, "Camille", style=PostStyle.CARD),
        post(2, "bonjour", author="Camille"),
        post(3, "il y a quelqu'un ?", author="Camille"),
        post(4, "passed on", style=PostStyle.NOTICE),
        reply(5, "// kind"),
        reply(6, "/claim"),
        reply(7, "Bonjour !"),
        post(8, "merci", author="Camille"),
    ):
        thread = thread.with_post(each, is_silent=False)
        said.append(waits(thread))
    assert said == [0, 2, 2, 2, 2, 2, 0, 8]


def test_bot_knows_better_who_waits() -> None:
    """Once the bot says how a thread stands, what it says counts, and the wait keeps its beginning."""
    thread = Thread(thread_id="a").with_post(post(2, "bonjour", author="Camille"), is_silent=False)
    thread = thread.in_state(ThreadState.WAITING, 5)
    assert waits(thread) == 2
    # A reply that the bot holds is no answer yet.
    assert waits(thread.with_post(reply(6, "Bonjour"), is_silent=False)) == 2
    thread = thread.in_state(ThreadState.ANSWERED, 7)
    assert waits(thread) == 0
    thread = thread.with_post(post(9, "merci", author="Camille"), is_silent=True)
    assert waits(thread) == 0
    assert waits(thread.in_state(ThreadState.WAITING, 11)) == 11
    assert waits(thread.in_state(ThreadState.CLOSED, 12)) == 0


def test_closed_threads_and_general_sections_wait_for_nobody() -> None:
    """Nobody waits in a closed thread or in a general section."""
    words = post(2, "bonjour", author="Camille")
    assert waits(Thread(thread_id="a", is_closed=True).with_post(words, is_silent=False)) == 0
    assert waits(Thread(thread_id="").with_post(words, is_silent=False)) == 0


async def test_waits_survive_a_restart() -> None:
    """Who waits, and since when, is there after a restart."""
    documents = MemoryDocuments()
    rooms = Rooms(documents)
    thread, _ = await rooms.open("support", key="a", title="A", now_ms=0)
    await rooms.touch("support", thread.thread_id, post(MINUTE_MS, "bonjour", author="Camille"))
    await rooms.change("support", thread.thread_id, lambda old: old.in_state(ThreadState.WAITING, 5))
    (kept,) = await Rooms(documents).board("support")
    assert waits(kept) == MINUTE_MS
