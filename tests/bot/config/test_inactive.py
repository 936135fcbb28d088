"""Features whose keys are read and that do nothing yet."""

from pathlib import Path

import pytest

from bot.config import Settings, Severity
from bot.config.inactive import INACTIVE
from tests.bot.config.snippets import BASE, loaded


@pytest.mark.parametrize(
    ("snippet", "keys"),
    [
        ('[hours.x]\nmon = "08:00-09:00"\n[hours.y]\nmon = "08:00-09:00"', ["hours.x", "hours.y"]),
        (
            '[lifecycle]\nauto_close = "48h"\nclosing = "x"\nclosing_delay = "1h"',
            ["lifecycle.auto_close", "lifecycle.closing", "lifecycle.closing_delay"],
        ),
        ('[lifecycle]\nauto_close = "0s"\nclosing = ""\nclosing_delay = "0s"\nreopen_window = "1h"', []),
        (
            '[reminders]\nteam = ["10m"]\nescalate_after = "1h"\nescalate_to = "support"',
            ["reminders.team", "reminders.escalate_after", "reminders.escalate_to"],
        ),
        ('[reminders]\nteam = []\nescalate_after = "0s"\nescalate_to = ""', []),
        ("[rating]\nenabled = true", ["rating.enabled"]),
        ('[rating]\nenabled = false\nquestion = "?"', []),
        ('[limits]\nretention = "365d"', ["limits.retention"]),
        ('[limits]\nretention = "0d"', []),
    ],
)
def test_what_the_file_switches_on_is_noted(tmp_path: Path, snippet: str, keys: list[str]) -> None:
    """A feature that does nothing yet is accepted, and noted only when the file switches it on."""
    config = loaded(tmp_path, f"{BASE}{snippet}\n")
    assert [problem.key for problem in config.problems] == keys
    assert {problem.severity for problem in config.problems} <= {Severity.NOTE}
    assert all("not active in this version" in problem.what for problem in config.problems)
    assert config.settings is not None


def test_every_inactive_key_exists() -> None:
    """The table names only keys of the models, so that none is forgotten in it."""
    for section, key in INACTIVE:
        field = Settings.model_fields[section]
        fields = getattr(field.annotation, "model_fields", {"*": None})
        assert key in fields
