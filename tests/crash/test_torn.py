"""A record that was damaged by hand is set aside with an alert, and everybody else is served as before."""

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bot.api import ChatRef
from bot.model import record_id_of
from bot.store import DataFolder
from tests.crash.checks import check_team_chats, lost
from tests.crash.house import INBOX, SHOP, House, house
from tests.crash.people import People
from tests.crash.watching import answers, calm, until


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def garble(path: Path) -> None:
    path.write_bytes(b"\x00\xff" * 500)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def age(path: Path) -> None:
    tables = json.loads(path.read_bytes())
    tables["record"]["1"]["version"] = -1
    path.write_text(json.dumps(tables), encoding="utf-8")


def strip(path: Path) -> None:
    tables = json.loads(path.read_bytes())
    tables["messages"] = [1, 2, 3]
    path.write_text(json.dumps(tables), encoding="utf-8")


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "file").touch()


DAMAGE: Mapping[str, Callable[[Path], None]] = {
    "c0": truncate,
    "c1": garble,
    "c2": empty,
    "c3": age,
    "c4": strip,
    "c5": make_folder,
}
SOUND = ("c6", "c7")


def record_of(here: House, who: str) -> Path:
    """The file of a contact."""
    return DataFolder(here.data).record(record_id_of(ChatRef(SHOP, who)))


async def all_write(people: People, messages: int) -> None:
    """Everybody writes."""
    await asyncio.gather(*(people.contact(who, messages) for who in (*DAMAGE, *SOUND)))


def damage_books(here: House) -> None:
    """Damage what the process keeps for itself."""
    journal = here.data / "sends.log"
    journal.write_bytes(b"\x00\xff\n[1]\n" + journal.read_bytes()[:-3] + b'\n["started"')
    (here.data / "state.json").write_bytes(b"{")


async def check_set_aside(here: House, people: People, url: str) -> None:
    """What was damaged lies in the quarantine, each with its reason; the inbox was told; all are served."""
    await until(lambda: not lost(here, people))
    await calm(url)
    check_team_chats(here, people)
    alerts = "\n".join(post.text for post in here.desk.rooms.shown(INBOX))
    for who in DAMAGE:
        name = record_of(here, who).stem
        assert (here.data / "quarantine" / f"{name}.0.json").exists(), who
        assert (here.data / "quarantine" / f"{name}.0.reason.txt").read_text(encoding="utf-8"), who
        assert alerts.count(f"{name}.0.json") == 1, who
        assert record_of(here, who).is_file(), who
    assert json.loads((here.data / "state.json").read_bytes())
    await answers(url, 200)


async def check_later_release(here: House) -> None:
    """A record of a later release is not touched: the process does not start, and names the file."""
    path = record_of(here, SOUND[0])
    tables = json.loads(path.read_bytes())
    tables["record"]["1"]["version"] = 99
    path.write_text(json.dumps(tables), encoding="utf-8")
    before = path.read_bytes()
    async with here.started() as refused:
        assert await refused.wait() == 1
        assert f"Guichet cannot run: {path}: version 99 of a later release" in refused.log[-1]
    assert path.read_bytes() == before


@pytest.mark.parametrize("is_running", [False, True])
async def test_torn(tmp_path: Path, is_running: bool) -> None:
    """Whatever was done to its file, a contact who writes again is served, and so are the others."""
    async with house(tmp_path) as here:
        people = People(house=here)
        people.is_up.set()
        async with here.served() as process:
            await all_write(people, 2)
            await until(lambda: not lost(here, people))
            await calm(process.url)
            assert await process.stop() == 0
        if not is_running:
            for who, damage in DAMAGE.items():
                damage(record_of(here, who))
            damage_books(here)
        async with here.served() as process:
            if is_running:
                for who, damage in DAMAGE.items():
                    damage(record_of(here, who))
            await all_write(people, 2)
            await check_set_aside(here, people, process.url)
            assert await process.stop() == 0
        if not is_running:
            await check_later_release(here)


async def test_torn_while_in_memory(tmp_path: Path) -> None:
    """What is done to the file of a contact who is being served is undone by the next message."""
    async with house(tmp_path) as here, here.served() as process:
        people = People(house=here)
        people.is_up.set()
        await all_write(people, 2)
        await until(lambda: not lost(here, people))
        await calm(process.url)
        for who, damage in DAMAGE.items():
            damage(record_of(here, who))
        await all_write(people, 2)
        await until(lambda: not lost(here, people))
        await calm(process.url)
        check_team_chats(here, people)
        for who in (*DAMAGE, *SOUND):
            texts = [
                line["text"] for line in json.loads(record_of(here, who).read_bytes())["messages"].values()
            ]
            assert [text for text in texts if "help" in text] == [
                f"help m{who}.{number}m" for number in range(1, 5)
            ]
        assert await process.stop() == 0
