"""Signed links give exactly their file, with headers that let nothing run."""

import pytest
from aiohttp import ClientPayloadError

from bot.api import MediaFile, MediaKind
from tests.bot.web.rig import Rig, rig


def keep(it: Rig, *, mime_type: str = "image/png", file_name: str = "a.png", size_bytes: int = 6) -> None:
    """Put a file of two pieces behind the token `t.o-k_en`."""
    it.media.files["t.o-k_en"] = MediaFile(
        kind=MediaKind.DOCUMENT, media_id="m", file_name=file_name, mime_type=mime_type, size_bytes=size_bytes
    )
    it.media.contents["m"] = [b"abc", b"def"]


async def test_file() -> None:
    """A link gives the file with its type, size and name."""
    async with rig() as it:
        keep(it)
        async with it.http.get("/media/t.o-k_en") as answer:
            assert answer.status == 200
            assert await answer.read() == b"abcdef"
            assert answer.headers["Content-Type"] == "image/png"
            assert answer.headers["Content-Length"] == "6"
            assert answer.headers["Content-Disposition"].startswith('inline; filename="a.png"')
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in answer.headers["Content-Security-Policy"]


async def test_head() -> None:
    """HEAD gives the headers alone, and the connection goes on."""
    async with rig() as it:
        keep(it)
        for _ in range(2):
            async with it.http.head("/media/t.o-k_en") as answer:
                assert answer.status == 200
                assert answer.headers["Content-Length"] == "6"
                assert await answer.read() == b""


@pytest.mark.parametrize("token", ["forged", "", "t.o-k_en/more", "..%2ft.o-k_en"])
async def test_bad_token(token: str) -> None:
    """A link that is not ours any more is refused."""
    async with rig() as it:
        keep(it)
        async with it.http.get(f"/media/{token}") as answer:
            assert answer.status == 403


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_erased(method: str) -> None:
    """A link to a file that was erased answers 404."""
    async with rig() as it:
        keep(it)
        it.media.contents.clear()
        async with it.http.request(method, "/media/t.o-k_en") as answer:
            assert answer.status == 404


async def test_empty_file() -> None:
    """A file of no bytes is a file."""
    async with rig() as it:
        keep(it, size_bytes=0)
        it.media.contents["m"] = []
        async with it.http.get("/media/t.o-k_en") as answer:
            assert (answer.status, await answer.read()) == (200, b"")


@pytest.mark.parametrize(
    ("mime_type", "sent", "disposition"),
    [
        ("audio/ogg", "audio/ogg", "inline"),
        ("application/pdf", "application/pdf", "attachment"),
        ("text/html", "text/html", "attachment"),
        ("image/svg+xml", "image/svg+xml", "attachment"),
        ("text/html\r\nX-Evil: 1", "application/octet-stream", "attachment"),
        ("nonsense", "application/octet-stream", "attachment"),
    ],
)
async def test_type(mime_type: str, sent: str, disposition: str) -> None:
    """A type that could run is offered for download only; one that is no type is not passed on."""
    async with rig() as it:
        keep(it, mime_type=mime_type)
        async with it.http.get("/media/t.o-k_en") as answer:
            assert answer.headers["Content-Type"] == sent
            assert answer.headers["Content-Disposition"].partition(";")[0] == disposition
            assert "X-Evil" not in answer.headers


async def test_file_name() -> None:
    """A name of any characters arrives whole, and ends no header."""
    async with rig() as it:
        keep(it, file_name='devis "été"\r\nX-Evil: 1.pdf')
        async with it.http.get("/media/t.o-k_en") as answer:
            assert answer.content_disposition is not None
            assert answer.content_disposition.filename == 'devis "été"\r\nX-Evil: 1.pdf'
            assert "X-Evil" not in answer.headers


async def test_file_that_breaks_off() -> None:
    """A file that cannot be read to its end is cut short, not passed off as whole."""
    async with rig() as it:
        keep(it, size_bytes=100)
        async with it.http.get("/media/t.o-k_en") as answer:
            with pytest.raises(ClientPayloadError):
                await answer.read()
