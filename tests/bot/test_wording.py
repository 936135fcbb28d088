"""The bot's own words, and how placeholders are filled."""

import re

import pytest

from bot.api import fill
from bot.wording import WORDS, Wording

FOUND = sorted(WORDS)


@pytest.mark.parametrize(
    ("template", "values", "text"),
    [
        ("Hello {first_name}, welcome", {"first_name": "Ann"}, "Hello Ann, welcome"),
        ("Hello {first_name}, welcome", {"first_name": ""}, "Hello, welcome"),
        ("{team} answers", {"team": ""}, "answers"),
        ("{a} and {a}", {"a": "x"}, "x and x"),
        ("{unknown} stays", {}, "{unknown} stays"),
        ("{name}", {"name": "{code}", "code": "K7"}, "{code}"),
        ("Hi\n{menu}", {"menu": ""}, "Hi"),
        ("{ no } {} {", {"no": "x"}, "{ no } {} {"),
    ],
)
def test_placeholders_are_filled(template: str, values: dict[str, str], text: str) -> None:
    """Values take the place of placeholders, empty ones take a space along, and values are never read."""
    assert fill(template, values) == text


def test_words_are_found_by_section_and_key() -> None:
    """A wording gives its text with the values in place, numbers too."""
    assert Wording("en")("card.earlier", count=3) == "Earlier conversations: 3"


def test_unknown_words_are_an_error() -> None:
    """A key that does not exist is never shown to people."""
    with pytest.raises(KeyError):
        Wording("en")("card.nothing")


@pytest.mark.parametrize("language", FOUND)
def test_every_language_says_the_same_things(language: str) -> None:
    """Every language has the same keys with the same placeholders, and no text is empty."""
    english, texts = WORDS.words("en"), WORDS.words(language)
    assert set(texts) == set(english)
    assert {key: _placeholders(text) for key, text in texts.items()} == {
        key: _placeholders(text) for key, text in english.items()
    }
    assert all(text.strip() for text in texts.values())


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))
