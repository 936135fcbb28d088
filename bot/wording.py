"""The bot's own words, from bot/locales/<language>.toml; nothing people read is written in code."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

LANGUAGES = ("en", "fr", "es", "it", "pt", "de")

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
def _texts(language: str) -> Mapping[str, str]:
    source = resources.files("bot") / "locales" / f"{language}.toml"
    flat: dict[str, str] = {}
    for section, texts in tomllib.loads(source.read_text(encoding="utf-8")).items():
        flat.update({f"{section}.{key}": text for key, text in texts.items()})
    return flat


class Wording:
    """The bot's words in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = _texts(language)

    def __call__(self, key: str, /, **values: object) -> str:
        """The text `key` ("section.name") with its placeholders filled.

        Raises:
            KeyError: there is no such text.
        """
        return fill(self._texts[key], {name: str(value) for name, value in values.items()})
