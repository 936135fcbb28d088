"""Files of messages: kept whole or not at all, named safely, and linked to for a day."""

import asyncio
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.api import DeliveryRejected, MediaFile, MediaKind
from bot.model import HOUSE
from bot.store import DataFolder, MediaStore
from bot.store.files import RecordFiles
from bot.store.media import _safe_name
from tests.bot.store.examples import Clock, record, snapshot

OWNER = record("ann").record_id
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


@asynccontextmanager
async def media_store(data: Path, clock: Clock | None = None) -> AsyncIterator[MediaStore]:
    """An opened media store."""
    store = MediaStore(data, clock=clock or Clock())
    await store.open()
    try:
        yield store
    finally:
        await store.close()


async def pieces(*contents: bytes) -> AsyncIterator[bytes]:
    """A content that arrives in pieces."""
    for each in contents:
        yield each


async def save(
    store: MediaStore,
    *contents: bytes,
    name: str = "photo.png",
    claimed: str = "image/png",
    limit: int = 10**7,
) -> MediaFile:
    """Keep a file of Ann's."""
    return await store.save(
        OWNER,
        pieces(*contents),
        kind=MediaKind.PHOTO,
        file_name=name,
        mime_type=claimed,
        limit_bytes=limit,
    )


async def content(store: MediaStore, media: MediaFile) -> bytes:
    """The whole content of a file."""
    return b"".join([piece async for piece in store.read(media)])


def held(data: Path) -> dict[str, bytes]:
    """All files below the media folder."""
    return snapshot(data / "media")


@pytest.mark.parametrize("size", [1, 255, 256 * 1024, 256 * 1024 + 1, 1_000_000])
async def test_what_is_saved_is_read(tmp_path: Path, size: int) -> None:
    """A file comes back byte for byte, however its content arrived."""
    body = (PNG * (size // len(PNG) + 1))[:size]
    async with media_store(tmp_path) as store:
        found = await save(store, *(body[at : at + 70_000] for at in range(0, size, 70_000)), b"")
        assert await content(store, found) == body
        assert found.size_bytes == size
    assert list(held(tmp_path).values()) == [body]


async def test_file_lies_with_its_owner(tmp_path: Path) -> None:
    """A file's place tells whose it is, and its name tells nothing that the sender chose."""
    async with media_store(tmp_path) as store:
        found = await save(store, PNG, name="../../évil name.png")
        (path,) = held(tmp_path)
        assert path.startswith(f"{OWNER[-16:-14]}/{OWNER}/")
        assert path.endswith(".png")
        assert found.media_id == path.partition("/")[2]
        assert found.file_name == "évil name.png"
        mode = (tmp_path / "media" / path).stat().st_mode
        assert stat.S_IMODE(mode) == 0o600


async def test_file_of_the_house(tmp_path: Path) -> None:
    """What belongs to no contact can be kept too."""
    async with media_store(tmp_path) as store:
        found = await store.save(
            HOUSE, pieces(PNG), kind=MediaKind.PHOTO, file_name="", mime_type="", limit_bytes=1000
        )
        assert await content(store, found) == PNG
        assert found.file_name == "photo.png"


@pytest.mark.parametrize(("limit", "words"), [(2 * 1024 * 1024, "2 MB"), (100, "100 bytes")])
async def test_too_large_a_file_is_refused_while_it_comes(tmp_path: Path, limit: int, words: str) -> None:
    """Receiving stops as soon as the limit is passed, and nothing stays."""
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 100_000
            yield bytes(100_000)

    async with media_store(tmp_path) as store:
        with pytest.raises(DeliveryRejected, match=words):
            await store.save(
                OWNER, endless(), kind=MediaKind.VIDEO, file_name="", mime_type="", limit_bytes=limit
            )
        assert taken <= limit + 200_000
        assert held(tmp_path) == {}


async def test_file_of_exactly_the_limit_is_kept(tmp_path: Path) -> None:
    """The limit itself is allowed."""
    async with media_store(tmp_path) as store:
        assert (await save(store, PNG, limit=len(PNG))).size_bytes == len(PNG)


async def test_empty_file_is_refused(tmp_path: Path) -> None:
    """A file without content is named as such instead of being passed on."""
    async with media_store(tmp_path) as store:
        with pytest.raises(DeliveryRejected, match="empty"):
            await save(store, b"")
        assert held(tmp_path) == {}


async def test_broken_download_leaves_nothing(tmp_path: Path) -> None:
    """A source that fails in the middle leaves no part of a file."""

    async def breaking() -> AsyncIterator[bytes]:
        yield PNG * 10_000
        raise ConnectionError("gone")

    async with media_store(tmp_path) as store:
        with pytest.raises(ConnectionError):
            await store.save(
                OWNER, breaking(), kind=MediaKind.PHOTO, file_name="", mime_type="", limit_bytes=10**8
            )
        assert held(tmp_path) == {}


async def test_cancelled_download_leaves_nothing(tmp_path: Path) -> None:
    """A download that is cancelled leaves no part of a file."""
    started = asyncio.Event()

    async def hanging() -> AsyncIterator[bytes]:
        yield PNG * 10_000
        started.set()
        await asyncio.Event().wait()

    async with media_store(tmp_path) as store:
        saving = asyncio.create_task(
            store.save(OWNER, hanging(), kind=MediaKind.PHOTO, file_name="", mime_type="", limit_bytes=10**8)
        )
        await started.wait()
        saving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await saving
        assert held(tmp_path) == {}


@pytest.mark.parametrize(
    "claimed", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript", "a/b"]
)
async def test_page_is_never_served_as_one(tmp_path: Path, claimed: str) -> None:
    """Whatever its sender claims, a file that a browser would run is only ever a download."""
    async with media_store(tmp_path) as store:
        found = await save(store, b"<html><script>alert(1)</script>", name="x.html", claimed=claimed)
        assert found.mime_type == "application/octet-stream"
        assert found.media_id.endswith(".bin")
        disguised = await save(store, b"<html>", name="x.png", claimed="image/png")
        assert disguised.mime_type == "application/octet-stream"


@pytest.mark.parametrize(
    "media_id",
    [
        "../../etc/passwd",
        f"{OWNER}/../../../secret.key",
        f"{OWNER}/..",
        f"../{OWNER}/0123456789abcdef0123456789abcdef.png",
        "house/../secret.key",
        f"{OWNER}/0123456789abcdef0123456789abcdef.png\n",
        f"{OWNER}/0123456789abcdef0123456789abcdef.png",
        "not-a-record/0123456789abcdef0123456789abcdef.png",
        "",
    ],
)
async def test_no_name_leads_out_of_the_folder(tmp_path: Path, media_id: str) -> None:
    """A name that we did not give is a file that does not exist."""
    async with media_store(tmp_path) as store:
        wanted = MediaFile(
            kind=MediaKind.PHOTO, media_id=media_id, file_name="x", mime_type="image/png", size_bytes=1
        )
        with pytest.raises(FileNotFoundError):
            await content(store, wanted)


@given(st.text(max_size=300))
def test_names_for_people_are_harmless(name: str) -> None:
    """No sender's name can be a path, break a header line, or turn itself backwards."""
    safe = _safe_name(name)
    assert len(safe) <= 120
    assert not set(safe) & set("/\\\r\n\x00\u202e")
    assert not safe.startswith(".")


def test_long_name_keeps_its_extension() -> None:
    """A name that is shortened still says what the file is."""
    assert _safe_name("a" * 300 + ".pdf") == "a" * 116 + ".pdf"
    assert _safe_name("C:\\docs\\gpj.\u202eexe") == "gpj.exe"


async def test_erased_files_are_gone(tmp_path: Path) -> None:
    """Erasing a contact's files removes the folder, can be repeated, and makes reading an error."""
    async with media_store(tmp_path) as store:
        found = await save(store, PNG)
        files = RecordFiles(DataFolder(tmp_path))
        files.erase(OWNER)
        files.erase(OWNER)
        assert not DataFolder(tmp_path).media_of(OWNER).exists()
        with pytest.raises(FileNotFoundError):
            await content(store, found)


async def test_link_works_for_a_day(tmp_path: Path) -> None:
    """A token stands for its file, also after a restart, and expires after 24 hours."""
    clock = Clock()
    async with media_store(tmp_path, clock) as store:
        found = await save(store, PNG, name="Été & co.png")
        token = store.token(found)
        assert store.open_token(token) == found
    async with media_store(tmp_path, clock) as store:
        clock.forward(timedelta(hours=24))
        assert store.open_token(token) == found
        clock.forward(timedelta(seconds=1))
        assert store.open_token(token) is None


async def test_forged_link_is_nothing(tmp_path: Path) -> None:
    """A token that was changed anywhere, or signed with another key, stands for nothing."""
    async with media_store(tmp_path / "a") as store, media_store(tmp_path / "b") as other:
        found = await save(store, PNG)
        token = store.token(found)
        assert other.open_token(token) is None
        for at in range(len(token) - 1):
            changed = "A" if token[at] != "A" else "B"
            assert store.open_token(token[:at] + changed + token[at + 1 :]) is None
        assert store.open_token("") is None


async def test_key_is_made_once_and_private(tmp_path: Path) -> None:
    """The key of the links is readable by its owner alone, and the same at every start."""
    async with media_store(tmp_path):
        path = tmp_path / "secret.key"
        key = path.read_text()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert len(key.strip()) == 64
    async with media_store(tmp_path):
        assert path.read_text() == key
