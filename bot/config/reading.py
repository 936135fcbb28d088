"""Loading config.toml: settings, or every problem at once."""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.config.channels import SettingsByPlugin, read_channels
from bot.config.environment import Substitution, substitute
from bot.config.explaining import explain, known_keys, source_path, unknown_key
from bot.config.lints import lint
from bot.config.missing import report_missing
from bot.config.models import Settings
from bot.config.positions import Positions
from bot.config.problems import KeyPath, Problem
from bot.config.report import Report, Secret, in_order
from bot.config.syntax import Document, read_document
from bot.config.text_lints import lint_texts

# What stands in for a value that must be there and is not, so that the rest can be judged.
_STAND_INS: Mapping[KeyPath, Any] = {("inbox", "chat"): "nowhere:nowhere"}
_ATTEMPTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedConfig:
    """What config.toml says.

    Attributes:
        settings: None when there is an error.
        problems: everything that is wrong, in the order of the file.
        draft: what could be read, with defaults for what could not; for judging the rest of the file,
            never for running. None when nothing could be read.
        positions: the lines of the file.
        broken: the keys that could not be read.
        secrets: what no problem may show.
    """

    settings: Settings | None = field(repr=False)
    problems: tuple[Problem, ...]
    draft: Settings | None = field(default=None, repr=False)
    positions: Positions = field(default_factory=Positions, repr=False)
    broken: frozenset[KeyPath] = frozenset()
    secrets: tuple[Secret, ...] = field(default=(), repr=False)

    def with_problems(self, more: Iterable[Problem]) -> "LoadedConfig":
        """The same with what others found wrong; there are no settings when that holds an error."""
        problems = in_order((*self.problems, *more))
        has_errors = any(problem.is_error for problem in problems)
        return replace(self, problems=problems, settings=None if has_errors else self.settings)

    def for_start(self) -> "LoadedConfig":
        """The same as a real start sees it: there, an enabled channel needs its variables."""
        problems = tuple(problem.for_start() for problem in self.problems)
        return replace(self, problems=()).with_problems(problems)

    def report(self) -> Report:
        """A report for what others find wrong with this file."""
        return Report(positions=self.positions, broken=set(self.broken), secrets=list(self.secrets))


def load(path: Path, *, settings_by_plugin: SettingsByPlugin, environ: Mapping[str, str]) -> LoadedConfig:
    """Read and judge config.toml; bad input is reported, never raised.

    It reads the file, so it is called in a thread where there is an event loop.

    Args:
        path: the file.
        settings_by_plugin: the plugins that exist, each with the model of its table.
        environ: where `${NAME}` is looked up; `read_environment` makes it.
    """
    document = read_document(path)
    if isinstance(document, Problem):
        return LoadedConfig(settings=None, problems=(document,))
    try:
        return _judge(document, settings_by_plugin, environ)
    except RecursionError:
        what = "the tables are nested too deeply to be settings"
        problem = Problem(
            line=1, key="file", what=what, instead="keep to the keys of the file Guichet came with"
        )
        return LoadedConfig(settings=None, problems=(problem,))


def _judge(
    document: Document, settings_by_plugin: SettingsByPlugin, environ: Mapping[str, str]
) -> LoadedConfig:
    file = substitute(document.values, environ)
    report = Report(positions=document.positions)
    channels = read_channels(file, settings_by_plugin=settings_by_plugin, report=report)
    draft = _validate({**_with_lines(file.values, report), "channels": channels}, file, report)
    report_missing(file, channels, report)
    if draft is not None:
        lint(draft, report, file.values)
        lint_texts(draft, report)
    problems = report.problems()
    has_errors = any(problem.is_error for problem in problems)
    return LoadedConfig(
        settings=None if has_errors else draft,
        problems=problems,
        draft=draft,
        positions=document.positions,
        broken=frozenset(report.broken),
        secrets=tuple(report.secrets),
    )


def _with_lines(values: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """A copy in which every answer and example knows its line."""
    copied = copy.deepcopy(dict(values))
    routing = copied.get("routing")
    for name in ("answers", "examples"):
        tables = routing.get(name) if isinstance(routing, dict) else None
        for index, table in enumerate(tables if isinstance(tables, list) else ()):
            path: KeyPath = ("routing", name, index)
            if isinstance(table, dict):
                if "line" in table:
                    report.add((*path, "line"), *unknown_key((*path, "line"), known_keys(Settings, path)))
                table["line"] = report.positions.line(path)
    return copied


def _validate(values: dict[str, Any], file: Substitution, report: Report) -> Settings | None:
    """Make settings of the values; what cannot be used is reported, left out, and the rest tried again."""
    for _ in range(_ATTEMPTS):
        try:
            return Settings.model_validate(values)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                path = source_path(detail["loc"], file.values)
                if path not in file.missing or detail["type"] == "extra_forbidden":
                    value = detail["input"]
                    report.add(path, *explain(detail, path, known_keys(Settings, path[:-1]), value))
                report.broken.add(path)
                _leave_out(values, path)
    return None


def _leave_out(values: dict[str, Any], path: KeyPath) -> None:
    for needed, stand_in in _STAND_INS.items():
        if path == needed[: len(path)]:
            values[str(needed[0])] = {needed[1]: stand_in}
            return
    # A value in a list is left out with the whole list, since the places of the others must not change.
    tables: list[tuple[dict[str, Any], str]] = []
    value: Any = values
    for part in path:
        if isinstance(value, dict) and isinstance(part, str):
            tables.append((value, part))
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            break
    present = [(table, key) for table, key in tables if key in table]
    if present:
        table, key = present[-1]
        del table[key]
