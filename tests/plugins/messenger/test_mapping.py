"""Messenger's payloads as the bot's events."""

from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.api import (
    Attachment,
    ButtonPressed,
    IncomingMessage,
    Location,
    MediaKind,
    MessageDeleted,
    MessageEdited,
    ReactionChanged,
    Wording,
)
from plugins._meta.mapping import Malformed, Reader
from plugins._meta.places import IsOurs
from plugins._meta.plugin import WORDS
from plugins._meta.reported import Echo, Enforcement, LeftAlone, Receipts
from tests.plugins.meta.payloads import ACCOUNT_ID, PERSON_ID, SENT_AT, chat, event_in, read

PAYLOADS = Path(__file__).parent / "payloads"
PHOTO = "https://scontent.xx.fbcdn.net/v/t1/photo.jpg?oh=1&oe=2"
UNSUPPORTED = "something that the platform shows only in its own app"
BEGINNING = {"event_id", "chat", "sender", "sent_at"}


def message(name: str) -> dict[str, Any]:
    """What an incoming message says beyond who, where and when."""
    event = read("messenger", PAYLOADS, name)
    assert isinstance(event, IncomingMessage)
    assert (event.chat, event.sender.sender_id, event.sent_at) == (chat("messenger"), PERSON_ID, SENT_AT)
    values = {
        field.name: getattr(event, field.name) for field in fields(event) if field.name not in BEGINNING
    }
    return {name: value for name, value in values.items() if value and name != "message_id"}


def file(kind: MediaKind, url: str = PHOTO, index: int = 0, file_name: str = "") -> Attachment:
    return Attachment(kind=kind, remote_id=f"m_1 {index} {url}", file_name=file_name)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("text", {"text": "Bonjour à tous 👋"}),
        ("reply", {"text": "yes", "reply_to": "m_before"}),
        (
            "two_pictures",
            {"text": "look", "attachments": (file(MediaKind.PHOTO), file(MediaKind.PHOTO, index=1))},
        ),
        ("voice", {"attachments": (file(MediaKind.VOICE, "https://cdn.fbsbx.com/v/audio.mp4"),)}),
        ("video", {"attachments": (file(MediaKind.VIDEO, "https://video.xx.fbcdn.net/v.mp4"),)}),
        (
            "file",
            {"attachments": (file(MediaKind.DOCUMENT, "https://cdn.fbsbx.com/v/bill.pdf", 0, "bill.pdf"),)},
        ),
        ("like", {"attachments": (file(MediaKind.STICKER, file_name="👍"),)}),
        ("sticker", {"attachments": (file(MediaKind.STICKER),)}),
        ("location", {"location": Location(latitude=48.85, longitude=2.35, title="Ann's place")}),
        ("link", {"text": "see https://example.org/a"}),
        ("shared_page", {"unsupported": "shared: A page https://example.org/p"}),
        ("reel", {"unsupported": "shared: My film https://www.facebook.com/reel/1"}),
        (
            "reel_file",
            {
                "attachments": (file(MediaKind.VIDEO, "https://video.xx.fbcdn.net/r.mp4"),),
                "unsupported": "shared: My film",
            },
        ),
        ("template", {"unsupported": "a message with buttons Offer"}),
        ("appointment", {"unsupported": "an appointment request"}),
        ("unknown_attachment", {"unsupported": f"{UNSUPPORTED} (hologram)"}),
        ("empty", {"unsupported": UNSUPPORTED}),
        ("broken_attachment", {"text": "hi", "unsupported": UNSUPPORTED}),
        ("foreign_quick_reply", {"text": "Yes"}),
        ("referral_with_message", {"text": "hi", "start_payload": "ventes"}),
        ("postback", {"text": "Get started", "start_payload": "ventes"}),
        ("postback_without_words", {"unsupported": "came through the link “MENU”", "start_payload": "MENU"}),
        ("referral", {"unsupported": "came through the link “support”", "start_payload": "support"}),
        ("optin", {"unsupported": "came through the link “newsletter”", "start_payload": "newsletter"}),
        ("unsupported", {"unsupported": UNSUPPORTED}),
    ],
)
def test_messages(name: str, says: dict[str, Any]) -> None:
    """Whatever a contact sends is a message with all that it says, and nothing is dropped."""
    assert message(name) == says


@pytest.mark.parametrize("name", ["quick_reply", "postback_of_ours"])
def test_choices(name: str) -> None:
    """A button of ours is a choice, in whatever way the platform reports it."""
    event = read("messenger", PAYLOADS, name)
    assert isinstance(event, ButtonPressed)
    assert (event.event_id, event.chat, event.choice_id) == ("m_1", chat("messenger"), "team:support")


@pytest.mark.parametrize(
    ("name", "emoji"), [("reaction", "😮"), ("reaction_by_name", "😠"), ("unreaction", "")]
)
def test_reactions(name: str, emoji: str) -> None:
    """A reaction is its emoji, also where the platform gives only its name; none takes it back."""
    event = read("messenger", PAYLOADS, name)
    assert isinstance(event, ReactionChanged)
    assert (event.message_id, event.emoji) == ("m_before", emoji)


def test_changes_of_messages() -> None:
    """An edit and a deletion name the message, and have ids of their own."""
    edited, deleted = read("messenger", PAYLOADS, "edit"), read("messenger", PAYLOADS, "deleted")
    assert isinstance(edited, MessageEdited)
    assert (edited.event_id, edited.message_id, edited.text) == ("edit:m_before:2", "m_before", "corrected")
    assert isinstance(deleted, MessageDeleted)
    assert (deleted.event_id, deleted.message_id, deleted.must_erase) == ("deleted:m_1", "m_1", True)


def test_receipts() -> None:
    """Deliveries name messages, reads a time."""
    until = datetime.fromtimestamp(1790000000, UTC)
    assert read("messenger", PAYLOADS, "delivery") == Receipts(
        chat_id=PERSON_ID, is_read=False, mids=("m_a", "m_b"), until=until
    )
    assert read("messenger", PAYLOADS, "read") == Receipts(chat_id=PERSON_ID, is_read=True, until=until)


def test_echoes() -> None:
    """An echo is about the contact it went to, and says which app sent it."""
    ours = Echo(chat_id=PERSON_ID, mid="m_1", sent_at=SENT_AT, text="by us", app_id="77001", metadata="r.1")
    assert read("messenger", PAYLOADS, "echo_of_ours") == ours
    colleague = read("messenger", PAYLOADS, "echo_of_a_colleague")
    assert isinstance(colleague, Echo)
    assert (colleague.app_id, colleague.text, colleague.file) == ("263902037430900", "", "image")


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        ("control", "thread_control"),
        ("unknown", "unknown_event"),
        ("referral_of_an_ad", "referral"),
        ("deleted_by_the_page", "own_event"),
    ],
)
def test_left_alone(name: str, counted: str) -> None:
    """What nobody needs has a name to be counted under."""
    assert read("messenger", PAYLOADS, name) == LeftAlone(name=counted)


def test_policy() -> None:
    """What the platform does to the page is told with its reason."""
    assert read("messenger", PAYLOADS, "policy") == Enforcement(action="block", reason="spam", at=SENT_AT)


@pytest.mark.parametrize(
    "change",
    [
        {"timestamp": None},
        {"timestamp": True},
        {"timestamp": 10**30},
        {"sender": {"id": ACCOUNT_ID}},
        {"sender": None, "recipient": None},
        {"message": {"text": "no id"}},
        {"message": {"mid": "", "text": "empty id"}},
        {"message": "not an object"},
    ],
)
def test_malformed(change: dict[str, Any]) -> None:
    """An event that lacks what it needs is malformed, and never another error."""
    reader = Reader(
        channel="messenger", account_id=ACCOUNT_ID, say=Wording(WORDS, "en"), is_ours=IsOurs("http://x")
    )
    with pytest.raises(Malformed):
        reader.read({**event_in(PAYLOADS, "text"), **change})


def test_every_payload_can_be_read() -> None:
    """Every payload here is one that the mapping knows, in every language."""
    names = sorted(path.stem for path in PAYLOADS.glob("*.json"))
    assert len(names) > 30
    for name in names:
        for language in ("en", "fr", "es", "it", "pt", "de", "xx"):
            read("messenger", PAYLOADS, name, language=language)
