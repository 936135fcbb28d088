"""Where every key and value of a TOML text stands; the parser keeps no lines, so a scanner finds them.

It reads what is valid TOML, and only as closely as finding the lines needs.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.config.problems import KeyPath

_BLANK = re.compile(r"[ \t]*")
_GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\r\n]+")


class UnreadableAt(Exception):
    """The text is not TOML; the construct that goes wrong begins on `line`."""

    def __init__(self, line: int) -> None:
        super().__init__(f"not TOML from line {line} on")
        self.line = line


@dataclass(frozen=True, slots=True)
class Positions:
    """The line of every key, and of every value in a list, counted from 1.

    Attributes:
        lines: where each begins.
        ends: where each value ends.
    """

    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    ends: Mapping[KeyPath, int] = field(default_factory=dict)

    def line(self, path: KeyPath) -> int:
        """The line of `path`, or of the nearest table around it that the file has; 1 when it has none."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def positions(text: str) -> Positions:
    """Find the line of everything in a TOML text.

    Raises:
        UnreadableAt: the text is not TOML. Not every mistake is noticed.
    """
    scanner = _Scanner(text)
    return Positions(lines=scanner.lines(), ends=scanner.ends)


def key_on_line(text: str, line: int) -> KeyPath:
    """The key that is set, or the table that begins, on a line of a text that is broken there or further on.

    Returns:
        Its path from the top of the file; the table's, when the line sets no key.
    """
    rows = text.split("\n")
    scanner = _Scanner("\n".join(rows[: line - 1]))
    try:
        scanner.lines()
    except UnreadableAt:
        return ()
    found = re.match(
        rf"[ \t]*(\[?\[?)[ \t]*((?:{_KEY_PART.pattern})(?:[ \t]*\.[ \t]*(?:{_KEY_PART.pattern}))*)",
        rows[line - 1],
    )
    if found is None:
        return scanner.table
    try:
        key = _Scanner(found[2]).key()
    except UnreadableAt:
        return scanner.table
    return key if found[1] else (*scanner.table, *key)


class _Scanner:
    """Reads a text once, from its beginning to its end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._lines: dict[KeyPath, int] = {}
        self._counts: dict[KeyPath, int] = {}
        self.ends: dict[KeyPath, int] = {}
        self.table: KeyPath = ()

    def lines(self) -> dict[KeyPath, int]:
        self._take(_GAP)
        while self._place < len(self._text):
            if self._text.startswith("[", self._place):
                self._header()
            else:
                self._pair(self.table)
            self._take(_GAP)
        return self._lines

    def key(self) -> tuple[str, ...]:
        parts = [self._key_part()]
        while self._next_is("."):
            parts.append(self._key_part())
        return tuple(parts)

    def _header(self) -> None:
        line = self._line()
        brackets = 2 if self._text.startswith("[[", self._place) else 1
        self._place += brackets
        key = self.key()
        if not self._next_is("]" * brackets):
            raise UnreadableAt(line)
        path = self._mention((), key, line)
        if brackets == 2:
            # The path of a list's last table holds its place already; the list itself has none.
            path = path[:-1] if isinstance(path[-1], int) else path
            self._counts[path] = self._counts.get(path, 0) + 1
            path = (*path, self._counts[path] - 1)
        # A table that was only implied by one below it gets the line of its own header.
        self._lines[path] = line
        self.table = path

    def _pair(self, table: KeyPath) -> None:
        line = self._line()
        path = self._mention(table, self.key(), line)
        if not self._next_is("="):
            raise UnreadableAt(line)
        self._take(_BLANK)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        line = self._line()
        match self._text[self._place : self._place + 1]:
            case "[":
                self._place += 1
                index = 0
                while not self._closes("]", line):
                    self._lines[*path, index] = self._line()
                    self._value((*path, index))
                    self._comma("]", line)
                    index += 1
            case "{":
                self._place += 1
                while not self._closes("}", line):
                    self._pair(path)
                    self._comma("}", line)
            case '"' | "'":
                self._take(_STRING, line)
            case _:
                self._take(_SCALAR, line)
        self.ends[path] = self._line()

    def _closes(self, bracket: str, opened: int) -> bool:
        self._take(_GAP)
        if self._place >= len(self._text):
            raise UnreadableAt(opened)
        return self._next_is(bracket)

    def _comma(self, bracket: str, opened: int) -> None:
        self._take(_GAP)
        if not self._next_is(",") and not self._text.startswith(bracket, self._place):
            raise UnreadableAt(opened)

    def _mention(self, table: KeyPath, key: tuple[str, ...], line: int) -> KeyPath:
        path = table
        for part in key:
            path = (*path, part)
            self._lines.setdefault(path, line)
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
        return path

    def _key_part(self) -> str:
        self._take(_BLANK)
        part = self._take(_KEY_PART, self._line())
        if part[0] not in "\"'":
            return part
        try:
            return str(tomllib.loads(f"key = {part}")["key"])
        except tomllib.TOMLDecodeError:
            raise UnreadableAt(self._line()) from None

    def _next_is(self, sign: str) -> bool:
        self._take(_BLANK)
        if not self._text.startswith(sign, self._place):
            return False
        self._place += len(sign)
        return True

    def _take(self, pattern: re.Pattern[str], line: int = 0) -> str:
        found = pattern.match(self._text, self._place)
        if found is None:
            raise UnreadableAt(line)
        self._place = found.end()
        return found[0]

    def _line(self) -> int:
        return bisect_right(self._starts, self._place)
