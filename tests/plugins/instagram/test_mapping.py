"""Instagram's payloads as the bot's events, where they differ."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.api import Attachment, IncomingMessage, MediaKind, MessageDeleted, ReactionChanged
from plugins._meta.reported import Echo, Receipts
from tests.plugins.meta.payloads import PERSON_ID, SENT_AT, chat, read

PAYLOADS = Path(__file__).parent / "payloads"
URL = "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1&signature=abc"


def file(kind: MediaKind, index: int = 0, file_name: str = "") -> Attachment:
    return Attachment(kind=kind, remote_id=f"aWdfZAG0 {index} {URL}", file_name=file_name)


@pytest.mark.parametrize(
    ("name", "text", "attachments", "unsupported"),
    [
        ("text", "Salut", (), ""),
        ("heart", "❤️", (), ""),
        ("picture", "", (file(MediaKind.PHOTO),), ""),
        ("story_reply", "nice", (file(MediaKind.DOCUMENT, -1, "story"),), "in reply to your story"),
        ("story_reply_ended", "nice", (), "in reply to your story"),
        ("story_mention", "", (file(MediaKind.DOCUMENT, 0, "story"),), "mentioned you in a story"),
        ("shared_post", "", (file(MediaKind.DOCUMENT),), "shared: New shoes"),
        ("shared_reel", "", (file(MediaKind.VIDEO),), "shared: New shoes"),
        ("shared_story", "", (file(MediaKind.DOCUMENT, 0, "story"),), "shared: a post"),
        ("unsupported", "", (), "something that the platform shows only in its own app"),
        ("referral", "hi", (), ""),
        ("postback", "Prices", (), ""),
    ],
)
def test_messages(name: str, text: str, attachments: tuple[Attachment, ...], unsupported: str) -> None:
    """Whatever a contact sends is a message with all that it says."""
    event = read("instagram", PAYLOADS, name)
    assert isinstance(event, IncomingMessage)
    assert (event.event_id, event.chat, event.sent_at) == ("aWdfZAG0", chat("instagram"), SENT_AT)
    assert (event.text, event.attachments, event.unsupported) == (text, attachments, unsupported)


def test_links_carry_their_word() -> None:
    """What a followed link carried comes with the first message."""
    event = read("instagram", PAYLOADS, "referral")
    assert isinstance(event, IncomingMessage)
    assert event.start_payload == "soldes"


def test_times_in_seconds() -> None:
    """A time in seconds is understood as well."""
    event = read("instagram", PAYLOADS, "seconds")
    assert isinstance(event, IncomingMessage)
    assert event.sent_at == datetime.fromtimestamp(1790000000, UTC)


def test_other_events() -> None:
    """Deletions must be erased, reads name one message, echoes need no metadata."""
    deleted = read("instagram", PAYLOADS, "deleted")
    assert isinstance(deleted, MessageDeleted)
    assert (deleted.message_id, deleted.must_erase) == ("aWdfZAG0", True)
    assert read("instagram", PAYLOADS, "read") == Receipts(
        chat_id=PERSON_ID, is_read=True, mids=("aWd_ours",)
    )
    assert read("instagram", PAYLOADS, "echo") == Echo(
        chat_id=PERSON_ID, mid="aWdfZAG0", sent_at=SENT_AT, text="by us", app_id="77001"
    )
    reaction = read("instagram", PAYLOADS, "reaction")
    assert isinstance(reaction, ReactionChanged)
    assert (reaction.message_id, reaction.emoji) == ("aWd_x", "❤")
