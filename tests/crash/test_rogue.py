"""A platform that hangs, fails, floods or loses its connection does not slow or stop the others."""

import asyncio
import signal
from functools import partial
from pathlib import Path

import pytest
from aiohttp import ClientError

from tests.crash.checks import check_team_chats, lost, shown
from tests.crash.house import ROGUE, SHOP, SUPPORT, House, house
from tests.crash.people import Mark, People, message, reply_marks
from tests.crash.platforms.rogue.plugin import FAULTS, FLOODER
from tests.crash.platforms.rogue.settings import Mood
from tests.crash.watching import LONGEST_BACKLOG_S, calm, channel_is, health, until
from tests.journeys.process import Running

GUESTS = tuple(f"c{number}" for number in range(900, 910))
ROUNDS = 10


def read(here: House, mark: Mark) -> bool:
    """Whether the contact has the answer to a message."""
    return any(mark in reply_marks(post.text) for post in here.shop.rooms.shown(mark[0]))


async def converse(here: House, people: People, who: str, *, rounds: int = ROUNDS) -> None:
    """Write, be read and be answered, message by message, as if nothing else were there."""
    answering = asyncio.create_task(people.member(replies_to_every=1, only=who))
    for number in range(1, rounds + 1):
        await people.contact(who, 1)
        await until(lambda number=number: read(here, (who, number)))
    answering.cancel()


async def reload(process: Running) -> None:
    """Have config.toml read again."""
    after = len(process.log)
    process.process.send_signal(signal.SIGHUP)
    await process.logged("was reloaded", after=after)


async def waits(url: str, pending: int) -> bool:
    """Whether so many messages are still to be sent."""
    _, said = await health(url)
    return bool(said["outbox"]["pending"] == pending)


async def refuses(here: House) -> bool:
    """Whether the server takes no more messages."""
    try:
        status, _ = await here.shop.push(message("c1", ROUNDS))
    except ClientError:
        return True
    return status != 200


@pytest.mark.parametrize("mood", [Mood.HANGING, pytest.param(Mood.STUBBORN, marks=pytest.mark.long)])
async def test_hangs(tmp_path: Path, mood: Mood) -> None:
    """A send that never returns keeps its own chat waiting and nobody else, and the process can be ended."""
    async with house(tmp_path) as here:
        here.write_config(mood=mood)
        async with here.served() as process:
            people = People(house=here)
            people.is_up.set()
            await asyncio.gather(*(people.contact(who, 2, on=here.rogue) for who in GUESTS))
            await converse(here, people, "c1")
            await until(lambda: not lost(here, people))
            await until(partial(waits, process.url, len(GUESTS)))
            _, said = await health(process.url)
            assert said["channels"][SHOP] == {"state": "connected", "error": ""}
            check_team_chats(here, people)
            process.process.send_signal(signal.SIGTERM)
            await until(partial(refuses, here))
            # Nobody is to end it now by asking for a reload.
            process.process.send_signal(signal.SIGHUP)
            assert await process.wait() == (0 if mood is Mood.HANGING else 1)


@pytest.mark.long
async def test_never_connects(tmp_path: Path) -> None:
    """A channel that is never connected keeps nobody waiting, and `/health` says that it is tried."""
    async with house(tmp_path) as here:
        here.write_config(mood=Mood.CONNECTING)
        async with here.served() as process:
            people = People(house=here)
            people.is_up.set()
            await converse(here, people, "c1")
            _, said = await health(process.url)
            assert said["channels"][ROGUE]["state"] == "connecting"
            assert (said["status"], said["channels"][SHOP]["state"]) == ("degraded", "connected")
            assert (await here.rogue.push(message(GUESTS[0], 1)))[0] == 503
            assert await process.stop() == 0


async def test_fails(tmp_path: Path) -> None:
    """Whatever a plugin raises costs its own message, is told to the team, and can be read in the log."""
    async with house(tmp_path) as here:
        here.write_config(mood=Mood.FAILING)
        async with here.served() as process:
            people = People(house=here)
            people.is_up.set()
            guests = [f"c{900 + number}" for number in range(len(FAULTS))]
            for who in guests:
                await people.contact(who, 2, on=here.rogue)
            assert (await here.rogue.push(message("c998", 1, text="HELP")))[0] == 500
            await converse(here, people, "c1")
            await until(lambda: not lost(here, people))
            await calm(process.url)
            told = [post for post in here.desk.rooms.shown(SUPPORT) if "it may have arrived" in post.text]
            assert len(told) == len(guests)
            check_team_chats(here, people)
            await process.logged("rogue: send failed: RuntimeError")
            assert await process.stop() == 0


@pytest.mark.timeout(900)
@pytest.mark.parametrize("flood", [2000, pytest.param(10_000, marks=pytest.mark.long)])
async def test_floods(tmp_path: Path, flood: int) -> None:
    """While one contact writes thousands of messages, others are read and answered; the flood is kept too."""
    async with house(tmp_path) as here:
        here.write_config(mood=Mood.FLOODING, flood=flood, per_minute=60)
        async with here.served() as process:
            people = People(house=here)
            people.is_up.set()
            await converse(here, people, "c1", rounds=1)
            assert len([who for who, _ in shown(here) if who == FLOODER]) < flood
            await converse(here, people, "c2", rounds=4)
            people.acknowledged[FLOODER] = list(range(1, flood + 1))
            await until(lambda: not lost(here, people), longest_s=LONGEST_BACKLOG_S)
            await calm(process.url)
            check_team_chats(here, people)
            assert await process.stop() == 0


async def test_reconnects(tmp_path: Path) -> None:
    """A channel that is lost again and again says why, and in the end all that waited for it is sent."""
    async with house(tmp_path) as here:
        here.write_config(mood=Mood.RECONNECTING)
        async with here.served() as process:
            people = People(house=here)
            people.is_up.set()
            async with asyncio.TaskGroup() as tasks:
                for who in GUESTS:
                    tasks.create_task(people.contact(who, 2, on=here.rogue))
                await channel_is(process.url, ROGUE, "failed", error="the line is down")
                await converse(here, people, "c1")
                here.write_config(mood=Mood.WELL)
                await reload(process)
                await channel_is(process.url, ROGUE, "connected")
            await until(lambda: not lost(here, people))
            await until(lambda: all(here.rogue.rooms.shown(who) for who in GUESTS))
            await calm(process.url)
            check_team_chats(here, people)
            assert set(people.refused) <= {503}
            assert await process.stop() == 0
