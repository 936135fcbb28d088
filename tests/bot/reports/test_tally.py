"""Counting conversations: every figure, on conversations that are known one by one."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import INBOX, Conversation, Status
from bot.reports.figures import Group, Unrecognised
from bot.reports.sights import Sight
from bot.reports.tally import Tally, spread, texts_of
from tests.bot.reports.making import NOW, WEEK, busy, conversation

MINUTE = timedelta(minutes=1)


def sight(one: Conversation) -> Sight:
    """A conversation as it is read of its file."""
    return msgspec.json.decode(msgspec.json.encode(one), type=Sight)


def tally(*conversations: Conversation, channel: str = "shop", **fields: Any) -> Tally:
    """The figures of the last seven days, always open."""
    known: dict[str, Any] = {
        "since": NOW - WEEK,
        "until": NOW,
        "now": NOW,
        "zone": UTC,
        "open_time": lambda _team, start, end: end - start,
    }
    found = Tally(**{**known, **fields})
    for each in conversations:
        found.add(channel, sight(each))
    return found


def total(*conversations: Conversation, **fields: Any) -> Group:
    """The figures of all of them."""
    return tally(*conversations, **fields).figures().total


def test_what_began_in_the_period() -> None:
    """A conversation counts in the period that it began in, its end excluded."""
    began = [NOW - WEEK - MINUTE, NOW - WEEK, NOW - MINUTE, NOW]
    assert total(*(conversation(started_at=at) for at in began)).conversations == 2


def test_shares() -> None:
    """What was recognised, failed, fell back and was answered at once is counted, each by itself."""
    group = total(
        conversation(),
        conversation(answer="", unrecognised=("huh", "what"), fell_back=True),
        conversation(unrecognised=("huh",), faqs=2),
        conversation(answer="", first_team="", team=INBOX),
    )
    assert (group.recognised, group.failed, group.fell_back, group.faqs) == (2, 2, 1, 1)
    assert group.share(group.recognised) == 0.5


def test_first_answer() -> None:
    """The first answer is counted from the end of routing, and not where there was none."""
    opened_at = NOW - timedelta(hours=5)
    waits = [2, 4, 6, 8, 100]
    answered = [
        conversation(started_at=opened_at, opened_at=opened_at, answered_at=opened_at + each * MINUTE)
        for each in waits
    ]
    group = total(*answered, conversation(answered_at=None, waits=()))
    assert (group.first.count, group.first.median) == (5, 360)
    assert group.first.ninetieth == pytest.approx(3792)


def test_opening_time() -> None:
    """The same is counted in the opening hours of the team that answered."""
    asked: list[str] = []

    def open_time(team: str, start: datetime, end: datetime) -> timedelta:
        asked.append(team)
        return (end - start) / 2

    group = total(conversation(team="sales"), open_time=open_time)
    assert asked == ["sales"]
    assert (group.first.median, group.first_open.median) == (120, 60)


def test_responses() -> None:
    """Every human reply counts with how long the contact waited for it."""
    assert total(conversation(waits=(10, 20)), conversation(waits=(60,))).responses.count == 3


def test_now() -> None:
    """What is open and waits now counts whenever it began, and what the bot has waits but is not open."""
    group = total(
        conversation(status=Status.OPEN, closed_at=None, waiting_since=NOW - timedelta(hours=3)),
        conversation(started_at=NOW - 20 * WEEK, status=Status.OPEN, closed_at=None),
        conversation(status=Status.PENDING, team="", opened_at=None, waiting_since=NOW - timedelta(hours=1)),
        conversation(),
    )
    assert (group.open, group.waiting, group.oldest_wait) == (2, 2, 10_800)
    assert group.conversations == 3


def test_misrouted() -> None:
    """Passed on within ten minutes of routing is a mis-route of the answer; later it is not."""
    opened_at = NOW - timedelta(hours=5)
    passed = [
        conversation(
            started_at=opened_at,
            opened_at=opened_at,
            passed_at=opened_at + after,
            transfers=1,
            team="sales",
            first_team="support",
        )
        for after in (timedelta(minutes=10), timedelta(minutes=10, seconds=1))
    ]
    figures = tally(*passed).figures()
    answer = figures.answers["Support"]
    assert (answer.transferred, answer.misrouted) == (2, 1)
    assert (figures.teams["support"].transferred, figures.teams["sales"].transferred) == (2, 0)
    assert figures.teams["sales"].conversations == 2


def test_no_answer_is_to_blame() -> None:
    """What fell back was routed by no answer, however soon it is passed on."""
    opened_at = NOW - timedelta(hours=5)
    one = conversation(
        opened_at=opened_at, passed_at=opened_at + MINUTE, transfers=1, fell_back=True, answer="Hours"
    )
    assert tally(one).figures().answers["Hours"].misrouted == 0


def test_one_team() -> None:
    """The figures of one team are of what it has or had last, and of what it passed on."""
    opened_at = NOW - timedelta(hours=5)
    conversations = (
        conversation(),
        conversation(team="sales", first_team="sales"),
        conversation(
            opened_at=opened_at, passed_at=opened_at + MINUTE, transfers=1, team="sales", first_team="support"
        ),
    )
    figures = tally(*conversations, team="support").figures()
    assert (figures.total.conversations, figures.total.transferred, figures.total.misrouted) == (1, 1, 1)
    assert tally(*conversations, team="sales").figures().total.conversations == 2


def test_ratings_and_costs() -> None:
    """Ratings are averaged over those that gave one; sends and failures are added up."""
    group = total(
        conversation(rating=5, sends=10, paid_sends=3, failed_sends=1),
        conversation(rating=2, sends=1, paid_sends=0),
        conversation(sends=0),
    )
    assert (group.ratings, group.rating) == (2, 3.5)
    assert (group.sends, group.paid_sends, group.failed_sends, group.paid_each) == (11, 3, 1, 1.0)


def test_days_are_local() -> None:
    """A day begins at midnight by the business's clock."""
    at = datetime(2026, 3, 5, 23, 30, tzinfo=UTC)
    assert list(tally(conversation(started_at=at), zone=ZoneInfo("Europe/Paris")).figures().days) == [
        "2026-03-06"
    ]


def test_largest_first() -> None:
    """Groups are listed by size, and days in order."""
    figures = tally(
        conversation(team="sales", started_at=NOW - timedelta(days=1)),
        conversation(started_at=NOW - timedelta(days=3)),
        conversation(started_at=NOW - timedelta(days=1)),
    ).figures()
    assert list(figures.teams) == ["support", "sales"]
    assert list(figures.days) == sorted(figures.days)


def test_nothing() -> None:
    """Without any conversation all figures are empty."""
    figures = tally().figures()
    assert figures.is_empty
    assert figures.total == Group()
    assert figures.total.share(0) == 0.0


@given(st.integers(0, 10_000))
def test_the_parts_make_the_whole(seed: int) -> None:
    """Teams, channels and days each add up to the total, whatever happened."""
    chance = random.Random(seed)
    found = tally()
    for number in range(30):
        each = busy(chance, number)
        found.add(each.contact.chat.channel, sight(each.conversations[1]))
    figures = found.figures()
    for name in ("conversations", "recognised", "failed", "sends", "paid_sends", "ratings", "failed_sends"):
        whole = getattr(figures.total, name)
        for groups in (figures.teams, figures.channels, figures.days):
            assert sum(getattr(group, name) for group in groups.values()) == whole
    for groups in (figures.teams, figures.channels):
        assert sum(group.open for group in groups.values()) == figures.total.open
        assert sum(group.transferred for group in groups.values()) == figures.total.transferred
    assert sum(group.first.count for group in figures.teams.values()) == figures.total.first.count


@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_spread(seconds: list[float]) -> None:
    """The median and the ninetieth are in order, and within what was measured."""
    found = spread(seconds)
    assert found.count == len(seconds)
    assert min(seconds) <= found.median <= found.ninetieth <= max(seconds)


def test_texts_that_are_written_alike() -> None:
    """Texts that differ in case and accents are one, as most wrote it, with the team of most."""
    counts = Counter(
        {("Chaudière", "support"): 1, ("chaudière", "sales"): 2, ("chaudiere", "support"): 2, ("☎", ""): 1}
    )
    assert texts_of(counts) == [
        Unrecognised(text="chaudiere", team="support", count=5),
        Unrecognised(text="☎", team="", count=1),
    ]


def test_texts_on_one_line() -> None:
    """What was not recognised is kept on one line, without what cannot be seen; the inbox is no team."""
    figures = tally(conversation(team=INBOX, unrecognised=("a\n\tb\u202e", "  "))).figures()
    assert figures.texts == [Unrecognised(text="a b", team="", count=1)]
