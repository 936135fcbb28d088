"""What the plugin says to people, in the language of config.toml: one file a language under `words/`."""

import asyncio
import tomllib
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent / "words"
FALLBACK = "en"


class Wording:
    """The plugin's words in one language; they are read once, before anything is said.

    Args:
        language: a two-letter code; English where it is not spoken.
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._words: Mapping[str, str] = {}

    async def load(self) -> None:
        """Read the file."""
        if not self._words:
            self._words = await asyncio.to_thread(read_words, self._language)

    def say(self, key: str, **values: object) -> str:
        """A text with its placeholders filled in."""
        return self._words[key].format(**values)


def read_words(language: str) -> Mapping[str, str]:
    """The words of a language; English ones where it is not spoken."""
    path = FOLDER / f"{language}.toml"
    if not path.is_file():
        path = FOLDER / f"{FALLBACK}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
