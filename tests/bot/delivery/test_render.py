"""Items as the messages that a platform can take."""

from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest

from bot.api import (
    Capabilities,
    ChatRef,
    Choice,
    Location,
    MediaFile,
    MediaKind,
    Origin,
    OutgoingMessage,
    PostStyle,
    SharedContact,
    TextUnit,
)
from bot.delivery.graphemes import shorten
from bot.delivery.media import fit, size_in_words
from bot.delivery.render import Renderer
from bot.delivery.splitting import repair, split
from bot.model import Action, Contact, Direction, File, House, Message, OutboxItem, Post, Record
from tests.bot.delivery.memory import say

NOW = datetime(2026, 3, 2, tzinfo=UTC)
TEAM = ChatRef("rooms", "-100", "5")
CONTACT = ChatRef("post", "7")
RENDERER = Renderer(say=say, link=lambda media: f"https://here/{media.media_id}")
UNREACHABLE = Renderer(say=say, link=lambda _media: "")
EVERYTHING = Capabilities(
    text_limit=100,
    caption_limit=50,
    choices=3,
    quotes=True,
    media=MappingProxyType(dict.fromkeys(MediaKind, 1000)),
)


def media(kind: MediaKind = MediaKind.PHOTO, size: int = 500, mime_type: str = "image/jpeg") -> MediaFile:
    return MediaFile(kind=kind, media_id="m1", file_name="cat.jpg", mime_type=mime_type, size_bytes=size)


def held(*files: MediaFile) -> tuple[File, ...]:
    return tuple(File(kind=each.kind, media=each) for each in files)


def record(**fields: Any) -> Record:
    values = {"number": 9, "conversation": 1, "direction": Direction.INCOMING, "at": NOW, **fields}
    return Record(
        record_id="post-1",
        contact=Contact(chat=CONTACT, created_at=NOW),
        messages={9: Message(**values)},
    )


def rendered(
    capabilities: Capabilities = EVERYTHING,
    *,
    ledger: Record | House | None = None,
    renderer: Renderer = RENDERER,
    **fields: Any,
) -> tuple[OutgoingMessage, ...]:
    chat = CONTACT if fields.get("action") is Action.SEND else TEAM
    item = OutboxItem(**{"number": 3, "action": Action.POST, "chat": chat, "created_at": NOW, **fields})
    return renderer.parts(item, ledger or record(), capabilities, chat=chat)


def texts(*arguments: Any, **fields: Any) -> list[str]:
    return [part.text for part in rendered(*arguments, **fields)]


def test_what_is_passed_on() -> None:
    """A short text is one message with the item's id, author, style and sound."""
    (part,) = rendered(text="hello", author="Bo", style=PostStyle.NOTE, silent=True, origin=Origin.HUMAN)
    assert part == OutgoingMessage(
        message_id="post-1.3",
        chat=TEAM,
        origin=Origin.HUMAN,
        text="hello",
        author="Bo",
        style=PostStyle.NOTE,
        silent=True,
    )


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("one two three\n\nfour five", ["one two three", "four five"]),
        ("one two three\nfour five six", ["one two three", "four five six"]),
        ("One two three. Four five six", ["One two three.", "Four five six"]),
        ("one two three four five", ["one two three four", "five"]),
        ("onetwothreefourfivesix", ["onetwothreefourfives", "ix"]),
        ("a bcdefghijklmnopqrstuvwxyz", ["a", "bcdefghijklmnopqrstu", "vwxyz"]),
        ("一二三四五六七八九十。一二三四五六七八九十", ["一二三四五六七八九十。", "一二三四五六七八九十"]),
    ],
)
def test_where_a_text_is_cut(text: str, parts: list[str]) -> None:
    """A text is cut at a paragraph, else a line, a sentence, a word, and only then in a word."""
    assert list(split(text, 20, TextUnit.CHARACTERS)) == parts


@pytest.mark.parametrize(
    ("unit", "limit", "parts"),
    [
        (TextUnit.CHARACTERS, 6, ["👨‍👩‍👧", "🇫🇷🇩🇪e\u0301", "x👍🏽yz"]),
        (TextUnit.UTF16, 10, ["👨‍👩‍👧", "🇫🇷🇩🇪e\u0301", "x👍🏽yz"]),
        (TextUnit.BYTES, 19, ["👨‍👩‍👧", "🇫🇷🇩🇪e\u0301", "x👍🏽yz"]),
    ],
)
def test_what_people_see_as_one_stays_one(unit: TextUnit, limit: int, parts: list[str]) -> None:
    """Families, flags, accents and skin tones are not torn apart, whatever the platform counts."""
    assert list(split("".join(parts), limit, unit)) == parts


def test_a_character_that_is_too_long_is_cut() -> None:
    """What is one character to people but longer than a message is cut, since nothing else is possible."""
    monster = "a" + "\u0301" * 25
    assert list(split(monster, 10, TextUnit.CHARACTERS)) == ["a" + "\u0301" * 9, "\u0301" * 10, "\u0301" * 6]


def test_surrogates_are_repaired() -> None:
    """Halves of a character that came apart are joined, and lone ones are replaced."""
    assert repair("\ud83d\udc4d \ud83d!") == "👍 \ufffd!"


def test_parts_are_numbered() -> None:
    """Each further part has an id of its own; the quote is with the first, the buttons with the last."""
    ledger = record(posts=(Post(TEAM, "p9"),))
    choices = (Choice(choice_id="1", label="One"),)
    parts = rendered(ledger=ledger, text="word " * 45, quotes=9, choices=choices)
    assert [part.message_id for part in parts] == ["post-1.3", "post-1.3-1", "post-1.3-2"]
    assert [part.reply_to for part in parts] == ["p9", "", ""]
    assert [len(part.choices) for part in parts] == [0, 0, 1]


def test_labels_are_cut() -> None:
    """A label that is too long ends with an ellipsis; more buttons than allowed are none."""
    long = Choice(choice_id="1", label="🇫🇷" * 15)
    (part,) = rendered(text="menu", choices=(long,))
    assert part.choices == (Choice(choice_id="1", label="🇫🇷" * 9 + "…"),)
    (part,) = rendered(text="menu", choices=(long,) * 4)
    assert part.choices == ()
    assert shorten("ab", 1) == "…"


@pytest.mark.parametrize(
    ("action", "fields", "reply_to"),
    [
        (Action.POST, {"posts": (Post(TEAM.thread("4"), "p8"), Post(TEAM, "p9"))}, "p9"),
        (Action.POST, {"posts": (Post(TEAM.thread("4"), "p8"),)}, "p8"),
        (Action.POST, {"source": Post(TEAM, "p7")}, "p7"),
        (Action.POST, {"posts": (Post(ChatRef("rooms", "-2"), "p8"),)}, ""),
        (Action.SEND, {"platform_ids": ("c1", "c2"), "posts": (Post(TEAM, "p9"),)}, "c1"),
        (Action.SEND, {}, ""),
    ],
)
def test_quotes(action: Action, fields: dict[str, Any], reply_to: str) -> None:
    """A quote names the message as it stands in the chat the item goes to, or nothing."""
    (part,) = rendered(ledger=record(**fields), action=action, text="yes", quotes=9)
    assert part.reply_to == reply_to
    plain = Capabilities(text_limit=100)
    (part,) = rendered(plain, ledger=record(**fields), action=action, text="yes", quotes=9)
    assert part.reply_to == ""


def test_captions() -> None:
    """Words stand beside their file where there is room, else in a message behind it."""
    ledger = record(files=held(media()))
    (part,) = rendered(ledger=ledger, text="look", files=9)
    assert (part.text, part.media) == ("look", media())
    first, second = rendered(ledger=ledger, text="look " * 12, files=9)
    assert (first.text, first.media) == ("", media())
    assert second.media is None
    assert second.text.split() == ["look"] * 12


@pytest.mark.parametrize("kind", [MediaKind.STICKER, MediaKind.VIDEO_NOTE])
def test_no_captions_with_stickers(kind: MediaKind) -> None:
    """Words never stand beside a sticker or a round video, where platforms show none."""
    parts = rendered(ledger=record(files=held(media(kind))), text="look", files=9)
    assert [part.text for part in parts] == ["", "look"]


@pytest.mark.parametrize(
    ("kind", "mime_type", "sizes", "expected"),
    [
        (MediaKind.VOICE, "audio/ogg", {"audio": 900, "document": 900}, MediaKind.AUDIO),
        (MediaKind.VOICE, "audio/ogg", {"voice": 100, "document": 900}, MediaKind.DOCUMENT),
        (MediaKind.STICKER, "image/webp", {"photo": 900, "document": 900}, MediaKind.PHOTO),
        (MediaKind.STICKER, "application/x-tgsticker", {"photo": 900, "document": 900}, MediaKind.DOCUMENT),
        (MediaKind.STICKER, "video/webm", {"photo": 900, "video": 900}, MediaKind.VIDEO),
        (MediaKind.ANIMATION, "video/mp4", {"photo": 900, "video": 900}, MediaKind.VIDEO),
        (MediaKind.ANIMATION, "image/gif", {"photo": 900, "video": 900}, MediaKind.PHOTO),
        (MediaKind.VIDEO_NOTE, "video/mp4", {"video": 900}, MediaKind.VIDEO),
        (MediaKind.PHOTO, "image/png", {"photo": 100, "document": 900}, MediaKind.DOCUMENT),
        (MediaKind.DOCUMENT, "image/png", {"photo": 900}, None),
        (MediaKind.PHOTO, "image/png", {"photo": 100, "document": 400}, None),
    ],
)
def test_nearest_kind(
    kind: MediaKind, mime_type: str, sizes: dict[str, int], expected: MediaKind | None
) -> None:
    """A kind that a platform does not take, at that size, becomes the nearest that it does."""
    limits = {MediaKind(name): size for name, size in sizes.items()}
    fitting = fit(media(kind, mime_type=mime_type), limits)
    assert (fitting and fitting.kind) == expected


def test_what_cannot_be_sent_is_named() -> None:
    """A file that the chat does not take is a line with its name, its size and a link, or why not."""
    ledger = record(files=held(media(size=2_500_000)))
    fields = {"ledger": ledger, "text": "look", "files": 9}
    assert texts(**fields) == ["look\nnotice.file_too_large cat.jpg 2.5 MB https://here/m1"]
    assert texts(renderer=UNREACHABLE, **fields) == [
        "look\nnotice.file_too_large cat.jpg 2.5 MB delivery.no_link"
    ]
    assert texts(action=Action.SEND, **fields) == [
        "look\nnotice.file_too_large cat.jpg 2.5 MB https://here/m1"
    ]


def test_lost_files_are_named() -> None:
    """A file that was lost, or is not held, is a line with its name and the reason."""
    lost = File(kind="voice", problem="it has expired")
    assert texts(ledger=record(files=(lost,)), files=9) == ["notice.file_lost voice it has expired"]
    assert texts(ledger=record(files=(File(kind="photo", file_name="a.jpg"),)), files=9) == [
        "notice.file_lost a.jpg delivery.not_fetched"
    ]
    assert texts(files=8) == ["notice.file_lost  delivery.not_fetched"]
    assert texts(files=8, text="words") == ["words"]


def test_what_is_no_file() -> None:
    """Places, contacts, and what cannot be carried are lines of text."""
    ledger = record(
        location=Location(latitude=48.85, longitude=2.35, title="Bakery"),
        shared_contact=SharedContact(name="Ann", phone="+331"),
        unsupported="poll: Lunch?",
    )
    assert texts(Capabilities(text_limit=1000), ledger=ledger, files=9) == [
        "📍 Bakery · https://maps.google.com/?q=48.850000,2.350000\n👤 Ann +331\n[poll: Lunch?]"
    ]


def test_nothing_to_say() -> None:
    """An item without words or files is no message, and neither is white space."""
    assert rendered(text="") == ()
    assert rendered(text=" \n ") == ()
    assert rendered(ledger=House(record_id="house"), text="x")[0].message_id == "house.3"


def test_a_repeat_says_so() -> None:
    """A repeat says so before its first words, beside a file too; a contact never reads it."""
    assert texts(text="hello", is_repeat=True) == ["(maybe repeated) hello"]
    assert texts(text="hello", is_repeat=True, action=Action.SEND) == ["hello"]
    photo = record(files=held(media()))
    assert texts(ledger=photo, files=9, is_repeat=True) == ["(maybe repeated)"]
    sticker = record(files=held(media(MediaKind.STICKER)))
    assert texts(ledger=sticker, files=9, is_repeat=True) == ["", "(maybe repeated)"]
    assert texts(Capabilities(text_limit=20), text="hello", is_repeat=True) == ["hello"]


def test_a_card_is_one_message() -> None:
    """A card that is too long ends with an ellipsis instead of becoming two."""
    item = OutboxItem(number=3, action=Action.CARD, chat=TEAM, created_at=NOW)
    card = RENDERER.card(item, record(), EVERYTHING, chat=TEAM, text="word " * 50, choices=())
    assert card.text.endswith("word…")
    assert len(card.text) <= 100


@pytest.mark.parametrize(
    ("size", "words"), [(None, ""), (0, "1 kB"), (12_345, "12 kB"), (2_500_000, "2.5 MB")]
)
def test_sizes(size: int | None, words: str) -> None:
    """A size is told as people say it."""
    assert size_in_words(size) == words
