"""Figures in chats: asked for in any room, posted once, and the week's every Monday."""

import asyncio
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.api import Capabilities, MediaKind
from bot.model import HOUSE, House
from bot.reports.figures import Figures
from bot.reports.job import Counted, CountJob
from bot.reports.process import NotCounted
from bot.reports.reporter import PICTURES, Reporter
from bot.reports.worker import done
from tests.bot.rooms.world import BOB, FORUM, INBOX_CHAT, MARY, SALES, SUPPORT, ZOE, World, opened

DAY = timedelta(days=1)
PHOTOS = Capabilities(
    text_limit=4096, group_chats=True, threads=True, choices=20, media={MediaKind.PHOTO: 10_000_000}
)
MONDAY = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)


@dataclass(slots=True)
class Counting:
    """What counts in this process, and remembers what it was asked."""

    jobs: list[CountJob] = field(default_factory=list)
    fails_with: Exception | None = None

    async def __call__(self, job: CountJob) -> Counted:
        self.jobs.append(job)
        if self.fails_with is not None:
            raise self.fails_with
        counted = done(job)
        assert isinstance(counted, Counted)
        return counted


@dataclass(slots=True)
class Desk:
    """A world with a reporter."""

    world: World
    reporter: Reporter
    counting: Counting

    async def look(self) -> None:
        """The reporter looks, and what it posts is delivered."""
        await self.reporter.look()
        await self.world.settle()

    async def house(self) -> House:
        """What the process remembers."""
        found = await self.world.core.intake.look(HOUSE)
        assert isinstance(found, House)
        return found


@asynccontextmanager
async def desk_in(
    data: Path, forum: Capabilities = FORUM, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> AsyncIterator[Desk]:
    async with opened(data, forum=forum) as world:
        counting = Counting()
        reporter = Reporter(
            data,
            intake=world.core.intake,
            media=world.core.media,
            rules=lambda: world.core.rules.book,
            clock=lambda: world.now,
            count=counting,
            sleep=sleep,
        )
        yield Desk(world, reporter, counting)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk_in(tmp_path) as desk:
        yield desk


async def test_figures_of_the_team(desk: Desk) -> None:
    """`/stats` in a team's chat posts that team's figures there, after a line that says they come."""
    await desk.world.assigned("sales")
    await desk.world.assigned("support", ZOE)
    await desk.world.writes("/stats", SUPPORT, by="ann")
    assert desk.world.texts(SUPPORT)[-1] == "The figures are being counted."
    await desk.look()
    text = desk.world.texts(SUPPORT)[-1]
    assert text.startswith("📊 Support · ")
    assert "New conversations: 1" in text


async def test_the_inbox_sees_all(desk: Desk) -> None:
    """`/stats` in the inbox posts the figures of all teams."""
    await desk.world.assigned("sales")
    await desk.world.assigned("support", ZOE)
    await desk.world.writes("/stats 30", INBOX_CHAT, by="ann")
    await desk.look()
    assert "New conversations: 2" in desk.world.texts(INBOX_CHAT)[-1]
    assert desk.counting.jobs[0].since == datetime(2026, 2, 1, tzinfo=UTC)


async def test_in_a_thread(desk: Desk) -> None:
    """`/stats` in a contact's thread is answered there, is the team's, and never reaches the contact."""
    await desk.world.assigned("support")
    place = await desk.world.place()
    told = desk.world.texts(MARY)
    await desk.world.writes("/stats 24h", place, by="ann")
    await desk.look()
    assert desk.world.texts(place)[-1].startswith("📊 Support · ")
    assert desk.world.texts(MARY) == told


async def test_flat_group(desk: Desk) -> None:
    """A group without threads gets its figures as a post."""
    await desk.world.writes("/stats", SALES, by="ann")
    await desk.look()
    assert "No conversation in this time" in desk.world.texts(SALES)[-1]


@pytest.mark.parametrize("word", ["stats", "/stats", "Stats 30d"])
async def test_member_of_a_list(desk: Desk, word: str) -> None:
    """A member of a list asks with a word, and gets the figures of their team."""
    await desk.world.awake(BOB)
    before = len(desk.world.texts(BOB))
    await desk.world.writes(word, BOB)
    await desk.look()
    told, figures = desk.world.texts(BOB)[before:]
    assert told == "The figures are being counted."
    assert figures.startswith("📊 Field · ")


async def test_a_sentence_is_no_question(desk: Desk) -> None:
    """What a member of a list writes that only begins with the word goes where their words go."""
    await desk.world.awake(BOB)
    await desk.world.assigned("field")
    await desk.world.writes("hello", BOB, to=desk.world.last(BOB))
    await desk.world.writes("stats show you are right", BOB)
    assert desk.world.texts(MARY)[-1] == "stats show you are right"
    await desk.look()
    assert desk.counting.jobs == []


@pytest.mark.parametrize("period", ["soon", "0d", "-3", "99999d", "7 d"])
async def test_no_period(desk: Desk, period: str) -> None:
    """What is no period is said, and nothing is counted."""
    await desk.world.writes(f"/stats {period}", SUPPORT, by="ann")
    assert desk.world.texts(SUPPORT)[-1].startswith(f"Not a period: {period}.")
    await desk.look()
    assert desk.counting.jobs == []


async def test_asked_twice(desk: Desk) -> None:
    """Who asks again before it is counted gets the figures once."""
    await desk.world.writes("/stats", SUPPORT, by="ann")
    await desk.world.writes("/stats 7d", SUPPORT, by="ann")
    await desk.look()
    await desk.look()
    assert len(desk.counting.jobs) == 1


async def test_picture(tmp_path: Path) -> None:
    """A platform that takes pictures gets one, in a post of its own behind the words."""
    async with desk_in(tmp_path, PHOTOS) as desk:
        await desk.world.assigned("support")
        await desk.world.writes("/stats", SUPPORT, by="ann")
        await desk.look()
        words, picture = desk.world.shown(SUPPORT)[-2:]
        assert words.message.media is None
        media = picture.message.media
        assert media is not None
        assert (media.kind, media.mime_type) == (MediaKind.PHOTO, "image/png")
        content = b"".join([piece async for piece in desk.world.core.media.read(media)])
        assert content.startswith(b"\x89PNG")
        assert len(content) == media.size_bytes


async def test_after_a_restart(tmp_path: Path) -> None:
    """What was asked for before a stop is posted after it, once."""
    async with desk_in(tmp_path) as desk:
        await desk.world.writes("/stats", SUPPORT, by="ann")
    async with desk_in(tmp_path) as desk:
        await desk.look()
        assert desk.world.texts(SUPPORT)[-1].startswith("📊 Support · ")
    async with desk_in(tmp_path) as desk:
        await desk.look()
        assert desk.world.texts(SUPPORT) == []


async def test_what_cannot_be_counted(desk: Desk) -> None:
    """When counting fails, who asked is told, and it is not tried for ever."""
    desk.counting.fails_with = NotCounted("no")
    await desk.world.writes("/stats", SUPPORT, by="ann")
    await desk.look()
    assert desk.world.texts(SUPPORT)[-1].startswith("The figures could not be counted")
    assert (await desk.house()).wanted == ()


async def test_no_report_of_the_time_before(desk: Desk) -> None:
    """A first start reports nothing, and remembers when it was."""
    await desk.look()
    assert desk.world.texts(INBOX_CHAT) == []
    assert (await desk.house()).reported_at == desk.world.now


async def test_weekly_report(desk: Desk) -> None:
    """On Monday at eight the week's figures go to the inbox, once."""
    await desk.look()
    await desk.world.assigned("support")
    desk.world.now = MONDAY - timedelta(seconds=1)
    await desk.look()
    assert desk.world.texts(INBOX_CHAT) == []
    desk.world.now = MONDAY
    await desk.look()
    await desk.look()
    (text,) = desk.world.texts(INBOX_CHAT)
    assert text.startswith("Weekly report\n📊 Dupont · 02/03 – 08/03/2026\nNew conversations: 1\n")
    assert text.endswith("Everything that was written was understood.")
    desk.world.now = MONDAY + 7 * DAY
    await desk.look()
    assert len(desk.world.texts(INBOX_CHAT)) == 2


async def test_weekly_report_after_a_pause(tmp_path: Path) -> None:
    """A report that came due while the process was down is posted at its start, once, the last alone."""
    async with desk_in(tmp_path) as desk:
        await desk.look()
    for posts in (1, 0):
        async with desk_in(tmp_path) as desk:
            desk.world.now = MONDAY + 15 * DAY
            await desk.look()
            assert len(desk.world.texts(INBOX_CHAT)) == posts


async def test_clock_that_is_set_back(desk: Desk) -> None:
    """A clock that is set back does not repeat a report."""
    await desk.look()
    desk.world.now = MONDAY
    await desk.look()
    desk.world.now = MONDAY - 3 * DAY
    await desk.look()
    desk.world.now = MONDAY
    await desk.look()
    assert len(desk.counting.jobs) == 1


async def test_what_was_not_understood(desk: Desk) -> None:
    """The report ends with what was not understood, as lines for config.toml with the team it ended with."""
    await desk.look()
    await desk.world.says("Good day")
    await desk.world.says("my boiler leaks")
    await desk.world.says("support")
    desk.world.now = MONDAY
    await desk.look()
    report, lines = desk.world.texts(INBOX_CHAT)
    assert "Ready to paste" in report
    assert tomllib.loads(lines) == {
        "routing": {"answers": [{"team": "support", "when": ["my boiler leaks"]}]}
    }


async def test_run(tmp_path: Path) -> None:
    """The reporter goes on looking, also after a look that failed."""
    looks = 0
    done_looking = asyncio.Event()

    async def sleep(_seconds: float) -> None:
        nonlocal looks
        looks += 1
        if looks > 4:
            done_looking.set()
        await asyncio.sleep(0)

    async with desk_in(tmp_path, sleep=sleep) as desk:
        task = asyncio.create_task(desk.reporter.run())
        await done_looking.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert (await desk.house()).reported_at is not None


async def test_pictures_belong_to_nobody(tmp_path: Path) -> None:
    """A picture lies in a folder of its own, so that no contact's export or erasure meets it."""
    async with desk_in(tmp_path, PHOTOS) as desk:
        await desk.world.assigned("support")
        await desk.world.writes("/stats", SUPPORT, by="ann")
        await desk.look()
        (folder,) = (tmp_path / "media").glob("*/*")
        assert folder.name == PICTURES


async def test_published_every_hour(tmp_path: Path) -> None:
    """The week's figures of all teams are counted for others a minute after the start, and every hour."""
    async with opened(tmp_path) as world:
        counting, published = Counting(), list[Figures]()
        reporter = Reporter(
            tmp_path,
            intake=world.core.intake,
            media=world.core.media,
            rules=lambda: world.core.rules.book,
            clock=lambda: world.now,
            count=counting,
            published=published.append,
        )
        await world.assigned("support")
        for pause, count in ((0, 0), (60, 1), (3540, 1), (60, 2)):
            world.now += timedelta(seconds=pause)
            await reporter.look()
            assert len(published) == count
        assert published[0].teams["support"].conversations == 1
        assert not counting.jobs[0].is_drawn
        counting.fails_with = NotCounted("no")
        world.now += timedelta(hours=1)
        await reporter.look()
        assert len(published) == 2
