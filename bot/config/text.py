"""A text that people see: one string, or one for each language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import PlainValidator

from bot.config.problems import named

LANGUAGES = ("en", "fr", "es", "it", "pt", "de")
"""The languages that the bot itself speaks; a text may also be given in others."""

PLACEHOLDERS = ("first_name", "name", "business", "team", "menu", "code", "next_open")
"""What may stand between braces in a text."""

_LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?")
_ANY_LANGUAGE = ""


def is_language(tag: str) -> bool:
    """Whether `tag` looks like a language: `fr`, `pt-BR`."""
    return _LANGUAGE_TAG.fullmatch(tag) is not None


@dataclass(frozen=True, slots=True)
class Text:
    """A text in one or several languages.

    Attributes:
        by_language: pairs of language and text, in the order of the file; a text that was given as one
            plain string has the language "".
    """

    by_language: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, value: "Text | str | Mapping[str, str]") -> "Text":
        """Make a text of a string, or of strings by language."""
        if isinstance(value, Text):
            return value
        if isinstance(value, str):
            return cls(((_ANY_LANGUAGE, value),)) if value else cls()
        return cls(tuple(value.items()))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say, in any language."""
        return not any(text.strip() for _, text in self.by_language)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it is given in; none for one plain string."""
        return tuple(language for language, _ in self.by_language if language != _ANY_LANGUAGE)

    def all(self) -> tuple[str, ...]:
        """Every string that is not empty, in the order of the file, each once."""
        return tuple(dict.fromkeys(text for _, text in self.by_language if text.strip()))

    def in_language(self, language: str, default: str) -> str:
        """Choose the string for a reader.

        Args:
            language: the reader's language; may be empty, and may name a region (`pt-BR`).
            default: the language of config.toml.

        Returns:
            The string in the first of: that language, the same without its region, the default, the
            first that is not empty; "" when there is none.
        """
        texts = dict(self.by_language)
        for tag in (language, language.partition("-")[0].lower(), default, _ANY_LANGUAGE):
            if texts.get(tag, "").strip():
                return texts[tag]
        return next(iter(self.all()), "")


def _read(value: Any) -> Text:
    if isinstance(value, (Text, str)):
        return Text.of(value)
    if not isinstance(value, Mapping):
        raise ValueError('this must be a text; write it in quotes, or as a table: { fr = "…", en = "…" }')  # noqa: TRY004  # pydantic reports ValueError only
    if not value:
        raise ValueError('the table of texts is empty; write { fr = "…", en = "…" }')
    for language, text in value.items():
        if not is_language(language):
            raise ValueError(f"{named(language)} is no language; write one of {', '.join(LANGUAGES)}")
        if not isinstance(text, str):
            raise ValueError(f'the text for {named(language)} is not in quotes; write {language} = "…"')  # noqa: TRY004  # pydantic reports ValueError only
    return Text.of(value)


TextField = Annotated[Text, PlainValidator(_read)]
"""A `Text` as a field of a model."""
