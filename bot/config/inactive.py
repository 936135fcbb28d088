"""The keys that are accepted and checked, and that nothing acts on yet."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.config.problems import KeyPath, Severity
from bot.config.report import Report
from bot.config.values import read_duration

INACTIVE: tuple[tuple[str, ...], ...] = (
    ("hours", "*"),
    ("lifecycle", "auto_close"),
    ("lifecycle", "closing"),
    ("lifecycle", "closing_delay"),
    ("reminders", "team"),
    ("reminders", "escalate_after"),
    ("reminders", "escalate_to"),
    ("rating", "enabled"),
    ("limits", "retention"),
)
"""A star stands for any name. A feature that is built takes its keys out of here."""


def report_inactive(file: Mapping[str, Any], report: Report) -> None:
    """Say of each of these keys that the file switches on that it does nothing in this version."""
    for pattern in INACTIVE:
        for path, value in _matching(file, pattern, ()):
            if _is_on(value):
                report.lint(
                    path,
                    "accepted; not active in this version",
                    "it may stay, and will act after an update",
                    severity=Severity.NOTE,
                )


def _matching(table: Any, pattern: tuple[str, ...], path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    if not pattern:
        yield path, table
    elif isinstance(table, Mapping):
        for key in table if pattern[0] == "*" else {pattern[0]} & table.keys():
            yield from _matching(table[key], pattern[1:], (*path, key))


def _is_on(value: Any) -> bool:
    try:
        return bool(read_duration(value))
    except ValueError:
        return bool(value)
