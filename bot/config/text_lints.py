"""Texts: placeholders that do not exist, and languages that are missing."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from bot.config.models import Settings
from bot.config.positions import Positions
from bot.config.problems import KeyPath, Severity, listed, named, nearest, printable
from bot.config.report import Report
from bot.config.text import PLACEHOLDERS, Text

# A variable that the environment lacks is still in the text, and no placeholder.
_PLACEHOLDER = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}|\{([^{}\n]*)\}")
_PLAIN_KEYS = ("label", "name")


def lint_texts(settings: Settings, report: Report) -> None:
    """Report what is wrong with the texts that the file gives."""
    lines = report.positions.lines
    # Where a list may be written as one value, its only text has the path of the list.
    found = ((path if path in lines else _list_of(path), text) for path, text in _texts(settings, ()))
    texts = [(path, text) for path, text in found if path in lines]
    tables = [(path, text) for path, text in texts if text.languages]
    used = dict.fromkeys(language for _, text in tables for language in text.languages)
    for path, text in texts:
        _lint_placeholders(path, text, settings, report)
    for path, text in tables:
        others = [language for language in used if language not in text.languages]
        if settings.language not in text.languages:
            what = f"the text is not given in {named(settings.language)}, the language of this file"
            report.lint(path, what, f'add {settings.language} = "…"', severity=Severity.WARNING)
            others = [language for language in others if language != settings.language]
        if others:
            what = f"the text is not given in {listed(others, last='and')}, as other texts are"
            report.lint(path, what, f'add {others[0]} = "…"', severity=Severity.WARNING)


def _lint_placeholders(path: KeyPath, text: Text, settings: Settings, report: Report) -> None:
    for language, words in text.by_language:
        where = (*path, language) if (*path, language) in report.positions.lines else path
        for found in _PLACEHOLDER.finditer(words):
            name = found[1]
            if name is None:
                continue
            line = line_of(report.positions, where, words, f"{{{name}}}")
            if path[-1] in _PLAIN_KEYS:
                what = f"a {path[-1]} is shown as it is, without {{{name}}}"
                report.lint(where, what, "write the words themselves", line=line)
            elif name not in PLACEHOLDERS:
                near = nearest(name, PLACEHOLDERS)
                every = ", ".join(f"{{{placeholder}}}" for placeholder in PLACEHOLDERS)
                advice = f"write {{{near}}}" if near else f"write one of {every}"
                report.lint(where, f"there is no placeholder {{{printable(name)}}}", advice, line=line)
            elif name == "business" and not settings.business:
                what = "{business} stands for nothing, since the file names no business"
                advice = 'write business = "…" at the top of the file'
                report.lint(where, what, advice, severity=Severity.WARNING, line=line)


def line_of(positions: Positions, path: KeyPath, text: str, part: str) -> int:
    """The line of a part of a text, as well as it can be told.

    Args:
        positions: the lines of the file.
        path: the text's key.
        text: the text itself.
        part: what to find.

    Returns:
        The text's own line where the file writes it on one line or the part is not in it.
    """
    first = positions.line(path)
    before = text.partition(part)[0].count("\n") if part in text else 0
    last = positions.ends.get(path, first)
    skipped = last - first - text.count("\n")
    # Only a text whose line breaks are the file's own can be counted along.
    return first + skipped + before if skipped in {0, 1} else first


def _list_of(path: KeyPath) -> KeyPath:
    return path[:-1] if isinstance(path[-1], int) else path


def _texts(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Text]]:
    if isinstance(value, Text):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _texts(getattr(value, name), (*path, name))
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _texts(part, (*path, name))
    elif isinstance(value, tuple):
        for index, part in enumerate(value):
            yield from _texts(part, (*path, index))
