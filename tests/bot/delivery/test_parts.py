"""The small parts of delivery by themselves: windows, pauses, pacing, the queue."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.api import Capabilities, ChatRef, Origin
from bot.delivery.entries import Entry, Order
from bot.delivery.pacing import Pacing
from bot.delivery.queue import LaneQueue
from bot.delivery.retry import Backoff
from bot.delivery.windows import ReplyWindow, reply_window
from bot.model import Action
from tests.bot.delivery.virtual import run

NOW = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
WINDOWED = Capabilities(text_limit=100, reply_window=DAY, human_window=7 * DAY)


@pytest.mark.parametrize(
    ("capabilities", "origin", "ago", "expected"),
    [
        (Capabilities(text_limit=1), Origin.BOT, None, ReplyWindow(is_open=True)),
        (WINDOWED, Origin.BOT, DAY / 2, ReplyWindow(is_open=True, until=NOW + DAY / 2)),
        (WINDOWED, Origin.BOT, DAY, ReplyWindow(is_open=False, until=NOW)),
        (WINDOWED, Origin.HUMAN, 2 * DAY, ReplyWindow(is_open=True, until=NOW + 5 * DAY, is_late=True)),
        (WINDOWED, Origin.HUMAN, 8 * DAY, ReplyWindow(is_open=False, until=NOW - DAY)),
        (WINDOWED, Origin.HUMAN, None, ReplyWindow(is_open=False)),
        (
            Capabilities(text_limit=1, reply_window=DAY),
            Origin.HUMAN,
            2 * DAY,
            ReplyWindow(is_open=False, until=NOW - DAY),
        ),
    ],
)
def test_windows(
    capabilities: Capabilities, origin: Origin, ago: timedelta | None, expected: ReplyWindow
) -> None:
    """The window counts from the contact's last message, and may be longer for what people write."""
    last = None if ago is None else NOW - ago
    assert reply_window(capabilities, last_inbound_at=last, origin=origin, now=NOW) == expected


def test_pauses_grow() -> None:
    """Pauses double, are spread by a fifth, end after eight attempts, and take about ten minutes."""
    backoff = Backoff()
    pauses = [backoff.pause(attempts, lambda: 0.5) for attempts in range(1, 8)]
    assert pauses == [timedelta(seconds=5 * 2**number) for number in range(7)]
    assert timedelta(minutes=9) < sum(pauses, timedelta()) < timedelta(minutes=12)
    assert backoff.pause(1, lambda: 0.0) == timedelta(seconds=4)
    assert backoff.pause(1, lambda: 1.0) == timedelta(seconds=6)
    assert backoff.pause(99, lambda: 0.5) == timedelta(minutes=6)
    assert [backoff.is_over(attempts) for attempts in (7, 8)] == [False, True]


@pytest.mark.parametrize("limit", [1, 2, 3, 20, 100])
def test_a_minute_never_holds_more(limit: int) -> None:
    """No minute, wherever it begins, holds more posts to a group than the platform allows."""

    async def scenario() -> None:
        pacing = Pacing(Capabilities(text_limit=1, posts_per_minute=limit))
        times = []
        for _ in range(4 * limit + 2):
            await pacing.admit(ChatRef("a", "1"), is_group=True)
            times.append(asyncio.get_running_loop().time())
        gaps = [later - earlier for earlier, later in zip(times, times[limit:], strict=False)]
        assert min(gaps) > 59.9
        assert times[-1] - times[0] < 61 * len(times) / max(1, limit - max(1, limit / 4))

    run(scenario())


def test_quiet_groups_are_let_go() -> None:
    """Only groups that were posted to a moment ago are remembered."""

    async def scenario() -> None:
        pacing = Pacing(Capabilities(text_limit=1, posts_per_minute=20))
        for number in range(50):
            await pacing.admit(ChatRef("a", str(number)), is_group=True)
            await asyncio.sleep(30)
        assert len(pacing) == 1
        await pacing.admit(ChatRef("a", "person"), is_group=False)
        assert len(pacing) == 1

    run(scenario())


def entry(number: int, *, record_id: str = "r", urgency: int = 0, place: int | None = None) -> Entry:
    return Entry(
        record_id=record_id,
        numbers=[number],
        action=Action.POST,
        conversation=1,
        order=Order(urgency, number if place is None else place, number),
    )


def drained(queue: LaneQueue) -> list[int]:
    numbers = []
    while (each := queue.pop()) is not None:
        numbers.append(each.order.number)
        queue.settle(each)
    return numbers


def test_queue_order() -> None:
    """Entries come by urgency, then by arrival; one that is put back keeps its place."""
    queue = LaneQueue()
    for each in (entry(1, urgency=2), entry(2), entry(3, urgency=1), entry(4)):
        queue.push(each)
    first = queue.pop()
    assert first is not None
    queue.push(first)
    assert len(queue) == 4
    assert drained(queue) == [2, 4, 3, 1]
    assert len(queue) == 0
    assert not queue.is_ready


def test_queue_blocks_one_record() -> None:
    """The entries of a blocked record wait, others pass, and afterwards the old order holds."""
    queue = LaneQueue()
    queue.push(entry(1))
    queue.push(entry(2, record_id="s"))
    queue.block("r")
    queue.push(entry(3))
    passed = queue.pop()
    assert passed is not None
    assert passed.record_id == "s"
    assert queue.pop() is None
    assert not queue.is_ready
    queue.unblock("r")
    assert queue.is_ready
    assert drained(queue) == [1, 3]


def test_queue_moves() -> None:
    """An entry that is given another place is met there, and only there."""
    queue = LaneQueue()
    moving = entry(9, place=100)
    for each in (entry(1), entry(2), moving):
        queue.push(each)
    queue.move(moving, 0)
    assert drained(queue) == [9, 1, 2]


def test_queue_absorbs() -> None:
    """An entry that another carries waits no more, and its items are still known."""
    queue = LaneQueue()
    one, two = entry(1), entry(2)
    queue.push(one)
    queue.push(two)
    assert queue.pop() is one
    assert queue.next_of("r") is two
    queue.absorb(one, two)
    assert queue.pop() is None
    assert queue.find("r", 2) is one
    queue.settle(one)
    assert queue.find("r", 2) is None


def test_queue_forgets_only_what_is_over() -> None:
    """An item that waits again in an entry of its own stays known when its old entry is over."""
    queue = LaneQueue()
    old, fresh = entry(1), entry(1, place=7)
    queue.push(old)
    assert queue.pop() is old
    queue.push(fresh)
    queue.settle(old)
    assert queue.find("r", 1) is fresh
    assert drained(queue) == [1]
