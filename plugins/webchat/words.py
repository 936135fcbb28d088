"""The words of the pages: one file a language under `locales/`, all with the same keys."""

import asyncio
import tomllib
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent / "locales"
FALLBACK = "en"
_EVERYWHERE = "errors"

Tables = Mapping[str, Mapping[str, str]]


class Words:
    """What the pages say.

    Args:
        tables: by language, the sections of its file, each a table of words.
    """

    def __init__(self, tables: Mapping[str, Tables]) -> None:
        self._tables = tables

    @classmethod
    async def load(cls) -> "Words":
        """Read the files."""
        return cls(await asyncio.to_thread(_read_folder))

    def known(self, language: str) -> str:
        """`language` when the pages speak it, else English."""
        return language if language in self._tables else FALLBACK

    def of(self, language: str, *sections: str) -> dict[str, str]:
        """The words of these sections, and what goes wrong anywhere as `error_<code>`."""
        tables = self._tables[self.known(language)]
        words = {key: text for section in sections for key, text in tables[section].items()}
        return words | {f"error_{key}": text for key, text in tables[_EVERYWHERE].items()}


def _read_folder() -> dict[str, Tables]:
    return {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))
    }
