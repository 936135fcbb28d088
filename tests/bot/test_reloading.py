"""Reloading: whatever happens at it, the process goes on, and the next change is taken."""

import logging
from pathlib import Path
from typing import cast

import pytest

from bot.config import Settings
from bot.core import Core, Disk, Watchers
from bot.loader import PluginCatalog
from bot.reloading import Reloading
from tests.bot.building import START, settings_of
from tests.journeys.house import CONFIG


class Process:
    """What a reload acts on; it fails as is said, one time after another."""

    def __init__(self, config: Path, *errors: Exception) -> None:
        self.errors = list(errors)
        self.taken: list[Settings] = []
        self.told: list[str] = []
        self.reloading = Reloading(
            config, catalog=PluginCatalog(), environ={}, take=self._take, announce=self._announce
        )

    async def _take(self, settings: Settings) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.taken.append(settings)

    async def _announce(self, key: str, /, **_values: str) -> None:
        self.told.append(key)


async def test_a_fault_ends_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What cannot be brought into force is in the log and ends nothing; the next reload is made."""
    config = tmp_path / "config.toml"
    config.write_text(CONFIG, encoding="utf-8")
    process = Process(config, ValueError("what was said"), OSError("no space left"))
    with caplog.at_level(logging.INFO):
        await process.reloading.reload()
        await process.reloading.reload()
        assert process.taken == []
        assert "was reloaded" not in caplog.text
        await process.reloading.reload()
    assert len(process.taken) == 1
    assert caplog.text.count("could not be brought into force whole") == 2
    assert "no space left" in caplog.text
    assert "what was said" not in caplog.text


def test_settings_that_mean_nothing(tmp_path: Path) -> None:
    """Settings that no rules can be made of change nothing, and not the one without the other."""
    watchers = Watchers(
        written=lambda: None,
        turn=lambda *_: None,
        send=lambda *_: None,
        connection_failed=lambda *_: None,
    )
    settings = settings_of()
    core = Core(settings, Disk.at(tmp_path, lambda: START), clock=lambda: START, watchers=watchers)
    with pytest.raises(AttributeError):
        core.take(cast("Settings", object()))
    assert core.settings is settings
