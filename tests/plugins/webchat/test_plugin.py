"""The web chat as the bot sees it: settings, abilities, findings, life."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from bot.api import DeliveryRejected, Finding, MediaKind, TeamChat
from plugins.webchat import Settings, WebChat, create_plugin
from tests.conformance.host import MemoryDocuments
from tests.plugins.webchat.rig import SUPPORT, Clock, Rig, running


async def findings(rig: Rig, key: str) -> list[Finding]:
    plugin = WebChat(Settings(desk_key=SecretStr(key)), rig.host, clock=Clock())
    return list(await plugin.check())


async def test_check_looks_at_the_desk_key(rig: Rig) -> None:
    """`check` says what happens without a key, and that a short one can be guessed."""
    (none,) = await findings(rig, "")
    assert none.is_ok
    assert "desk_key" in none.advice
    (short,) = await findings(rig, "1234")
    assert not short.is_ok
    assert "1234" not in short.advice
    (good,) = await findings(rig, "correct-horse-battery")
    assert good == Finding(what=good.what, is_ok=True)


async def test_check_looks_at_what_frames_need(tmp_path: Path) -> None:
    """`check` says that a frame on another site needs https, and nothing of frames that nobody asked for."""
    sites = ("https://www.example.com",)
    for public_url, is_ok in (("", False), ("http://chat.example", False), ("https://chat.example", True)):
        async with running(tmp_path, public_url=public_url, sites=sites) as rig:
            _, found = await rig.plugin.check()
            assert found.is_ok is is_ok
            assert ("https" in found.advice) is not is_ok


def test_settings_refuse_unknown_keys() -> None:
    """A misspelt key in the channel's table is an error."""
    with pytest.raises(ValidationError):
        Settings.model_validate({"desk_kee": "x"})
    assert "hunter2" not in repr(Settings(desk_key=SecretStr("hunter2")))


async def test_create_plugin_touches_nothing(rig: Rig) -> None:
    """Making the plugin reads and writes nothing; connecting makes the keys."""
    rig.host.documents.texts.clear()
    plugin = create_plugin(Settings(), rig.host)
    assert rig.host.documents.texts == {}
    assert plugin.routes()
    await plugin.connect()
    assert list(rig.host.documents.texts) == ["keys"]
    await plugin.disconnect()


async def test_media_limit_is_the_hosts(tmp_path: Path) -> None:
    """Every kind of file can be sent, up to what the host takes."""
    async with running(tmp_path, media_limit_bytes=12345) as rig:
        assert dict(rig.plugin.capabilities.media) == dict.fromkeys(MediaKind, 12345)


async def test_repeated_send_shows_once(rig: Rig) -> None:
    """The same message id sent again gives the same receipt and no second post."""
    message = rig.message(SUPPORT, "once", message_id="same")
    first = await rig.plugin.send(message)
    for _ in range(120):
        await rig.plugin.send(rig.message(SUPPORT, "more"))
    assert await rig.plugin.send(message) == first
    page = await (await rig.browser()).open_desk()
    await page.say(type="watch", room="support")
    history = await page.hear("history")
    posts = history["posts"]
    assert (len(posts), history["before"]) == (121, 0)
    assert [post["text"] for post in posts].count("once") == 1


async def test_changes_to_nothing_are_refused(rig: Rig) -> None:
    """What is not there cannot be edited, marked or reacted to; deleting it is no error."""
    for change in (
        rig.plugin.edit(SUPPORT, "0.nothing", rig.message(SUPPORT, "x")),
        rig.plugin.react(SUPPORT, "0.nothing", "👍"),
    ):
        with pytest.raises(DeliveryRejected):
            await change
    receipt = await rig.plugin.send(rig.message(SUPPORT, "x"))
    await rig.plugin.delete(SUPPORT, receipt.platform_id)
    await rig.plugin.delete(SUPPORT, "0.nothing")
    with pytest.raises(DeliveryRejected):
        await rig.plugin.edit(SUPPORT, receipt.platform_id, rig.message(SUPPORT, "y"))


class WatchedDocuments(MemoryDocuments):
    """Documents that tell of every attempt to write a board."""

    __slots__ = ("board_written",)

    async def write(self, name: str, value: dict[str, Any]) -> None:
        if name.startswith("board-"):
            self.board_written.set()
        await super().write(name, value)

    async def next_board(self) -> None:
        """Wait for the next attempt."""
        self.board_written = asyncio.Event()
        async with asyncio.timeout(10):
            await self.board_written.wait()

    @property
    def boards(self) -> str:
        """What the kept boards say."""
        return repr([text for name, text in self.texts.items() if name.startswith("board-")])


@asynccontextmanager
async def listening(folder: Path, documents: MemoryDocuments) -> AsyncIterator[Rig]:
    """A web chat that looks after itself as often as it can."""
    async with running(folder, documents=documents, tidy_every=timedelta(milliseconds=1)) as rig:
        task = asyncio.ensure_future(rig.plugin.listen())
        yield rig
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_new_team_chats_show_at_once(tmp_path: Path) -> None:
    """A page that is open while config.toml changes gets the new rooms."""
    async with listening(tmp_path, MemoryDocuments()) as rig:
        page = await (await rig.browser()).open_desk()
        rig.host.chats = [TeamChat(chat=SUPPORT, title="Renamed")]
        assert [room["title"] for room in (await page.hear("rooms"))["rooms"]] == ["Renamed"]


async def test_boards_are_kept_while_it_runs(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What a room lists is on disk soon after a post; a disk that refuses is told, and tried again."""
    documents = WatchedDocuments()
    documents.board_written = asyncio.Event()
    async with listening(tmp_path, documents) as rig:
        await rig.plugin.send(rig.message(SUPPORT, "a first post"))
        await documents.next_board()
        assert "a first post" in documents.boards
        await rig.plugin.send(rig.message(SUPPORT, "a second post"))
        documents.error = OSError("disk full")
        for _ in range(2):
            await documents.next_board()
        assert "could not be written" in caplog.text
        assert "a second post" not in documents.boards
        documents.error = None
        await documents.next_board()
        assert "a second post" in documents.boards
