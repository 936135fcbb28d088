"""One list of answers gives the menu's text, its buttons and the numbers that match."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from bot.matching import Matcher, menu_text, options
from tests.bot.matching.examples import target_of


@dataclass(frozen=True)
class _Label:
    texts: Mapping[str, str] = field(default_factory=dict)

    def in_language(self, language: str, default: str, /) -> str:
        return self.texts.get(language) or self.texts.get(default, "")

    def all(self) -> tuple[str, ...]:
        return tuple(self.texts.values())


@dataclass(frozen=True, kw_only=True)
class _Answer:
    label: _Label = field(default_factory=_Label)
    when: Sequence[str] = ()
    team: str | None = None
    line: int = 1


def _answer(label: str = "", *when: str, team: str | None = None) -> _Answer:
    return _Answer(label=_Label({"fr": label}), when=when, team=team)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([_answer("Support"), _answer("Ventes")], "1. Support\n2. Ventes"),
        ([_answer("Support", "aide", "2"), _answer("Ventes", "1")], "2. Support\n1. Ventes"),
        ([_answer("A"), _answer("B", "1"), _answer("C")], "2. A\n1. B\n3. C"),
        ([_answer("A"), _answer("", "1", "hors menu"), _answer("C", "3")], "2. A\n3. C"),
        ([_answer("A", "2️⃣", "1")], "2. A"),
        ([_answer("A", "07")], "7. A"),
        ([_answer("A", "0")], "0. A"),
        ([_answer("Paris", "75001"), _answer("B", "007")], "1. Paris\n2. B"),
        ([_answer("", "x"), _answer(" ", "y")], ""),
        ([], ""),
    ],
)
def test_numbers(answers: list[_Answer], expected: str) -> None:
    """A labelled answer has its own first number, else the smallest that no answer claims."""
    assert menu_text(options(answers, "fr")) == expected


def test_what_the_menu_says_matches() -> None:
    """Every number and every line of the menu recognises its own answer."""
    answers = [_answer("Support", "4", team="s"), _answer("Ventes", team="v"), _answer("", "1", team="x")]
    listed = options(answers, "fr")
    subject = Matcher(listed, fuzzy=True, language="fr")
    for option in listed:
        if option.label:
            assert target_of(subject, str(option.number)) == option.target
            assert target_of(subject, f"{option.number}. {option.label}") == option.target
    assert target_of(subject, "1") == "x"


def test_labels_match_in_every_language() -> None:
    """The label is shown in the contact's language, and recognised in all of them."""
    answer = _Answer(label=_Label({"fr": "Ventes", "en": "Sales", "de": "Verkauf"}), team="v", line=42)
    (option,) = options([answer], "en", "fr")
    assert (option.label, option.line) == ("Sales", 42)
    subject = Matcher([option], fuzzy=False, language="fr")
    assert [target_of(subject, text) for text in ("sales", "ventes", "verkauf")] == ["v"] * 3


def test_a_missing_language_falls_back() -> None:
    """A label without the contact's language is shown in the configuration's."""
    (option,) = options([_Answer(label=_Label({"fr": "Ventes"}))], "de", "fr")
    assert option.label == "Ventes"


def test_targets() -> None:
    """Answers to one team share a target; each answer without a team has its own."""
    answers = [_answer("A", team="t"), _answer("B", team="t"), _answer("C"), _answer("D", team="")]
    targets = [option.target for option in options(answers, "fr")]
    assert targets[0] == targets[1]
    assert len(set(targets)) == 3


def test_unlabelled_answers_have_no_number() -> None:
    """An answer that the menu does not show is not numbered, though its own numbers match."""
    (option,) = options([_answer("", "5", "secret", team="t")], "fr")
    assert option.number is None
    assert target_of(Matcher([option], fuzzy=False, language="fr"), "5") == "t"
