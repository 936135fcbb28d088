"""A clock that is set back by an hour holds nothing up: nobody waits until it has caught up."""

import asyncio
from pathlib import Path

import pytest

from tests.crash.checks import check_team_chats, lost
from tests.crash.house import house
from tests.crash.machine import State
from tests.crash.people import People
from tests.crash.watching import calm, until
from tests.simulators.loopback import Trouble

CONTACTS = tuple(f"c{number}" for number in range(6))
AN_HOUR_BACK = State(clock_s=-3600)


async def test_clock_set_back_under_load(tmp_path: Path) -> None:
    """Whoever writes before, during and after it is read, once and in order, and answered."""
    async with house(tmp_path) as here, here.served() as process:
        people = People(house=here)
        people.is_up.set()
        async with asyncio.TaskGroup() as tasks:
            answering = tasks.create_task(people.member(replies_to_every=3))
            for who in CONTACTS:
                tasks.create_task(people.contact(who, 30))
            await people.until(90, process=process)
            here.machine.becomes(AN_HOUR_BACK)
            await people.until(190, process=process)
            await people.contact("c99", 6)
            await until(lambda: ("c99", 6) in people.replied)
            answering.cancel()
        await until(lambda: not lost(here, people))
        await calm(process.url)
        check_team_chats(here, people)
        assert await process.stop() == 0
        assert not [line for line in process.log if " ERROR " in line]


@pytest.mark.parametrize(
    "trouble",
    [Trouble.RATE_LIMITED, pytest.param(Trouble.SERVER_ERROR, marks=pytest.mark.long)],
)
async def test_clock_set_back_while_something_waits(tmp_path: Path, trouble: Trouble) -> None:
    """No pause is an hour longer for it: of a burst, after a failure, or because a platform asked for one."""
    async with house(tmp_path) as here:
        here.write_config(settle="1s")
        async with here.served() as process:
            people = People(house=here)
            people.is_up.set()
            await people.contact("c1", 1)
            await until(lambda: not lost(here, people))
            await calm(process.url)
            # The team's chat has to wait, and a contact is in the middle of a burst.
            here.desk.retry_after_s = 1.0
            here.desk.fail_next(trouble)
            before = len(here.desk.calls)
            await people.contact("c1", 1)
            await until(lambda: len(here.desk.calls) > before)
            await people.contact("c2", 2)
            here.machine.becomes(AN_HOUR_BACK)
            await until(lambda: not lost(here, people))
            check_team_chats(here, people)
            assert await process.stop() == 0
