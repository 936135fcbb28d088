"""The process that counts: reads one job from its input, and writes what came of it; `python -m` runs it."""

import gc
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from bot.model import Status
from bot.reports.figures import Figures
from bot.reports.job import Answer, Counted, CountJob, Expired, ExpiredJob, Job, calendars_of
from bot.reports.opening import OpeningTime
from bot.reports.sights import Reader
from bot.reports.tally import Tally

NICENESS = 10
"""How far this process stands back behind the bot, which shares the machine with it."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def figures_of(job: CountJob) -> Figures:
    """Count what a job asks for."""
    reader = Reader(Path(job.data))
    tally = Tally(
        since=job.since,
        until=job.until,
        now=job.now,
        zone=ZoneInfo(job.zone),
        open_time=OpeningTime(calendars_of(job), job.since),
        team=job.team,
    )
    for channel, sight in reader.conversations(job.since):
        tally.add(channel, sight)
    return tally.figures(unreadable=reader.unreadable)


def expired_of(job: ExpiredJob) -> list[str]:
    """The records with something to erase, each once."""
    reader = Reader(Path(job.data))
    found: dict[str, None] = {}
    for files in (reader.records(), reader.archives(_EPOCH)):
        for seen in files:
            closed = (each.closed_at for each in seen.conversations.values() if each.status is Status.CLOSED)
            if any(at is not None and at < job.before for at in closed):
                found[seen.record_id] = None
    return list(found)


def done(job: Job) -> Answer:
    """Do a job, in whatever process this is."""
    if isinstance(job, ExpiredJob):
        return Expired(record_ids=expired_of(job))
    figures = figures_of(job)
    if not job.is_drawn or figures.is_empty:
        return Counted(figures=figures)
    from bot.reports.picture import drawn  # it takes a second to import, and not every job draws

    return Counted(figures=figures, picture=drawn(figures, job))


def stand_back() -> None:
    """Leave the machine to others, where the system knows how."""
    if hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(NICENESS)


def main() -> None:
    """Do the job on standard input."""
    stand_back()
    # What is read is no cycle, and the process ends before it could matter.
    gc.disable()
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    sys.stdout.buffer.write(msgspec.json.encode(done(job)))


if __name__ == "__main__":
    main()
