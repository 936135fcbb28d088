"""Reading the file: bytes to TOML, and in plain words why not."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.config.positions import Positions, UnreadableAt, key_on_line, positions
from bot.config.problems import Problem, key_name, printable

_AT = re.compile(
    r"(?P<what>.*) \(at (?:line (?P<line>[0-9]+), column (?P<column>[0-9]+)|end of document)\)", re.DOTALL
)

# The parser's words and ours: what is wrong; what to write instead.
_PLAIN = (
    ("Cannot overwrite a value", "this key is already set{before}; keep one of the two"),
    ("Duplicate inline table key", "a key is set twice between these braces; keep one of the two"),
    ("Cannot declare", "this table is already there{before}; join the two under one header"),
    ("Cannot redefine namespace", "this table is already there{before}; join the two under one header"),
    ("Cannot mutate immutable", "this table is already there{before}; join the two under one header"),
    ("Expected ']]'", "the header is not closed; write it as [[routing.answers]]"),
    ("Expected ']'", "the header is not closed; write it as [routing]"),
    ("Expected '='", 'there is no = after the key; write key = "value"'),
    (
        "Invalid initial character for a key",
        'no key can begin like this; write key = "value", with a-z, 0-9, - and _ in the key',
    ),
    (
        "Invalid statement",
        'this is neither a key nor a header; write key = "value", [table], or # before a remark',
    ),
    (
        "Expected newline or end of document",
        "something follows the value; put quotes around the whole of a text, and # before a remark",
    ),
    (
        "Illegal character '\\n'",
        'the text is not closed on its line; end it with a quote, or write """ around several lines',
    ),
    ("Illegal character", "there is an invisible character; delete it and type the place again"),
    ("Found invalid character '\\n'", "the text is not closed on its line; end it with a quote"),
    ("Found invalid character", "there is an invisible character; delete it and type the place again"),
    ("Unterminated string", 'the text that begins here is not closed; end it with the same quotes, " or """'),
    ('Expected \'"""\'', 'the text that begins here is not closed; end it with """'),
    ("Expected \"'''\"", "the text that begins here is not closed; end it with '''"),
    ('Expected "\'"', "the text that begins here is not closed; end it with '"),
    ("Unescaped", "a backslash in a text stands for something else; write it twice: \\\\"),
    ("Invalid hex value", "a backslash in a text stands for something else; write it twice: \\\\"),
    ("Escaped character", "a backslash in a text stands for something else; write it twice: \\\\"),
    (
        "Unclosed array",
        "the list that begins here is not closed; put commas between its values and end it with ]",
    ),
    (
        "Unclosed inline table",
        "the braces that open here are not closed; put commas between the keys and end with }}",
    ),
    ("Invalid date", 'this date is in no calendar; write it as "2026-12-25"'),
    ("Spaced key", "a key is one word; join its words with _"),
    (
        "Empty text above",
        'the text{before} is empty, since "" begins and ends one; write """ above and below several lines',
    ),
    ("Curly quotes", 'these quotes are typographic ones; write straight ones: "…"'),
    (
        "Invalid value",
        'this value cannot be read; write texts in quotes ("…"), numbers and true or false without',
    ),
)
_CURLY = re.compile(r"=\s*[“”„«‘’]")
_SPACED = re.compile(r"\s*[\w-]+(?:[ \t]+[\w-]+)+\s*=")
_EMPTY_TEXT = re.compile(r"""=\s*(?:""|'')\s*$""")
_UNKNOWN = "this cannot be read; write it as the lines around it are written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file that is TOML.

    Attributes:
        values: what it says, as `tomllib` reads it.
        positions: where it says so.
    """

    values: dict[str, Any]
    positions: Positions


def read_document(path: Path) -> Document | Problem:
    """Read a file, or say why it cannot be read."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return _whole_file(
            "the file does not exist", "name another with --config, or copy the one Guichet came with"
        )
    except IsADirectoryError:
        return _whole_file("this is a folder", "name the file in it, with --config")
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        return _whole_file(f"the file cannot be read: {reason}", "let this user read it")
    except ValueError:
        return _whole_file("no file can have this name", "name another with --config")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _whole_file("the file is saved as UTF-16", "save it as UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return _at(line, "file", "there is a character that is not UTF-8", "save the file as UTF-8")
    return read_text(text)


def read_text(text: str) -> Document | Problem:
    """Read TOML, or say why it cannot be read."""
    # The parser does the same; so lines are counted alike.
    text = text.replace("\r\n", "\n")
    try:
        return Document(values=tomllib.loads(text), positions=positions(text))
    except tomllib.TOMLDecodeError as error:
        return _explain(text, str(error))
    except RecursionError:
        return _whole_file("lists stand in lists without end", "write at most a list of lists")
    except ValueError:
        # The one other error of the parser: a whole number of thousands of digits.
        return _whole_file("a number has thousands of digits", "write a smaller one")


def _explain(text: str, message: str) -> Problem:
    found = _AT.fullmatch(message)
    last = text.rstrip().count("\n") + 1
    line = int(found["line"]) if found and found["line"] else last
    what = found["what"] if found else message
    if what.startswith(("Unterminated", "Unclosed", "Expected '\"", "Expected \"'")):
        line = _beginning(text, line)
    elif what.startswith(("Illegal character '\\n'", "Found invalid character '\\n'")):
        line = min(line, last)
    key = key_on_line(text, line)
    before = _earlier(text, line, key)
    lines = text.split("\n")
    if what == "Invalid value" and _CURLY.search(lines[line - 1]):
        what = "Curly quotes"
    elif what.startswith(("Expected '='", "Invalid statement")):
        above = next((number for number in range(line - 1, 0, -1) if lines[number - 1].strip()), 0)
        if above and _EMPTY_TEXT.search(lines[above - 1]):
            what, before = "Empty text above", f" on line {above}"
            key = key_on_line(text, above)
        elif _SPACED.match(lines[line - 1]):
            what = "Spaced key"
    plain = next((words for start, words in _PLAIN if what.startswith(start)), _UNKNOWN)
    advice = plain.format(before=before)
    problem, _, instead = advice.partition("; ")
    return _at(line, key_name(key), problem, instead)


def _beginning(text: str, line: int) -> int:
    """The line on which something begins that is not closed."""
    try:
        positions(text)
    except UnreadableAt as error:
        return min(error.line or line, line)
    return line


def _earlier(text: str, line: int, key: tuple[str | int, ...]) -> str:
    try:
        before = positions("\n".join(text.split("\n")[: line - 1]))
    except UnreadableAt:
        return ""
    return f" on line {before.lines[key]}" if key in before.lines else ""


def _whole_file(what: str, instead: str) -> Problem:
    return _at(1, "file", what, instead)


def _at(line: int, key: str, what: str, instead: str) -> Problem:
    return Problem(line=line, key=key, what=printable(what), instead=instead)
