"""What the plugin says to people, in the language of config.toml: one file a language under `words/`."""

import asyncio
import tomllib
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent / "words"
FALLBACK = "en"


class Wording:
    """The plugin's words in one language.

    Args:
        words: each text by its key, with placeholders in braces.
    """

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = words

    @classmethod
    async def load(cls, language: str) -> "Wording":
        """Read the file of a language, or of English where there is none."""
        return cls(await asyncio.to_thread(read_words, language))

    def say(self, key: str, **values: object) -> str:
        """A text with its placeholders filled in."""
        return self._words[key].format(**values)


def read_words(language: str) -> Mapping[str, str]:
    """The words of a language; English ones where it is not spoken."""
    path = FOLDER / f"{language}.toml"
    if not path.is_file():
        path = FOLDER / f"{FALLBACK}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
