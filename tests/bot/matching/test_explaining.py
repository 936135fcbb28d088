"""Every verdict can be explained."""

from bot.matching import Explanation, Matcher, Stage, explain
from tests.bot.matching.examples import option

_SUBJECT = Matcher(
    [
        option("support", "panne", "info", index=0, label="Support", line=52),
        option("ventes", "devis", "info", index=1, line=60),
    ],
    fuzzy=True,
    language="fr",
)


def test_a_match_with_a_runner_up() -> None:
    """Stage, entry and line of the match and of its runner-up are told."""
    explanation = explain(_SUBJECT.match("devis d'un info"))
    assert explanation.chosen is not None
    assert explanation.runner_up is not None
    assert (explanation.chosen.stage, explanation.chosen.entry, explanation.chosen.line) == (
        Stage.WORDS,
        "devis",
        60,
    )
    assert (explanation.runner_up.answer, explanation.runner_up.entry) == ("Support", "info")


def test_an_ambiguous_text() -> None:
    """All that are equally good are told."""
    explanation = explain(_SUBJECT.match("info"))
    assert [reason.target for reason in explanation.tied] == ["support", "ventes"]


def test_no_match() -> None:
    """A text that is not recognised says so, and what was compared."""
    assert explain(_SUBJECT.match("Été")) == Explanation(text="ete", chosen=None, tied=(), runner_up=None)
