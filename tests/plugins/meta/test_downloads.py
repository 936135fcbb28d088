"""Files of contacts: followed over the platform's own hops, and from nowhere else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import ClientSession, web

from bot.api import Attachment, ConnectionFailed, DeliveryRejected, MediaKind
from plugins._meta.downloads import Downloads
from plugins._meta.places import IsOurs
from tests.plugins.meta.rig import Rig
from tests.serving import serving


@asynccontextmanager
async def served(rig: Rig) -> AsyncIterator[tuple[Downloads, str]]:
    """A server that is the platform's own in these tests, and what downloads from it."""

    async def answer(request: web.Request) -> web.StreamResponse:
        match request.match_info["path"]:
            case "file":
                return web.Response(body=b"content")
            case "hop":
                return web.Response(status=302, headers={"Location": "/file"})
            case "away":
                return web.Response(status=302, headers={"Location": "http://127.0.0.2:1/file"})
            case "circle":
                return web.Response(status=302, headers={"Location": "/circle"})
            case "busy":
                return web.Response(status=503)
            case "drop":
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            case _:
                return web.Response(status=400)

    app = web.Application()
    app.router.add_get("/{path}", answer)
    client = rig.plugin._account.client
    async with serving(app) as root, ClientSession() as http:
        yield Downloads(http, client, IsOurs(root), stall_time=timedelta(seconds=2)), root


async def fetched(downloads: Downloads, url: str) -> bytes:
    return b"".join([piece async for piece in downloads.content(f"m_1 0 {url}")])


async def test_hops_inside_the_platform_are_followed(page: Rig) -> None:
    """A link that leads on to another of the platform's places is followed there."""
    async with served(page) as (downloads, root):
        assert await fetched(downloads, f"{root}/file") == b"content"
        assert await fetched(downloads, f"{root}/hop") == b"content"


@pytest.mark.parametrize(
    ("path", "error", "words"),
    [
        ("away", DeliveryRejected, "not at a place of the platform's"),
        ("circle", DeliveryRejected, "in circles"),
        ("wrong", DeliveryRejected, "answered 400"),
        ("busy", ConnectionFailed, "answered 503"),
    ],
)
async def test_what_cannot_be_had(page: Rig, path: str, error: type[Exception], words: str) -> None:
    """A link that leads away, in circles or to nothing is refused; a busy server is asked again later."""
    async with served(page) as (downloads, root):
        with pytest.raises(error, match=words):
            await fetched(downloads, f"{root}/{path}")


async def test_broken_connection_may_be_tried_again(page: Rig) -> None:
    """A connection that breaks is no refusal."""
    async with served(page) as (downloads, root):
        with pytest.raises(ConnectionFailed):
            await fetched(downloads, f"{root}/drop")


async def test_link_that_has_ended_for_good(rig: Rig) -> None:
    """When the platform has no new link for a file, the file is gone."""
    world = rig.platform.world
    world.ended_links.add("pic")
    rig.platform.said("71000001", {"mid": "m_x", "text": "no file any more"})
    gone = Attachment(kind=MediaKind.PHOTO, remote_id=f"m_x 0 {rig.platform.url}/cdn/pic")
    with pytest.raises(DeliveryRejected, match="its link has ended"):
        await anext(aiter(rig.plugin.download(gone)))
    unknown = Attachment(kind=MediaKind.PHOTO, remote_id=f"m_never 0 {rig.platform.url}/cdn/pic")
    with pytest.raises(DeliveryRejected):
        await anext(aiter(rig.plugin.download(unknown)))


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        ("https://scontent-cdg4-1.xx.fbcdn.net/a.jpg", True),
        ("https://lookaside.fbsbx.com/ig?x=1", True),
        ("https://scontent.cdninstagram.com/a", True),
        ("http://127.0.0.1:8000/a", True),
        ("http://scontent.xx.fbcdn.net/a.jpg", False),
        ("https://evilfbcdn.net/a.jpg", False),
        ("https://fbcdn.net.evil.example/a", False),
        ("https://fbcdn.net@evil.example/a", False),
        ("https://evil.example/fbcdn.net", False),
        ("https://evil.example?fbcdn.net", False),
        ("https://evil.example#.fbcdn.net", False),
        ("https://evil.example\\.fbcdn.net", False),
        ("http://127.0.0.1:8001/a", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_places_of_the_platform(url: str, is_ours: bool) -> None:
    """Only the platform's own hosts over https, and the host that config.toml names, are places of files."""
    assert IsOurs("http://127.0.0.1:8000")(url) is is_ours
