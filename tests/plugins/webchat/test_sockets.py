"""Connections that nobody reads, and what everybody hears."""

from aiohttp import WSCloseCode

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
