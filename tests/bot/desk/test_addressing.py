"""Which conversation a text names, and what is left of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.addressing import Addressed, addressed, leading_code
from bot.desk.parsing import Note, Reply, read


@pytest.mark.parametrize(
    ("text", "code", "rest"),
    [
        ("K7", "K7", ""),
        ("#k7 hello", "K7", "hello"),
        ("K7: hello\nthere", "K7", "hello\nthere"),
        ("k7\nhello", "K7", "hello"),
        ("A2BC rest", "A2BC", "rest"),
        ("hello K7", "", "hello K7"),
        ("A2BCD", "", "A2BCD"),
        ("I2", "", "I2"),
        ("K1", "", "K1"),
        ("", "", ""),
        ("  ", "", ""),
    ],
)
def test_leading_code(text: str, code: str, rest: str) -> None:
    """A code is found at the beginning of a text, in any letters."""
    assert leading_code(text) == (code, rest)


@pytest.mark.parametrize(
    ("text", "code", "without"),
    [
        ("/claim K7", "K7", "/claim"),
        ("/transfer k7 ventes please", "K7", "/transfer ventes please"),
        ("/note #K7\ncall him", "K7", "/note call him"),
        ("// K7 call him", "K7", "// call him"),
        ("/claim", "", "/claim"),
        ("/transfer ventes K7", "", "/transfer ventes K7"),
        ("claim K7", "", "claim K7"),
        ("K7 \u2afd call him", "K7", "// call him"),
        ("K7: \ufffc\u2571\u2571 call him", "K7", "// call him"),
        ("K7: \u200fhello", "K7", "\u200fhello"),
        ("K7 claim", "K7", "/claim"),
        ("k7 CLOSE", "K7", "/CLOSE"),
        ("#K7 claim", "K7", "/claim"),
        ("K7: close", "K7", "/close"),
        ("K7 to ventes he asked", "K7", "/to ventes he asked"),
        ("K7 note call him", "K7", "/note call him"),
        ("#K7 note call him", "K7", "/note call him"),
        ("K7 c bonjour", "K7", "/c bonjour"),
        ("K7 take 12", "K7", "/take 12"),
        ("K7 // call him", "K7", "// call him"),
        ("#K7 // call him", "K7", "// call him"),
        ("K7 /close", "K7", "/close"),
        ("#K7 Hello there", "K7", "Hello there"),
        ("k7: Hello", "K7", "Hello"),
        ("#K7 close the shop at five?", "K7", "close the shop at five?"),
        ("#K7 again, sorry", "K7", "again, sorry"),
        ("#K7", "K7", ""),
    ],
)
def test_addressed(text: str, code: str, without: str) -> None:
    """A text names its conversation first; the rest is what would be written in its own thread."""
    assert addressed(text) == Addressed(code=code, text=without)


@pytest.mark.parametrize("text", ["K7 Hello", "A4 paper, please", "k7 close the door", "K7"])
def test_doubtful(text: str) -> None:
    """What may be a code, and does not say so, names nothing for certain."""
    found = addressed(text)
    assert found.is_doubtful
    assert found.text == text


@given(st.sampled_from(("note", "//", "/note", "NOTE")), st.text(), st.sampled_from(("K7", "#K7", "k7:")))
def test_a_note_stays_one(word: str, text: str, code: str) -> None:
    """Whatever stands behind a code and a note's sign is no reply."""
    found = read(addressed(f"{code} {word} {text}").text)
    assert not isinstance(found, Reply)
    assert isinstance(found, Note) or word != "//"
