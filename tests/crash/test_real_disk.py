"""The same on a real small disk, where the system lets us have one: it is filled, and freed again."""

import asyncio
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from tests.crash.checks import check_team_chats, lost
from tests.crash.house import house
from tests.crash.people import People
from tests.crash.watching import answers, calm, health, until

CONTACTS = tuple(f"c{number}" for number in range(6))
ROOM = "3m"
IN_A_SPACE_OF_ITS_OWN = ("unshare", "--user", "--map-root-user", "--mount")


@pytest.fixture
def small_disk() -> tuple[str, ...]:
    """The command that becomes a process with a small disk; the folder, and what to run, come behind it."""
    mount = (*IN_A_SPACE_OF_ITS_OWN, "mount", "-t", "tmpfs", "none", "/mnt")
    if shutil.which("unshare") is None or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("the system gives no file system of one's own")
    return (*IN_A_SPACE_OF_ITS_OWN, "sh", "-c", f'mount -t tmpfs -o size={ROOM} none "$0" && exec "$@"')


def fill(path: Path) -> None:
    """Write to a file until there is no room left."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


@pytest.mark.long
async def test_real_disk_is_full(tmp_path: Path, small_disk: tuple[str, ...]) -> None:
    """While there is no room nothing is acknowledged and `/health` says 503; once there is, all goes on."""
    async with house(tmp_path) as here:
        here.data.mkdir()
        async with here.served(prefix=(*small_disk, str(here.data))) as process:
            people = People(house=here)
            people.is_up.set()
            await asyncio.gather(*(people.contact(who, 5) for who in CONTACTS))
            await until(lambda: not lost(here, people))
            await calm(process.url)
            # The disk as the process sees it.
            filler = Path(f"/proc/{process.process.pid}/root{here.data}/filler")
            fill(filler)
            before = people.count
            async with asyncio.TaskGroup() as tasks:
                for who in CONTACTS:
                    tasks.create_task(people.contact(who, 5))
                await answers(process.url, 503)
                await until(lambda: people.refused[503] > 50)
                assert people.count == before
                assert (await health(process.url))[1]["status"] == "degraded"
                filler.unlink()
            await answers(process.url, 200)
            await until(lambda: not lost(here, people))
            await calm(process.url)
            check_team_chats(here, people)
            assert set(people.refused) == {503}
            await process.logged("No space left on device")
            assert await process.stop() == 0
