"""Files that are not TOML, or no files at all."""

from pathlib import Path

import pytest

from bot.config.problems import Problem
from bot.config.syntax import Document, read_document, read_text
from tests.bot.config.snippets import loaded, rendered

QUOTES = 'this value cannot be read; write texts in quotes ("…"), numbers and true or false without'
BACKSLASH = "a backslash in a text stands for something else; write it twice: \\\\"
KEY = 'no key can begin like this; write key = "value", with a-z, 0-9, - and _ in the key'
ONE_LINE = 'the text is not closed on its line; end it with a quote, or write """ around several lines'
INVISIBLE = "there is an invisible character; delete it and type the place again"
THERE = "this table is already there{}; join the two under one header"
STATEMENT = 'this is neither a key nor a header; write key = "value", [table], or # before a remark'
FOLLOWS = "something follows the value; put quotes around the whole of a text, and # before a remark"
NOT_CLOSED = 'the text that begins here is not closed; end it with the same quotes, " or """'
EMPTY = 'the text on line {} is empty, since "" begins and ends one; write """ above and below several lines'
NO_EQUALS = 'there is no = after the key; write key = "value"'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = 2\na = 3\n", "3: a: this key is already set on line 1; keep one of the two"),
        ("a = 1\n[a]\n", "2: a: this key is already set on line 1; keep one of the two"),
        ("a.b = 1\n[a.b.c]\n", "2: a.b.c: this key is already set; keep one of the two"),
        ("a = {x = 1, x = 2}", "1: a: a key is set twice between these braces; keep one of the two"),
        ("[a]\nx=1\n[b]\n[a]\n", f"4: a: {THERE.format(' on line 1')}"),
        ("[[a]]\n[a]\n", f"2: a: {THERE.format(' on line 1')}"),
        ("a = [1]\n[[a]]\n", f"2: a: {THERE.format(' on line 1')}"),
        ("a = {}\na.b = 1\n", f"2: a.b: {THERE.format('')}"),
        ("[a.b]\n[a]\nb.c = 1\n", f"3: a.b.c: {THERE.format('')}"),
        (
            "a = 1\nb = {x = [\n1], x = 1}",
            f"3: file: {THERE.format('')}",
        ),
        ("[a\nb = 1", "1: a: the header is not closed; write it as [routing]"),
        ("[[a]\nb = 1", "1: a: the header is not closed; write it as [[routing.answers]]"),
        ("[]", f"1: file: {KEY}"),
        ("a 3", f"1: a: {NO_EQUALS}"),
        ("# x\n  [t]\n port: 80", f"3: t.port: {NO_EQUALS}"),
        ("[t]\nkey words = 3", "2: t.key: a key is one word; join its words with _"),
        ('a = ""\nHello\n""', f"2: a: {EMPTY.format(1)}"),
        ("[t]\na = ''\n\nÀ vous = x\n", f"4: t.a: {EMPTY.format(2)}"),
        ("= 3", f"1: file: {STATEMENT}"),
        ("[t]\né = 3", f"2: t: {STATEMENT}"),
        ('a = "x" y\n', f"1: a: {FOLLOWS}"),
        ("[t]\na = \n", f"2: t.a: {QUOTES}"),
        ("welcome = Bonjour\n", f"1: welcome: {QUOTES}"),
        ("business = “Dupont”", '1: business: these quotes are typographic ones; write straight ones: "…"'),
        (
            'a = "x\nb = 1\n',
            f"1: a: {ONE_LINE}",
        ),
        ("a = 'x\nb = 1\n", "1: a: the text that begins here is not closed; end it with '"),
        ('b = 1\na = """\nx\n\ny', f"2: a: {NOT_CLOSED}"),
        ("a = '''\nx\n", "1: a: the text that begins here is not closed; end it with '''"),
        (
            "a = [1,\n 2\nb = 3\n",
            "1: a: the list that begins here is not closed; put commas between its values and end it with ]",
        ),
        (
            "a = {x = 1\nb = 2",
            "1: a: the braces that open here are not closed; put commas between the keys and end with }",
        ),
        ('a = "C:\\Users"', f"1: a: {BACKSLASH}"),
        ('a = "\\q"', f"1: a: {BACKSLASH}"),
        ('a = "\\ud800"', f"1: a: {BACKSLASH}"),
        ('a = "x\x01"', f"1: a: {INVISIBLE}"),
        ("a = 1 # \x08", f"1: a: {INVISIBLE}"),
        ("a = 2026-02-30", '1: a: this date is in no calendar; write it as "2026-12-25"'),
        ("a = " + "[" * 3000, "1: file: lists stand in lists without end; write at most a list of lists"),
        ("a = " + "1" * 5000, "1: file: a number has thousands of digits; write a smaller one"),
        ("a = 1\r\nb = \r\n", f"2: b: {QUOTES}"),
    ],
)
def test_broken_toml_is_explained(text: str, line: str) -> None:
    """What is not TOML is reported where it goes wrong, with the key and in plain words."""
    problem = read_text(text)
    assert isinstance(problem, Problem)
    assert problem.render("config.toml") == f"config.toml:{line}"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (
            'a = 1\nb = "é"'.encode("latin-1"),
            "2: file: there is a character that is not UTF-8; save the file as UTF-8",
        ),
        ("a = 1".encode("utf-16"), "1: file: the file is saved as UTF-16; save it as UTF-8"),
    ],
)
def test_another_encoding_is_explained(tmp_path: Path, content: bytes, line: str) -> None:
    """A file that is not UTF-8 is reported with the line of the first strange character."""
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    problem = read_document(path)
    assert isinstance(problem, Problem)
    assert problem.render("config.toml") == f"config.toml:{line}"


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("absent.toml", "the file does not exist"),
        ("", "this is a folder"),
        ("a/b", "the file does not exist"),
    ],
)
def test_a_file_that_is_none_is_explained(tmp_path: Path, name: str, what: str) -> None:
    """A file that does not exist, and a folder, are reported as what they are."""
    problem = read_document(tmp_path / name)
    assert isinstance(problem, Problem)
    assert (problem.line, problem.key, problem.what) == (1, "file", what)


def test_a_path_below_a_file_is_explained(tmp_path: Path) -> None:
    """A path through a file is reported with the system's reason, and a name that no file can have too."""
    (tmp_path / "file").write_text("")
    below = read_document(tmp_path / "file" / "config.toml")
    impossible = read_document(tmp_path / "a\0b")
    assert isinstance(below, Problem)
    assert isinstance(impossible, Problem)
    assert below.what == "the file cannot be read: not a directory"
    assert impossible.what == "no file can have this name"


def test_windows_files_are_read(tmp_path: Path) -> None:
    """A byte order mark and Windows line ends change neither the values nor the lines."""
    path = tmp_path / "config.toml"
    path.write_bytes(b'\xef\xbb\xbfa = """\r\nx\r\ny"""\r\nb = 2\r\n')
    document = read_document(path)
    assert isinstance(document, Document)
    assert document.values == {"a": "x\ny", "b": 2}
    assert document.positions.line(("b",)) == 4


def test_a_file_that_is_no_toml_has_one_problem(tmp_path: Path) -> None:
    """Loading what is not TOML gives its one problem, and neither settings nor a draft."""
    config = loaded(tmp_path, "a = ")
    assert rendered(config.problems) == [f"config.toml:1: a: {QUOTES}"]
    assert (config.settings, config.draft) == (None, None)
