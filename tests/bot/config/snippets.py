"""Reading snippets of config.toml in tests."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr, ValidationInfo, field_validator, model_validator

from bot.api import ChannelSettings
from bot.checking import CheckReport, check
from bot.config import LoadedConfig, Problem, Settings, load


class RoomSettings(ChannelSettings):
    """A plugin that needs nothing."""

    key: SecretStr = SecretStr("")


class PostSettings(ChannelSettings):
    """A plugin with a secret, a choice, and rules of its own."""

    token: SecretStr
    number: str = "+1"
    mode: str = "polling"
    retries: int = 3

    @field_validator("number")
    @classmethod
    def _has_plus(cls, number: str) -> str:
        if not number.startswith("+"):
            raise ValueError(f"{number} does not begin with +; write it as +33612345678")
        return number

    @model_validator(mode="after")
    def _webhook_has_address(self, info: ValidationInfo) -> "PostSettings":
        if self.mode == "webhook" and not (info.context or {})["public_url"]:
            raise ValueError('mode "webhook" needs an address; write public_url under [server]')
        return self


PLUGINS: Mapping[str, type[ChannelSettings]] = {"room": RoomSettings, "post": PostSettings}

BASE = """\
business = "Dupont"
[channels.room]
enabled = true
[inbox]
chat = "room:inbox"
[teams.support]
chat = "room:support"
[teams.ventes]
chat = "room:ventes"
"""
"""A file without a problem; it has nine lines, so a snippet after it begins on line 10."""


def loaded(folder: Path, toml: str, environ: Mapping[str, str] | None = None) -> LoadedConfig:
    path = folder / "config.toml"
    path.write_text(toml, encoding="utf-8")
    return load(path, settings_by_plugin=PLUGINS, environ=environ or {})


def settings(folder: Path, toml: str, environ: Mapping[str, str] | None = None) -> Settings:
    config = loaded(folder, toml, environ)
    assert config.settings is not None, rendered(config.problems)
    return config.settings


def checked(folder: Path, toml: str, environ: Mapping[str, str] | None = None) -> CheckReport:
    path = folder / "config.toml"
    path.write_text(toml, encoding="utf-8")
    return check(path, settings_by_plugin=PLUGINS, environ=environ or {})


def rendered(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.render("config.toml") for problem in problems]
