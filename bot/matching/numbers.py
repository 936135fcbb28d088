"""How people write an option's number: in digits or words, alone or as "option 2", "n°2", "la deux"."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.matching.normalising import normalise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vocabulary:
    """One language's words for numbers, normalised; forms of one number are separated by a slash.

    Attributes:
        leading: words that may stand before a number.
        cardinals: from zero to twenty.
        ordinals: from first to tenth.
    """

    leading: str
    cardinals: str
    ordinals: str


_VOCABULARIES: Final[Mapping[str, _Vocabulary]] = {
    "en": _Vocabulary(
        leading="the option choice number answer menu press",
        cardinals="zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
        " fifteen sixteen seventeen eighteen nineteen twenty",
        ordinals="first second third fourth fifth sixth seventh eighth ninth tenth",
    ),
    "fr": _Vocabulary(
        leading="le la les l option choix numero chiffre reponse menu touche",
        cardinals="zero un/une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze"
        " quinze seize dix_sept dix_huit dix_neuf vingt",
        ordinals="premier/premiere deuxieme/second/seconde troisieme quatrieme cinquieme sixieme septieme"
        " huitieme neuvieme dixieme",
    ),
    "es": _Vocabulary(
        leading="el la los las opcion numero respuesta menu",
        cardinals="cero uno/una/un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce"
        " quince dieciseis diecisiete dieciocho diecinueve veinte",
        ordinals="primero/primera/primer segundo/segunda tercero/tercera/tercer cuarto/cuarta quinto/quinta"
        " sexto/sexta septimo/septima octavo/octava noveno/novena decimo/decima",
    ),
    "it": _Vocabulary(
        leading="il lo la l opzione scelta numero risposta menu",
        cardinals="zero uno/una/un due tre quattro cinque sei sette otto nove dieci undici dodici tredici"
        " quattordici quindici sedici diciassette diciotto diciannove venti",
        ordinals="primo/prima secondo/seconda terzo/terza quarto/quarta quinto/quinta sesto/sesta"
        " settimo/settima ottavo/ottava nono/nona decimo/decima",
    ),
    "pt": _Vocabulary(
        leading="o a os as opcao escolha numero resposta menu",
        cardinals="zero um/uma dois/duas tres quatro cinco seis sete oito nove dez onze doze treze"
        " quatorze/catorze quinze dezesseis/dezasseis dezessete/dezassete dezoito dezenove/dezanove vinte",
        ordinals="primeiro/primeira segundo/segunda terceiro/terceira quarto/quarta quinto/quinta"
        " sexto/sexta setimo/setima oitavo/oitava nono/nona decimo/decima",
    ),
    "de": _Vocabulary(
        leading="der die das den dem option wahl auswahl nummer antwort menu",
        cardinals="null eins/ein/eine zwei/zwo drei vier funf/fuenf sechs sieben acht neun zehn elf"
        " zwolf/zwoelf dreizehn vierzehn funfzehn/fuenfzehn sechzehn siebzehn achtzehn neunzehn zwanzig",
        ordinals="erste/erster/erstes zweite/zweiter/zweites dritte/dritter/drittes vierte/vierter/viertes"
        " funfte/funfter/funftes sechste/sechster/sechstes siebte/siebter/siebtes achte/achter/achtes"
        " neunte/neunter/neuntes zehnte/zehnter/zehntes",
    ),
}

# Before digits these count in every language; before spelled numbers they would read "no one" as 1.
_SIGNS: Final = frozenset({"n", "no", "nr", "num", "numero", "number", "nummer", "option"})
_LEADING_DIGITS: Final = _SIGNS.union(*(words.leading.split() for words in _VOCABULARIES.values()))
_MOST_LEADING: Final = 3
_COURTESIES: Final = (
    *(" svp", " stp", " s il vous plait", " s il te plait", " merci"),
    *(" please", " pls", " thanks", " thank you", " por favor", " gracias"),
    *(" per favore", " grazie", " obrigado", " obrigada", " bitte", " danke"),
)
_GLUED: Final = re.compile(rf"(?:{'|'.join(sorted(_SIGNS))})(\d+)")
_ORDINAL: Final = re.compile(r"(\d+)(?:st|nd|rd|th|er|ere|re|e|eme|ieme|de|nde)")
_ORDINAL_ROMANCE: Final = re.compile(r"(\d+)(?:o|a)")
_ROMANCE: Final = frozenset({"es", "it", "pt"})
# Three leading words, the number in two, and four of courtesy; more is no number.
_MOST_WORDS: Final = 9
_MOST_CHARACTERS: Final = 60


def is_bare_number(normalised: str) -> bool:
    """Whether a normalised entry is one number in digits."""
    return normalised.isascii() and normalised.isdigit()


def number_key(digits: str) -> str:
    """The form in which two numbers are compared: "02" is option 2, but "01000" is a postcode."""
    return digits[1] if len(digits) == 2 and digits[0] == "0" else digits


class Numbers:
    """Reads a whole text as an option's number.

    Args:
        language: whose spelled numbers count; one other than en fr es it pt de has none.
    """

    __slots__ = ("_leading", "_romance", "_spelled")

    def __init__(self, language: str) -> None:
        vocabulary = _VOCABULARIES.get(language)
        self._leading = frozenset(vocabulary.leading.split()) if vocabulary else frozenset()
        self._spelled = _spelled(language)
        self._romance = language in _ROMANCE

    def read(self, normalised: str, words: list[str]) -> str | None:
        """The number that the whole text is, as `number_key` gives it; None when it is none.

        Args:
            normalised: the text.
            words: the same, split.
        """
        if not words or len(words) > _MOST_WORDS or len(normalised) > _MOST_CHARACTERS:
            return None
        if len(words) > 1 and normalised.endswith(_COURTESIES):
            courtesy = next(courtesy for courtesy in _COURTESIES if normalised.endswith(courtesy))
            words = normalised.removesuffix(courtesy).split()
        return self._in_digits(words) or self._in_words(words)

    def _in_digits(self, words: list[str]) -> str | None:
        *leading, last = words
        if len(leading) > _MOST_LEADING or not _LEADING_DIGITS.issuperset(leading):
            return None
        if last.isdigit():
            return number_key(last)
        if not last[-1].isdigit() and not last[0].isdigit():
            return None
        found = _GLUED.fullmatch(last) or _ORDINAL.fullmatch(last)
        if found is None and self._romance:
            found = _ORDINAL_ROMANCE.fullmatch(last)
        return number_key(found[1]) if found else None

    def _in_words(self, words: list[str]) -> str | None:
        start = 0
        while start < min(_MOST_LEADING, len(words) - 1) and words[start] in self._leading:
            start += 1
        if len(words) - start > 2:
            return None
        return self._spelled.get(" ".join(words[start:]))


def _spelled(language: str) -> Mapping[str, str]:
    """Each spelled number of a language, normalised, with its digits."""
    vocabulary = _VOCABULARIES.get(language)
    if vocabulary is None:
        return {}
    spelled = dict(_forms(vocabulary.ordinals, 1))
    if language == "en":
        spelled |= {f"{form} one": digits for form, digits in spelled.items()}
    return spelled | dict(_forms(vocabulary.cardinals, 0))


def _forms(numerals: str, first: int) -> Iterable[tuple[str, str]]:
    for number, forms in enumerate(numerals.split(), first):
        for form in forms.split("/"):
            yield normalise(form), str(number)
