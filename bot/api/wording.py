"""Words for people in the language of config.toml: one TOML file a language; none of them is in code."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

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


@cache
def read_words(folder: Path, language: str) -> Mapping[str, str]:
    """The words of a language, or English ones where it is not spoken; read once, as modules are.

    Args:
        folder: where `<language>.toml` lies, inside a package.
        language: a two-letter code.

    Returns:
        Each text by its key; by `section.key` where the file has sections.
    """
    path = folder / f"{language}.toml"
    if not path.is_file():
        path = folder / f"{_FALLBACK}.toml"
    words: dict[str, str] = {}
    for key, value in tomllib.loads(path.read_text(encoding="utf-8")).items():
        if isinstance(value, str):
            words[key] = value
        else:
            words.update({f"{key}.{name}": text for name, text in value.items()})
    return words


class Wording:
    """The words of one package in one language.

    Args:
        folder: where its `<language>.toml` files lie.
        language: a two-letter code; English is spoken where there is no such file.

    Attributes:
        language: as given.
    """

    def __init__(self, folder: Path, language: str) -> None:
        self.language = language
        self._words = read_words(folder, language)

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of a key with its placeholders filled.

        Raises:
            KeyError: there is no such text.
        """
        return fill(self._words[key], {name: str(value) for name, value in values.items()})
