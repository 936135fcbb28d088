"""The recording host keeps the contract that plugins are tested against."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.api import (
    ChatRef,
    DeliveryReceipt,
    DeliveryRejected,
    Host,
    IncomingMessage,
    MediaKind,
    ReceiptState,
    Sender,
)
from tests.conformance.host import RecordingHost

ANN = ChatRef("loopback", "ann")
BOB = ChatRef("loopback", "bob")


def event(event_id: str, chat: ChatRef = ANN) -> IncomingMessage:
    """A message that was just written."""
    sender = Sender(sender_id="1")
    return IncomingMessage(event_id=event_id, chat=chat, sender=sender, sent_at=datetime.now(UTC))


@pytest.fixture
async def host(tmp_path: Path) -> AsyncIterator[RecordingHost]:
    """A host that keeps files of up to 1000 bytes."""
    async with ClientSession() as http:
        yield RecordingHost(channel="loopback", http=http, folder=tmp_path, media_limit_bytes=1000)


def test_it_is_a_host(host: RecordingHost) -> None:
    """Whatever a plugin asks of a host, this one has; the type checker proves the shapes."""
    complete: Host = host
    names = [name for name in vars(Host) if not name.startswith("_")]
    assert names
    assert all(hasattr(complete, name) for name in names)


async def test_an_event_is_stored_once_in_its_chat(host: RecordingHost) -> None:
    """The same id is new in another chat, and not new in its own."""
    receptions = [await host.receive(one) for one in (event("1"), event("1"), event("1", BOB))]
    assert [reception.is_new for reception in receptions] == [True, False, True]
    assert [stored.chat for stored in host.events] == [ANN, BOB]
    assert len(host.attempts) == 3


async def test_a_refusing_disk_stores_nothing(host: RecordingHost) -> None:
    """While `receive_error` is set nothing is stored, and afterwards the same event is new."""
    host.receive_error = OSError("full")
    with pytest.raises(OSError, match="full"):
        await host.receive(event("1"))
    with pytest.raises(OSError, match="full"):
        await host.report(DeliveryReceipt(message_id="1", state=ReceiptState.READ))
    assert (host.events, host.reports) == ([], [])
    host.receive_error = None
    assert (await host.receive(event("1"))).is_new


async def test_a_held_chat_waits_alone(host: RecordingHost) -> None:
    """An event of a held chat is stored on release; other chats go on."""
    host.hold(ANN)
    held = asyncio.create_task(host.receive(event("1")))
    assert await host.until(lambda seen: len(seen.attempts) == 1)
    await host.receive(event("1", BOB))
    assert [stored.chat for stored in host.events] == [BOB]
    host.release(ANN)
    await held
    assert [stored.chat for stored in host.events] == [BOB, ANN]


async def test_waiting_ends_without_what_was_waited_for(host: RecordingHost) -> None:
    """`until` gives up and says so."""
    assert not await host.until(lambda seen: bool(seen.events), patience=timedelta(0))


async def test_a_notice_is_answered(host: RecordingHost) -> None:
    """`receive` answers with the notice that is set."""
    host.notice = "Noted"
    assert (await host.receive(event("1"))).notice == "Noted"


async def test_documents_are_copies(host: RecordingHost) -> None:
    """Changing what was written or read changes nothing that is kept."""
    value = {"list": [1]}
    await host.documents.write("state/one", value)
    value["list"].append(2)
    read = await host.documents.read("state/one")
    assert read == {"list": [1]}
    read["list"].append(3)
    assert await host.documents.read("state/one") == {"list": [1]}
    assert await host.documents.names("state/") == ["state/one"]
    await host.documents.delete("state/one")
    assert await host.documents.read("state/one") is None


async def test_a_refused_document_leaves_the_old_one(host: RecordingHost) -> None:
    """While `error` is set a write fails, and the old object stays; what JSON cannot hold is refused too."""
    await host.documents.write("one", {"n": 1})
    host.documents.error = OSError("full")
    with pytest.raises(OSError, match="full"):
        await host.documents.write("one", {"n": 2})
    with pytest.raises(OSError, match="full"):
        await host.documents.delete("one")
    assert await host.documents.read("one") == {"n": 1}
    with pytest.raises(TypeError):
        await host.documents.write("one", {"at": datetime.now(UTC)})


async def test_a_file_is_kept_whole_or_not_at_all(host: RecordingHost) -> None:
    """A file is read back as it was saved; one over the limit is refused."""
    media = await host.media.keep(ANN, b"x" * 1000, kind=MediaKind.PHOTO, file_name="", mime_type="")
    assert b"".join([piece async for piece in host.media.read(media)]) == b"x" * 1000
    assert media.size_bytes == 1000
    assert media.file_name
    assert media.mime_type
    with pytest.raises(DeliveryRejected):
        await host.media.keep(ANN, b"x" * 1001, kind=MediaKind.PHOTO, file_name="", mime_type="")
    assert list(host.media.owners.values()) == [ANN]
