"""An option's number is understood in all the ways people write it."""

import pytest

from bot.matching import Stage
from tests.bot.matching.examples import matcher, target_of

_TWENTY = {str(number): [str(number)] for number in range(21)}
_SPELLED = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize "
    "dix-sept dix-huit dix-neuf vingt",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciséis diecisiete dieciocho diecinueve veinte",
    "it": "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici "
    "quindici sedici diciassette diciotto diciannove venti",
    "pt": "zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis "
    "dezessete dezoito dezenove vinte",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn "
    "sechzehn siebzehn achtzehn neunzehn zwanzig",
}


@pytest.mark.parametrize(
    "text",
    [
        *("2", " 2 ", "2.", "2)", "(2)", "2 !", "2/", "#2", "# 2", "02", "-2"),
        *(
            "n°2",
            "n° 2",
            "N°2",
            "nº2",
            "№ 2",
            "no 2",
            "No. 2",
            "no2",
            "nr. 2",
            "option 2",
            "OPTION 2",
            "Option2",
        ),
        *("option n°2", "l'option 2", "l'option numéro 2", "le 2", "la 2", "numéro 2", "the 2", "number 2"),
        *(
            "el 2",
            "la opción 2",
            "l'opzione 2",
            "il 2",
            "o 2",
            "opção 2",
            "die 2",
            "Nummer 2",
            "die Nummer 2",
        ),
        *("2️⃣", "②", "❷", "٢", "२", "２", "2e", "2ème", "2nd", "le 2e", "the 2nd"),
        *("2 svp", "2 s'il vous plaît", "option 2, merci", "2 please", "2 por favor", "2 bitte", "👉 2"),
    ],
)
def test_digits(text: str) -> None:
    """A number in digits is understood in every language, with what people put around it."""
    verdict = matcher(_TWENTY).match(text)
    assert verdict.match is not None
    assert (verdict.match.option.target, verdict.match.stage) == ("2", Stage.NUMBER)


@pytest.mark.parametrize("language", _SPELLED)
def test_spelled(language: str) -> None:
    """Numbers from zero to twenty are understood when spelled in the configured language."""
    subject = matcher(_TWENTY, language=language)
    assert [target_of(subject, word) for word in _SPELLED[language].split()] == list(_TWENTY)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "la deux", "2"),
        ("fr", "le deuxième", "2"),
        ("fr", "la seconde", "2"),
        ("fr", "l'option deux", "2"),
        ("fr", "la première, svp", "1"),
        ("en", "the second one", "2"),
        ("en", "Third!", "3"),
        ("en", "number two please", "2"),
        ("es", "la segunda", "2"),
        ("es", "opción tres", "3"),
        ("es", "3ª", "3"),
        ("it", "il secondo", "2"),
        ("it", "la terza", "3"),
        ("pt", "a segunda", "2"),
        ("pt", "duas", "2"),
        ("de", "die zweite", "2"),
        ("de", "Nummer zwölf", "12"),
        ("de", "fuenf", "5"),
    ],
)
def test_articles_and_ordinals(language: str, text: str, expected: str) -> None:
    """Articles, nouns, feminine forms and ordinals are understood in their language."""
    assert target_of(matcher(_TWENTY, language=language), text) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "zwei"),
        ("en", "deux"),
        ("en", "no one"),
        ("en", "one moment"),
        ("es", "no, una"),
        ("fr", "12 34"),
        ("fr", "1, 2"),
        ("fr", "06 12 34 56 78"),
        ("fr", "21"),
        ("fr", "le 2 mars"),
        ("fr", "2 rue de la Paix"),
        ("fr", "j'en veux 2"),
        ("fr", "2a"),
        ("fr", "002"),
        ("fr", "merci"),
        ("fr", "s'il vous plaît"),
        ("fr", "2" * 900),
        ("xx", "un"),
    ],
)
def test_not_a_number(language: str, text: str) -> None:
    """A text that is more than a number, or another language's, chooses nothing."""
    assert target_of(matcher(_TWENTY, language=language), text) is None


def test_leading_zeros_of_postcodes_count() -> None:
    """Two postcodes that differ by a leading zero are different numbers."""
    subject = matcher({"bourg": ["01000"], "bruxelles": ["1000"]})
    assert target_of(subject, "01000") == "bourg"
    assert target_of(subject, "1000") == "bruxelles"
