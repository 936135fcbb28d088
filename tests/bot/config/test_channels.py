"""Channel tables are judged by the models of their plugins."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field, HttpUrl, SecretStr, ValidationInfo, model_validator

from bot.api import ChannelSettings
from bot.config import load
from tests.bot.config.snippets import BASE, PLUGINS, RoomSettings, loaded, rendered


class Mode(StrEnum):
    POLLING = "polling"
    WEBHOOK = "webhook"


class StrictSettings(ChannelSettings):
    """A plugin with every kind of rule."""

    mode: Mode = Mode.POLLING
    page: Annotated[str, Field(min_length=1)] = "x"
    url: HttpUrl | None = None
    delay: float = 1.0
    ratio: Annotated[float, Field(lt=1, gt=0)] = 0.5
    code: Annotated[str, Field(pattern="^v[0-9]+$")] = "v1"
    rooms: dict[str, int] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _page_is_free(self) -> "StrictSettings":
        if self.page == "bad":
            raise ValueError("this page\nis taken")
        return self


def problems_of(tmp_path: Path, toml: str, plugins: Mapping[str, type[ChannelSettings]]) -> list[str]:
    path = tmp_path / "config.toml"
    path.write_text(BASE + toml, encoding="utf-8")
    return rendered(load(path, settings_by_plugin=plugins, environ={}).problems)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ('mode = "webhok"', '.mode: the value is not known here; write "polling" or "webhook"'),
        ('page = ""', ".page: must not be empty; write a value"),
        ('url = "x"', '.url: must be a web address; write url = "https://…"'),
        ('delay = "x"', ".delay: must be a number; write delay = …, without quotes"),
        ("ratio = 1.0", ".ratio: must be less than 1.0; write a number below 1.0"),
        ('code = "1"', ".code: is not accepted; see the comments of the config.toml that Guichet came with"),
        ("rooms = 1", ".rooms: must be a table; write its keys under a [channels.strict.rooms] header"),
        ("enabled = 1", ".enabled: must be true or false; write enabled = true, without quotes"),
    ],
)
def test_a_plugin_may_have_any_rule(tmp_path: Path, row: str, line: str) -> None:
    """Whatever rule of a plugin's model is broken is explained in plain words."""
    found = problems_of(tmp_path, f"[channels.strict]\n{row}\n", {**PLUGINS, "strict": StrictSettings})
    assert found == [f"config.toml:11: channels.strict{line}"]


def test_a_rule_of_the_whole_table_is_reported_at_its_header(tmp_path: Path) -> None:
    """A rule between the keys of a channel counts once the channel is enabled."""
    plugins: dict[str, type[ChannelSettings]] = {**PLUGINS, "strict": StrictSettings}
    assert problems_of(tmp_path, '[channels.strict]\npage = "bad"\n', plugins) == []
    (line,) = problems_of(tmp_path, '[channels.strict]\nenabled = true\npage = "bad"\n', plugins)
    assert line.startswith("config.toml:10: channels.strict: this page is taken; see the comments")


class NeedySettings(ChannelSettings):
    """A plugin that cannot be connected without credentials."""

    needed = ("account", "token")

    account: str = ""
    token: SecretStr = SecretStr("")


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ("", "account, token are empty; write them, or enabled = false"),
        ('account = "1"', "token is empty; write it, or enabled = false"),
        ('account = "1"\ntoken = "a-token"', ""),
    ],
)
def test_credentials_are_wanted_once_a_channel_is_enabled(tmp_path: Path, rows: str, what: str) -> None:
    """What a channel cannot be connected without is missed at its header, and only once it is enabled."""
    plugins: dict[str, type[ChannelSettings]] = {**PLUGINS, "needy": NeedySettings}
    assert problems_of(tmp_path, f"[channels.needy]\n{rows}\n", plugins) == []
    found = problems_of(tmp_path, f"[channels.needy]\nenabled = true\n{rows}\n", plugins)
    assert found == ([f"config.toml:10: channels.needy: {what}"] if what else [])


class NumberedSettings(ChannelSettings):
    """A plugin whose chats have numbers."""

    def address_fault(self, chat_id: str) -> str:
        return "" if chat_id.isdecimal() else "this is no number; write 123"


def test_a_plugin_knows_its_addresses(tmp_path: Path) -> None:
    """An address that can be none on its platform is reported where it stands."""
    plugins: dict[str, type[ChannelSettings]] = {**PLUGINS, "numbered": NumberedSettings}
    table = "[channels.numbered]\nenabled = true\n[teams.x]\n"
    assert problems_of(tmp_path, f'{table}members = ["numbered:1"]\n', plugins) == []
    assert problems_of(tmp_path, f'{table}members = ["numbered:1", "numbered:one"]\n', plugins) == [
        "config.toml:13: teams.x.members[2]: this is no number; write 123"
    ]


def test_a_plugin_sees_the_public_address(tmp_path: Path) -> None:
    """A plugin that needs the server's public address finds it while its table is judged."""
    toml = BASE + '[channels.post]\nenabled = true\ntoken = "a-token"\nmode = "webhook"\n'
    assert [problem.key for problem in loaded(tmp_path, toml).problems] == ["channels.post"]
    assert loaded(tmp_path, toml + '[server]\npublic_url = "https://x.example"\n').problems == ()


def test_a_plugin_knows_that_a_variable_is_missing(tmp_path: Path) -> None:
    """A plugin's own rules can leave a table alone whose variables are not known yet."""
    seen: list[object] = []

    class Curious(ChannelSettings):
        token: str = ""

        @model_validator(mode="after")
        def _look(self, info: ValidationInfo) -> "Curious":
            seen.append((info.context or {})["unresolved"])
            return self

    problems_of(tmp_path, '[channels.curious]\ntoken = "${T}"\n', {**PLUGINS, "curious": Curious})
    problems_of(tmp_path, '[channels.curious]\ntoken = "t"\n', {**PLUGINS, "curious": Curious})
    assert seen == [True, False]


def test_a_channel_that_is_off_may_be_unfinished(tmp_path: Path) -> None:
    """A channel that is not enabled may lack what it needs, but not hold what nobody knows."""
    assert loaded(tmp_path, BASE + "[channels.post]\n").problems == ()
    (problem,) = loaded(tmp_path, BASE + "[channels.post]\nx = 1\n").problems
    assert problem.key == "channels.post.x"


def test_a_plugin_that_is_not_there_is_reported(tmp_path: Path) -> None:
    """The nearest plugin is named, or all when they are few, and where a plugin is named."""
    found = problems_of(tmp_path, "[channels.zzz]\n", {"room": RoomSettings})
    advice = 'write "room", as the table\'s name or as its key `plugin`'
    assert found == [f'config.toml:10: channels.zzz: there is no plugin "zzz"; {advice}']
    many = {"room": RoomSettings} | {f"plugin{number:02}x": RoomSettings for number in range(12)}
    assert "name one that is installed" in problems_of(tmp_path, "[channels.qqqq]\n", many)[-1]
