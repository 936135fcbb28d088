"""What Twilio could not deliver is asked for, at start and every few minutes, and arrives once."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.api import IncomingMessage, MediaKind, PluginError, ReceiptState
from tests.conformance.host import MemoryDocuments
from tests.plugins.whatsapp.rig import ANN, ANN_CHAT, BOB, BOB_CHAT, OURS, Rig, listening, running
from tests.simulators.twilio_messages import File
from tests.simulators.twilio_troubles import Trouble

MINUTE = timedelta(minutes=1)


def texts(rig: Rig) -> list[str]:
    """What was received, in order."""
    return [event.text for event in rig.host.events if isinstance(event, IncomingMessage)]


async def look(rig: Rig) -> None:
    """Let minutes pass until the next look."""
    rig.clock.advance(5 * MINUTE)
    await rig.pauses.end()


async def test_item_3_message_that_was_never_delivered(rig: Rig) -> None:
    """A message without its webhook is received at the next look, with its own time, in its order."""
    async with listening(rig):
        await rig.hear("one", person=BOB)
        rig.clock.advance(MINUTE)
        first = rig.platform.book.hear(BOB.address, OURS, "two")
        rig.clock.advance(MINUTE)
        rig.platform.book.hear(BOB.address, OURS, "three")
        await look(rig)
        await look(rig)
        assert texts(rig) == ["one", "two", "three"]
        event = rig.host.events[1]
        assert (event.event_id, event.sent_at, event.chat) == (first.sid, first.at, BOB_CHAT)


async def test_item_3_at_start(tmp_path: Path) -> None:
    """What was written while the process was down is received as soon as it is up, after days too."""
    documents = MemoryDocuments()
    async with running(tmp_path, documents=documents) as rig:
        async with listening(rig):
            pass
        rig.clock.advance(timedelta(hours=3))
        rig.platform.book.hear(BOB.address, OURS, "anybody there?")
        rig.clock.advance(timedelta(days=2))
        async with running(tmp_path, documents=documents, platform=rig.platform) as again, listening(again):
            assert texts(again) == ["anybody there?"]


async def test_first_start_brings_no_history(rig: Rig) -> None:
    """What was written before the channel was ever connected belongs to no conversation here."""
    rig.clock.advance(MINUTE)
    async with listening(rig):
        await look(rig)
        assert not rig.host.attempts


async def test_what_was_received_is_not_brought_back(tmp_path: Path) -> None:
    """A message that arrived is never received again, even by a bot that has forgotten it since."""
    documents = MemoryDocuments()
    async with running(tmp_path, documents=documents) as rig:
        async with listening(rig):
            await rig.hear("one", person=BOB)
            await look(rig)
            assert len(rig.host.attempts) == 1
        async with running(tmp_path, documents=documents, platform=rig.platform) as again, listening(again):
            await look(again)
            assert not again.host.attempts


async def test_message_on_its_way_is_left_to_its_webhook(rig: Rig) -> None:
    """A message that is seconds old may still be delivered, and is left alone until the next look."""
    async with listening(rig):
        rig.clock.advance(5 * MINUTE)
        form = rig.platform.hooks.message(BOB, OURS, "one")
        await rig.pauses.end()
        assert not rig.host.attempts
        await rig.platform.hooks.push(form)
        await look(rig)
        assert len(rig.host.attempts) == 1


async def test_message_that_the_disk_refused(rig: Rig) -> None:
    """What could not be stored when it was delivered, or at one look, is received at a later one."""
    async with listening(rig):
        rig.host.receive_error = OSError("no space left on device")
        await rig.platform.hooks.push(rig.platform.hooks.message(BOB, OURS, "one"))
        await look(rig)
        rig.host.receive_error = None
        await look(rig)
        assert texts(rig) == ["one"]


async def test_missed_photo(rig: Rig) -> None:
    """A missed message has its files."""
    async with listening(rig):
        file = File(sid=rig.platform.book.sid("ME"), content=b"photo", mime_type="image/jpeg")
        rig.platform.book.hear(ANN.external_id, OURS, "", [file])
        await look(rig)
        event = rig.host.events[0]
        assert isinstance(event, IncomingMessage)
        (attachment,) = event.attachments
        assert not isinstance(attachment, str)
        assert attachment.kind is MediaKind.PHOTO
        content = [piece async for piece in rig.plugin.download(attachment)]  # type: ignore[arg-type]
    assert b"".join(content) == b"photo"


async def test_many_missed_messages(rig: Rig) -> None:
    """A list of several pages is read to its end, and what is ours or another sender's is left alone."""
    async with listening(rig):
        for number in range(450):
            rig.platform.book.hear(f"whatsapp:DE.{number}", OURS, str(number))
        rig.platform.book.hear(BOB.address, "whatsapp:+33939000002", "to another sender")
        await rig.sent(rig.message("ours"))
        await look(rig)
        assert sorted(texts(rig), key=int) == [str(number) for number in range(450)]


async def test_failure_whose_callback_was_lost(rig: Rig) -> None:
    """A message that failed while nobody could be told is reported at the next look, once."""
    async with listening(rig):
        message = await rig.sent(rig.message("Hello"))
        message.status, message.error_code = "undelivered", 63016
        await look(rig)
        await look(rig)
        (receipt,) = rig.host.reports
        assert (receipt.message_id, receipt.state) == ("record.1", ReceiptState.FAILED)
        assert "63016" in receipt.reason


async def test_failure_while_the_process_was_down(tmp_path: Path) -> None:
    """The same is reported at the next start."""
    documents = MemoryDocuments()
    async with running(tmp_path, documents=documents) as rig:
        async with listening(rig):
            message = await rig.sent(rig.message("Hello"))
            await rig.pauses.end()
        rig.clock.advance(timedelta(hours=5))
        message.status, message.error_code = "failed", 63024
        async with running(tmp_path, documents=documents, platform=rig.platform) as again, listening(again):
            assert [receipt.state for receipt in again.host.reports] == [ReceiptState.FAILED]
            assert [event.chat for event in again.host.events] == [BOB_CHAT]


@pytest.mark.parametrize("trouble", [Trouble.SERVER_ERROR, Trouble.RATE_LIMITED, Trouble.GARBAGE])
async def test_list_that_cannot_be_read(rig: Rig, trouble: Trouble) -> None:
    """A list that cannot be read now takes nothing down: it is read at a later look, from where it was."""
    async with listening(rig):
        rig.platform.book.hear(BOB.address, OURS, "one")
        rig.platform.fail_lists(trouble, trouble)
        await look(rig)
        await look(rig)
        assert not rig.host.attempts
        await look(rig)
        assert texts(rig) == ["one"]


async def test_erasing(rig: Rig) -> None:
    """Erasing a contact deletes at Twilio what they wrote and were told, under each of their ids."""
    await rig.hear("one")
    await rig.hear("two", person=BOB)
    await rig.sent(rig.message("Hello", chat=ANN_CHAT))
    await rig.sent(rig.message("Hello"))
    await rig.plugin.erase([ANN_CHAT])
    left = rig.platform.book.messages.values()
    assert {each.sender for each in left} == {BOB.address, OURS}
    assert {each.recipient for each in left if not each.is_inbound} == {BOB.address}
    written = "".join(rig.host.documents.texts.values())
    assert ANN_CHAT.chat_id not in written
    assert BOB_CHAT.chat_id in written


async def test_erasing_while_not_connected(tmp_path: Path) -> None:
    """The same works on a channel that is off, and again when all is gone already."""
    documents = MemoryDocuments()
    async with running(tmp_path, documents=documents) as rig:
        async with listening(rig):
            await rig.hear("one")
            await rig.sent(rig.message("Hello", chat=ANN_CHAT))
        await rig.plugin.disconnect()
        async with running(tmp_path, documents=documents, platform=rig.platform, is_connected=False) as idle:
            for _ in range(2):
                await idle.plugin.erase([ANN_CHAT, BOB_CHAT.thread("a thread of a room is none of ours")])
        assert not rig.platform.book.shown(f"whatsapp:{ANN_CHAT.chat_id}")
        assert ANN_CHAT.chat_id not in "".join(documents.texts.values())


async def test_erasing_in_trouble(rig: Rig) -> None:
    """A deletion that fails is an error, so that somebody hears of what is left."""
    await rig.hear("one")
    rig.platform.fail_next(Trouble.SERVER_ERROR)
    with pytest.raises(PluginError):
        await rig.plugin.erase([ANN_CHAT])
