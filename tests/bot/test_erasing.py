"""Erasing a contact on the platforms' sides."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.api import Capabilities, ChatRef, ConnectionFailed, DeliveryReceipt, OutgoingMessage, Plugin
from bot.erasing import NotErased, erase_platform_side
from bot.model import Contact, Record, Thread, record_id_of
from tests.conformance.host import RecordingHost

CHAT = ChatRef("shop", "ann")
ROOM = ChatRef("desk", "support")


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
