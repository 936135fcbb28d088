"""Plugins' routes are served, replaced while running, and contained when they fail."""

import asyncio
import logging
from io import BytesIO

import pytest
from aiohttp import ClientPayloadError, WSMsgType, web

from bot.web import BODY_LIMIT_BYTES
from tests.bot.web.rig import rig, saying, serves


async def echo(request: web.Request) -> web.Response:
    return web.Response(body=await request.read())


async def measure(request: web.Request) -> web.Response:
    return web.Response(text=str(len(await request.read())))


async def test_routes_are_served() -> None:
    """A plugin's handler gets the request with all its parts."""

    async def show(request: web.Request) -> web.Response:
        return web.Response(text=f"{request.method} {request.path} {request.query['q']}")

    async with rig() as it:
        it.server.serve([serves("chat", {"GET /chat/": show, "POST /webhooks/chat": echo})])
        async with it.http.get("/chat/a%20b?q=1") as answer:
            assert await answer.text() == "GET /chat/a b 1"
        async with it.http.post("/webhooks/chat", data=b"\x00raw") as answer:
            assert await answer.read() == b"\x00raw"


async def test_routes_are_replaced() -> None:
    """A reload's routes take effect at once, while a request goes on with the handler it began with."""
    began, released = asyncio.Event(), asyncio.Event()

    async def slow(request: web.Request) -> web.Response:
        began.set()
        await released.wait()
        return web.Response(text="old")

    async with rig() as it:
        it.server.serve([serves("chat", {"GET /chat/": slow})])
        first = asyncio.ensure_future(it.http.get("/chat/"))
        await began.wait()
        it.server.serve([serves("chat", {"GET /chat/": saying("new")})])
        async with it.http.get("/chat/") as answer:
            assert await answer.text() == "new"
        released.set()
        async with await first as answer:
            assert await answer.text() == "old"
        it.server.serve([])
        async with it.http.get("/chat/") as answer:
            assert answer.status == 404


async def test_wrong_method() -> None:
    """A known path with another method answers 405 and names the methods it takes."""
    async with rig() as it:
        it.server.serve([serves("chat", {"GET /chat/": saying(""), "POST /chat/": saying("")})])
        async with it.http.delete("/chat/") as answer:
            assert answer.status == 405
            assert answer.headers["Allow"] == "GET, HEAD, POST"


async def test_head() -> None:
    """HEAD gets what GET would, without the body."""
    async with rig() as it:
        it.server.serve([serves("chat", {"GET /chat/": saying("twelve bytes")})])
        async with it.http.head("/chat/") as answer:
            assert answer.status == 200
            assert answer.headers["Content-Length"] == "12"
            assert await answer.read() == b""


async def test_missing_slash() -> None:
    """A page without its slash is redirected to it, query and all."""
    async with rig() as it:
        it.server.serve([serves("chat", {"GET /chat/": saying("")})])
        async with it.http.get("/chat?a=1", allow_redirects=False) as answer:
            assert answer.status == 308
            assert answer.headers["Location"] == "/chat/?a=1"


async def test_channel_that_is_away() -> None:
    """The paths of a channel that is not connected answer 503, so that its platform tries again."""
    async with rig() as it:
        it.server.serve([serves("chat", {"GET /chat/": saying("")}, is_connected=False)])
        for path in ("/chat/", "/webhooks/chat", "/webhooks/chat/status"):
            async with it.http.get(path) as answer:
                assert answer.status == 503
                assert int(answer.headers["Retry-After"]) > 0


async def test_disk_refuses(caplog: pytest.LogCaptureFixture) -> None:
    """What cannot be stored is answered with 503, and logged once while that lasts."""
    errors: list[OSError | None] = [
        OSError(28, "No space left"),
        OSError(28, "No space left"),
        None,
        OSError(5, "io"),
    ]

    async def store(request: web.Request) -> web.Response:
        if (error := errors.pop(0)) is not None:
            raise error
        return web.Response()

    async with rig() as it:
        it.server.serve([serves("chat", {"POST /webhooks/chat": store})])
        statuses = []
        for _ in range(4):
            async with it.http.post("/webhooks/chat") as answer:
                statuses.append(answer.status)
        assert statuses == [503, 503, 200, 503]
        assert caplog.text.count("could not be stored") == 2


@pytest.mark.parametrize("error", [ValueError, SystemExit])
async def test_bug(caplog: pytest.LogCaptureFixture, error: type[BaseException]) -> None:
    """A bug in a handler is answered with 500 and logged once, without the text it may quote."""

    async def parse(request: web.Request) -> web.Response:
        raise error("hello from a customer")

    async with rig() as it:
        it.server.serve([serves("chat", {"POST /webhooks/chat": parse})])
        with caplog.at_level(logging.INFO):
            async with it.http.post("/webhooks/chat") as answer:
                assert answer.status == 500
                assert "customer" not in await answer.text()
        (record,) = caplog.records
        assert f"chat: a request failed: {error.__name__} in parse (web/test_dispatch.py:" in record.message
        assert "customer" not in caplog.text


async def test_no_response(caplog: pytest.LogCaptureFixture) -> None:
    """A handler that returns nothing is answered with 500 and logged."""

    async def forget(request: web.Request) -> None:
        return None

    async with rig() as it:
        it.server.serve([serves("chat", {"GET /chat/": forget})])  # type: ignore[dict-item]  # the bug itself
        async with it.http.get("/chat/") as answer:
            assert answer.status == 500
        assert "TypeError" in caplog.text


async def test_raised_response() -> None:
    """A handler may answer by raising one of aiohttp's responses."""

    async def refuse(request: web.Request) -> web.Response:
        raise web.HTTPForbidden(text="no")

    async with rig() as it:
        it.server.serve([serves("chat", {"GET /chat/": refuse})])
        async with it.http.get("/chat/") as answer:
            assert answer.status == 403
            assert answer.headers["Server"] == "Guichet"


async def test_bug_behind_the_headers(caplog: pytest.LogCaptureFixture) -> None:
    """An answer that fails halfway is cut short, so that its receiver sees it, and is logged."""

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"half")
        raise ValueError("x")

    async with rig() as it:
        it.server.serve([serves("chat", {"GET /chat/": stream})])
        async with it.http.get("/chat/") as answer:
            with pytest.raises(ClientPayloadError):
                await answer.read()
        assert "ValueError in stream" in caplog.text


async def test_body_limit() -> None:
    """A body of five mebibytes is taken, a larger one is 413."""
    async with rig() as it:
        it.server.serve([serves("chat", {"POST /webhooks/chat": measure})])
        async with it.http.post("/webhooks/chat", data=BytesIO(bytes(BODY_LIMIT_BYTES))) as answer:
            assert answer.status == 200
        async with it.http.post("/webhooks/chat", data=BytesIO(bytes(BODY_LIMIT_BYTES + 1))) as answer:
            assert answer.status == 413


async def test_streamed_upload() -> None:
    """A plugin that streams its uploads sets its own limit."""

    async def count(request: web.Request) -> web.Response:
        size = 0
        async for piece in request.content.iter_any():
            size += len(piece)
        return web.Response(text=str(size))

    async with rig() as it:
        it.server.serve([serves("chat", {"POST /chat/upload": count})])
        async with it.http.post("/chat/upload", data=BytesIO(bytes(BODY_LIMIT_BYTES * 2))) as answer:
            assert await answer.text() == str(BODY_LIMIT_BYTES * 2)


async def test_client_that_hangs_up() -> None:
    """A handler whose client hangs up goes on, so that what was received is stored."""
    began, released, stored = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def store(request: web.Request) -> web.Response:
        await request.read()
        began.set()
        await released.wait()
        stored.set()
        return web.Response()

    async with rig() as it:
        it.server.serve([serves("chat", {"POST /webhooks/chat": store})])
        _, writer = await asyncio.open_connection("127.0.0.1", it.server.port)
        writer.write(b"POST /webhooks/chat HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
        await began.wait()
        writer.transport.abort()
        async with it.http.get("/health") as answer:  # the server has seen the abort by then
            assert answer.status == 200
        released.set()
        async with asyncio.timeout(10):
            await stored.wait()


async def test_web_socket() -> None:
    """A plugin can serve WebSockets."""

    async def repeat(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for frame in socket:
            await socket.send_str(frame.data)
        return socket

    async with rig() as it:
        it.server.serve([serves("chat", {"GET /chat/": repeat})])
        async with it.http.ws_connect("/chat/socket") as socket:
            await socket.send_str("hello")
            answer = await socket.receive()
            assert (answer.type, answer.data) == (WSMsgType.TEXT, "hello")


async def test_slow_handler_holds_nobody_up() -> None:
    """One channel's handler that hangs does not slow another channel's."""
    released = asyncio.Event()

    async def hang(request: web.Request) -> web.Response:
        await released.wait()
        return web.Response()

    async with rig() as it:
        it.server.serve([serves("a", {"GET /a": hang}), serves("b", {"GET /b": saying("b")})])
        hanging = asyncio.ensure_future(it.http.get("/a"))
        async with it.http.get("/b") as answer:
            assert await answer.text() == "b"
        assert not hanging.done()
        released.set()
        (await hanging).release()


async def test_conflict_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """A path that two channels want is logged, and not again at each reload."""
    async with rig() as it:
        for _ in range(2):
            it.server.serve([serves("a", {"GET /x": saying("a")}), serves("b", {"GET /x": saying("b")})])
        assert caplog.text.count("b: /x is not served, it belongs to the channel a") == 1
