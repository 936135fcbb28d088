"""The config.toml that comes with Guichet: it runs, and it documents every key."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from bot.checking import check
from bot.config import PLACEHOLDERS, Hours, Settings, Team
from bot.config.explaining import known_keys
from bot.config.hours import DAYS
from bot.config.problems import KeyPath
from bot.loader import PluginCatalog
from plugins.webchat.settings import Settings as WebchatSettings
from tests.shipped import PATH, needs_shipped

pytestmark = needs_shipped

SHIPPED = PATH.read_text(encoding="utf-8")
PLUGINS = PluginCatalog().settings_by_plugin()
CHANNELS = {name: set(model.model_fields) - {"plugin"} for name, model in PLUGINS.items()}


def awake(*, examples: bool) -> str:
    """The file with every sleeping key awake; without those that only show an example, unless wanted."""
    rows = []
    for row in SHIPPED.split("\n"):
        sleeping = re.fullmatch(r"# (\[+[a-z.]+\]+.*|[a-z_-]+ = .*)", row)
        is_example = "exemple" in row
        rows.append(sleeping[1] if sleeping and (examples or not is_example) else row)
    return "\n".join(rows)


def keys(value: Any, path: KeyPath = ()) -> Iterator[tuple[str, ...]]:
    """Every key, with a star for names that the admin chooses."""
    if isinstance(value, list):
        for part in value:
            yield from keys(part, path)
    elif isinstance(value, dict):
        for key, part in value.items():
            star = "*" if path in {("teams",), ("hours",)} or path[-1:] == ("canned",) else key
            yield (*map(str, path), star)
            yield from keys(part, (*path, star))


def model_keys(annotation: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every key that the models have, written the same way."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name in annotation.model_fields:
            if (*path, name) not in {("routing", "answers", "line"), ("routing", "examples", "line")}:
                yield (*path, name)
                yield from model_keys(annotation.model_fields[name].annotation, (*path, name))
    elif path != ("channels",):
        inner = get_args(annotation)
        is_table = get_origin(annotation) is Mapping
        if is_table:
            yield (*path, "*")
        for part in inner:
            yield from model_keys(part, (*path, "*") if is_table else path)


def test_it_is_good_without_credentials() -> None:
    """The shipped file has no problem of any kind in an empty environment, where it enables one channel."""
    report = check(PATH, settings_by_plugin={"webchat": WebchatSettings}, environ={})
    assert report.problems == ()
    assert report.for_start().settings is not None
    assert report.render().startswith(f"{PATH}: good, 7 answers, 9 examples as expected")


def test_it_has_the_four_teams_and_the_faq() -> None:
    """Three options answer at once and assign nobody, four lead to the departments; all are numbered."""
    settings = check(PATH, settings_by_plugin={"webchat": WebchatSettings}, environ={}).settings
    assert settings is not None
    assert list(settings.channels) == ["webchat"]
    assert settings.is_enabled("webchat")
    answers = settings.routing.answers
    assert [answer.team for answer in answers if answer.team] == list(settings.teams)
    faq = [answer for answer in answers if answer.team is None]
    assert [answer.reply.is_empty for answer in faq] == [False] * 3
    assert not any(answer.label.is_empty for answer in answers)
    assert [answer.when[0] for answer in answers] == list("1234567")
    assert list(settings.teams) == ["support", "ventes", "marketing", "comptabilite"]
    assert {name: team.chat.address for name, team in settings.teams.items() if team.chat} == {
        name: f"webchat:{name}" for name in settings.teams
    }
    assert settings.inbox.chat.address == "webchat:inbox"


def test_every_key_of_the_models_is_documented() -> None:
    """Whatever the models know stands in the file, awake or asleep; a day of the week in a remark."""
    documented = set(keys(tomllib.loads(awake(examples=True))))
    days = {("hours", "*", day) for day in DAYS}
    assert set(model_keys(Settings)) - documented - days == set()
    assert all(re.search(rf"# Jours : .*\b{day}\b", SHIPPED) for day in DAYS)


def test_every_documented_key_exists(tmp_path: Path) -> None:
    """With every sleeping key awake the file is still good: there is no error and no warning."""
    path = tmp_path / "config.toml"
    path.write_text(awake(examples=False), encoding="utf-8")
    report = check(path, settings_by_plugin=PLUGINS, environ=variables_of(SHIPPED))
    assert report.problems == ()
    assert report.settings is not None


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_is_documented(channel: str) -> None:
    """Each channel's table shows each of its keys."""
    assert set(tomllib.loads(awake(examples=True))["channels"][channel]) == CHANNELS[channel]


def test_another_name_for_a_channel_is_told_of() -> None:
    """`plugin`, which every table may have, is told of in a remark."""
    assert 'plugin = "telegram"' in SHIPPED


def test_a_sleeping_key_shows_its_default(tmp_path: Path) -> None:
    """Unless it is marked as an example, waking a key changes nothing."""
    before = loaded_as(tmp_path, SHIPPED)
    after = loaded_as(tmp_path, awake(examples=False))
    for section in Settings.model_fields:
        if section not in {"teams", "hours", "canned", "channels"}:
            assert getattr(before, section) == getattr(after, section)
    assert before.teams["support"] == after.teams["support"]
    assert (
        after.hours["bureau"].away
        == loaded_as(tmp_path, SHIPPED + '\n[hours.x]\nmon = "08:00-09:00"').hours["x"].away
    )


def loaded_as(folder: Path, toml: str) -> Settings:
    path = folder / "config.toml"
    path.write_text(toml, encoding="utf-8")
    settings = check(path, settings_by_plugin=PLUGINS, environ=variables_of(toml)).settings
    assert settings is not None
    return settings


def test_every_placeholder_is_documented() -> None:
    """The remarks at the top explain each placeholder."""
    assert set(re.findall(r"\{([a-z_]+)\}", SHIPPED.partition("\nbusiness =")[0])) == set(PLACEHOLDERS)


def test_the_known_keys_are_those_of_the_models() -> None:
    """What is suggested for an unknown key are the keys of its own table."""
    assert "line" not in known_keys(Settings, ("routing", "answers", 0))
    assert known_keys(Settings, ("teams", "x")) == tuple(Team.model_fields)
    assert known_keys(Settings, ("hours", "x")) == (*Hours.model_fields, "mon-fri")
    assert known_keys(Settings, ("business", "x")) == ()
    assert known_keys(Settings, ("canned",)) == ()


def variables_of(toml: str) -> dict[str, str]:
    """A value for every variable that a file asks for."""
    found = dict.fromkeys(re.findall(r"\$\{([A-Z_]+)\}", toml), "a-secret")
    return found | {"TWILIO_ACCOUNT_SID": f"AC{'0' * 32}"}
