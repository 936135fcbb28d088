"""The report on a whole file."""

from pathlib import Path

from bot.checking import check
from tests.bot.config.snippets import BASE, PLUGINS, checked

ANSWER = '[[routing.answers]]\nwhen = "a"\nteam = "support"\n'


def test_a_good_file_is_called_good(tmp_path: Path) -> None:
    """The report on a good file is one line with what was found in it."""
    report = checked(tmp_path, BASE + ANSWER)
    assert report.render() == f"{tmp_path / 'config.toml'}: good, 1 answer, 0 examples as expected"
    assert report.settings is not None
    assert report.config.settings is report.settings


def test_problems_of_all_kinds_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    """Mistakes of reading and of routing are sorted by line, errors first, and counted at the end."""
    toml = BASE + "[teams.x]\n" + ANSWER + ANSWER + '[lifecycle]\nclosing_delay = "2d"\n[srver]\n'
    report = checked(tmp_path, toml)
    lines = report.render().split("\n")
    assert [problem.line for problem in report.problems] == sorted(
        problem.line for problem in report.problems
    )
    assert [line.split(":")[1] for line in lines[:-1]] == ["10", "14", "15", "18", "19"]
    assert lines[3].endswith('write "24h" or less')
    assert lines[0].endswith("(warning)")
    assert lines[-1].endswith("config.toml: not usable: 2 errors, 3 warnings")


def test_the_file_is_named_as_it_was_given(tmp_path: Path) -> None:
    """A file is called what the person called it."""
    report = check(Path("no/such.toml"), settings_by_plugin=PLUGINS, environ={})
    assert report.render().startswith("no/such.toml:1: file: the file does not exist; ")
    assert report.render().endswith("\nno/such.toml: not usable: 1 error")


def test_a_start_needs_every_variable(tmp_path: Path) -> None:
    """What is a warning to a check may be an error to a start."""
    report = checked(tmp_path, BASE + '[channels.post]\nenabled = true\ntoken = "${TOKEN}"\n')
    assert report.settings is not None
    assert report.render().endswith("as expected, 1 warning; a start needs the variables that are missing")
    assert report.for_start().settings is None
    assert report.for_start().render().endswith("not usable: 1 error")


def test_lesser_problems_are_counted(tmp_path: Path) -> None:
    """A file with warnings is good, and says so."""
    report = checked(tmp_path, BASE + "[teams.x]\n[teams.y]\n")
    assert report.render().endswith("good, 0 answers, 0 examples as expected, 2 warnings")
