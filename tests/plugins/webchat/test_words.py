"""The words of the pages: every language has them all, and every page finds what it asks for."""

import json
import re
import tomllib
from string import Formatter

import pytest
from aiohttp.test_utils import make_mocked_request

from plugins.webchat.guards import LANGUAGES
from plugins.webchat.pages import _FOLDER, _SECTIONS, Pages
from plugins.webchat.words import FALLBACK, FOLDER, Words
from tests.plugins.webchat.rig import Rig

SCRIPTS = tuple(sorted(path.name for path in _FOLDER.glob("*.js")))
# The scripts that each page loads, by way of one another.
PAGE_OF = {"chat.html": "chat.js", "desk.html": "desk.js", "door.html": "door.js"}


def sections(language: str) -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    return tables


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def loaded(script: str) -> set[str]:
    """A script and all that it imports."""
    found, new = set(), {script}
    while new:
        found |= new
        texts = [(_FOLDER / name).read_text("utf-8") for name in new]
        new = {name for text in texts for name in re.findall(r'from "\./([a-z]+\.js)"', text)} - found
    return found


def test_languages_are_those_that_browsers_may_ask_for() -> None:
    """There is a file for each language that a page can be asked for in, and none beside."""
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word(language: str) -> None:
    """Each language has the keys and placeholders of English, in the same order, and no empty word."""
    here, there = sections(language), sections(FALLBACK)
    assert {name: list(table) for name, table in here.items()} == {
        name: list(table) for name, table in there.items()
    }
    for name, table in here.items():
        for key, text in table.items():
            assert text.strip() == text != "", f"{name}.{key}"
            assert placeholders(text) == placeholders(there[name][key]), f"{name}.{key}"


@pytest.mark.parametrize("page", PAGE_OF)
async def test_scripts_ask_for_words_that_their_page_has(page: str) -> None:
    """Every word that a page's scripts name came with that page."""
    words = (await Words.load()).of("fr", *_SECTIONS[page])
    for script in loaded(PAGE_OF[page]):
        text = (_FOLDER / script).read_text("utf-8")
        asked = set(re.findall(r'\bword\("(\w+)"', text)) | set(re.findall(r'\bhint\("(\w+)"', text))
        assert asked <= set(words), script


def test_no_word_is_left_over() -> None:
    """Every word is used by a page or a script; those of errors are named by a code of the server."""
    pages = "\n".join(path.read_text("utf-8") for path in _FOLDER.iterdir())
    server = "\n".join(path.read_text("utf-8") for path in _FOLDER.parent.glob("*.py"))
    for name, table in sections(FALLBACK).items():
        for key in table:
            code = key.removeprefix("error_")
            is_error = name == "errors" or code != key
            used = rf'"{code}"' if is_error else rf'\$say_{key}\b|"{key}"|\bwords\.{key}\b'
            assert re.search(used, pages + server if is_error else pages), f"{name}.{key}"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_pages_speak_every_language(rig: Rig, language: str) -> None:
    """The contact's page speaks the browser's language from its first byte, and the rooms the business's."""
    rig.host.language = language
    browser = await rig.browser(**{"Accept-Language": language})
    for path, word in (("/chat/", ("chat", "write")), ("/desk/", ("door", "door_enter"))):
        async with browser.session.get(f"{rig.url}{path}") as answer:
            text = await answer.text()
        assert f'<html lang="{language}">' in text
        assert sections(language)[word[0]][word[1]] in text
        assert "$" not in text


async def test_unknown_language_is_english(rig: Rig) -> None:
    """A business of another language has its pages in English."""
    rig.host.language = "ja"
    browser = await rig.browser()
    async with browser.session.get(f"{rig.url}/chat/") as answer:
        assert '<html lang="en">' in await answer.text()


async def test_words_cannot_end_the_element_they_stand_in() -> None:
    """Whatever a word says, the data in the page stays data."""
    names = ("shared", "chat", "desk", "tour", "door", "refused", "embed", "errors")
    tables: dict[str, dict[str, str]] = {name: {} for name in names}
    tables["refused"] = {"x": "</script><script>alert(1)</script>"}
    pages = Pages({"refused.html": b"$words"}, Words({"en": tables}))
    text = pages.page("refused.html", "en", {}).text
    assert text is not None
    assert "<" not in text
    assert json.loads(text) == tables["refused"]


async def test_scripts_are_served_without_their_remarks() -> None:
    """Remarks and indentation stay here; what remains is what the browser runs."""
    pages = Pages(
        {
            "a.js": b"// why\nconst a = 1;\n  const url = 'http://x'; // kept\n",
            "a.css": b"/* all */\n\n  p { margin: 0 }\n",
        },
        Words({}),
    )
    request = make_mocked_request("GET", "/chat/assets/a.js")
    assert pages.asset(request, "a.js").body == b"const a = 1;\nconst url = 'http://x'; // kept"
    assert pages.asset(request, "a.css").body == b"p { margin: 0 }"
