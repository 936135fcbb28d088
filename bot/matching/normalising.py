"""The one form in which texts and entries are compared: lower-case words and digits, single spaces."""

import re
import unicodedata
from typing import Final

_LETTERS_OPENED: Final = {
    "œ": "oe",
    "æ": "ae",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ħ": "h",
    "ı": "i",
}
# Letters to Unicode, apostrophes to those who type them.
_APOSTROPHES: Final = frozenset("\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\ua78b\ua78c")
_ZERO_WIDTH_SPACE: Final = "\u200b"
_SAINTS: Final = frozenset({"st", "ste", "saint", "sainte"})
_SAINT: Final = "saint"
# A keycap ends its digit's word, unless another digit follows: two keycaps in a row are one number.
_KEYCAP: Final = "\u20e3"
_KEYCAP_END: Final = re.compile(_KEYCAP + r"(?!\d)")
# Far more than any conversation uses; so a text of all of Unicode cannot make the memory grow.
_REMEMBERED_CHARACTERS: Final = 20_000


def normalise(text: str) -> str:
    """Reduce a text to the words that count in a comparison.

    Compatibility forms, case, accents, ligatures and the script of digits make no difference;
    apostrophes, hyphens, punctuation and symbols separate words; "st", "ste", "saint" and "sainte"
    are the same word. Emoji count only in a text of nothing else: there each one is a word.

    Returns:
        Words separated by single spaces; empty when there is nothing but punctuation. Normalising it
        again changes nothing.
    """
    if _KEYCAP in text:
        text = _KEYCAP_END.sub(" ", text)
    words = text.translate(_FOLDED).split()
    if not words and not text.isascii():
        words = unicodedata.normalize("NFC", text).translate(_SYMBOLS).split()
    if not _SAINTS.isdisjoint(words):
        words = [_SAINT if word in _SAINTS else word for word in words]
    joined = " ".join(words)
    return joined if joined.isascii() else unicodedata.normalize("NFC", joined)


class _Folded(dict[int, str]):
    """What each character becomes, worked out when it first occurs."""

    def __missing__(self, code: int) -> str:
        folded = _fold(chr(code))
        if len(self) < _REMEMBERED_CHARACTERS:
            self[code] = folded
        return folded


class _Symbols(dict[int, str]):
    """The same for a text without words: symbols stand for themselves."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        symbol = f" {character} " if unicodedata.category(character) == "So" else " "
        if len(self) < _REMEMBERED_CHARACTERS:
            self[code] = symbol
        return symbol


_FOLDED: Final = _Folded()
_SYMBOLS: Final = _Symbols()


def _fold(character: str) -> str:
    """What one character becomes: nothing, a space, or letters and digits."""
    number = _enclosed_number(character)
    if number is not None:
        return f" {number} "
    # Case folding can bring new accents, and decomposing new capitals; twice is enough for Unicode.
    folded = character
    for _ in range(2):
        folded = _without_accents(unicodedata.normalize("NFKD", folded)).casefold()
    return unicodedata.normalize("NFC", "".join(map(_piece, folded)))


def _enclosed_number(character: str) -> int | None:
    """The whole number that a circled or otherwise enclosed character shows, such as ① or 🔟."""
    if character == "🔟":  # the one number that Unicode gives no value
        return 10
    if unicodedata.category(character) != "No":
        return None
    if unicodedata.decomposition(character).startswith(("<super>", "<sub>")):
        return None  # m² is m2, not m 2
    value = unicodedata.numeric(character, 0.5)
    return int(value) if value.is_integer() else None


def _without_accents(decomposed: str) -> str:
    return "".join(mark for mark in decomposed if not _is_accent(mark))


def _is_accent(character: str) -> bool:
    """Whether a mark only adorns its letter.

    Marks that are letters in their own right, as the vowel signs of Indic scripts (class 0 to 9) and
    the vowels and tones of Thai and its neighbours (84 to 132), are none.
    """
    combining_class = unicodedata.combining(character)
    return combining_class == 1 or 10 <= combining_class <= 36 or combining_class >= 200


def _piece(character: str) -> str:
    """What one decomposed, case-folded character becomes."""
    if character in _LETTERS_OPENED:
        return _LETTERS_OPENED[character]
    if character in _APOSTROPHES or character == _ZERO_WIDTH_SPACE:
        return " "
    category = unicodedata.category(character)
    match category:
        case "Nd":
            return str(unicodedata.decimal(character))
        case "Cf" | "Me":
            return ""
        case "Mn" if "VARIATION SELECTOR" in unicodedata.name(character, "") or character == "\u034f":
            return ""
        case "Mn" | "Mc" | "Nl":
            return character
        case _:
            return character if category.startswith("L") else " "
