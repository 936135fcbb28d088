"""The five stages, and what wins within them."""

import pytest

from bot.matching import Match, Matcher, Stage, Verdict
from tests.bot.matching.examples import matcher, option, target_of

_SHOP = {
    "support": ["1", "support", "aide", "panne"],
    "ventes": ["2", "devis", "service commercial", "rendez-vous"],
    "faq": ["10", "horaires d'ouverture", "horaires"],
}


@pytest.mark.parametrize(
    ("text", "target", "stage", "entry"),
    [
        ("1", "support", Stage.NUMBER, "1"),
        ("Support", "support", Stage.WHOLE, "support"),
        ("RENDEZ VOUS !", "ventes", Stage.WHOLE, "rendez-vous"),
        ("j'ai une panne", "support", Stage.WORDS, "panne"),
        ("je voudrais le service-commercial", "ventes", Stage.WORDS, "service commercial"),
        ("quels sont vos horaires d’ouverture ?", "faq", Stage.WORDS, "horaires d'ouverture"),
        ("quels sont vos horaires svp", "faq", Stage.WORDS, "horaires"),
        ("une pane", "support", Stage.FUZZY, "panne"),
        ("suport", "support", Stage.FUZZY, "support"),
        ("supprot", "support", Stage.FUZZY, "support"),
        ("le servise comercial", "ventes", Stage.FUZZY, "service commercial"),
        ("un rendezvous", "ventes", Stage.FUZZY, "rendez-vous"),
        ("un rendez vus", "ventes", Stage.FUZZY, "rendez-vous"),
    ],
)
def test_stages(text: str, target: str, stage: Stage, entry: str) -> None:
    """A text is recognised at the lowest stage that can."""
    match = matcher(_SHOP).match(text).match
    assert match is not None
    assert (match.option.target, match.stage, match.entry) == (target, stage, entry)


@pytest.mark.parametrize(
    ("language", "answers", "texts"),
    [
        (
            "fr",
            {"soutien": ["aide", "ça ne marche pas"], "compta": ["facture", "remboursement"]},
            {
                "Ça ne marche pas du tout": "soutien",
                "où est ma FACTURE": "compta",
                "un rembousement ?": "compta",
            },
        ),
        (
            "en",
            {"support": ["help", "broken"], "sales": ["quote", "price list"]},
            {"It's broken!": "support", "send me the price-list": "sales", "it is brokn": "support"},
        ),
        (
            "es",
            {"soporte": ["ayuda", "avería"], "ventas": ["precio", "presupuesto"]},
            {"¿Me da AYUDA?": "soporte", "tengo una averia": "soporte", "un presupesto": "ventas"},
        ),
        (
            "it",
            {"assistenza": ["aiuto", "non funziona"], "vendite": ["preventivo"]},
            {"Non funziona più": "assistenza", "un preventivo?": "vendite", "vorrei un preventvo": "vendite"},
        ),
        (
            "pt",
            {"suporte": ["ajuda", "avaria"], "vendas": ["orçamento", "preço"]},
            {"Preciso de ajuda": "suporte", "um orcamento": "vendas", "um orsamento": "vendas"},
        ),
        (
            "de",
            {"hilfe": ["Störung", "kaputt"], "verkauf": ["Größe", "Angebot"]},
            {
                "eine STÖRUNG": "hilfe",
                "welche Grösse?": "verkauf",
                "ein Angbot": "verkauf",
                "ist kaput": "hilfe",
            },
        ),
    ],
)
def test_six_languages(language: str, answers: dict[str, list[str]], texts: dict[str, str]) -> None:
    """Everyday sentences are recognised in every language."""
    subject = matcher(answers, language=language)
    assert {text: target_of(subject, text) for text in texts} == texts


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Je suis à St Malo", "malo"),
        ("sainte-anne", "anne"),
        ("SAINT-MALO", "malo"),
        ("saintmalo", "malo"),
        ("saint mallo", "malo"),
        ("aixenprovence", "aix"),
        ("Aix", "aix"),
        ("aix en provance", "aix"),
        ("le mens", "mans"),
        ("Paris 15", "paris"),
        ("bordeau", "bordeaux"),
    ],
)
def test_places(text: str, target: str) -> None:
    """Many spellings of a place lead to its team."""
    subject = matcher(
        {
            "malo": ["Saint-Malo"],
            "anne": ["Ste Anne"],
            "aix": ["Aix-en-Provence", "Aix"],
            "mans": ["Le Mans"],
            "paris": ["Paris"],
            "bordeaux": ["Bordeaux"],
        }
    )
    assert target_of(subject, text) == target


@pytest.mark.parametrize(
    "text",
    [
        *("10 rue de la Paix", "06 12 34 10 78", "il y en a 1", "11", "1 2", "aides-soignant", "supports"),
        *("", " ", "?", "🙂", "👍👍", "12345678901234567890", "\u200d", "\ud800", "%s{menu}\\"),
    ],
)
def test_not_recognised(text: str) -> None:
    """Numbers in a sentence, parts of words, and texts without words choose nothing."""
    assert matcher(_SHOP, fuzzy=False).match(text).match is None


def test_emoji_entries() -> None:
    """An entry that is an emoji is recognised in a text of emoji."""
    subject = matcher({"pizza": ["🍕"], "vins": ["🍷"]})
    assert target_of(subject, "🍕") == "pizza"
    assert target_of(subject, "🍷🍷 !") == "vins"


def test_a_pressed_button_wins() -> None:
    """A pressed button decides, whatever the text says."""
    subject = Matcher(
        [option("a", "support", index=0), option("b", "x", index=4, label="Ventes")],
        fuzzy=True,
        language="fr",
    )
    match = subject.match("support", pressed=4).match
    assert match is not None
    assert (match.option.target, match.stage, match.entry) == ("b", Stage.BUTTON, "Ventes")


def test_an_old_button_counts_for_nothing() -> None:
    """A button of an option that no longer exists leaves the decision to the text."""
    subject = matcher(_SHOP)
    assert subject.match("panne", pressed=99) == subject.match("panne")
    assert subject.match("", pressed=99).match is None


def test_labels_and_menu_numbers_match() -> None:
    """A label and the number in the menu recognise their option as entries do."""
    after_sales = option("a", label="🔧 Service après-vente", number=7)
    subject = Matcher([after_sales], fuzzy=True, language="fr")
    assert subject.match("7").match == Match(option=after_sales, stage=Stage.NUMBER, entry="7")
    match = subject.match("service apres vente").match
    assert match is not None
    assert (match.stage, match.entry) == (Stage.WHOLE, "🔧 Service après-vente")


def test_the_longest_entry_wins() -> None:
    """Of several entries in a text, the longest decides, and the next one is the runner-up."""
    verdict = matcher({"a": ["voiture"], "b": ["location voiture"]}).match("une location voiture")
    assert verdict.match is not None
    assert verdict.runner_up is not None
    assert (verdict.match.option.target, verdict.runner_up.option.target) == ("b", "a")
    assert verdict.tied == ()


def test_runner_up_of_a_later_stage() -> None:
    """What stands in the text is the runner-up to what the whole text is."""
    verdict = matcher({"a": ["commercial"], "b": ["service commercial"]}).match("service commercial")
    assert verdict.match is not None
    assert verdict.match.stage is Stage.WHOLE
    assert verdict.runner_up is not None
    assert (verdict.runner_up.option.target, verdict.runner_up.stage) == ("a", Stage.WORDS)


def test_a_runner_up_leads_elsewhere() -> None:
    """Another entry of the same target is no runner-up."""
    assert matcher({"a": ["voiture", "location"]}).match("location d'une voiture").runner_up is None


@pytest.mark.parametrize(
    ("text", "stage"),
    [("3", Stage.NUMBER), ("info", Stage.WHOLE), ("une info", Stage.WORDS), ("tente", Stage.FUZZY)],
)
def test_ambiguity(text: str, stage: Stage) -> None:
    """Different targets equal in stage and length are all named, the first in file order being the match."""
    verdict = matcher({"a": ["info", "3", "vente"], "b": ["devis"], "c": ["info", "03", "rente"]}).match(text)
    assert [match.option.target for match in verdict.tied] == ["a", "c"]
    assert {match.stage for match in verdict.tied} == {stage}
    assert verdict.match == verdict.tied[0]


def test_the_same_target_is_never_ambiguous() -> None:
    """Two options that lead to the same place do not compete; the first in file order is the match."""
    subject = Matcher([option("a", "info", index=0), option("a", "info", index=1)], fuzzy=True, language="fr")
    verdict = subject.match("info")
    assert verdict.tied == ()
    assert verdict.match is not None
    assert verdict.match.option.index == 0


@pytest.mark.parametrize(
    ("text", "target"),
    [
        *(("1", None), ("un", None), ("rh", None), ("la rh", None), ("2", None), ("10", None)),
        *(("sav", "a"), ("bonjour, le sav ?", "a"), ("prise de rdv", "b"), ("suport", "a")),
    ],
)
def test_words_only(text: str, target: str | None) -> None:
    """In a first message only entries with a word of three letters count, and never a number."""
    subject = matcher({"a": ["1", "sav", "support"], "b": ["2", "rh", "prise de rdv"]})
    match = subject.match(text, words_only=True).match
    assert (match.option.target if match else None) == target


def test_mistakes_can_be_switched_off() -> None:
    """Without `fuzzy`, a mistyped word is not recognised."""
    assert target_of(matcher(_SHOP, fuzzy=False), "suport") is None


def test_very_long_texts() -> None:
    """Of a very long text the first thousand characters count, up to a whole word."""
    subject = matcher(_SHOP)
    assert target_of(subject, "panne " + "x" * 100_000) == "support"
    assert target_of(subject, "x" * 100_000) is None
    assert target_of(subject, "x " * 50_000 + "panne") is None
    assert target_of(subject, "y " * 497 + "supports") is None
    assert target_of(matcher({"a": ["pan"]}), "y " * 498 + " pannes") is None
    assert target_of(subject, " " * 5_000 + "panne" + "!" * 5_000) == "support"
    assert len(subject.match("y " * 5_000).text) <= 1_000


def test_no_options() -> None:
    """Without options nothing is recognised, and the normalised text is still told."""
    assert Matcher([], fuzzy=True, language="fr").match("Été") == Verdict(text="ete")
