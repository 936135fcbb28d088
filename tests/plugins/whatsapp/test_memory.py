"""What the channel remembers is bounded, survives what is written wrongly, and holds no words."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.api import ReceiptState
from plugins.whatsapp.heard import MOST as MOST_HEARD
from plugins.whatsapp.heard import Heard
from plugins.whatsapp.sent import KEPT_FOR, MOST, SentMessages
from tests.conformance.host import MemoryDocuments

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
SENT, DELIVERED, READ, FAILED = ReceiptState


@pytest.mark.parametrize(
    ("known", "state", "expected"),
    [
        (None, SENT, True),
        (None, FAILED, True),
        (SENT, SENT, False),
        (SENT, DELIVERED, True),
        (SENT, READ, True),
        (SENT, FAILED, True),
        (DELIVERED, SENT, False),
        (DELIVERED, READ, True),
        (DELIVERED, FAILED, False),
        (READ, DELIVERED, False),
        (READ, FAILED, False),
        (FAILED, READ, False),
        (FAILED, FAILED, False),
    ],
)
def test_only_forward(known: ReceiptState | None, state: ReceiptState, *, expected: bool) -> None:
    """A receipt is news when it moves a message forward, and a failure when nothing had arrived."""
    sent = SentMessages(MemoryDocuments())
    sent.begin("r.1", "+33687654321", NOW)
    if known is not None:
        sent.moved("r.1", known)
    assert sent.would_move("r.1", state) is expected


async def test_sent_survives() -> None:
    """What was sent is read again as it was."""
    documents = MemoryDocuments()
    first, second = SentMessages(documents), SentMessages(documents)
    first.begin("r.1", "+33687654321", NOW)
    first.begin("r.2", "DE.42", NOW)
    first.named("r.1", "SM1")
    first.moved("r.1", DELIVERED)
    await first.flush()
    await second.load()
    assert second.find("r.1") == first.find("r.1") == second.find_sid("SM1")
    assert second.find("r.2") == first.find("r.2")
    assert not second.unsettled()


async def test_nothing_is_written_without_a_change() -> None:
    """A memory that did not change is not written."""
    documents = MemoryDocuments()
    await SentMessages(documents).flush()
    await Heard(documents).flush()
    assert not documents.texts


def test_sent_is_bounded() -> None:
    """After a day, or beyond some thousands, the oldest are forgotten, with Twilio's ids."""
    sent = SentMessages(MemoryDocuments())
    for number in range(MOST + 10):
        sent.begin(f"r.{number}", "+33687654321", NOW)
        sent.named(f"r.{number}", f"SM{number}")
    assert sent.find("r.9") is None
    assert sent.find_sid("SM9") is None
    assert sent.find("r.10") is not None
    for number in range(MOST // 4):
        sent.begin(f"later.{number}", "+33687654321", NOW + KEPT_FOR)
    assert sent.find("r.10") is None
    assert sent.find("later.0") is not None


@pytest.mark.parametrize(
    "written",
    [
        {},
        {"messages": [{}]},
        {"messages": [{"id": "r.1", "chat": "c", "at": "noon", "sid": "", "state": ""}]},
        {"messages": [{"id": "r.1", "chat": "c", "at": 0, "sid": "", "state": "lost"}]},
    ],
)
async def test_sent_written_wrongly(written: dict[str, object]) -> None:
    """A row that makes no sense is left out, and costs nothing else."""
    documents = MemoryDocuments()
    await documents.write("sent", written)
    sent = SentMessages(documents)
    await sent.load()
    assert sent.find("r.1") is None


@pytest.mark.parametrize(
    "written",
    [
        {"begun": "noon", "until": None, "messages": []},
        {"messages": {"SM1": {"at": "noon"}, "SM2": "x"}},
        {"messages": {"SM1": {}}},
    ],
)
async def test_heard_written_wrongly(written: dict[str, object]) -> None:
    """The same of what was received: at worst it is the first start again."""
    documents = MemoryDocuments()
    await documents.write("heard", written)
    heard = Heard(documents)
    await heard.load()
    assert "SM1" not in heard
    assert heard.begun_at is None


async def test_heard_is_bounded_and_survives() -> None:
    """What was received is known until the list was read past it; beyond some thousands, the newest are."""
    documents = MemoryDocuments()
    heard, again = Heard(documents), Heard(documents)
    heard.begin(NOW)
    for number in range(MOST_HEARD + 10):
        heard.add(f"SM{number}", ("DE.42", "+4915112345678"), NOW)
    assert "SM9" not in heard
    assert "SM10" in heard
    await heard.flush()
    await again.load()
    assert "SM10" in again
    assert (again.begun_at, again.until) == (NOW, NOW)
    assert again.newest_in("+4915112345678") == f"SM{MOST_HEARD + 9}"
    assert again.names_of("DE.42") == {"DE.42", "+4915112345678"}
    later = NOW + timedelta(minutes=1)
    again.caught_up(later, forget_before=later)
    assert "SM10" not in again
