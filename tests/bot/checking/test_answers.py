"""Answers that do nothing, that nothing chooses, or that get into each other's way."""

from pathlib import Path

import pytest

from tests.bot.config.snippets import BASE, checked, rendered

ANSWER = "[[routing.answers]]\n"
FIRST = '[routing]\non_ambiguous = "first"\n'
BOTH = "delete it in one of the two, or contacts are asked which they mean (warning)"
OWN = "give it an entry of its own, or delete it"
NEVER = f"nothing leads to this answer: earlier ones have all its entries; {OWN}"
NOTHING = "the answer does nothing; write team = a team, or reply = a text, or both"
NO_WAY = 'nothing can lead to this answer; write when = ["…"], or label = "…"'


@pytest.mark.parametrize(
    ("answers", "lines"),
    [
        (
            'label = "X"\nwhen = ["abc"]\n',
            [f"10: routing.answers[1]: {NOTHING}"],
        ),
        (
            'team = "support"\n',
            [f"10: routing.answers[1]: {NO_WAY}"],
        ),
        ('when = "a"\nreply = "b"\n', []),
        ('label = "a"\nreply = "b"\n', []),
        (
            'when = ["!!!", "aide"]\nteam = "support"\n',
            [
                (
                    '11: routing.answers[1].when[1]: "!!!" has no letter and no digit, so nobody can '
                    "write it; write a word, or delete it (warning)"
                ),
            ],
        ),
        ('when = ["aide", "AIDE"]\nteam = "support"\n', []),
    ],
)
def test_an_answer_that_is_wrong_alone_is_reported(tmp_path: Path, answers: str, lines: list[str]) -> None:
    """An answer leads somewhere or says something, and something leads to it."""
    problems = rendered(checked(tmp_path, BASE + ANSWER + answers).problems)
    assert problems == [f"config.toml:{line}" for line in lines]


@pytest.mark.parametrize(
    ("first", "second", "lines"),
    [
        (
            'when = ["Aide"]\nteam = "support"\n',
            'when = ["b", "aidé"]\nteam = "ventes"\n',
            [f'14: routing.answers[2].when[2]: the answer on line 10 has "Aide" too; {BOTH}'],
        ),
        (
            'label = "Aide"\nteam = "support"\n',
            'when = ["aide"]\nteam = "ventes"\n',
            [f'14: routing.answers[2].when[1]: the answer on line 10 has "Aide" too; {BOTH}'],
        ),
        (
            'label = "Aide"\nteam = "support"\n',
            'label = "AIDE"\nteam = "ventes"\n',
            [
                (
                    '14: routing.answers[2].label: the answer on line 10 has the label "AIDE" too; '
                    "give each its own label"
                ),
            ],
        ),
        (
            'when = ["1", "a"]\nteam = "support"\n',
            'when = ["①", "b"]\nteam = "ventes"\n',
            [
                (
                    "14: routing.answers[2].when[1]: the answer on line 10 has the number 1 too; "
                    "give each its own number"
                ),
            ],
        ),
        (
            'when = ["Aide", "c"]\nteam = "support"\n',
            'when = ["aide"]\nteam = "support"\n',
            [
                f"13: routing.answers[2]: {NEVER} (warning)",
                (
                    '14: routing.answers[2].when[1]: the answer on line 10 has "Aide" too; '
                    "delete it here, both lead to the same (warning)"
                ),
            ],
        ),
        ('when = ["aide"]\nteam = "support"\n', 'when = ["aide technique"]\nteam = "ventes"\n', []),
    ],
)
def test_answers_that_meet_are_reported(tmp_path: Path, first: str, second: str, lines: list[str]) -> None:
    """What two answers have is reported at the second, with the line of the first."""
    problems = rendered(checked(tmp_path, BASE + ANSWER + first + ANSWER + second).problems)
    assert problems == [f"config.toml:{line}" for line in lines]


def test_an_answer_that_always_loses_is_reported(tmp_path: Path) -> None:
    """Where the first is taken, an answer is lost whose entries earlier ones have; a number saves it."""
    entry = (
        'config.toml:16: routing.answers[2].when[1]: the answer on line 12 has "Aide" too; '
        "delete it in one of the two, since the first is chosen (warning)"
    )
    toml = BASE + FIRST + ANSWER + 'when = ["Aide", "c"]\nteam = "support"\n' + ANSWER + 'team = "ventes"\n'
    lost = rendered(checked(tmp_path, toml + 'when = ["aide"]\n').problems)
    assert lost == [f"config.toml:15: routing.answers[2]: {NEVER} (warning)", entry.replace(":16:", ":17:")]
    kept = rendered(checked(tmp_path, toml + 'when = ["aide"]\nlabel = "Ventes"\n').problems)
    assert kept == [entry.replace(":16:", ":17:")]


def test_an_answer_that_could_not_be_read_is_not_judged(tmp_path: Path) -> None:
    """A mistake in `when` is not followed by the complaint that there is none."""
    problems = checked(tmp_path, BASE + ANSWER + 'when = 1.5\nteam = "support"\n').problems
    assert [problem.key for problem in problems] == ["routing.answers[1].when[1]"]
