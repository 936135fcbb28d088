"""Files that are sent from the pages, and files that are shown there."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest

from bot.api import ChatRef, IncomingMessage, MediaFile, MediaKind
from tests.plugins.webchat.rig import SUPPORT, Browser, Rig, running

PICTURE = b"\x89PNG" + bytes(range(256)) * 800


async def sent(rig: Rig, browser: Browser, content: bytes, mime_type: str, name: str) -> tuple[ChatRef, str]:
    """Upload a file and send it as a message; gives the chat and the post's id."""
    page = await browser.open_chat()
    status, answer = await browser.upload(f"/chat/upload?name={name}", content, mime_type)
    assert status == 200
    await page.say(type="message", client_id="message-1", upload=answer["upload"])
    post = (await page.hear("ack"))["post"]
    return rig.host.events[-1].chat, post["id"]


async def test_upload_becomes_an_attachment(rig: Rig) -> None:
    """A file goes to the media store in the chat's name, and the message carries it."""
    browser = await rig.browser()
    chat, _ = await sent(rig, browser, PICTURE, "image/png", "plaque%20avant.png")
    event = rig.host.events[-1]
    assert isinstance(event, IncomingMessage)
    (media,) = event.attachments
    assert isinstance(media, MediaFile)
    assert (media.kind, media.mime_type, media.size_bytes) == (MediaKind.PHOTO, "image/png", len(PICTURE))
    assert media.file_name == "plaque avant.png"
    assert rig.host.media.owners[media.media_id] == chat


@pytest.mark.parametrize(
    ("mime_type", "kind"),
    [
        ("image/gif", MediaKind.ANIMATION),
        ("audio/ogg", MediaKind.AUDIO),
        ("video/mp4", MediaKind.VIDEO),
        ("image/svg+xml", MediaKind.DOCUMENT),
        ("application/pdf", MediaKind.DOCUMENT),
        ("text/html", MediaKind.DOCUMENT),
    ],
)
async def test_kind_follows_the_type(rig: Rig, mime_type: str, kind: MediaKind) -> None:
    """What a file is to people follows its type; what a browser may run is a document."""
    await sent(rig, await rig.browser(), b"content", mime_type, "file")
    event = rig.host.events[-1]
    assert isinstance(event, IncomingMessage)
    assert event.attachments[0].kind is kind


@pytest.mark.parametrize("is_length_told", [True, False])
async def test_too_large_file_is_refused(tmp_path: Path, *, is_length_told: bool) -> None:
    """A file beyond the limit gives 413 in plain words, whether or not its length was told before."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 100_000

    async with running(tmp_path, media_limit_bytes=2 * 1024 * 1024) as rig:
        browser = await rig.browser()
        await browser.open_chat()
        body = BytesIO(b"x" * (3 * 1024 * 1024)) if is_length_told else pieces()
        async with browser.session.post(
            f"{rig.url}/chat/upload", data=body, headers={"Origin": rig.url, "Content-Type": "image/png"}
        ) as answer:
            assert answer.status == 413
            assert (await answer.json())["text"] == "The file is too large: at most 2 MB can be sent."
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("is_length_told", [True, False])
async def test_empty_file_is_refused_as_empty(rig: Rig, *, is_length_told: bool) -> None:
    """A file without content gives 400, and is not called too large."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b""

    browser = await rig.browser()
    await browser.open_chat()
    async with browser.session.post(
        f"{rig.url}/chat/upload", data=b"" if is_length_told else pieces(), headers={"Origin": rig.url}
    ) as answer:
        assert answer.status == 400
        assert await answer.json() == {"code": "file_empty", "text": "The file is empty."}
    assert rig.host.media.owners == {}


async def test_refusing_disk_is_told(rig: Rig) -> None:
    """An upload that cannot be kept gives 503, and can be tried again."""
    browser = await rig.browser()
    await browser.open_chat()
    rig.host.media.folder = rig.host.media.folder / "missing"
    status, answer = await browser.upload("/chat/upload", PICTURE)
    assert (status, answer["code"]) == (503, "not_kept")


async def test_uploads_are_limited(rig: Rig) -> None:
    """One address cannot fill the disk with uploads."""
    browser = await rig.browser()
    await browser.open_chat()
    statuses = [(await browser.upload("/chat/upload", b"x"))[0] for _ in range(101)]
    assert statuses == [200] * 100 + [429]


async def test_upload_of_another_chat_is_refused(rig: Rig) -> None:
    """A reference to a file works only in the chat that it was uploaded to, and only unchanged."""
    ann, bob = await rig.browser(), await rig.browser()
    await ann.open_chat()
    _, answer = await ann.upload("/chat/upload", PICTURE)
    page = await bob.open_chat()
    for reference in (answer["upload"], "x" + answer["upload"]):
        await page.say(type="message", client_id="message-1", upload=reference)
        assert (await page.hear("error"))["code"] == "gone"
    assert rig.host.events == []


async def test_own_file_is_shown_and_nobody_elses(rig: Rig) -> None:
    """A contact sees the files of their own chat; the same address gives others nothing."""
    browser = await rig.browser()
    _, post_id = await sent(rig, browser, PICTURE, "image/png", "a.png")
    async with browser.session.get(f"{rig.url}/chat/media/{post_id}") as answer:
        assert answer.status == 200
        assert await answer.read() == PICTURE
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["Content-Disposition"].startswith("inline")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "private" in answer.headers["Cache-Control"]
    stranger = await rig.browser()
    async with stranger.session.get(f"{rig.url}/chat/media/{post_id}") as answer:
        assert answer.status == 403
    await stranger.open_chat()
    async with stranger.session.get(f"{rig.url}/chat/media/{post_id}") as answer:
        assert answer.status == 404


@pytest.mark.parametrize("mime_type", ["text/html", "image/svg+xml", "application/pdf"])
async def test_what_could_act_is_only_saved(rig: Rig, mime_type: str) -> None:
    """A file that a browser might run is sent to be saved, and as no type that it would run."""
    browser = await rig.browser()
    _, post_id = await sent(rig, browser, b"<script>alert(1)</script>", mime_type, "l%C3%A0.html")
    async with browser.session.get(f"{rig.url}/chat/media/{post_id}") as answer:
        assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''l%C3%A0.html"
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    ("asked", "status", "expected"),
    [
        ("bytes=0-99", 206, PICTURE[:100]),
        ("bytes=100000-", 206, PICTURE[100_000:]),
        ("bytes=-10", 206, PICTURE[-10:]),
        ("bytes=65000-66000", 206, PICTURE[65_000:66_001]),
        ("bytes=9999999-", 200, PICTURE),
        ("lines=1-2", 200, PICTURE),
    ],
)
async def test_parts_can_be_asked_for(rig: Rig, asked: str, status: int, expected: bytes) -> None:
    """A player gets the part of a file that it asks for; what makes no sense gets the whole."""
    browser = await rig.browser()
    _, post_id = await sent(rig, browser, PICTURE, "video/mp4", "a.mp4")
    async with browser.session.get(f"{rig.url}/chat/media/{post_id}", headers={"Range": asked}) as answer:
        assert answer.status == status
        assert await answer.read() == expected


async def test_erased_file_is_not_found(rig: Rig) -> None:
    """A file that was erased since gives 404."""
    browser = await rig.browser()
    _, post_id = await sent(rig, browser, PICTURE, "image/png", "a.png")
    for path in rig.host.media.folder.iterdir():
        path.unlink()
    async with browser.session.get(f"{rig.url}/chat/media/{post_id}") as answer:
        assert answer.status == 404


async def test_members_send_and_see_files(rig: Rig) -> None:
    """A member sends a file in a thread, and colleagues see it there and nowhere else."""
    thread = SUPPORT.thread(await rig.plugin.open_thread(SUPPORT, title="A", key="a"))
    browser = await rig.browser()
    page = await browser.open_desk()
    place = f"room=support&thread={thread.thread_id}"
    status, answer = await browser.upload(f"/desk/upload?{place}&name=a.png", PICTURE)
    assert status == 200
    await page.say(
        type="message",
        client_id="message-1",
        upload=answer["upload"],
        room="support",
        thread=thread.thread_id,
    )
    post_id = (await page.hear("ack"))["post"]["id"]
    event = rig.host.events[-1]
    assert isinstance(event, IncomingMessage)
    assert event.chat == thread
    assert len(event.attachments) == 1
    async with browser.session.get(f"{rig.url}/desk/media/?{place}&id={post_id}") as answer_to_get:
        assert await answer_to_get.read() == PICTURE
    for wrong in (f"room=support&id={post_id}", f"room=nobody&id={post_id}", f"{place}&id=0.x"):
        async with browser.session.get(f"{rig.url}/desk/media/?{wrong}") as answer_to_get:
            assert answer_to_get.status == 404
    status, _ = await browser.upload("/desk/upload?room=nobody", PICTURE)
    assert status == 404


async def test_bot_sends_a_file(rig: Rig) -> None:
    """A file that the bot sends shows with its name, size and caption, and can be fetched."""
    browser = await rig.browser()
    page = await browser.open_chat()
    await page.say(type="message", client_id="message-1", text="bonjour")
    await page.hear("ack")
    chat = rig.host.events[-1].chat
    media = await rig.host.media.keep(
        SUPPORT, b"%PDF", kind=MediaKind.DOCUMENT, file_name="devis.pdf", mime_type="application/pdf"
    )
    receipt = await rig.plugin.send(rig.message(chat, "Votre devis", media=media))
    shown = (await page.hear("post"))["post"]
    assert shown["text"] == "Votre devis"
    assert shown["media"] == {"kind": "document", "name": "devis.pdf", "type": "application/pdf", "size": 4}
    assert media.media_id not in repr(page.heard)
    async with browser.session.get(f"{rig.url}/chat/media/{receipt.platform_id}") as answer:
        assert await answer.read() == b"%PDF"
