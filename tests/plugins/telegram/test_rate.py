"""Many customers in one group, which takes few posts a minute; the minute is shorter here."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from plugins.telegram.outgoing import CAPABILITIES
from tests.journeys.process import ROOT, Place, running
from tests.plugins.telegram.house import SALES, SUPPORT, House, house
from tests.simulators.telegram_chats import Payload
from tests.simulators.telegram_people import user

CUSTOMERS = 20
QUICK = ("tests.plugins.telegram.quick", "plugins")
ELSEWHERE = user(900, "Zoe")


class QuickPlace(Place):
    """A folder in which the plugin makes topics without a pause."""

    def arguments(self, *arguments: str) -> list[str]:
        """The command line of the launcher."""
        where = ("--config", str(self.config), "--data", str(self.data))
        return [sys.executable, str(ROOT / "tests" / "launcher.py"), *where, "--plugins", *QUICK]


def lines_in(here: House, person: Payload, topic: int) -> list[str]:
    """What a customer wrote, as it stands in the team's topic."""
    posts = "\n".join(each.text for each in here.support.ours if each.topic == topic)
    found = [(posts.find(text), text) for text in texts_of(person)]
    return [text for at, text in sorted(found) if at >= 0]


def texts_of(person: Payload) -> Sequence[str]:
    """What a customer writes when the group is busy."""
    return [f"<{person['id']} first>", f"<{person['id']} second>"]


@pytest.mark.parametrize(
    ("posts", "minute_s"),
    [(10, 4.0), pytest.param(20, 60.0, marks=[pytest.mark.long, pytest.mark.timeout(300)])],
)
async def test_forty_messages_into_one_group(tmp_path: Path, posts: int, minute_s: float) -> None:
    """Every message is shown, in order, by no more posts than the group takes; another group is as before."""
    people = [user(300 + number, f"C{number:02}") for number in range(CUSTOMERS)]
    async with house(tmp_path) as here:
        place = QuickPlace(folder=here.place.folder)
        async with running(place):
            await asyncio.gather(*(here.routed(person) for person in people))
            await here.routed(ELSEWHERE, "quote")
            topics = [await here.people.topic_of(here.support, person["first_name"]) for person in people]
            elsewhere = await here.people.topic_of(here.sales, "Zoe")
            limit = here.platform.limit
            limit.posts, limit.window_s = posts, minute_s
            for number in range(2):
                for person in people:
                    here.people.write(person, texts_of(person)[number])
            await here.platform.until(lambda: limit.refused[SUPPORT] or None)
            before = len(limit.taken[SUPPORT])
            here.people.write(ELSEWHERE, "<elsewhere>")
            await here.people.sees(here.sales, "<elsewhere>", topic=elsewhere)
            assert len(limit.taken[SUPPORT]) == before, "the busy group was served first"
            await here.platform.until(
                lambda: (
                    all(len(lines_in(here, *pair)) == 2 for pair in zip(people, topics, strict=True)) or None
                ),
                patience_s=30 + 4 * minute_s,
            )
        for person, topic in zip(people, topics, strict=True):
            assert lines_in(here, person, topic) == texts_of(person)
        content = [each for each in here.support.ours if " first>" in each.text or " second>" in each.text]
        # The first window takes each customer's first message by itself; what waited goes together.
        assert len(content) <= CUSTOMERS + posts, "waiting messages of one customer were not merged"
        assert not limit.refused[SALES]
        # Each refusal names a pause, and nothing is asked before it is over but what was under way.
        windows = len(limit.taken[SUPPORT]) // posts + 2
        assert limit.refused[SUPPORT] <= CAPABILITIES.posts_at_once + windows
