"""Figures and retention in the real process, over its web chat."""

import asyncio
from datetime import timedelta
from pathlib import Path

from bot.clock import now_utc
from bot.model import Status
from bot.store.folder import DataFolder
from tests.bot.reports.making import conversation, record, write
from tests.journeys.house import CONFIG
from tests.journeys.people import Frame, Thread, people
from tests.journeys.process import Place, running


async def test_stats_in_a_room(tmp_path: Path) -> None:
    """`/stats` in a team's room posts words and a picture there, in the team's language."""
    place = Place(folder=tmp_path)
    place.write(CONFIG)
    async with running(place) as process, people(process.url) as crowd:
        contact, member = await crowd.contact("Camille"), await crowd.member("Ann")
        await contact.write("bonjour")
        await contact.reads("Bienvenue")
        await contact.write("2")
        thread = await member.thread("ventes", "Camille")
        await thread.write("Bonjour Camille")
        await contact.reads("Bonjour Camille")
        room = await member.open("ventes")
        await room.write("/stats")
        await room.shows("Les chiffres sont en cours de calcul.")
        words = await room.shows("📊 Équipe de vente")
        assert "Nouvelles conversations : 1\n" in words["text"]
        picture = await member.screen.until(lambda _: picture_in(room), patience_s=60)
        assert (picture["name"], picture["type"]) == ("stats.png", "image/png")


def picture_in(room: Thread) -> Frame | None:
    """The file of a post in a room."""
    return next((post["media"] for post in room.posts if post.get("media")), None)


async def test_old_conversations_go_at_start(tmp_path: Path) -> None:
    """What is older than config.toml allows is gone soon after a start; what is open is not."""
    place = Place(folder=tmp_path)
    place.write(f'{CONFIG}\n[limits]\nretention = "30d"\n')
    long_ago = now_utc() - timedelta(days=40)
    old = record("old", conversation(started_at=long_ago), channel="webchat")
    live = record(
        "live", conversation(started_at=long_ago, status=Status.OPEN, closed_at=None), channel="webchat"
    )
    write(place.data, old, live)
    folder = DataFolder(place.data)
    async with running(place) as process:
        async with asyncio.timeout(60):
            await process.logged("1 old conversations and 1 contacts were erased")
        assert not folder.record(old.record_id).exists()
        assert folder.record(live.record_id).exists()
        assert await process.stop() == 0
