"""The threads of rooms and the boards that list them."""

import pytest

from bot.api import PostStyle
from plugins.webchat.rooms import Rooms
from tests.conformance.host import MemoryDocuments


async def test_board_is_bounded_and_keeps_what_waits() -> None:
    """A board lists the latest threads only, closed ones leave first, and no thread is ever lost."""
    documents = MemoryDocuments()
    rooms = Rooms(documents)
    first, _ = await rooms.open("support", key="0", title="first", now_ms=0)
    second, _ = await rooms.open("support", key="1", title="second", now_ms=1)
    await rooms.change("support", second.thread_id, is_closed=True)
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
    touched = await again.touch("support", second.thread_id, at_ms=999, excerpt="back")
    assert touched is not None
    assert (await again.board("support"))[0].title == "second"


async def test_posts_are_written_with_the_next_flush() -> None:
    """A post alone writes no board; a flush does, and a flush that fails is made up for."""
    documents = MemoryDocuments()
    rooms = Rooms(documents)
    thread, _ = await rooms.open("support", key="a", title="A", now_ms=0)
    written = dict(documents.texts)
    await rooms.touch("support", thread.thread_id, at_ms=5, excerpt="hello")
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
        touched = await rooms.touch("support", thread.thread_id, at_ms=at_ms, excerpt="", style=style)
        assert touched is not None
        counts.append(touched.posts)
    assert counts == [1, 1, 1, 2, 3, 4, 5, 6]


async def test_general_section_is_counted_too() -> None:
    """The general section has its own line, and cannot be closed or renamed."""
    rooms = Rooms(MemoryDocuments())
    await rooms.touch("support", "", at_ms=5, excerpt="hello")
    (general,) = await rooms.board("support")
    assert (general.thread_id, general.posts) == ("", 1)
    assert await rooms.change("support", "", title="x") is None
