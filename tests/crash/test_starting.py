"""Starting: one process a data folder, and signals that come before it is ready."""

import signal
from pathlib import Path

import pytest

from tests.crash.checks import check_team_chats, lost
from tests.crash.house import ROGUE, SHOP, house
from tests.crash.machine import State
from tests.crash.people import People
from tests.crash.platforms.rogue.settings import Mood
from tests.crash.watching import calm, channel_is, health, until

STUCK = State(sync_s=3600)


async def test_two_processes(tmp_path: Path) -> None:
    """A second process refuses and disturbs nothing; a killed one leaves the folder free at once."""
    async with house(tmp_path) as here:
        people = People(house=here)
        people.is_up.set()
        async with here.served() as first:
            await people.contact("c1", 2)
            async with here.started() as second:
                assert await second.wait() == 1
                (line,) = second.log
                refusal = f"{here.data} is in use by another process; stop that one first"
                assert line == f"Guichet cannot run: {refusal}"
                assert second.out == []
            await people.contact("c1", 2)
            await until(lambda: not lost(here, people))
            await calm(first.url)
            first.kill()
            async with here.served() as third:
                await people.contact("c1", 2)
                await until(lambda: not lost(here, people))
                assert await third.stop() == 0
        check_team_chats(here, people)


@pytest.mark.parametrize("made", ["contacts", "sends.log"])
async def test_reload_while_starting(tmp_path: Path, made: str) -> None:
    """Who asks for a reload before the process is ready gets it, and the process does not end of it."""
    async with house(tmp_path) as here:
        if made == "sends.log":
            async with here.served() as process:
                assert await process.stop() == 0
            (here.data / made).unlink()
        here.machine.becomes(STUCK)
        async with here.started() as process:
            # It waits for the disk: before it takes signals, and when it takes them and serves nothing yet.
            await until((here.data / made).exists)
            here.write_config(mood=Mood.WELL)
            process.process.send_signal(signal.SIGHUP)
            process.process.send_signal(signal.SIGHUP)
            here.machine.becomes(State())
            await process.ready()
            await process.logged("was reloaded")
            await channel_is(process.url, ROGUE, "connected")
            _, said = await health(process.url)
            assert said["channels"][SHOP]["state"] == "connected"
            assert not [line for line in process.log if " ERROR " in line]
            assert await process.stop() == 0
