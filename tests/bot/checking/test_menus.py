"""Menus in the welcome."""

from pathlib import Path

import pytest

from tests.bot.config.snippets import BASE, checked, rendered

ANSWER = '[[routing.answers]]\nwhen = ["1", "aide"]\nteam = "support"\n'


@pytest.mark.parametrize(
    ("row", "number"),
    [
        ("2. Ventes", "2"),
        ("2) Ventes", "2"),
        ("2 - Ventes", "2"),
        ("2 : Ventes", "2"),
        ("  • 2.Ventes", "2"),
        ("*2.* Ventes", "2"),
        ("2️⃣ Ventes", "2"),
        ("⑤ Ventes", "5"),
        ("🔟 Ventes", "10"),
        ("Tapez 2 pour les ventes", "2"),
        ("press 3", "3"),
        ("Drücken Sie 4", "4"),
        ("1. Aide", None),
        ("Tapez 1", None),
        ("08:30-12:00", None),
        ("06 12 34 56 78", None),
        ("12.50 euros", None),
        ("24 heures sur 24", None),
        ("2026-12-25", None),
        ("3 rue Haute", None),
        ("", None),
    ],
)
def test_a_number_that_leads_nowhere_is_reported(tmp_path: Path, row: str, number: str | None) -> None:
    """A number that a hand-written welcome offers and no answer has is reported on its own line."""
    toml = f'{BASE}[routing]\nwelcome = """\nBonjour\n{row}"""\n{ANSWER}'
    problems = rendered(checked(tmp_path, toml).problems)
    what = f'the welcome offers "{number}", and no answer has this number'
    advice = f'write when = ["{number}", …] in an answer, or {{menu}} for the list'
    expected = f"config.toml:13: routing.welcome: {what}; {advice} (warning)"
    assert problems == ([expected] if number else [])


def test_a_welcome_with_a_menu_may_hold_numbers(tmp_path: Path) -> None:
    """Beside {menu}, numbers are not looked at."""
    labelled = ANSWER.replace("when", 'label = "Aide"\nwhen')
    toml = f'{BASE}[routing]\nwelcome = "{{menu}}\\n9. x"\n{labelled}'
    assert checked(tmp_path, toml).problems == ()


def test_every_language_of_the_welcome_is_looked_at(tmp_path: Path) -> None:
    """A number is looked for in each language's welcome."""
    toml = f'{BASE}[routing]\nwelcome = {{ en = "1. a", fr = "7. b" }}\n{ANSWER}'
    (problem,) = checked(tmp_path, toml).problems
    assert problem.what == 'the welcome offers "7", and no answer has this number'


def test_a_menu_without_lines_is_reported(tmp_path: Path) -> None:
    """A welcome with {menu} needs an answer with a label; the default welcome does not complain."""
    toml = f'{BASE}[routing]\nwelcome = """\nHi\n{{menu}}"""\n{ANSWER}'
    assert rendered(checked(tmp_path, toml).problems) == [
        (
            "config.toml:13: routing.welcome: {menu} is empty, since no answer has a label; "
            'write label = "…" in the answers (warning)'
        )
    ]
    assert checked(tmp_path, BASE + ANSWER).problems == ()


def test_answers_that_could_not_be_read_are_no_reason(tmp_path: Path) -> None:
    """When an answer has a mistake, its number is not called missing."""
    toml = f'{BASE}[routing]\nwelcome = "2. x"\n[[routing.answers]]\nwhen = [2, 1.5]\nteam = "support"\n'
    assert [problem.key for problem in checked(tmp_path, toml).problems] == ["routing.answers[1].when[2]"]
