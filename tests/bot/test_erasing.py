"""Erasing a contact on the platforms' sides."""

import logging
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import ClientSession

from bot.api import Capabilities, ChatRef, ConnectionFailed, DeliveryReceipt, OutgoingMessage, Plugin
from bot.core import Core, Disk, Watchers
from bot.doors import Doors
from bot.erasing import NotErased, erase_platform_side, forget_offline
from bot.loader import PluginCatalog
from bot.metrics import Metrics
from bot.model import Contact, Record, Thread, record_id_of
from bot.store.folder import DataFolder
from tests.bot.building import START, settings_of
from tests.bot.reports.making import write
from tests.conformance.host import RecordingHost

CHAT = ChatRef("shop", "ann")
ROOM = ChatRef("desk", "support")
WITHOUT = settings_of().model_copy(update={"channels": {}})
"""A config.toml that no longer has their channels."""


class Erasing(Plugin):
    """A platform that notes what it erased, or cannot be reached."""

    def __init__(self, host: RecordingHost, *, is_away: bool = False) -> None:
        super().__init__(host)
        self.erased: list[ChatRef] = []
        self._is_away = is_away

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(text_limit=1000)

    async def connect(self) -> None:
        raise ConnectionFailed("nobody connects it")

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        raise ConnectionFailed("nobody sends with it")

    async def erase(self, chats: Sequence[ChatRef]) -> None:
        if self._is_away:
            raise ConnectionFailed("the platform is away")
        self.erased += chats


@pytest.fixture
async def host(tmp_path: Path) -> AsyncIterator[RecordingHost]:
    async with ClientSession() as http:
        yield RecordingHost(channel="shop", http=http, folder=tmp_path)


@pytest.fixture
def record() -> Record:
    thread = Thread(chat=ROOM, thread_id="7")
    contact = Contact(chat=CHAT, created_at=datetime(2026, 3, 2, tzinfo=UTC), threads=(thread,))
    return Record(record_id=record_id_of(CHAT), contact=contact)


async def test_every_place_is_erased(record: Record, host: RecordingHost) -> None:
    """The contact's chat and their threads are erased, each by its own channel."""
    plugins = {"shop": Erasing(host), "desk": Erasing(host)}
    await erase_platform_side(record, plugins.__getitem__)
    assert plugins["shop"].erased == [CHAT]
    assert plugins["desk"].erased == [ROOM.thread("7")]


async def test_what_is_left_is_named(record: Record, host: RecordingHost) -> None:
    """Where one platform fails, or its channel is gone from config.toml, the others go on, and it is told."""
    desk = Erasing(host)
    with pytest.raises(NotErased, match="shop:ann"):
        await erase_platform_side(record, {"desk": desk}.__getitem__)
    assert desk.erased == [ROOM.thread("7")]
    shop = Erasing(host)
    with pytest.raises(NotErased, match="desk:support"):
        await erase_platform_side(record, {"shop": shop, "desk": Erasing(host, is_away=True)}.__getitem__)
    assert shop.erased == [CHAT]


async def test_a_channel_that_config_toml_no_longer_has(
    record: Record, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Of a channel that is gone from config.toml, what cannot be erased is said in plain words."""
    watchers = Watchers(
        written=lambda: None,
        turn=lambda *_: None,
        send=lambda *_: None,
        connection_failed=lambda *_: None,
    )
    core = Core(WITHOUT, Disk.at(tmp_path, lambda: START), clock=lambda: START, watchers=watchers)
    doors = Doors(core, cast("Any", None), catalog=PluginCatalog(), metrics=Metrics(), data=tmp_path)
    with caplog.at_level(logging.ERROR), pytest.raises(NotErased, match="shop:ann"):
        await erase_platform_side(record, doors.plugin_of)
    assert "config.toml no longer has the channel desk" in caplog.text
    assert record.record_id in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_channel_that_is_gone_while_no_process_runs(
    record: Record, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The same is said by the command, and what is here is erased all the same."""
    write(tmp_path, record)
    with caplog.at_level(logging.ERROR), pytest.raises(NotErased, match="desk:support"):
        await forget_offline(record.record_id, WITHOUT, PluginCatalog(), tmp_path)
    assert "config.toml no longer has the channel desk" in caplog.text
    assert not DataFolder(tmp_path).record(record.record_id).exists()
