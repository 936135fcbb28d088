"""Which team a member means."""

import pytest

from bot.desk.teams import find_team
from bot.rulebook import Rulebook
from tests.bot.building import settings_of

TEAMS = """\
business = "Dupont"
language = "fr"
[channels.desk]
enabled = true
[channels.shop]
enabled = true
[inbox]
chat = "desk:inbox"
[teams.support]
name = { fr = "Équipe de soutien", en = "Support team" }
chat = "desk:support"
[teams.ventes]
name = "Équipe de vente"
chat = "desk:ventes"
[teams.comptabilite]
name = "Comptabilité"
chat = "desk:comptabilite"
"""


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return Rulebook(settings_of(teams=TEAMS, answers=""))


@pytest.mark.parametrize(
    ("written", "team", "note"),
    [
        ("ventes", "ventes", ""),
        ("VENTES", "ventes", ""),
        ("ventes il veut  un devis\nvite", "ventes", "il veut  un devis\nvite"),
        ("Équipe de vente il attend", "ventes", "il attend"),
        ("equipe-de-vente: il attend", "ventes", "il attend"),
        ("support team please", "support", "please"),
        ("equipe de soutient merci", "support", "merci"),
        ("Comptabilité", "comptabilite", ""),
        ("compta facture 12", "comptabilite", "facture 12"),
        ("comptabilté", "comptabilite", ""),
        ("vente", "ventes", ""),
        ("inbox", "inbox", ""),
        ("Boîte commune merci", "inbox", "merci"),
    ],
)
def test_found(rules: Rulebook, written: str, team: str, note: str) -> None:
    """A team is found by key, name in any language, beginning or nearly, and the rest is the note."""
    assert find_team(rules, written) == (team, note)


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "e",
        "co",
        "equipe",
        "equipe de",
        "marketing",
        "de ventes",
        "/ventes/x",
        "\u202e",
        "<b>",
        "x" * 100_000,
    ],
)
def test_not_found(rules: Rulebook, written: str) -> None:
    """What is no team, or could be two, is none."""
    assert find_team(rules, written)[0] == ""


def test_long_note(rules: Rulebook) -> None:
    """A note may be as long as it likes."""
    note = "mot " * 25_000
    assert find_team(rules, f"ventes {note}") == ("ventes", note.strip())
