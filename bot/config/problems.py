"""What is wrong with config.toml, where, and what to write instead."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from rapidfuzz import fuzz, process, utils

KeyPath = tuple[str | int, ...]
"""The way to a value from the top of the file: names of keys, and places in lists counted from 0."""

_NEAR = 60.0
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


class Severity(StrEnum):
    """How much a problem matters.

    Attributes:
        ERROR: the file cannot be used.
        WARNING: it can be used, and probably does not do what was meant.
    """

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        line: where, counted from 1.
        key: the key's full name, as in `routing.answers[2].team`; places in lists are counted from 1.
        what: what is wrong.
        instead: what to write instead.
        severity: how much it matters to `check`.
        at_start: how much it matters to a real start, where that differs.
        channel: the channel that cannot be started because of it, or empty.
    """

    line: int
    key: str
    what: str
    instead: str
    severity: Severity = Severity.ERROR
    at_start: Severity | None = None
    channel: str = ""

    @property
    def is_error(self) -> bool:
        """Whether the file cannot be used because of it."""
        return self.severity is Severity.ERROR

    def for_start(self) -> "Problem":
        """The same problem as a real start sees it: there a missing secret is an error."""
        return self if self.at_start is None else replace(self, severity=self.at_start, at_start=None)

    def render(self, file_name: str) -> str:
        """Write it as one line: `config.toml:LINE: key: what is wrong; what to write instead`."""
        mark = "" if self.is_error else f" ({self.severity})"
        return f"{file_name}:{self.line}: {self.key}: {self.what}; {self.instead}{mark}"


def key_name(path: KeyPath) -> str:
    """Write a path as people say it: `routing.answers[2].team` is the second answer's team."""
    name = ""
    for part in path:
        if isinstance(part, int):
            name += f"[{part + 1}]"
        else:
            name += ("." if name else "") + (part if _BARE_KEY.fullmatch(part) else f'"{part}"')
    return printable(name) or "file"


def printable(text: str) -> str:
    """Cut a text of the file to what fits into a line of a report."""
    clean = on_one_line(text)
    return clean if len(clean) <= 80 else f"{clean[:79]}…"


def on_one_line(text: str) -> str:
    """Replace what would break a line, or cannot be seen."""
    return "".join(character if character.isprintable() else "?" for character in text)


def named(text: str) -> str:
    """Quote a name from the file."""
    return f'"{printable(text)}"'


def listed(names: Iterable[str], *, last: str = "or") -> str:
    """Join names as a sentence does: `"a", "b" or "c"`."""
    quoted = [named(name) for name in names]
    return (
        quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {last} {quoted[-1]}" if quoted else ""
    )


def nearest(name: str, known: Sequence[str]) -> str | None:
    """The known name that was probably meant, or None when none is near."""
    found = process.extractOne(
        name, known, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=_NEAR
    )
    return found[0] if found else None


def suggestion(name: str, known: Sequence[str], *, most: int = 8) -> str:
    """Say what to write instead of an unknown name: the nearest, or all when they are few; "" for neither."""
    if near := nearest(name, known):
        return f"write {named(near)}"
    return f"write {listed(known)}" if 0 < len(known) <= most else ""
