"""Erasing a contact is finished by the next process when the one that began it was killed."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.api import ChatRef
from bot.model import record_id_of
from tests.crash.house import ROGUE, House, house
from tests.crash.machine import State
from tests.crash.people import People
from tests.crash.platforms.rogue.settings import Mood
from tests.crash.watching import calm, until

WHO = "c1"
RECORD_ID = record_id_of(ChatRef(ROGUE, WHO))


def erasures(here: House) -> int:
    """How often the platform was asked to erase."""
    return len([method for method, _ in here.rogue.calls if method == "erase"])


async def in_the_first(here: House, errand: Path) -> None:
    """Come to where the platform's side is being erased, and all is still there."""
    here.rogue.hold(WHO)
    errand.touch()
    await until(lambda: erasures(here) == 1)
    assert here.rogue.rooms.shown(WHO)


async def between(here: House, errand: Path) -> None:
    """Come to where the platform's side is erased, and the record is being erased."""
    await in_the_first(here, errand)
    here.machine.becomes(State(sync_s=3600))
    here.rogue.release(WHO)
    await until(lambda: not list(here.data.rglob(f"{RECORD_ID}*.json")))
    assert erasures(here) == 1


async def in_the_second(here: House, errand: Path) -> None:
    """Come to where both are erased, and what was said meanwhile is."""
    await between(here, errand)
    here.rogue.hold(WHO)
    here.machine.becomes(State())
    await until(lambda: erasures(here) == 2)


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(in_the_first, marks=pytest.mark.long),
        pytest.param(between, marks=pytest.mark.long),
        in_the_second,
    ],
)
async def test_killed_while_erasing(tmp_path: Path, moment: Callable[[House, Path], Awaitable[None]]) -> None:
    """Wherever it was killed, the errand is answered after the next start, and nothing is left anywhere."""
    async with house(tmp_path) as here:
        here.write_config(mood=Mood.WELL)
        errand = here.data / "errands" / f"{RECORD_ID}.forget"
        people = People(house=here)
        people.is_up.set()
        async with here.served() as process:
            await people.contact(WHO, 2, on=here.rogue)
            await people.contact("c2", 2, on=here.rogue)
            await until(lambda: bool(here.rogue.rooms.shown(WHO)) and bool(here.rogue.rooms.shown("c2")))
            await calm(process.url)
            errand.parent.mkdir(exist_ok=True)
            await moment(here, errand)
            process.kill()
            await process.wait()
        assert errand.exists()
        here.rogue.release(WHO)
        here.machine.becomes(State())
        async with here.served() as process:
            await until(lambda: not errand.exists())
            answer = errand.with_suffix(".done" if moment is in_the_first else ".unknown")
            assert list(here.data.rglob(f"*{RECORD_ID}*")) == [answer]
            assert not here.rogue.rooms.shown(WHO)
            assert here.rogue.rooms.shown("c2")
            await people.contact("c2", 1, on=here.rogue)
            assert await process.stop() == 0
