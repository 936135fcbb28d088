"""What counts as a typing mistake, and what does not."""

import pytest

from tests.bot.matching.examples import matcher, target_of


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("devis", "devi"),
        ("devis", "deviss"),
        ("devis", "debis"),
        ("devis", "dveis"),
        ("devis", "edvis"),
        ("support", "supp0rt"),
        ("comptabilité", "contabilite"),
        ("comptabilité", "comptbilit"),
        ("montpellier", "motpelier"),
        ("réservation", "rzservatoin"),
        ("bruxelles", "uxelles"),
        ("week-end", "weekend"),
        ("weekend", "week end"),
        ("rendez-vous", "rendez vou"),
        ("rendez-vous", "rendé vous"),
        ("service commercial", "srvice comercial"),
        ("mal de dos", "mal de doss"),
    ],
)
def test_mistakes(entry: str, text: str) -> None:
    """One edit is tolerated from five letters, two from nine, and wrong spaces."""
    assert target_of(matcher({"a": [entry]}), f"voici {text} merci") == "a"


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("aide", "aid"),
        ("aide", "raide"),
        ("week-end", "wekend"),
        ("devis", "dvsi"),
        ("support", "spprt"),
        ("dos mal", "dis mel"),
        ("montagne", "mntagn"),
        ("comptabilité", "cmptblit"),
        ("modèle x12345", "modele x12346"),
        ("pas de facture", "plus de facture"),
        ("de la carte", "du la carte"),
    ],
)
def test_too_many_mistakes(entry: str, text: str) -> None:
    """Short entries, too many edits (a wrong space is one), codes and other short words are no mistakes."""
    assert target_of(matcher({"a": [entry]}), text) is None


def test_words_that_are_entries_are_not_corrected() -> None:
    """A word that is itself an entry is never read as another one."""
    subject = matcher({"a": ["vente"], "b": ["rente"]})
    assert target_of(subject, "rente") == "b"
    assert subject.match("la rente").tied == ()


def test_the_nearest_is_meant() -> None:
    """Of entries that could stand in the same place, the one with the fewest edits does, longer or not."""
    assert target_of(matcher({"a": ["montreuil"], "b": ["montreux"]}), "montreuxx") == "b"


def test_the_longest_mistyped_entry_wins() -> None:
    """Of mistyped entries in different places the longest wins."""
    subject = matcher({"a": ["panne"], "b": ["remboursement"]})
    verdict = subject.match("pane et rembourssement")
    assert verdict.match is not None
    assert verdict.match.option.target == "b"
    assert verdict.runner_up is not None
    assert verdict.runner_up.option.target == "a"
