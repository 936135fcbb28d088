"""Each plugin speaks every language of config.toml, and says the same in each."""

import re

import pytest

from bot.api import Languages, Wording
from bot.wording import LANGUAGES
from plugins._meta.plugin import WORDS as META
from plugins.telegram.plugin import WORDS as TELEGRAM
from plugins.whatsapp.plugin import WORDS as WHATSAPP

PACKAGES = [
    pytest.param(each, id=each.folder.parent.name.removeprefix("_")) for each in (TELEGRAM, WHATSAPP, META)
]
OTHERS = [language for language in LANGUAGES if language != "en"]


def placeholders(text: str) -> list[str]:
    """The names in a text, sorted."""
    return sorted(re.findall(r"(?<!{){(\w+)}", text))


def sources(package: Languages) -> str:
    """The code of the package that the words belong to."""
    return "\n".join(path.read_text(encoding="utf-8") for path in package.folder.parent.glob("*.py"))


@pytest.mark.parametrize("package", PACKAGES)
def test_languages(package: Languages) -> None:
    """There is a file for each language, and no other."""
    assert sorted(package) == sorted(LANGUAGES)


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("language", OTHERS)
def test_keys_and_placeholders(package: Languages, language: str) -> None:
    """Each language says everything, with the same placeholders, and in words of its own."""
    words, english = package.words(language), package.words("en")
    assert words.keys() == english.keys()
    for key, text in words.items():
        assert placeholders(text) == placeholders(english[key]), key
        assert text.strip()
    same = [key for key in words if words[key] == english[key]]
    assert len(same) <= 3, same


@pytest.mark.parametrize("package", PACKAGES)
def test_an_unknown_language_is_english(package: Languages) -> None:
    """Where a language is not spoken the plugin says it in English."""
    assert Wording(package, "xx")("unreachable") == Wording(package, "en")("unreachable")


@pytest.mark.parametrize("package", PACKAGES)
def test_every_key_is_said(package: Languages) -> None:
    """No text lies there unused, and none is missing."""
    code, english = sources(package), package.words("en")
    said = set(re.findall(r'"([a-z_]+)"', code))
    # The rights of an administrator and the faults of an account are named by the platform.
    unused = [key for key in english if key not in said and not key.startswith("right_")]
    assert not unused
    asked = set(re.findall(r'(?:say|wording)\("([a-z_]+)"', code))
    assert asked <= english.keys()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_value_is_given(package: Languages) -> None:
    """What is said with values has a place for each of them."""
    english = package.words("en")
    for key, values in re.findall(r'(?:say|wording)\(\s*"([a-z_]+)"((?:, \w+=[^,()]+)*)\)', sources(package)):
        assert set(re.findall(r", (\w+)=", values)) == set(placeholders(english[key])), key
