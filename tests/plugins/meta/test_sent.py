"""What was sent to whom: how much is remembered, and for how long."""

from datetime import UTC, datetime

import pytest

from bot.api import ReceiptState
from plugins._meta.sent import CHATS, LONGEST, Sent, SentMessage
from tests.conformance.host import MemoryDocuments

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_memory_of_what_was_sent_is_bounded() -> None:
    """Of each chat the latest messages are remembered, and in memory only so many chats."""
    documents = MemoryDocuments()
    sent = Sent(documents)
    chat = await sent.to("ann")
    for number in range(LONGEST + 10):
        chat.note(SentMessage(f"m_{number}", f"r.{number}", NOON))
    assert len(chat.messages) == LONGEST
    assert chat.mid_of("r.0") == ""
    await sent.flush()
    for number in range(CHATS + 5):
        await sent.to(f"person-{number}")
    assert len(sent._chats) == CHATS
    again = await sent.to("ann")
    assert again is not chat
    assert again.mid_of(f"r.{LONGEST}") == f"m_{LONGEST}"


async def test_full_disk_costs_no_memory() -> None:
    """What could not be written down is kept, and written the next time."""
    documents = MemoryDocuments(error=OSError("no space left on device"))
    sent = Sent(documents)
    (await sent.to("ann")).note(SentMessage("m_1", "r.1", NOON))
    with pytest.raises(OSError, match="no space"):
        await sent.flush()
    documents.error = None
    await sent.flush()
    assert (await Sent(documents).to("ann")).mid_of("r.1") == "m_1"


async def test_one_chat_more_while_the_disk_is_full() -> None:
    """While nothing can be written down every chat is kept, the one that comes last like the others."""
    documents = MemoryDocuments(error=OSError("no space left on device"))
    sent = Sent(documents)
    for number in range(CHATS + 5):
        (await sent.to(f"person-{number}")).note(SentMessage(f"m_{number}", f"r.{number}", NOON))
    with pytest.raises(OSError, match="no space"):
        await sent.flush()
    for number in range(CHATS + 5):
        assert (await sent.to(f"person-{number}")).mid_of(f"r.{number}") == f"m_{number}"
    documents.error = None
    await sent.flush()
    await sent.to("ann")
    assert len(sent._chats) == CHATS
    assert (await sent.to("person-0")).mid_of("r.0") == "m_0"


async def test_receipts_only_move_forward() -> None:
    """A late delivery does not take back a read, and what the bot counts as no message has no receipts."""
    chat = await Sent(MemoryDocuments()).to("ann")
    chat.note(SentMessage("m_1", "r.1", NOON))
    chat.note(SentMessage("m_2", "", NOON))
    (message,) = chat.behind(ReceiptState.READ, (), NOON)
    chat.advance(message, ReceiptState.READ)
    assert list(chat.behind(ReceiptState.DELIVERED, ("m_1", "m_2"), None)) == []
