"""Variables in strings."""

from pathlib import Path

import pytest

from bot.config import Severity, read_environment
from bot.config.environment import substitute
from tests.bot.config.snippets import BASE, loaded, rendered, settings

POST = '[channels.post]\nenabled = {}\ntoken = "${{TOKEN}}"\nnumber = "+${{NUMBER}}"\n'


def test_variables_are_filled_in_everywhere() -> None:
    """A variable is filled in wherever a string stands, several times in one, and nowhere else."""
    file = substitute(
        {"a": "x${A}y${A}", "b": [{"c": "${B}"}], "${A}": 1, "d": "$A ${} ${a-b}"}, {"A": "1", "B": "${A}"}
    )
    assert file.values == {"a": "x1y1", "b": [{"c": "${A}"}], "${A}": 1, "d": "$A ${} ${a-b}"}
    assert file.used == {("a",): {"A": "1"}, ("b", 0, "c"): {"B": "${A}"}}
    assert file.missing == {}


def test_a_missing_variable_stays_as_written() -> None:
    """What the environment lacks stays in the string, and is known by its place."""
    file = substitute({"a": ["${A} ${B} ${C}"]}, {"B": "b"})
    assert file.values == {"a": ["${A} b ${C}"]}
    assert file.missing == {("a", 0): ("A", "C")}


def test_the_environment_wins_over_the_env_file(tmp_path: Path) -> None:
    """A variable of the process wins over the .env file beside config.toml, whose dollars are plain."""
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfA=file\nexport B='x y'\nC=$A${A}\nempty\nD=\xff\n")
    environment = read_environment(tmp_path / "config.toml", {"A": "process"})
    assert environment == {"A": "process", "B": "x y", "C": "$A${A}", "D": "\ufffd"}


@pytest.mark.parametrize("name", ["config.toml", "nowhere/config.toml", "file/config.toml"])
def test_the_env_file_may_be_absent(tmp_path: Path, name: str) -> None:
    """Without a .env file there is the environment of the process."""
    (tmp_path / "file").write_text("")
    assert read_environment(tmp_path / name, {"A": "1"}) == {"A": "1"}


def test_an_env_folder_is_no_env_file(tmp_path: Path) -> None:
    """A folder named .env, as some tools make it, is left alone."""
    (tmp_path / ".env").mkdir()
    assert read_environment(tmp_path / "config.toml", {}) == {}


def test_a_channel_gets_its_variables(tmp_path: Path) -> None:
    """A token comes from the environment."""
    found = settings(tmp_path, BASE + POST.format("true"), {"TOKEN": "secret-token", "NUMBER": "33"})
    assert found.channels["post"].model_dump()["token"].get_secret_value() == "secret-token"
    assert found.plugin_of("post") == "post"


def test_a_missing_variable_is_a_warning_until_start(tmp_path: Path) -> None:
    """What an enabled channel lacks is a warning, and an error at a real start, which names the channel."""
    config = loaded(tmp_path, BASE + POST.format("true"), {"NUMBER": "33"})
    advice = "set TOKEN, for example in a file .env beside this one"
    line = f"config.toml:12: channels.post.token: the environment has no TOKEN; {advice}"
    assert rendered(config.problems) == [f"{line} (warning)"]
    assert config.settings is not None
    assert config.problems[0].channel == "post"
    assert rendered(config.for_start().problems) == [line]
    assert config.for_start().settings is None


def test_a_channel_that_is_off_needs_no_variables(tmp_path: Path) -> None:
    """What a channel lacks that is not enabled stays a warning at a real start."""
    config = loaded(tmp_path, BASE + POST.format("false")).for_start()
    assert {problem.severity for problem in config.problems} == {Severity.WARNING}
    assert {problem.channel for problem in config.problems} == {""}
    assert config.settings is not None


def test_a_value_that_is_missing_is_not_judged(tmp_path: Path) -> None:
    """The plugin's rules are not held against a value that is not known yet."""
    toml = BASE + POST.format("true").replace("+$", "$")
    config = loaded(tmp_path, toml, {"TOKEN": "secret-token"})
    assert [problem.what for problem in config.problems] == ["the environment has no NUMBER"]
    assert config.settings is not None
    assert config.settings.is_enabled("post")


def test_a_missing_variable_outside_channels_stops_a_start(tmp_path: Path) -> None:
    """What a text or a setting lacks is a warning, and an error at a start, and the value is not judged."""
    toml = BASE.replace('"Dupont"', '"${NAME}"') + '[routing]\nsettle = "${PAUSE}"\nfuzzy = "${FUZZY}"\n'
    config = loaded(tmp_path, toml)
    assert [problem.what for problem in config.problems] == [
        "the environment has no NAME",
        "the environment has no PAUSE",
        "the environment has no FUZZY",
    ]
    assert {problem.channel for problem in config.problems} == {""}
    assert config.settings is not None
    assert config.settings.business == "${NAME}"
    assert config.for_start().settings is None


@pytest.mark.parametrize(
    ("team", "severity"),
    [
        ('chat = "room:${ROOM}"', Severity.ERROR),
        ('chat = "${ROOM}"', Severity.ERROR),
        ('chat = "post:${ROOM}"', Severity.WARNING),
        ('members = ["post:1", "post:${ROOM}"]', Severity.WARNING),
        ('chat = "post:1"\nname = "post:${ROOM}"', Severity.ERROR),
    ],
)
def test_an_address_may_lack_a_variable_while_its_channel_is_off(
    tmp_path: Path, team: str, severity: Severity
) -> None:
    """An address on a channel that is not enabled does not stop a start for want of a variable."""
    toml = BASE + '[channels.post]\ntoken = "a-token"\n[teams.x]\n' + team
    config = loaded(tmp_path, toml)
    assert config.settings is not None
    (found,) = [problem for problem in config.for_start().problems if "ROOM" in problem.what]
    assert found.severity is severity
