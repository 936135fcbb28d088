"""The plugin speaks every language of config.toml, and says the same in each."""

import re

import pytest

from plugins.telegram.wording import FALLBACK, FOLDER, Wording, read_words

LANGUAGES = ("de", "en", "es", "fr", "it", "pt")


def test_languages() -> None:
    """There is a file for each language, and no other."""
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_keys_and_placeholders(language: str) -> None:
    """Each language says everything, with the same placeholders, and in words of its own."""
    words, english = read_words(language), read_words(FALLBACK)
    assert words.keys() == english.keys()
    for key, text in words.items():
        assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", english[key])), key
        assert text.strip()
    same = [key for key in words if words[key] == english[key]]
    assert language == FALLBACK or len(same) <= 3, same


async def test_an_unknown_language_is_english() -> None:
    """Where a language is not spoken the plugin says it in English."""
    wording = Wording("xx")
    await wording.load()
    assert wording.say("server_error", status=500) == "the platform answered 500"


def test_every_key_is_said() -> None:
    """No text lies there unused, and none is missing."""
    sources = "\n".join(path.read_text(encoding="utf-8") for path in FOLDER.parent.glob("*.py"))
    said = set(re.findall(r'"([a-z_]+)"', sources))
    unused = [key for key in read_words(FALLBACK) if key not in said and not key.startswith("right_")]
    assert not unused
    asked = set(re.findall(r'say\("([a-z_]+)"', sources))
    assert asked <= read_words(FALLBACK).keys()
