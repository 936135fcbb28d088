"""What strangers, broken pages and floods can do: nothing, in plain words."""

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import WSServerHandshakeError

from bot.api import Choice, ConnectionFailed, RateLimited
from plugins.webchat.frames import FRAME_LIMIT_BYTES, TEXT_LIMIT
from tests.plugins.webchat.rig import DESK_KEY, SUPPORT, Page, Rig, running


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", "ftp://127.0.0.1", "http://[", "evil"])
async def test_other_sites_reach_nothing(rig: Rig, origin: str) -> None:
    """A page of another site can open no socket, send no file and try no key."""
    browser = await rig.browser()
    await browser.open_desk()
    await browser.open_chat()
    headers = {"Origin": origin} if origin else {}
    for path in ("/chat/socket", "/desk/socket"):
        with pytest.raises(WSServerHandshakeError) as refused:
            await browser.session.ws_connect(f"{rig.url}{path}", headers=headers)
        assert refused.value.status == 403
    for path in ("/chat/upload", "/desk/upload?room=support", "/desk/enter", "/desk/leave"):
        async with browser.session.post(f"{rig.url}{path}", data=b"x", headers=headers) as answer:
            assert answer.status == 403


async def test_public_address_is_an_own_origin(tmp_path: Path) -> None:
    """Behind a proxy that changes the host, pages of the public address are ours."""
    async with running(tmp_path, public_url="https://chat.example") as rig:
        browser = await rig.browser()
        browser.origin = "https://chat.example"
        assert await browser.enter() == 200
        browser.origin = "http://chat.example"
        assert await browser.enter() == 403


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "malformed"),
        ("[]", "malformed"),
        ("{}", "unknown"),
        ('{"type": "launch"}', "unknown"),
        ('{"type": "message"}', "malformed"),
        ('{"type": "message", "client_id": "x", "text": "hi"}', "malformed"),
        ('{"type": "message", "client_id": "message-1", "text": 7}', "malformed"),
        ('{"type": "message", "client_id": "message-1", "text": " \\n "}', "empty"),
        ('{"type": "older", "before": 0}', "malformed"),
        ('{"type": "press", "client_id": "press-one", "message_id": "x", "choice_id": "y"}', "gone"),
        ('{"type": "watch", "room": "support"}', "unknown"),
        (
            json.dumps({"type": "message", "client_id": "message-1", "text": "x" * (TEXT_LIMIT + 1)}),
            "too_long",
        ),
        (json.dumps({"type": "ping", "more": "x" * FRAME_LIMIT_BYTES}), "too_large"),
        (
            json.dumps({"type": "ping", "more": "é" * (FRAME_LIMIT_BYTES // 2)}, ensure_ascii=False),
            "too_large",
        ),
    ],
)
async def test_wrong_frames_are_answered_in_plain_words(rig: Rig, text: str, code: str) -> None:
    """A frame that is no frame of ours is answered with what is wrong, and the connection goes on."""
    page = await (await rig.browser()).open_chat()
    await page.socket.send_str(text)
    error = await page.hear("error")
    assert (error["code"], error["retry"]) == (code, False)
    assert error["text"].endswith(".")
    assert await page.silent() == []
    assert rig.host.events == []


async def test_binary_frames_are_refused(rig: Rig) -> None:
    """A binary frame is answered like any other wrong frame."""
    page = await (await rig.browser()).open_chat()
    await page.socket.send_bytes(b"\x00\x01")
    assert (await page.hear("error"))["code"] == "malformed"


async def test_many_wrong_frames_end_the_connection(rig: Rig) -> None:
    """A page that sends nothing but nonsense is cut off."""
    page = await (await rig.browser()).open_chat()
    for _ in range(21):
        await page.socket.send_str("nonsense")
    assert await page.closed() == 1008


async def test_huge_frames_end_the_connection(rig: Rig) -> None:
    """A frame far beyond the limit is not even read to its end."""
    page = await (await rig.browser()).open_chat()
    await page.socket.send_str("x" * (1024 * 1024 + 1))
    assert await page.closed() == 1009


async def test_flood_slows_nobody_else(rig: Rig) -> None:
    """While one page's frames wait for the bot, other pages are served, and nothing piles up in tasks."""
    page, chat = await rig.contact()
    rig.host.hold(chat)
    before = len(asyncio.all_tasks())
    for number in range(300):
        await page.say(type="message", client_id=f"flood-{number:04}", text="flood")
    other, _ = await rig.contact()
    assert len(rig.host.attempts) == 3
    assert len(asyncio.all_tasks()) < before + 12
    await other.socket.close()
    rig.host.release(chat)
    acks = [(await page.hear("ack"))["client_id"] for _ in range(5)]
    assert acks == [f"flood-{number:04}" for number in range(5)]


async def test_fault_is_contained(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """A fault while one frame is handled is logged once, told to the page, and ends nothing."""
    page, chat = await rig.contact()
    rig.host.receive_error = ValueError("a defect")  # type: ignore[assignment]
    await page.say(type="message", client_id="message-2", text="my private words")
    error = await page.hear("error")
    assert (error["code"], error["retry"], error["client_id"]) == ("fault", True, "message-2")
    assert "private words" not in caplog.text
    assert len([record for record in caplog.records if record.levelname == "ERROR"]) == 1
    rig.host.receive_error = None
    await page.say(type="message", client_id="message-2", text="again")
    assert (await page.hear("ack"))["client_id"] == "message-2"
    assert chat == rig.host.events[-1].chat


async def test_disk_that_refuses_asks_for_a_pause(rig: Rig) -> None:
    """While nothing can be kept nothing is shown, and the bot is asked to try again later."""
    page, chat = await rig.contact()
    receipt = await rig.plugin.send(rig.message(chat, "before", choices=(Choice(choice_id="a", label="A"),)))
    await page.silent()
    rig.host.documents.error = OSError("disk full")
    with pytest.raises(RateLimited):
        await rig.plugin.send(rig.message(chat, "x"))
    with pytest.raises(RateLimited):
        await rig.plugin.edit(chat, receipt.platform_id, rig.message(chat, "x"))
    with pytest.raises(RateLimited):
        await rig.plugin.open_thread(SUPPORT, title="x", key="x")
    with pytest.raises(RateLimited):
        await rig.plugin.erase([chat])
    assert await page.silent() == []


async def test_keys_that_cannot_be_kept_stop_the_start(rig: Rig) -> None:
    """Without a place for its keys the channel does not start, and is tried again."""
    await rig.plugin.disconnect()
    rig.host.documents.texts.clear()
    rig.host.documents.error = OSError("disk full")
    with pytest.raises(ConnectionFailed):
        await rig.plugin.connect()


async def test_stopped_channel_says_so(rig: Rig) -> None:
    """When the channel stops its pages are let go, and its addresses answer 503 until it is back."""
    browser = await rig.browser()
    page = await browser.open_chat()
    for _ in range(2):
        await rig.plugin.disconnect()
    assert await page.closed() == 1012
    async with browser.session.get(f"{rig.url}/chat/") as answer:
        assert answer.status == 503
    for path in ("/chat/upload", "/desk/enter"):
        async with browser.session.post(f"{rig.url}{path}", headers={"Origin": rig.url}) as answer:
            assert answer.status == 503
    async with browser.session.get(f"{rig.url}/desk/") as answer:
        assert answer.status == 503
    with pytest.raises(ConnectionFailed):
        await rig.plugin.send(rig.message(SUPPORT, "x"))


async def test_secrets_stay_out_of_logs_and_texts(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """No message text, cookie or configured key is in the log at DEBUG."""
    caplog.set_level("DEBUG", logger="plugins.webchat")
    async with running(tmp_path) as rig:
        page, chat = await rig.contact()
        await rig.plugin.send(rig.message(chat, "very private words"))
        await page.silent()
        browser = await rig.browser()
        await browser.open_desk()
        cookies = [cookie.value for cookie in browser.session.cookie_jar]
    assert cookies
    for secret in ("private words", "bonjour", DESK_KEY, *cookies):
        assert secret not in caplog.text


async def test_page_that_cannot_be_greeted_comes_back(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """A page whose posts cannot be read now is closed, so that it connects again, and not left waiting."""
    await rig.plugin.open_thread(SUPPORT, title="A", key="a")
    await rig.plugin.disconnect()
    await rig.plugin.connect()
    board = next(name for name in rig.host.documents.texts if name.startswith("board-"))
    rig.host.documents.texts[board] = "{}"
    browser = await rig.browser()
    await browser.enter()
    socket = await browser.session.ws_connect(f"{rig.url}/desk/socket", headers={"Origin": rig.url})
    assert await Page(socket).closed() == 1011
    assert "could not be greeted" in caplog.text


async def test_strangers_get_nothing_anywhere(rig: Rig) -> None:
    """Every address that is not for strangers refuses one, and what does not exist is not found."""
    browser = await rig.browser()
    status, answer = await browser.upload("/chat/upload", b"x")
    assert (status, answer["code"]) == (403, "no_session")
    for path in ("/chat/nothing", "/desk/nothing"):
        status = (await browser.session.post(f"{rig.url}{path}", headers={"Origin": rig.url})).status
        assert status == 404
    await browser.open_desk()
    await browser.open_chat()
    for path in ("/chat/nothing", "/desk/nothing", "/desk/media/?room=support&id=0.x"):
        async with browser.session.get(f"{rig.url}{path}") as found:
            assert found.status == 404
    forger = await rig.browser(Cookie="guichet_chat=forged; guichet_desk=forged")
    for path in ("/chat/upload", "/desk/upload?room=support"):
        async with forger.session.post(f"{rig.url}{path}", data=b"x", headers={"Origin": rig.url}) as refused:
            assert refused.status == 403
