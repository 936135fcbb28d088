"""Files of contacts are fetched with the account's credentials, which no other host ever sees."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.api import Attachment, ConnectionFailed, DeliveryRejected, MediaKind
from plugins.whatsapp.media import PublicResolver, is_public
from tests.plugins.whatsapp.harness import media_url
from tests.plugins.whatsapp.rig import BOB, OURS, Rig
from tests.serving import serving
from tests.simulators.twilio_messages import File

CONTENT = bytes(range(256)) * 1000


def attachment_of(url: str) -> Attachment:
    """A file that is still at Twilio's."""
    return Attachment(kind=MediaKind.PHOTO, remote_id=url, mime_type="image/jpeg")


def offered(rig: Rig, content: bytes = CONTENT, *, missing_for: int = 0) -> Attachment:
    """A photo that Bob has sent."""
    book = rig.platform.book
    file = File(sid=book.sid("ME"), content=content, mime_type="image/jpeg", missing_for=missing_for)
    return attachment_of(media_url(rig.platform, book.hear(BOB.address, OURS, "", [file]), file))


async def fetched(rig: Rig, attachment: Attachment) -> bytes:
    """The content of a file."""
    return b"".join([piece async for piece in rig.plugin.download(attachment)])


@asynccontextmanager
async def stranger(host: str = "127.0.0.1", **headers: str) -> AsyncIterator[tuple[str, list[web.Request]]]:
    """A server that is none of Twilio's, its address, and what it was asked."""
    asked: list[web.Request] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request)
        return web.Response(status=307 if headers else 200, headers=headers, body=b"secret")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with serving(app, host=host) as url:
        yield url, asked


async def test_file_behind_credentials_and_a_redirect(rig: Rig) -> None:
    """A file is fetched whole, and the storage that Twilio leads to never sees the credentials."""
    assert await fetched(rig, offered(rig)) == CONTENT
    assert not rig.platform.leaked


async def test_file_that_is_there_a_little_later(rig: Rig) -> None:
    """A file that is not there yet is asked for again after one second, and after three."""
    assert await fetched(rig, offered(rig, missing_for=2)) == CONTENT
    assert rig.pauses.seconds == [1, 3]


async def test_file_that_never_comes(rig: Rig) -> None:
    """A file that is not there after the third try is gone."""
    with pytest.raises(DeliveryRejected, match="does not have the file"):
        await fetched(rig, offered(rig, missing_for=9))
    assert rig.pauses.seconds == [1, 3]


@pytest.mark.parametrize("is_told", [True, False])
async def test_file_that_is_too_large(rig: Rig, *, is_told: bool) -> None:
    """A file over the limit is given up, told its size beforehand or not."""
    rig.host.media_limit_bytes = 1024 * 1024
    await rig.plugin.disconnect()
    await rig.plugin.connect()
    content = b"x" * (1024 * 1024 + 1)
    async with endless(content) if not is_told else stranger() as (url, _):
        attachment = offered(rig, content)
        if not is_told:
            rig.platform.cdn_url = url
        with pytest.raises(DeliveryRejected, match="larger than 1 MB"):
            await fetched(rig, attachment)


@asynccontextmanager
async def endless(content: bytes) -> AsyncIterator[tuple[str, list[web.Request]]]:
    """Storage that does not say how large a file is."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(content)
        return response

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with serving(app) as url:
        yield url, []


async def test_credentials_go_to_twilio_alone(rig: Rig) -> None:
    """A file that lies anywhere else is refused, and nobody there is asked for anything."""
    async with stranger() as (url, asked):
        for address in (
            f"{url}/2010-04-01/x",
            f"https://user@api.twilio.com@{url.removeprefix('http://')}/x",
            "http://api.twilio.com/x",
            "https://api.twilio.com.example.org/x",
            "https://eviltwilio.com/x",
            "https://api.twilio.com:8443/x",
            "https://token@api.twilio.com/x",
            "file:///etc/passwd",
            "no address",
            "",
        ):
            with pytest.raises(DeliveryRejected, match="not at Twilio"):
                await fetched(rig, attachment_of(address))
        assert not asked


@pytest.mark.parametrize("host", ["127.0.0.2", "localhost"])
async def test_redirect_to_this_machine(rig: Rig, host: str) -> None:
    """A redirect to an address that only machines beside us can reach is not followed."""
    async with stranger("127.0.0.2") as (url, asked):
        for scheme in ("http", "https"):
            rig.platform.cdn_url = url.replace("http://127.0.0.2", f"{scheme}://{host}")
            with pytest.raises((DeliveryRejected, ConnectionFailed)):
                await fetched(rig, offered(rig))
        assert not asked


@pytest.mark.parametrize(
    "url",
    [
        "http://storage.example.org/x",
        "https://10.0.0.1/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://169.254.169.254/latest/meta-data",
        "https://2130706433/x",
        "https://0x7f.1/x",
        "ftp://storage.example.org/x",
        "//",
    ],
)
async def test_redirects_that_are_refused(rig: Rig, url: str) -> None:
    """A redirect without encryption, to a private address in any spelling, or to nowhere, is refused."""
    rig.platform.cdn_url = url
    with pytest.raises(DeliveryRejected):
        await fetched(rig, offered(rig))


async def test_redirects_without_end(rig: Rig) -> None:
    """Storage that leads on and on is given up."""
    async with stranger(Location="/again") as (url, asked):
        rig.platform.cdn_url = url
        with pytest.raises(DeliveryRejected):
            await fetched(rig, offered(rig))
        assert 0 < len(asked) <= 5
        assert not any("Authorization" in request.headers for request in asked)


async def test_storage_that_fails(rig: Rig) -> None:
    """Storage that cannot be reached now may be asked again later."""
    attachment = offered(rig)
    await rig.platform.stop_serving()
    with pytest.raises(ConnectionFailed):
        await fetched(rig, attachment)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("10.1.2.3", False),
        ("192.168.1.1", False),
        ("172.16.0.1", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104  # an address that is refused
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("example.org", False),
    ],
)
def test_is_public(address: str, *, expected: bool) -> None:
    """Only an address of the whole internet is public."""
    assert is_public(address) is expected


async def test_resolver_finds_no_private_address() -> None:
    """A name that stands for this machine is not found."""
    resolver = PublicResolver()
    with pytest.raises(OSError, match="no public address"):
        await resolver.resolve("localhost", 443)
    await resolver.close()
