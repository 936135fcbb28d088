"""Words for people in the language of config.toml: one TOML file a language; none of them is in code."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_FALLBACK = "en"
_PLACEHOLDER = re.compile(r"( ?)\{(\w+)\}")


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put values in the place of `{placeholders}`; an empty one takes the space before it along.

    So "Hello {first_name}, welcome" is "Hello, welcome" for somebody without a name. Text in a value is
    never taken for a placeholder, and a placeholder without a value stays as it is.
    """

    def value(found: re.Match[str]) -> str:
        name = found.group(2)
        if name not in values:
            return found.group(0)
        return found.group(1) + values[name] if values[name] else ""

    return _PLACEHOLDER.sub(value, template).strip()


class Languages:
    """All that one package says, in every language that it speaks.

    The files are read here, so this is made where the package is imported; each is parsed when it is wanted.

    Args:
        folder: where `<language>.toml` lie, each with the same keys.

    Attributes:
        folder: as given.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.toml")}
        self._words: dict[str, Mapping[str, str]] = {}

    def __iter__(self) -> Iterator[str]:
        """The languages, as two-letter codes."""
        return iter(self._files)

    def words(self, language: str) -> Mapping[str, str]:
        """The words of a language, or English ones where it is not spoken.

        Returns:
            Each text by its key; by `section.key` where the file has sections.
        """
        spoken = language if language in self._files else _FALLBACK
        if spoken not in self._words:
            self._words[spoken] = _flat(tomllib.loads(self._files[spoken]))
        return self._words[spoken]


class Wording:
    """The words of one package in one language.

    Args:
        languages: the package's.
        language: a two-letter code.

    Attributes:
        language: as given.
    """

    def __init__(self, languages: Languages, language: str) -> None:
        self.language = language
        self._words = languages.words(language)

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of a key with its placeholders filled.

        Raises:
            KeyError: there is no such text.
        """
        return fill(self._words[key], {name: str(value) for name, value in values.items()})


def _flat(file: Mapping[str, Any]) -> Mapping[str, str]:
    words: dict[str, str] = {}
    for key, value in file.items():
        if isinstance(value, str):
            words[key] = value
        else:
            words.update({f"{key}.{name}": text for name, text in value.items()})
    return words
