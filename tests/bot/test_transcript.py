"""The transcript as people read it."""

from typing import Any

import pytest

from bot.api import Location, MediaKind, SharedContact
from bot.model import Contact, Direction, File, Message, Progress
from bot.transcript import content, excerpt, line, lines
from bot.wording import Wording
from tests.bot.building import ANN, START

SAY = Wording("en")
CONTACT = Contact(chat=ANN, name="Ann Lee", created_at=START)


def message(
    text: str = "", direction: Direction = Direction.INCOMING, author: str = "Ann", **more: Any
) -> Message:
    return Message(number=1, conversation=1, at=START, text=text, direction=direction, author=author, **more)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"text": "Hello"}, "Hello"),
        ({"text": "Look", "files": (File(kind="photo", file_name="a.jpg"),)}, "Look [photo a.jpg]"),
        ({"files": (File(kind="voice"),)}, "[voice message]"),
        ({"files": (File(kind="document"),)}, "[document]"),
        (
            {"location": Location(latitude=48.8566, longitude=2.3522, title="Paris")},
            "[location] Paris https://maps.google.com/?q=48.856600,2.352200",
        ),
        ({"shared_contact": SharedContact(name="Bob", phone="+331")}, "[contact] Bob +331"),
        ({"unsupported": "poll: Lunch?"}, "[poll: Lunch?]"),
        ({"text": "Hello", "is_edited": True}, "Hello (edited)"),
        ({"text": "Hello", "is_deleted": True}, "Hello (deleted by its author)"),
        ({"is_deleted": True, "is_edited": True}, "(deleted by its author)"),
        ({"text": "Hello", "progress": Progress.HELD}, "Hello (not sent)"),
        ({"text": "Hello", "progress": Progress.FAILED, "is_edited": True}, "Hello (not delivered) (edited)"),
        ({"text": "Hello", "progress": Progress.UNCERTAIN}, "Hello (may not have arrived)"),
        (
            {"text": "Hello", "progress": Progress.HELD, "is_deleted": True},
            "Hello (not sent) (deleted by its author)",
        ),
        ({"text": "Hello", "progress": Progress.READ}, "Hello"),
        ({"text": "Hello", "progress": Progress.PENDING}, "Hello"),
    ],
)
def test_everything_a_message_says_is_text(fields: dict[str, Any], text: str) -> None:
    """Whatever a message holds has its word in the transcript."""
    assert content(message(**fields), SAY) == text


@pytest.mark.parametrize("kind", MediaKind)
def test_every_kind_of_file_has_a_word(kind: MediaKind) -> None:
    """No kind of file is without a word for people."""
    assert content(message(files=(File(kind=kind),)), SAY).startswith("[")


@pytest.mark.parametrize(
    ("direction", "author", "text"),
    [
        (Direction.INCOMING, "Ann", "Ann Lee: Hi"),
        (Direction.OUTGOING, "Bob", "Bob → Hi"),
        (Direction.OUTGOING, "", "Bot → Hi"),
        (Direction.NOTE, "Bob", "📝 Bob: Hi"),
        (Direction.EVENT, "", "· Hi"),
    ],
)
def test_a_line_says_who_wrote_it(direction: Direction, author: str, text: str) -> None:
    """Contact, member, bot, notes and events are told apart."""
    assert line(message("Hi", direction, author), CONTACT, SAY) == text


def test_the_contact_s_own_words_stand_alone() -> None:
    """A transcript of nothing but the contact's messages repeats no name before each."""
    assert lines([message("a"), message("b")], CONTACT, SAY) == "a\nb"
    mixed = [message("a"), message("b", Direction.OUTGOING, "Bob")]
    assert lines(mixed, CONTACT, SAY) == "Ann Lee: a\nBob → b"


def test_a_long_transcript_keeps_its_end() -> None:
    """With a limit the latest lines stay, and it is said how many came before."""
    text = lines([message(str(number)) for number in range(5)], CONTACT, SAY, most=2)
    assert text == "… 3 earlier lines: /history\n3\n4"
    assert lines([message("a"), message("b")], CONTACT, SAY, most=2) == "a\nb"


def test_an_excerpt_is_one_short_line() -> None:
    """An excerpt has no line breaks and at most as many characters as asked."""
    assert excerpt("a\n b\tc") == "a b c"
    assert excerpt("abcdef", 4) == "abc…"
    assert excerpt("abcd", 4) == "abcd"
