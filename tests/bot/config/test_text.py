"""Texts by language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import Text
from bot.config.text import is_language

BOTH = Text.of({"fr": "Bonjour", "en": "Hello", "pt-BR": "Oi"})


@pytest.mark.parametrize(
    ("language", "default", "text"),
    [
        ("en", "fr", "Hello"),
        ("en-GB", "fr", "Hello"),
        ("pt-BR", "fr", "Oi"),
        ("de", "fr", "Bonjour"),
        ("", "en", "Hello"),
        ("de", "es", "Bonjour"),
    ],
)
def test_the_reader_gets_the_nearest_language(language: str, default: str, text: str) -> None:
    """A reader gets their own language, else the file's, else the first that is given."""
    assert BOTH.in_language(language, default) == text


@given(st.text(), st.text(max_size=5))
def test_one_string_is_for_everybody(text: str, language: str) -> None:
    """A plain string is what every reader gets, and it has no language."""
    plain = Text.of(text)
    assert plain.in_language(language, "fr") == (text if text.strip() else "")
    assert plain.languages == ()
    assert plain.is_empty == (not text.strip())


def test_empty_strings_are_not_chosen() -> None:
    """A language whose text is empty counts as absent, and all that is said is listed once."""
    text = Text.of({"fr": " ", "en": "Hello", "es": "Hello"})
    assert text.in_language("fr", "fr") == "Hello"
    assert text.all() == ("Hello",)
    assert text.languages == ("fr", "en", "es")
    assert not text.is_empty


def test_nothing_is_empty() -> None:
    """A text of nothing is empty in every language."""
    assert Text().is_empty
    assert Text().in_language("fr", "en") == ""
    assert Text.of(BOTH) is BOTH


@pytest.mark.parametrize(
    ("tag", "is_one"), [("fr", True), ("pt-BR", True), ("Fr", False), ("french", False), ("", False)]
)
def test_languages_are_recognised(tag: str, is_one: bool) -> None:
    """A language is two or three small letters, perhaps with a region."""
    assert is_language(tag) == is_one
