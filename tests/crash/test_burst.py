"""A burst that no team could read at once is kept, and shown, to the last message."""

import asyncio
from pathlib import Path

import pytest

from tests.crash.checks import check_team_chats, lost, repeated, shown
from tests.crash.house import house
from tests.crash.people import People
from tests.crash.watching import LONGEST_BACKLOG_S, calm, until


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("contacts", "messages"), [(40, 20), pytest.param(200, 50, marks=pytest.mark.long)])
async def test_burst(tmp_path: Path, contacts: int, messages: int) -> None:
    """Everybody writes at once, as fast as the server takes it: all of it arrives, once and in order."""
    async with house(tmp_path) as here, here.served() as process:
        people = People(house=here)
        people.is_up.set()
        await asyncio.gather(*(people.contact(f"c{number}", messages) for number in range(contacts)))
        assert people.count == contacts * messages
        # An answer may be lost where the machine has other things to do; nothing is refused.
        assert not [reason for reason in people.refused if isinstance(reason, int)]
        await until(lambda: not lost(here, people), longest_s=LONGEST_BACKLOG_S)
        await calm(process.url)
        check_team_chats(here, people)
        assert shown(here) == people.marks_acknowledged()
        assert await process.stop() == 0
        assert not [line for line in process.log if " ERROR " in line]
        print(f"{people.count} acknowledged in one burst, 0 lost, {repeated(here)} repeated")
