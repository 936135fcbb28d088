"""Each plugin speaks every language of config.toml, and says the same in each."""

import re
from pathlib import Path

import pytest

from bot.api import Wording
from bot.api.wording import read_words
from bot.wording import LANGUAGES
from plugins._meta.plugin import WORDS as META
from plugins.telegram.plugin import WORDS as TELEGRAM
from plugins.whatsapp.plugin import WORDS as WHATSAPP

FOLDERS = [
    pytest.param(folder, id=folder.parent.name.removeprefix("_")) for folder in (TELEGRAM, WHATSAPP, META)
]
OTHERS = [language for language in LANGUAGES if language != "en"]


def placeholders(text: str) -> list[str]:
    """The names in a text, sorted."""
    return sorted(re.findall(r"(?<!{){(\w+)}", text))


def sources(folder: Path) -> str:
    """The code of the package that the words belong to."""
    return "\n".join(path.read_text(encoding="utf-8") for path in folder.parent.glob("*.py"))


@pytest.mark.parametrize("folder", FOLDERS)
def test_languages(folder: Path) -> None:
    """There is a file for each language, and no other."""
    assert sorted(path.stem for path in folder.iterdir()) == sorted(LANGUAGES)


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("language", OTHERS)
def test_keys_and_placeholders(folder: Path, language: str) -> None:
    """Each language says everything, with the same placeholders, and in words of its own."""
    words, english = read_words(folder, language), read_words(folder, "en")
    assert words.keys() == english.keys()
    for key, text in words.items():
        assert placeholders(text) == placeholders(english[key]), key
        assert text.strip()
    same = [key for key in words if words[key] == english[key]]
    assert len(same) <= 3, same


@pytest.mark.parametrize("folder", FOLDERS)
def test_an_unknown_language_is_english(folder: Path) -> None:
    """Where a language is not spoken the plugin says it in English."""
    assert Wording(folder, "xx")("unreachable") == Wording(folder, "en")("unreachable")


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_key_is_said(folder: Path) -> None:
    """No text lies there unused, and none is missing."""
    code, english = sources(folder), read_words(folder, "en")
    said = set(re.findall(r'"([a-z_]+)"', code))
    # The rights of an administrator and the faults of an account are named by the platform.
    unused = [key for key in english if key not in said and not key.startswith("right_")]
    assert not unused
    asked = set(re.findall(r'(?:say|wording)\("([a-z_]+)"', code))
    assert asked <= english.keys()


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_value_is_given(folder: Path) -> None:
    """What is said with values has a place for each of them."""
    english = read_words(folder, "en")
    for key, values in re.findall(r'(?:say|wording)\(\s*"([a-z_]+)"((?:, \w+=[^,()]+)*)\)', sources(folder)):
        assert set(re.findall(r", (\w+)=", values)) == set(placeholders(english[key])), key
