"""The README says what there is, and nothing that there is not."""

import argparse
import re
from pathlib import Path

import pytest

import run
from bot.checking import check
from bot.desk.parsing import COMMANDS
from bot.loader import PluginCatalog
from bot.metrics import Metrics

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```toml\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def section(title: str) -> str:
    """What stands under a heading, up to the next of the same or a higher rank."""
    found = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^#{{1,2}} |\Z)", README, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[2]


def test_metrics() -> None:
    """The table of metrics names every metric, and no other."""
    documented = set(re.findall(r"^\| `(guichet_\w+)`", README, re.MULTILINE))
    assert documented == set(Metrics().names())


def test_commands_of_the_rooms() -> None:
    """The table of commands names every command, and no other."""
    documented = set(re.findall(r"`/(\w+)", section("Answering: the team rooms")))
    assert documented == set(COMMANDS)


def test_command_line() -> None:
    """The table of the command line names every sub-command, and no other."""
    documented = set(re.findall(r"^\| `run\.py (\w+)", README, re.MULTILINE))
    actions = run.parser()._actions
    names = next(each for each in actions if isinstance(each, argparse._SubParsersAction)).choices
    assert documented == set(names)


def test_two_lines() -> None:
    """One line starts the product and one runs the tests; each is a single command line."""
    for marker in ("start line", "test line"):
        found = re.findall(rf"<!-- {marker} -->\n```sh\n(.*?)\n```", README, re.DOTALL)
        assert len(found) == 1
        assert "\n" not in found[0]


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_of_settings(example: str, tmp_path: Path) -> None:
    """Every example of config.toml in the README is a whole file, or goes behind the first one."""
    path = tmp_path / "config.toml"
    is_whole = "[inbox]" in example
    path.write_text(example if is_whole else f"{EXAMPLES[0]}\n{example}", encoding="utf-8")
    report = check(path, settings_by_plugin=PluginCatalog().settings_by_plugin(), environ={})
    assert report.settings is not None, report.render()
    assert not report.problems, report.render()


def test_figures_are_measured_by_the_bench() -> None:
    """The README's figures say which command they come from."""
    assert "python -m tests.bench" in section("Figures")


def test_map_of_the_code() -> None:
    """The table of what is where names every part of the bot, once, and no other."""
    named = re.findall(r"`(bot/[\w./]+)`", "\n".join(re.findall(r"^\| `bot/.*? \|", README, re.MULTILINE)))
    parts = [
        path for path in (ROOT / "bot").iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
    ]
    there = {f"bot/{path.name}" for path in parts if path.name != "__init__.py"}
    assert sorted(named) == sorted(there)
