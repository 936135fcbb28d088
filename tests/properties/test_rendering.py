"""Rendering, whatever people write and platforms count: nothing is lost, nothing is too long or torn."""

from datetime import UTC, datetime
from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from bot.api import Capabilities, ChatRef, Choice, MediaFile, MediaKind, OutgoingMessage, TextUnit
from bot.delivery.graphemes import is_boundary
from bot.delivery.render import Renderer
from bot.delivery.splitting import repair, split
from bot.model import Action, Contact, Direction, File, Message, OutboxItem, Record

NOW = datetime(2026, 3, 2, tzinfo=UTC)
CHAT = ChatRef("rooms", "1")
MARK = "(again)"
GRAPHEMES = [
    "a",
    "Z",
    "é",
    "e\u0301",
    "e\u0301\u0323\u0302",
    "ß",
    "한",
    "\u1112\u1161\u11ab",
    "가\u11a8",
    "क्षि",
    "ก็",
    "தி",
    "👍",
    "👍🏽",
    "👨‍👩‍👧‍👦",
    "👩🏿‍🚀",
    "🏳️‍🌈",
    "🇫🇷",
    "🇩🇪",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "1️⃣",
    "❤️",
    "𝔘",
    "𠮷",
    "中",
    "。",
    ".",
    "!",
    "?",
    ",",
]
SPACES = [" ", " ", "  ", "\n", "\n\n", "\r\n", "\t", "\u3000"]

pieces = st.lists(st.sampled_from(GRAPHEMES + SPACES * 2), max_size=120)
limits = st.integers(30, 120)
units = st.sampled_from(TextUnit)


def squeezed(text: str) -> str:
    return "".join(text.split())


@given(pieces=pieces, limit=limits, unit=units)
def test_splitting(pieces: list[str], limit: int, unit: TextUnit) -> None:
    """Parts are within the limit, lose nothing but white space at cuts, and tear no character apart."""
    text = "".join(pieces)
    parts = split(text, limit, unit)
    assert all(part.strip() and unit.length(part) <= limit for part in parts)
    assert squeezed("".join(parts)) == squeezed(text)
    borders, place = {0}, 0
    for piece in pieces:
        place += len(piece)
        borders.add(place)
    place = 0
    for part in parts:
        start = text.index(part, place)
        assert not text[place:start].strip()
        place = start + len(part)
        # Two pieces may join into one character, but a cut is never inside a piece; CR LF is two spaces.
        inside = {border for border in (start, place) if border not in borders}
        assert all(text[border - 1 : border + 1] == "\r\n" or text[border].isspace() for border in inside)


@given(text=st.text(alphabet=st.characters(codec=None)), limit=st.integers(4, 50), unit=units)
def test_splitting_any_text(text: str, limit: int, unit: TextUnit) -> None:
    """Any text, even a broken one, becomes parts that can be encoded, are short enough and lose nothing."""
    whole = repair(text)
    whole.encode()
    parts = split(whole, limit, unit)
    assert all(unit.length(part) <= limit for part in parts)
    assert squeezed("".join(parts)) == squeezed(whole)
    place = 0
    for part in parts:
        place = whole.index(part, place) + len(part)
        if not is_boundary(whole, place):
            # Only one character that is longer than a whole part may be torn.
            assert not any(is_boundary(part, index) for index in range(1, len(part)))


@given(pieces=st.lists(st.sampled_from(GRAPHEMES), max_size=60))
def test_boundaries(pieces: list[str]) -> None:
    """No character that people see as one has a place inside where a text may be cut."""
    for piece in pieces:
        for index in range(1, len(piece)):
            assert not is_boundary("".join(pieces[:3]) + " " + piece, len("".join(pieces[:3])) + 1 + index)


def renderer(*, has_link: bool) -> Renderer:
    def say(key: str, /, **values: object) -> str:
        return MARK if key == "line.repeat" else " ".join(str(value) for value in values.values() if value)

    return Renderer(say=say, link=lambda media: f"https://x/{media.media_id}" if has_link else "")


@st.composite
def files(draw: st.DrawFn) -> tuple[File, ...]:
    """Files of all kinds and sizes; some are lost."""
    made = []
    for number in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(MediaKind))
        media = MediaFile(
            kind=kind,
            media_id=f"m{number}",
            file_name=f"f{number}",
            mime_type=draw(st.sampled_from(["image/png", "video/mp4", "audio/ogg", "application/pdf"])),
            size_bytes=draw(st.integers(0, 100)),
        )
        if draw(st.booleans()):
            made.append(File(kind=kind, media=media))
        else:
            made.append(File(kind=kind, file_name=f"f{number}", problem="gone"))
    return tuple(made)


@st.composite
def platforms(draw: st.DrawFn) -> Capabilities:
    """Platforms of any ability."""
    kinds = draw(st.dictionaries(st.sampled_from(MediaKind), st.integers(0, 100)))
    return Capabilities(
        text_limit=draw(limits),
        text_unit=draw(units),
        caption_limit=draw(st.integers(0, 60)),
        choices=draw(st.integers(0, 4)),
        choice_label_limit=draw(st.integers(1, 20)),
        media=MappingProxyType(kinds),
    )


@given(
    pieces=pieces,
    files=files(),
    can=platforms(),
    labels=st.lists(st.sampled_from(GRAPHEMES).map(lambda piece: piece * 9), max_size=5),
    action=st.sampled_from([Action.SEND, Action.POST]),
    has_link=st.booleans(),
)
def test_rendering(
    pieces: list[str],
    files: tuple[File, ...],
    can: Capabilities,
    labels: list[str],
    action: Action,
    *,
    has_link: bool,
) -> None:
    """Every part is something the platform takes, nothing is left out, and repeats find the same parts."""
    text = "".join(pieces)
    record = Record(
        record_id="r",
        contact=Contact(chat=CHAT, created_at=NOW),
        messages={9: Message(number=9, conversation=1, direction=Direction.INCOMING, at=NOW, files=files)},
    )
    choices = tuple(Choice(choice_id=str(number), label=label) for number, label in enumerate(labels))

    def parts(sent: int, *, is_repeat: bool) -> tuple[OutgoingMessage, ...]:
        item = OutboxItem(
            number=1,
            action=action,
            chat=CHAT,
            created_at=NOW,
            text=text,
            files=9,
            choices=choices,
            parts_sent=sent,
            is_repeat=is_repeat,
        )
        return renderer(has_link=has_link).parts(item, record, can, chat=CHAT)

    plain = parts(0, is_repeat=False)
    for variant in (plain, parts(0, is_repeat=True)):
        for part in variant:
            limit = can.caption_limit if part.media else can.text_limit
            assert can.text_unit.length(part.text) <= limit
            assert part.text or part.media
            assert len(part.choices) <= can.choices
            assert all(len(choice.label) <= can.choice_label_limit for choice in part.choices)
            if part.media:
                assert part.media.size_bytes <= can.media[part.media.kind]
        assert len({part.message_id for part in variant}) == len(variant)
    words = squeezed("".join(part.text for part in plain))
    assert squeezed(text) in words
    named = {part.media.file_name for part in plain if part.media}
    assert all((file.media and file.media.file_name in named) or _name(file) in words for file in files)
    for sent in range(1, len(plain)):
        again = parts(sent, is_repeat=True)
        assert [part.text for part in again[:sent]] == [part.text for part in plain[:sent]]
        rest = squeezed("".join(part.text for part in again[sent:]))
        assert rest.replace(MARK, "", 1) == squeezed("".join(part.text for part in plain[sent:]))
        assert action is Action.SEND or MARK in rest


def _name(file: File) -> str:
    return file.media.file_name if file.media else file.file_name
