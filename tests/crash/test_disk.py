"""On a disk that refuses, or is slow, nothing is acknowledged that is not on it, and nothing is lost."""

import asyncio
import errno
import os
from pathlib import Path

import pytest

from tests.crash.checks import check_team_chats, lost, shown
from tests.crash.house import SUPPORT, house
from tests.crash.machine import Disk, State
from tests.crash.people import People, message
from tests.crash.watching import answers, calm, health, until

CONTACTS = tuple(f"c{number}" for number in range(6))
ERRORS = {Disk.FULL: errno.ENOSPC, Disk.READ_ONLY: errno.EROFS}


def words(disk: Disk) -> str:
    """How the log names the error."""
    return f"[Errno {ERRORS[disk]}] {os.strerror(ERRORS[disk])}"


@pytest.mark.parametrize("disk", [Disk.FULL, Disk.READ_ONLY])
async def test_disk_refuses(tmp_path: Path, disk: Disk) -> None:
    """While the disk refuses, nothing is acknowledged and `/health` says 503; then all goes on by itself."""
    async with house(tmp_path) as here, here.served() as process:
        people = People(house=here)
        people.is_up.set()
        await asyncio.gather(*(people.contact(who, 3) for who in CONTACTS))
        await until(lambda: not lost(here, people))
        await calm(process.url)
        # Some of it is still on its way to the team when the disk begins to refuse.
        here.desk.hold(SUPPORT)
        await asyncio.gather(*(people.contact(who, 3) for who in CONTACTS))
        before = people.count
        here.machine.becomes(State(disk=disk))
        async with asyncio.TaskGroup() as tasks:
            for who in (*CONTACTS, "c99"):
                tasks.create_task(people.contact(who, 3))
            await process.logged(f"the data folder cannot be written: {words(disk)}")
            if disk is Disk.FULL:
                # What is in flight arrives, and cannot be noted; what comes next must not leave.
                here.desk.release(SUPPORT)
            await answers(process.url, 503)
            await until(lambda: people.refused[503] > 50)
            assert people.count == before
            assert (await health(process.url))[1]["status"] == "degraded"
            here.machine.becomes(State())
        here.desk.release(SUPPORT)
        await answers(process.url, 200)
        await until(lambda: not lost(here, people))
        await calm(process.url)
        assert set(people.refused) == {503}
        check_team_chats(here, people)
        await process.logged("the data folder can be written again")
        assert not [line for line in process.log if "Traceback" in line]
        assert await process.stop() == 0


async def test_killed_while_the_disk_refuses(tmp_path: Path) -> None:
    """What was acknowledged outlives a kill; on a full disk it starts, on a read-only one it says why not."""
    async with house(tmp_path) as here:
        people = People(house=here)
        async with here.served() as process:
            people.is_up.set()
            here.desk.hold(SUPPORT)
            await asyncio.gather(*(people.contact(who, 3) for who in CONTACTS))
            here.machine.becomes(State(disk=Disk.FULL))
            assert (await here.shop.push(message("c0", 99)))[0] == 503
            process.kill()
            await process.wait()
        here.desk.release(SUPPORT)
        async with here.served() as process:
            await answers(process.url, 503)
            assert (await here.shop.push(message("c0", 99)))[0] == 503
            process.kill()
        here.machine.becomes(State(disk=Disk.READ_ONLY))
        async with here.started() as refused:
            assert await refused.wait() == 1
            assert f"Guichet cannot run: {words(Disk.READ_ONLY)}" in refused.log[-1]
        here.machine.becomes(State())
        async with here.served() as process:
            await answers(process.url, 200)
            await until(lambda: not lost(here, people))
            assert ("c0", 99) not in shown(here)


async def test_disk_is_stuck(tmp_path: Path) -> None:
    """While a sync hangs nothing is acknowledged, and the process answers all the same."""
    async with house(tmp_path) as here, here.served() as process:
        people = People(house=here)
        people.is_up.set()
        await asyncio.gather(*(people.contact(who, 2) for who in CONTACTS))
        await until(lambda: not lost(here, people))
        here.machine.becomes(State(sync_s=3600))
        writing = [asyncio.create_task(people.contact(who, 2)) for who in CONTACTS]
        for _ in range(20):
            status, said = await health(process.url)
            assert (status, said["status"]) == (200, "ok")
        assert people.count == 2 * len(CONTACTS)
        here.machine.becomes(State())
        await asyncio.gather(*writing)
        await until(lambda: not lost(here, people))
        assert not people.refused
        check_team_chats(here, people)
        assert await process.stop() == 0


async def test_disk_is_slow(tmp_path: Path) -> None:
    """When each sync takes long, what comes in meanwhile shares one, and all arrives once and in order."""
    async with house(tmp_path) as here:
        here.machine.becomes(State(sync_s=0.02))
        async with here.served() as process:
            people = People(house=here)
            people.is_up.set()
            await asyncio.gather(*(people.contact(f"c{number}", 4) for number in range(15)))
            await until(lambda: not lost(here, people))
            await calm(process.url)
            check_team_chats(here, people)
            assert len(shown(here)) == 60
            assert await process.stop() == 0
