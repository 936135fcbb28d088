"""The server's own pages, and how it starts and stops."""

import asyncio
import logging
import socket

import pytest
from aiohttp import ClientSession

from bot.metrics import Metrics
from bot.supervisor import ChannelState, ChannelStatus
from bot.web import CannotListen, WebServer
from tests.bot.web.rig import MadeUpMedia, MadeUpProcess, connected, rig, saying, serves


async def test_front_page() -> None:
    """The front page names the business and its channels, and links to the pages that there are."""
    async with rig() as it:
        it.process.business = "<b>Dupont & Fils</b>"
        it.process.channels = {
            "chat": connected(),
            "other": ChannelStatus(state=ChannelState.FAILED, error="secret"),
        }
        it.server.serve([serves("chat", {"GET /chat/": saying("hi"), "POST /webhooks/chat": saying("")})])
        async with it.http.get("/") as answer:
            page = await answer.text()
        assert answer.status == 200
        assert answer.content_type == "text/html"
        assert "<h1>&lt;b&gt;Dupont &amp; Fils&lt;/b&gt;</h1>" in page
        assert '<a href="/chat/">' in page
        assert "/webhooks/" not in page
        assert "chat <span>connected</span>" in page
        assert "other <span>not connected</span>" in page
        assert "secret" not in page
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("language", "word"), [("fr", "connecté"), ("de", "verbunden"), ("xx", "connected")])
async def test_front_page_language(language: str, word: str) -> None:
    """The front page speaks the configured language, or English."""
    async with rig() as it:
        it.process.language = language
        it.process.channels = {"chat": connected()}
        async with it.http.get("/") as answer:
            assert f"<span>{word}</span>" in await answer.text()


async def test_health() -> None:
    """The health page has its JSON, with 200."""
    async with rig() as it:
        it.process.channels = {"chat": connected()}
        async with it.http.get("/health") as answer:
            assert answer.status == 200
            assert answer.content_type == "application/json"
            assert await answer.json() == {
                "status": "ok",
                "uptime_s": 5.0,
                "channels": {"chat": {"state": "connected", "error": ""}},
                "outbox": {"pending": 7, "held": 0, "uncertain": 0},
            }


async def test_health_without_a_disk() -> None:
    """When the data folder cannot be written the health page says so with 503."""
    async with rig() as it:
        it.process.data_trouble = "No space left on device"
        async with it.http.get("/health") as answer:
            assert answer.status == 503
            assert (await answer.json())["status"] == "degraded"


async def test_metrics() -> None:
    """The metrics page is Prometheus's text."""
    async with rig() as it:
        it.metrics.message_received("chat")
        async with it.http.get("/metrics") as answer:
            assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
            text = await answer.text()
        assert 'guichet_incoming_messages_total{channel="chat"} 1.0' in text
        assert 'guichet_outbox_messages{state="pending"} 7.0' in text


async def test_headers() -> None:
    """Every answer has a plain server name and the headers that keep browsers careful."""
    async with rig() as it:
        for path in ("/", "/health", "/nothing"):
            async with it.http.get(path) as answer:
                assert answer.headers["Server"] == "Guichet"
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_nothing_is_logged_of_requests(caplog: pytest.LogCaptureFixture) -> None:
    """No URL and no raw bytes of a stranger reach the log."""
    with caplog.at_level(logging.DEBUG):
        async with rig() as it:
            async with it.http.get("/media/a-token") as answer:
                assert answer.status == 403
            reader, writer = await asyncio.open_connection("127.0.0.1", it.server.port)
            writer.write(b"GET /a-token\xff HTTP/9.7 broken\r\n\r\n")
            assert b" 400 " in await reader.readline()
            writer.close()
            await writer.wait_closed()
    ours = [record for record in caplog.records if record.name != "asyncio"]
    assert ours == []


async def test_port_in_use() -> None:
    """A taken port is told in plain words, with the key to change."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = WebServer(MadeUpProcess(), media=MadeUpMedia(), metrics=Metrics())
        with pytest.raises(CannotListen, match=rf"^port {port} on 127.0.0.1 is used .* server\.port$"):
            await server.start("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
async def test_wrong_host(host: str) -> None:
    """An address that this machine does not have is told in plain words."""
    server = WebServer(MadeUpProcess(), media=MadeUpMedia(), metrics=Metrics())
    with pytest.raises(CannotListen, match=r"is no address of this machine; write server\.host"):
        await server.start(host, 0)


async def test_wrong_port() -> None:
    """A port that cannot be is told in plain words too."""
    server = WebServer(MadeUpProcess(), media=MadeUpMedia(), metrics=Metrics())
    with pytest.raises(CannotListen, match=r"port 70000 on 127\.0\.0\.1 cannot be listened on"):
        await server.start("127.0.0.1", 70000)


async def test_stop() -> None:
    """A stopped server takes no connection, and its port is free."""
    async with rig() as it:
        port = it.server.port
        await it.server.stop()
        async with ClientSession() as http:
            with pytest.raises(OSError, match="Cannot connect"):
                await http.get(f"http://127.0.0.1:{port}/health")
