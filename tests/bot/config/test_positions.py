"""The lines of keys."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.positions import UnreadableAt, key_on_line, positions
from bot.config.problems import KeyPath

EVERYTHING = '''\
# a remark with [brackets] and "quotes"
top = 1
"quoted key" = 'x'

[a.b]   # implies a
text = """
k = "not a key"
[not.a.table]
""" # """
dotted . 'key' = 2
list = [
    1, # one ]
    "two]",
    [ 3,
      4 ],
]
inline = { x = 1, y = { z = "}" } }

[[things]]
name = "first"
[things.inner]
deep = \'\'\'it's'\'\'\'

[[things]]
name = "second"
[[things.parts]]
n = 1
[[things.parts]]
n = 2
[a]
late = 1979-05-27 07:32:00
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("quoted key",), 3),
        (("a", "b"), 5),
        (("a", "b", "text"), 6),
        (("a", "b", "dotted"), 10),
        (("a", "b", "dotted", "key"), 10),
        (("a", "b", "list"), 11),
        (("a", "b", "list", 0), 12),
        (("a", "b", "list", 1), 13),
        (("a", "b", "list", 2, 1), 15),
        (("a", "b", "inline", "y", "z"), 17),
        (("things", 0), 19),
        (("things", 0, "name"), 20),
        (("things", 0, "inner", "deep"), 22),
        (("things", 1), 24),
        (("things", 1, "parts", 0, "n"), 27),
        (("things", 1, "parts", 1), 28),
        (("a",), 30),
        (("a", "late"), 31),
        (("a", "nothing"), 30),
        (("things", 1, "nothing", 7), 24),
        (("nothing",), 1),
    ],
)
def test_finds_the_line(path: KeyPath, line: int) -> None:
    """Every way to write a key has its line, and a key that is missing the line of its table."""
    assert positions(EVERYTHING).line(path) == line


def test_knows_where_a_text_ends() -> None:
    """The end of a text of several lines is the line of its closing quotes."""
    assert positions(EVERYTHING).ends["a", "b", "text"] == 9


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a = 1\nb = """\nc = 2\n', 2),
        ("a = [\n1,\n2\n", 1),
        ("\n\na = {b = 1", 3),
        ('a = ["1" "2"]', 1),
        ("[a\nb=1", 1),
        ("a = 1\nb 2", 2),
        ("\na = [1,", 2),
        ('"\\q" = 1', 1),
    ],
)
def test_says_where_a_broken_text_goes_wrong(text: str, line: int) -> None:
    """What is not closed is reported where it begins."""
    with pytest.raises(UnreadableAt) as caught:
        positions(text)
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("[a]\nb = x", 2, ("a", "b")),
        ("[a.b]\n[[c]]\nd.e = ?", 3, ("c", 0, "d", "e")),
        ("[a]\nb = 1\n[a]", 3, ("a",)),
        ("[a]\n= 3", 2, ("a",)),
        ('[a]\n"\\q" = 3', 2, ("a",)),
        ('b = """\nc = ', 2, ()),
    ],
)
def test_names_the_key_of_a_broken_line(text: str, line: int, key: KeyPath) -> None:
    """A broken line is named by the key it begins, or by the table it stands in."""
    assert key_on_line(text, line) == key


NOISE = st.text(alphabet="ab k1=[]{}#,'.\t", max_size=8)


class Writer:
    """Writes a TOML text in which every key has a name of its own, so that searching finds its line."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data
        self.count = 0

    def draw(self, *choices: str) -> str:
        return str(self.data.draw(st.sampled_from(choices)))

    def name(self) -> str:
        self.count += 1
        return f"key{self.count:03}"

    def key(self) -> str:
        part = self.name()
        return self.draw(part, f'"{part}"', f"'{part}'", f"{part} . {self.name()}", f'{part}."{self.name()}"')

    def gap(self) -> str:
        return self.draw("", " ", "\n", "\n\n", " # ] } \" '''\n", "\t")

    def value(self, depth: int) -> str:
        noise = self.data.draw(NOISE)
        kinds = ("number", "basic", "literal", "long", "long literal") + (("list", "table") if depth else ())
        match self.draw(*kinds):
            case "basic":
                return '"' + noise.replace("\t", "\\t") + '\\""'
            case "literal":
                return "'" + noise.replace("'", '"') + "'"
            case "long":
                return '"""' + self.draw("", "\n") + noise + '\n""\\""x' + self.draw('"""', '""""', '"""""')
            case "long literal":
                return "'''" + noise.replace("'", "") + "\n''x" + self.draw("'''", "''''", "'''''")
            case "list":
                parts = [self.value(depth - 1) for _ in range(self.data.draw(st.integers(0, 3)))]
                return (
                    "[" + self.gap() + "".join(part + self.gap() + "," + self.gap() for part in parts) + "]"
                )
            case "table":
                pairs = [
                    f"{self.key()} = {self.value(depth - 1)}"
                    for _ in range(self.data.draw(st.integers(0, 2)))
                ]
                return "{ " + " , ".join(pairs) + " }"
            case _:
                return self.draw("1", "-2.5e3", "true", "2026-01-01", "2026-01-01 10:00:00", "inf")

    def document(self) -> str:
        rows = [self.pair() for _ in range(self.data.draw(st.integers(0, 2)))]
        lists = [self.name(), self.name()]
        seen: list[str] = []
        for _ in range(self.data.draw(st.integers(0, 6))):
            match self.draw("table", "list", "below"):
                case "list":
                    name = self.draw(*lists)
                    seen.append(name)
                    rows.append(f"[[ {name} ]] # {self.name()}")
                case "below" if seen:
                    rows.append(f"[{self.draw(*seen)}.{self.name()}]")
                case _:
                    rows.append(f"[ {self.name()} . '{self.name()}' ]")
            rows += [self.pair() for _ in range(self.data.draw(st.integers(0, 3)))]
        return "\n".join(rows)

    def pair(self) -> str:
        return f"{self.gap()}{self.key()}= {self.value(2)}{self.draw('', '  # remark', '  ')}"


def paths(value: Any, path: KeyPath = ()) -> list[KeyPath]:
    inner: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(found for part, below in inner for found in paths(below, (*path, part)))]


@given(st.data())
def test_agrees_with_the_parser(data: st.DataObject) -> None:
    """In any file, exactly the keys that the parser finds have a line, and a name is on its line."""
    text = Writer(data).document()
    values = tomllib.loads(text)
    found = positions(text)
    assert set(found.lines) == set(paths(values)) - {()}
    rows = text.split("\n")
    for path, line in found.lines.items():
        key = path[-1]
        if isinstance(key, str):
            # A list of tables is named again by each of them; the first time is meant.
            first = next(number for number, row in enumerate(rows, 1) if key in row)
            assert line == first
