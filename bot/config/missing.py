"""Variables that the environment lacks: a warning to a check, and an error to a start that needs them."""

from collections.abc import Mapping
from typing import Any

from bot.api import ChannelSettings
from bot.config.environment import Substitution
from bot.config.problems import KeyPath, Severity
from bot.config.report import Report


def report_missing(file: Substitution, channels: Mapping[str, ChannelSettings], report: Report) -> None:
    """Report each variable that is missing, and whether a start can do without it.

    A start can do without what belongs to a channel that is not enabled: its table, and the addresses on it.
    """
    for path, names in file.missing.items():
        channel = _channel(path, file.values)
        settings = channels.get(channel)
        is_needed = settings is None or settings.enabled
        for name in names:
            report.add(
                path,
                f"the environment has no {name}",
                f"set {name}, for example in a file .env beside this one",
                severity=Severity.WARNING,
                at_start=Severity.ERROR if is_needed else None,
                channel=channel if is_needed and path[0] == "channels" else "",
            )


def _channel(path: KeyPath, values: Mapping[str, Any]) -> str:
    """The channel that a value belongs to, or empty."""
    if path[0] == "channels" and len(path) > 1:
        return str(path[1])
    if path[0] not in {"teams", "inbox"} or not {"chat", "members"} & set(path):
        return ""
    value: Any = values
    for part in path:
        value = value[part]
    return str(value).partition(":")[0]
