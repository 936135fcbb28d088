"""Every verdict can be explained in fields and in words."""

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
    assert str(explanation) == (
        "ventes (config.toml:60) by 'devis', stage 4: the entry stands in the text as whole words."
        " Next would be Support (config.toml:52) by 'info', stage 4: the entry stands in the text as whole"
        " words."
    )


def test_an_ambiguous_text() -> None:
    """All that are equally good are told."""
    explanation = explain(_SUBJECT.match("info"))
    assert [reason.target for reason in explanation.tied] == ["support", "ventes"]
    assert str(explanation).startswith("Ambiguous: Support (config.toml:52) by 'info', stage 3: ")
    assert "ventes (config.toml:60)" in str(explanation)


def test_a_pressed_button() -> None:
    """A button is told by its label."""
    assert str(explain(_SUBJECT.match("", pressed=0))) == (
        "Support (config.toml:52) by 'Support', stage 1: its button was pressed."
    )


def test_no_match() -> None:
    """A text that is not recognised says so, and what was compared."""
    assert explain(_SUBJECT.match("Été")) == Explanation(text="ete", chosen=None, tied=(), runner_up=None)
    assert str(explain(_SUBJECT.match("Été"))) == "No entry matches 'ete'."
    assert str(explain(_SUBJECT.match("…"))) == "There are no words to match."
