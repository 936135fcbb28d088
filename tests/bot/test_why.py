"""A verdict in words, in the language of the desk."""

import pytest

from bot.matching import Matcher
from bot.why import why
from bot.wording import Wording
from tests.bot.matching.examples import option

SUBJECT = Matcher(
    [
        option("support", "panne", "info", index=0, label="Support", line=52),
        option("ventes", "devis", "info", index=1, line=60),
    ],
    fuzzy=True,
    language="fr",
)


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        (
            "devis d'un info",
            "en",
            (
                "ventes (config.toml, line 60): “devis” stands in the text as whole words. "
                "Next would be Support (config.toml, line 52): “info” stands in the text as whole words."
            ),
        ),
        ("devis", "fr", "ventes (config.toml, ligne 60) : tout le texte est « devis »."),
        ("Panne", "de", "Support (config.toml, Zeile 52): der ganze Text ist „panne“."),
        (
            "ma pannne",
            "es",
            "Support (config.toml, línea 52): «panne» está en el texto, con errores al escribir.",
        ),
        ("Été", "en", "No entry matches “ete”."),
        ("…", "en", "There are no words to match."),
    ],
)
def test_what_matched(text: str, language: str, words: str) -> None:
    """Answer, line, entry and how, and what would have come next."""
    assert why(SUBJECT.match(text), Wording(language)) == words


def test_what_fits_as_well() -> None:
    """All that are equally good are told."""
    words = why(SUBJECT.match("info"), Wording("en"))
    assert words.startswith("Several fit equally well: Support (config.toml, line 52)")
    assert "; ventes (config.toml, line 60)" in words


def test_a_button() -> None:
    """A pressed button is told by its answer."""
    assert why(SUBJECT.match("", pressed=0), Wording("en")) == (
        "Support (config.toml, line 52): its button was pressed."
    )
