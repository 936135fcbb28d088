"""What a member's text is taken for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.parsing import (
    COMMANDS,
    Command,
    Note,
    Reply,
    UnknownCommand,
    read,
)

UNSEEN = st.text(st.characters(categories=("C", "Z", "M")))


@given(st.text())
def test_any_text(text: str) -> None:
    """Every text is something, and a reply is the text itself."""
    words = read(text)
    if isinstance(words, Reply):
        assert words.text == text


@given(UNSEEN, st.text())
def test_a_slash_is_never_a_reply(before: str, after: str) -> None:
    """What begins with a slash, seen or not, is never a reply."""
    assert not isinstance(read(f"{before}/{after}"), Reply)


@given(UNSEEN, st.text())
def test_two_slashes_are_a_note(before: str, after: str) -> None:
    """What begins with two slashes is a note."""
    assert isinstance(read(f"{before}//{after}"), Note)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("// call him", "call him"),
        ("//call him", "call him"),
        ("/note call him", "call him"),
        ("/Note\ncall him", "call him"),
        ("/NOTE@guichet_bot call him", "call him"),
        ("/note", ""),
        ("//", ""),
    ],
)
def test_notes(text: str, note: str) -> None:
    """A note is what stands behind `//` or `/note`."""
    assert read(text) == Note(text=note)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "note"])
def test_commands(name: str) -> None:
    """Every command is known in small and capital letters, and with a bot's name behind it."""
    for written in (name, name.upper(), f"{name}@guichet_bot"):
        assert read(f"/{written}  two\nwords ") == Command(name=name, arguments="two\nwords")


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("/clse", "close"),
        ("/transfert ventes", "transfer"),
        ("/histroy", "history"),
        ("/claim: K7", "claim"),
        ("/", "help"),
        ("/ close", "help"),
        ("/@bot", "help"),
    ],
)
def test_nearest_command(text: str, nearest: str) -> None:
    """An unknown command comes with the command it is most like."""
    words = read(text)
    assert isinstance(words, UnknownCommand)
    assert words.nearest == nearest


def test_hostile_command() -> None:
    """The name of an unknown command is repeated short and without what cannot be seen."""
    words = read("/\u202e\x07\ue000" + "x" * 100_000)
    assert isinstance(words, UnknownCommand)
    assert words.name == "x" * 40


@pytest.mark.parametrize(
    "start",
    [
        *("／／", "⁄⁄", "∕∕", "/／", "\u200e／／", "⧸⧸", "╱╱", "⟋⟋", "⫽", "╱/", "\u200e⫽"),
        *("\ufe0f//", "\u034f//", "\u3164//", "\u115f//", "\u2800//", "\ufffc//", "\u2065//", "\U000e0080//"),
        *("\u17b4//", "\ufff0//", "\ue000//", "\ud800//", "\u0903//", "\U0001d159//", "\u200b\ufffc //"),
    ],
)
def test_notes_of_other_keyboards(start: str) -> None:
    """What looks like a note, or what another keyboard types for one, never goes to a contact."""
    assert read(f"{start} call him") == Note(text="call him")


@pytest.mark.parametrize("text", ["ノート", "丿", "\\\\ x", "¿/x", "🙂 //", "1/2", "✓ //", "… //", "(//)"])
def test_what_is_no_note(text: str) -> None:
    """Letters that look like a slash are letters, and what stands behind something seen is no note."""
    assert read(text) == Reply(text=text)
