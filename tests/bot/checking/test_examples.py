"""Routing examples are run."""

from pathlib import Path

import pytest

from bot.config import Severity
from tests.bot.config.snippets import BASE, checked, rendered

ANSWERS = """\
[[routing.answers]]
when = ["aide"]
team = "support"
[[routing.answers]]
label = { en = "Quote", fr = "Devis" }
when = ["prix"]
reply = "x"
[[routing.examples]]
"""
ADVICE = "change `when` of the answer, or what the example expects"


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("de l'aide svp", "support"),
        ("PRIX", "Quote"),
        ("prix ?", "Devis"),
        ("devis", "Quote"),
        ("1", "Devis"),
        ("bonjour", "error"),
    ],
)
def test_an_example_that_leads_where_it_says_is_good(tmp_path: Path, text: str, expect: str) -> None:
    """An example expects a team, a label in any language, or that nothing is recognised."""
    toml = f'{BASE}{ANSWERS}text = "{text}"\nexpect = "{expect}"\n'
    assert checked(tmp_path, toml).problems == ()


@pytest.mark.parametrize(
    ("text", "expect", "what"),
    [
        ("aide-moi", "ventes", 'expected "ventes", got "support" through the entry "aide" (line 10)'),
        ("aide-moi", "error", 'expected "error", got "support" through the entry "aide" (line 10)'),
        ("prix", "support", 'expected "support", got "Quote" through the entry "prix" (line 13)'),
        ("bonjour", "support", 'expected "support", got "error", since no entry matches'),
        ("aide prix", "support", 'expected "support", got a question between "support" and "Quote"'),
    ],
)
def test_an_example_that_leads_elsewhere_refuses_the_file(
    tmp_path: Path, text: str, expect: str, what: str
) -> None:
    """A failing example is an error with its line, which says where it leads and through what."""
    toml = f'{BASE}{ANSWERS}text = "{text}"\nexpect = "{expect}"\n'
    report = checked(tmp_path, toml)
    assert rendered(report.problems) == [f'config.toml:17: routing.examples[1]: "{text}": {what}; {ADVICE}']
    assert report.problems[0].severity is Severity.ERROR
    assert report.settings is None


def test_an_example_may_expect_the_first(tmp_path: Path) -> None:
    """Where the first of two is taken, an example expects the first."""
    toml = f'{BASE}[routing]\non_ambiguous = "first"\n{ANSWERS}text = "aide prix"\nexpect = "support"\n'
    assert checked(tmp_path, toml).problems == ()


def test_an_example_that_expects_what_is_not_there_is_reported(tmp_path: Path) -> None:
    """An expectation that is no team and no label is reported with the nearest, and only that."""
    toml = f'{BASE}{ANSWERS}text = "aide"\nexpect = "suport"\n'
    (problem,) = checked(tmp_path, toml).problems
    assert (problem.line, problem.key) == (19, "routing.examples[1].expect")
    assert (problem.what, problem.instead) == (
        '"suport" is no team, no label, and not "error"',
        'write "support"',
    )


@pytest.mark.parametrize(
    "mistake", ['[[routing.answers]]\nwhen = "x"\nteam = "support"\ntag = "x"\n', "[teams.paris]\nchat = 3\n"]
)
def test_an_example_is_not_blamed_for_another_mistake(tmp_path: Path, mistake: str) -> None:
    """When an answer or the expected team could not be read, examples that hang on it are left alone."""
    toml = f'{BASE}{ANSWERS}text = "y"\nexpect = "paris"\n{mistake}'
    assert [problem for problem in checked(tmp_path, toml).problems if "examples" in problem.key] == []


def test_every_example_is_run(tmp_path: Path) -> None:
    """Every failing example is reported, not only the first."""
    more = '[[routing.examples]]\ntext = "rien"\nexpect = "support"\n'
    toml = f'{BASE}{ANSWERS}text = "bof"\nexpect = "support"\n{more}{more}'
    assert [problem.line for problem in checked(tmp_path, toml).problems] == [17, 20, 23]
