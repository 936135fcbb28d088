"""What posts figures: those that members ask for, and the week's, every Monday."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.api import ChatRef, MediaFile, MediaKind
from bot.chores import repeated
from bot.desk import general
from bot.desk.asking import USUAL
from bot.intake import Intake
from bot.model import HOUSE, House, Ledger, Wanted
from bot.reports import process
from bot.reports.figures import Figures
from bot.reports.job import Counted, CountJob, count_job
from bot.reports.periods import begin_of, last_report_due, reported_week
from bot.reports.suggestions import suggestions
from bot.reports.text import post
from bot.rulebook import Rulebook
from bot.store import MediaStore

log = logging.getLogger(__name__)

PICTURES = "reports-0000000000000000"
"""Whose the pictures are in the media store: nobody's, and no record has this id."""
LARGEST_BYTES = 4_000_000
LOOK_EVERY_S = 1.0
PUBLISHED_EVERY = timedelta(hours=1)
PUBLISHED_AFTER = timedelta(minutes=1)
"""A start has other things to do first."""
PAUSE_S = 30.0
"""How much longer to wait after a look that failed."""

Count = Callable[[CountJob], Awaitable[Counted]]
"""Counts beside the event loop."""


@dataclass(frozen=True, slots=True)
class _Report:
    """What is posted: texts one after another, then the picture, if there is one."""

    texts: tuple[str, ...]
    picture: bytes = b""


class Reporter:
    """Looks again and again what is wanted, has it counted, and posts it once.

    What is wanted stays in the record of the house until the figures of it are in the same record's outbox,
    so a stop in between loses nothing and repeats nothing.

    Args:
        data: the data folder.
        intake: changes the record of the house.
        media: keeps pictures.
        rules: config.toml as it is now.
        clock: the time, in UTC.
        count: counts.
        published: told the figures of the last seven days every hour; None: they are not counted.
        sleep: waits for some seconds.
    """

    def __init__(
        self,
        data: Path,
        *,
        intake: Intake,
        media: MediaStore,
        rules: Callable[[], Rulebook],
        clock: Callable[[], datetime],
        count: Count = process.count,
        published: Callable[[Figures], None] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._data = data
        self._intake = intake
        self._media = media
        self._rules = rules
        self._clock = clock
        self._count = count
        self._published = published
        self._publish_at: datetime | None = None
        self._sleep = sleep

    async def run(self) -> None:
        """Look until cancelled."""
        await repeated("figures wait", self.look, every_s=LOOK_EVERY_S, pause_s=PAUSE_S, sleep=self._sleep)

    async def look(self) -> None:
        """Serve what is wanted now, and the weekly report when it is due.

        Raises:
            OSError: the disk refuses; it is served at the next look.
        """
        house = await self._intake.look(HOUSE)
        for wanted in house.wanted if isinstance(house, House) else ():
            await self._serve(wanted)
        reported_at = house.reported_at if isinstance(house, House) else None
        due_at = last_report_due(self._clock(), self._rules().settings.zone)
        if reported_at is None:
            # The week before the first start was not ours to report.
            await self._change(_reported)
        elif reported_at < due_at:
            await self._report_week(due_at)
        if self._published is not None:
            await self._publish(self._published)

    async def _publish(self, published: Callable[[Figures], None]) -> None:
        """Count the last seven days anew when an hour is over; what asks for them reads nothing then."""
        settings, now = self._rules().settings, self._clock()
        if self._publish_at is None:
            self._publish_at = now + PUBLISHED_AFTER
        if now < self._publish_at:
            return
        self._publish_at = now + PUBLISHED_EVERY
        since = begin_of(USUAL, now, settings.zone)
        job = count_job(settings, self._data, since=since, until=now, now=now, is_drawn=False)
        try:
            published((await self._count(job)).figures)
        except process.NotCounted as error:
            log.error("the figures of /metrics could not be counted: %s", error)  # noqa: TRY400  # it says why

    async def _serve(self, wanted: Wanted) -> None:
        settings, now = self._rules().settings, self._clock()
        job = count_job(
            settings,
            self._data,
            since=begin_of(timedelta(seconds=wanted.period), now, settings.zone),
            until=now,
            now=now,
            team=wanted.team,
        )
        report = await self._counted(job, lambda figures: (post(figures, job),))
        picture = await self._kept(report.picture)

        def change(house: House, now: datetime) -> None:
            house.wanted = tuple(each for each in house.wanted if each != wanted)
            _post(house, wanted.chat, report, picture, now)

        await self._change(change)

    async def _report_week(self, due_at: datetime) -> None:
        book = self._rules()
        since, until = reported_week(due_at, book.settings.zone)
        job = count_job(book.settings, self._data, since=since, until=until, now=self._clock())
        report = await self._counted(job, lambda figures: _weekly(figures, job, book))
        picture = await self._kept(report.picture)

        def change(house: House, now: datetime) -> None:
            _reported(house, due_at)
            _post(house, book.inbox.chat, report, picture, now)

        await self._change(change)

    async def _counted(self, job: CountJob, written: Callable[[Figures], tuple[str, ...]]) -> _Report:
        """Count and write; what cannot be counted is told to who asked, and not tried for ever."""
        try:
            counted = await self._count(job)
            return _Report(written(counted.figures), counted.picture)
        except Exception:
            log.exception("the figures could not be counted")
            return _Report((self._rules().wording("figures.trouble"),))

    async def _kept(self, picture: bytes) -> MediaFile | None:
        if not picture:
            return None

        async def chunks() -> AsyncIterator[bytes]:
            yield picture

        return await self._media.save(
            PICTURES,
            chunks(),
            kind=MediaKind.PHOTO,
            file_name="stats.png",
            mime_type="image/png",
            limit_bytes=LARGEST_BYTES,
        )

    async def _change(self, change: Callable[[House, datetime], None]) -> None:
        async def decide(ledger: Ledger, now: datetime) -> bool:
            assert isinstance(ledger, House)
            change(ledger, now)
            return True

        await self._intake.change(HOUSE, decide, birth=House(record_id=HOUSE))


def _reported(house: House, due_at: datetime) -> None:
    house.reported_at = due_at


def _post(house: House, chat: ChatRef, report: _Report, picture: MediaFile | None, now: datetime) -> None:
    for text in report.texts:
        general.post(house, chat, text, now=now)
    if picture is not None:
        # By itself: where the picture is refused, the words have arrived.
        general.post(house, chat, "", now=now, media=picture)


def _weekly(figures: Figures, job: CountJob, book: Rulebook) -> tuple[str, ...]:
    """The figures, then what was not understood as lines for config.toml, to be copied whole."""
    say = book.wording
    text = f"{say('figures.weekly_title')}\n{post(figures, job)}"
    if figures.is_empty:
        return (text,)
    lines = suggestions(
        figures.texts,
        say=say,
        teams=book.settings.teams,
        is_known=lambda text: book.matcher.match(text).match is not None,
    )
    if not lines:
        return (f"{text}\n\n{say('figures.unrecognised_none')}",) if not figures.texts else (text,)
    return (f"{text}\n\n{say('figures.unrecognised')}", lines)
