"""Killed at any moment, the bot loses nothing that it acknowledged, and says what it may have repeated."""

import asyncio
import signal
from pathlib import Path
from random import Random

import pytest

from tests.crash.checks import Doubts, check_contacts, check_team_chats, repeated
from tests.crash.house import house
from tests.crash.people import People
from tests.crash.watching import calm, until

CONTACTS = tuple(f"c{number}" for number in range(8))
CALL_S = 0.03


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kills", [5, pytest.param(100, marks=pytest.mark.long)])
async def test_kill(tmp_path: Path, kills: int) -> None:
    """Nothing acknowledged is lost or out of order; what is shown twice was in flight, and says so."""
    random = Random(kills)
    messages = 8 * (kills + 1)
    async with house(tmp_path, delay_s=CALL_S) as here:
        here.write_config(first_message="welcome")
        people, doubts = People(house=here), Doubts(here)
        async with asyncio.TaskGroup() as tasks:
            writing = [tasks.create_task(people.contact(who, messages)) for who in CONTACTS]
            answering = tasks.create_task(people.member(replies_to_every=3))
            for kill in range(kills):
                async with here.served() as process:
                    doubts.end()
                    people.is_up.set()
                    part = len(CONTACTS) * messages * (kill + 1) // (kills + 1)
                    await people.until(part + random.randint(-20, 20), process=process)
                    people.is_up.clear()
                    process.kill()
                    doubts.begin()
                    await process.wait()
            async with here.served() as process:
                doubts.end()
                people.is_up.set()
                await asyncio.wait(writing)
                await until(lambda: bool(people.replied))
                answering.cancel()
                await calm(process.url)
                assert await process.stop(signal.SIGTERM) == 0
        assert people.acknowledged == {who: list(range(1, messages + 1)) for who in CONTACTS}
        check_team_chats(here, people, doubts)
        check_contacts(here, people, kills)
        print(f"{kills} kills: {people.count} acknowledged, 0 lost, {repeated(here)} repeated and marked")
