"""Whatever stands in the file, reading it reports and never raises."""

import json
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.checking import check
from tests.bot.config.snippets import BASE, PLUGINS

SHIPPED = (Path(__file__).parents[3] / "config.toml").read_text(encoding="utf-8")

_WORDS = st.sampled_from(
    [
        *"abc",
        "",
        "room:x",
        "support",
        "10m",
        "{menu}",
        "{nme}",
        "${X}",
        "${",
        "mon-fri",
        "08:00-99:00",
        "..",
        "é\n☎",
    ]
)
_KEYS = st.sampled_from(
    [
        *(
            "business",
            "language",
            "timezone",
            "preset",
            "server",
            "port",
            "limits",
            "media_mb",
            "canned",
            "rating",
        ),
        *(
            "channels",
            "room",
            "post",
            "token",
            "enabled",
            "plugin",
            "teams",
            "name",
            "chat",
            "members",
            "inbox",
        ),
        *(
            "routing",
            "welcome",
            "error",
            "fallback",
            "settle",
            "answers",
            "label",
            "when",
            "team",
            "reply",
            "lang",
        ),
        *("examples", "text", "expect", "line", "hours", "mon", "mon-fri", "holidays", "away"),
        *("lifecycle", "closing_delay", "reminders", "escalate_to"),
    ]
)
_SCALARS = st.one_of(
    _WORDS,
    st.booleans(),
    st.integers(-(2**63), 2**63),
    st.floats(),
    st.just(date(2026, 1, 1)),
    st.text(max_size=8),
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(_KEYS | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


def as_toml(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "{" + ", ".join(f"{as_toml(key)} = {as_toml(part)}" for key, part in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(as_toml, value)) + "]"
        case str():
            return json.dumps(value.replace("\x7f", ""), ensure_ascii=False)
        case _:
            return str(value)


def judged(content: bytes) -> list[str]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        path.write_bytes(content)
        report = check(path, settings_by_plugin=PLUGINS, environ={"X": "secret-value"})
    last = content.count(b"\n") + 1
    assert all(1 <= problem.line <= last for problem in report.problems)
    assert all(problem.what and problem.instead for problem in report.problems)
    assert (report.settings is None) == any(problem.is_error for problem in report.problems)
    lines = report.render().split("\n")
    assert len(lines) == len(report.problems) + 1
    return lines


@given(st.binary(max_size=200))
def test_bytes_are_judged(content: bytes) -> None:
    """Any bytes are settings or problems."""
    judged(content)


@given(st.text(max_size=200))
def test_text_is_judged(text: str) -> None:
    """Any text is settings or problems."""
    judged(text.encode(errors="replace"))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(_KEYS, _VALUES, max_size=5))
def test_values_of_any_type_are_judged(values: dict[str, Any]) -> None:
    """Any value under any key is settings or problems, in words without the validation library's."""
    toml = "\n".join(f"{key} = {as_toml(value)}" for key, value in values.items())
    lines = judged(toml.encode())
    assert not any("Input should" in line or "pydantic" in line for line in lines)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_a_good_file_with_an_accident_is_judged(data: st.DataObject) -> None:
    """A good file from which a piece is cut, or into which something is pasted, is settings or problems."""
    text = data.draw(st.sampled_from([BASE, SHIPPED]))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 30)))
    pasted = data.draw(
        st.text(max_size=4) | st.sampled_from(['"', "'", '"""', "[", "]]", "{", "}", "=", "#", "\n", "\\"])
    )
    judged((text[:start] + pasted + text[end:]).encode(errors="replace"))


def test_tables_nested_without_end(tmp_path: Path) -> None:
    """A file whose tables are nested too deeply is a problem like any other."""
    path = tmp_path / "config.toml"
    path.write_text(".".join(["a"] * 900) + " = 1\n", encoding="utf-8")
    loaded = check(path, settings_by_plugin=PLUGINS, environ={})
    assert loaded.settings is None
    assert loaded.problems
