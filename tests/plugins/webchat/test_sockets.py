"""Connections that nobody reads, and what everybody hears."""

import msgspec
from aiohttp import WSCloseCode

from plugins.webchat.frames import FrameRefused
from plugins.webchat.sockets import Hub, Socket


def test_page_that_does_not_read_is_let_go() -> None:
    """What waits for a page that does not read is bounded: it is dropped, and the page told to come back."""
    socket = Socket()
    for number in range(2000):
        socket.push({"type": "post", "number": number})
    assert socket._waiting.qsize() == 1
    assert socket._waiting.get_nowait() is WSCloseCode.TRY_AGAIN_LATER
    socket.push({"type": "post"})
    socket.end(WSCloseCode.SERVICE_RESTART)
    assert socket._waiting.empty()


def test_audiences_come_and_go() -> None:
    """A socket hears its audiences only while it is in them, and empty audiences leave memory."""
    hub, socket = Hub(), Socket()
    with hub.joined("support", socket):
        assert hub.size("support") == 1
        hub.push("support", {"type": "post"})
        hub.push("ventes", {"type": "post"})
    hub.push("support", {"type": "post"})
    assert socket._waiting.qsize() == 1
    assert hub._audiences == {}


async def test_page_that_lags_with_little_much() -> None:
    """A page that does not read costs no more memory when its frames are few and large."""
    socket = Socket()
    for _ in range(3):
        socket.push_text("x" * (2 * 1024 * 1024))
    assert socket._waiting.qsize() == 1
    assert socket._waiting.get_nowait() is WSCloseCode.TRY_AGAIN_LATER


async def test_a_disk_that_cannot_be_read() -> None:
    """A frame that the disk keeps from being handled is sent again, and is no fault of the page."""
    socket = Socket()

    async def refuse() -> None:
        raise OSError(5, "Input/output error")

    assert await socket._contained(refuse(), '{"client_id": "c1"}')
    frame = msgspec.json.decode(str(socket._waiting.get_nowait()))
    assert (frame["code"], frame["client_id"], frame["retry"]) == ("not_kept", "c1", True)


async def test_nested_without_end() -> None:
    """A refused frame that is nested too deeply is answered like any other."""
    socket = Socket()

    async def refuse() -> None:
        raise FrameRefused("malformed", "This is not JSON.", is_fault=True)

    assert not await socket._contained(refuse(), "[" * 30_000)
    assert msgspec.json.decode(str(socket._waiting.get_nowait()))["client_id"] == ""
