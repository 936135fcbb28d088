"""config.toml: read into frozen models, with every problem at once, each on its line."""

from bot.config.channels import SettingsByPlugin
from bot.config.environment import read_environment
from bot.config.hours import Holiday, Hours, Interval
from bot.config.models import (
    INBOX,
    Answer,
    Example,
    Inbox,
    Lifecycle,
    Limits,
    Rating,
    Reminders,
    Routing,
    Server,
    Settings,
    Team,
)
from bot.config.problems import Problem, Severity
from bot.config.reading import LoadedConfig, load
from bot.config.report import Report, in_order
from bot.config.text import LANGUAGES, PLACEHOLDERS, Text
from bot.config.watch import Fingerprints, Watch, fingerprints

__all__ = [
    "INBOX",
    "LANGUAGES",
    "PLACEHOLDERS",
    "Answer",
    "Example",
    "Fingerprints",
    "Holiday",
    "Hours",
    "Inbox",
    "Interval",
    "Lifecycle",
    "Limits",
    "LoadedConfig",
    "Problem",
    "Rating",
    "Reminders",
    "Report",
    "Routing",
    "Server",
    "Settings",
    "SettingsByPlugin",
    "Severity",
    "Team",
    "Text",
    "Watch",
    "fingerprints",
    "in_order",
    "load",
    "read_environment",
]
