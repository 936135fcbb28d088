"""A plugin's documents: any name, durable, in order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.api import Documents
from bot.store import DocumentStore
from bot.store.documents import _escaped, _unescaped
from tests.bot.store.examples import STEPS, Disk

NAMES = [
    "offset", "Offset", "thread:-100123:5", "../../up", "/etc/passwd", "", ".", "..", "é ü", "a" * 300,
    "A" * 300, "~tilde", "50%", "x.json", "x.tmp", "nul\0", "\ud83d",
]  # fmt: skip


@asynccontextmanager
async def documents(folder: Path, disk: Disk | None = None) -> AsyncIterator[DocumentStore]:
    """A store of documents."""
    store = DocumentStore(folder, storage=(disk or Disk()).storage())
    try:
        yield store
    finally:
        await store.close()


async def test_it_is_the_contract(tmp_path: Path) -> None:
    """A plugin gets exactly what the contract offers."""
    async with documents(tmp_path / "chat") as store:
        plugin_sees: Documents = store
        await plugin_sees.write("offset", {"next": 7})
        assert await plugin_sees.read("offset") == {"next": 7}


async def test_any_name_is_a_document_of_its_own(tmp_path: Path) -> None:
    """Whatever a plugin calls its documents, they are told apart and stay in the folder."""
    folder = tmp_path / "plugins" / "chat"
    values: dict[str, dict[str, Any]] = {name: {"number": number} for number, name in enumerate(NAMES)}
    async with documents(folder) as store:
        for name, value in values.items():
            await store.write(name, value)
    async with documents(folder) as store:
        assert {name: await store.read(name) for name in values} == values
        assert await store.names() == sorted(values)
        assert await store.names("x.") == ["x.json", "x.tmp"]
        assert {each.parent for each in tmp_path.rglob("*") if each.is_file()} == {folder}
        for name in values:
            await store.delete(name)
            await store.delete(name)
        assert await store.names() == []
        assert await store.read("offset") is None
    assert list(folder.iterdir()) == []


@given(st.text(max_size=60), st.text(max_size=60))
def test_file_names_are_safe_and_different(one: str, other: str) -> None:
    """Two names never share a file, also where the file system ignores case, and each can be read back."""
    assert (_escaped(one).lower() == _escaped(other).lower()) == (one == other)
    assert not set(_escaped(one)) & set("/\\.:\0 ")
    if not _escaped(one).startswith("~"):
        assert _unescaped(_escaped(one)) == one


async def test_last_write_wins(tmp_path: Path) -> None:
    """Writes of one name, asked for at the same time, are made in the order of asking."""
    async with documents(tmp_path / "chat") as store:
        await asyncio.gather(*(store.write("offset", {"next": number}) for number in range(40)))
        assert await store.read("offset") == {"next": 39}


async def test_value_is_taken_when_it_is_handed_over(tmp_path: Path) -> None:
    """What the plugin changes afterwards is not in the document."""
    disk = Disk()
    async with documents(tmp_path / "chat", disk) as store:
        disk.gate.clear()
        value = {"next": 1}
        writing = asyncio.create_task(store.write("offset", value))
        await asyncio.sleep(0)
        value["next"] = 2
        disk.gate.set()
        await writing
        assert await store.read("offset") == {"next": 1}


@pytest.mark.parametrize("step", STEPS[:-1])
async def test_refused_write_keeps_the_old_document(tmp_path: Path, step: str) -> None:
    """A full disk raises, and the old object stays."""
    disk = Disk()
    async with documents(tmp_path / "chat", disk) as store:
        await store.write("offset", {"next": 1})
        disk.fails_at = step
        with pytest.raises(OSError, match="No space"):
            await store.write("offset", {"next": 2})
        assert await store.read("offset") == {"next": 1}
        assert await store.names() == ["offset"]


async def test_broken_emoji_do_not_stop_a_document(tmp_path: Path) -> None:
    """Half a surrogate pair in a value is stored as a replacement character."""
    async with documents(tmp_path / "chat") as store:
        await store.write("log", {"text": "caf\u00e9 \ud83d", "lines": [["\ude00"]]})
        assert await store.read("log") == {"text": "caf\u00e9 \ufffd", "lines": [["\ufffd"]]}


async def test_nothing_is_there_before_the_first_write(tmp_path: Path) -> None:
    """Reading, listing and deleting need no folder."""
    async with documents(tmp_path / "chat") as store:
        assert await store.read("offset") is None
        assert await store.names() == []
        await store.delete("offset")
    assert not (tmp_path / "chat").exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"document": {}}', b"\xff\xfe"])
async def test_a_damaged_document_is_set_aside(tmp_path: Path, content: bytes) -> None:
    """A document that was damaged from outside is kept aside as it was, and the others go on."""
    async with documents(tmp_path / "shop") as store:
        await store.write("a", {"n": 1})
        await store.write("b", {"n": 2})
        (tmp_path / "shop" / "a.json").write_bytes(content)
        assert await store.read("a") is None
        assert await store.read("b") == {"n": 2}
        assert [path.read_bytes() for path in (tmp_path / "quarantine").iterdir()] == [content]
        await store.write("a", {"n": 3})
        assert await store.read("a") == {"n": 3}
