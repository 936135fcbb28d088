"""The bot's own words: every language has all of them, and the code asks for no others."""

import ast
import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import bot
from bot.api import MediaKind
from bot.desk.parsing import COMMANDS
from bot.desk.showing import help_text
from bot.wording import LANGUAGES, Wording

SOURCES = Path(bot.__file__).parent
SECTIONS = frozenset(
    (
        "contact",
        "card",
        "button",
        "line",
        "notice",
        "delivery",
        "why",
        "queue",
        "list",
        "info",
        "help",
        "room",
        "figures",
        "board",
        "time",
    )
)
KEY = re.compile(rf"(?:{'|'.join(sorted(SECTIONS))})\.[a-z_]+")
MADE_OF_PARTS: Mapping[str, tuple[str, ...]] = {
    "button": ("claim", "release", "transfer", "close", "reopen", "back", "anyway", "take"),
    "line": tuple(MediaKind),
    "info": ("username", "phone", "language"),
    "help": ("title", "general", *(name for name in COMMANDS if name not in {"untag", "unblock", "unwatch"})),
    "time": ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    "list": (
        "on",
        "off",
        "help_reply",
        "help_commands",
        "help_note",
        "help_more",
        "help_duty",
        "help_contact",
    ),
}
"""The keys that the code puts together, as in `button.{action}`."""


def texts(language: str) -> Mapping[str, str]:
    sections = tomllib.loads((SOURCES / "locales" / f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{section}.{key}": text for section, table in sections.items() for key, text in table.items()}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", re.sub(r"\{\w+\}", "", text))


def strings() -> Iterator[str]:
    """Every string constant of the bot's source."""
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def asked_for() -> set[str]:
    whole = {text for text in strings() if KEY.fullmatch(text)}
    return whole | {f"{section}.{part}" for section, parts in MADE_OF_PARTS.items() for part in parts}


@pytest.mark.parametrize("language", LANGUAGES)
def test_keys(language: str) -> None:
    """Every language has the same texts."""
    assert sorted(texts(language)) == sorted(texts("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders(language: str) -> None:
    """Every text names the same values in all languages."""
    english = {key: placeholders(text) for key, text in texts("en").items()}
    assert {key: placeholders(text) for key, text in texts(language).items()} == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_empty(language: str) -> None:
    """No text is empty, and none has white space around it."""
    assert [key for key, text in texts(language).items() if not text.strip() or text != text.strip()] == []


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_translated(language: str) -> None:
    """A language is not another one's copy: whole sentences differ from English."""
    english = texts("en")
    sentences = [key for key, text in english.items() if len(words(text)) > 3]
    assert [key for key in sentences if texts(language)[key] == english[key]] == []


def test_every_text_is_used() -> None:
    """No text lies unused."""
    assert sorted(set(texts("en")) - asked_for()) == []


def test_every_text_that_is_asked_for_exists() -> None:
    """The code asks for no text that is not there."""
    assert sorted(asked_for() - set(texts("en"))) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_names_every_command(language: str) -> None:
    """The help of each language names every command as it is typed."""
    shown = help_text(Wording(language))
    assert [name for name in COMMANDS if f"/{name}" not in shown and name != "help"] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_button_fits(language: str) -> None:
    """A button's label is short enough for the narrowest platform."""
    labels = {key: text for key, text in texts(language).items() if key.startswith("button.")}
    assert {key: text for key, text in labels.items() if len(text) > 20} == {}
