"""Texts are reduced to the words that count."""

import sys
import unicodedata

import pytest

from bot.matching import normalise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("   \t\n", ""),
        ("?!…", ""),
        ("Support", "support"),
        ("  j'ai   une panne !  ", "j ai une panne"),
        ("L’HÔTEL—d’été", "l hotel d ete"),
        ("rendez-vous", "rendez vous"),
        ("Œuvre, Ægir, Straße", "oeuvre aegir strasse"),
        ("ﬁn", "fin"),
        ("Łódź Ørsted", "lodz orsted"),
        ("İSTANBUL ılık", "istanbul ilik"),
        ("niño ação coração Zürich", "nino acao coracao zurich"),
        ("e\u0301te\u0301", "ete"),
        ("ｆｕｌｌ ｗｉｄｔｈ", "full width"),
        ("Ωραίος", "ωραιοσ"),
        ("أهلاً", "اهلا"),
        ("co\u00adopé\u200dration", "cooperation"),
        ("deux\u200bmots", "deux mots"),
        ("snake_case/and.more", "snake case and more"),
        ("E=mc²", "e mc2"),
    ],
)
def test_case_accents_ligatures_and_punctuation(text: str, expected: str) -> None:
    """Case, accents, ligatures and punctuation make no difference."""
    assert normalise(text) == expected


@pytest.mark.parametrize("text", ["St-Malo", "st malo", "SAINT MALO", "Ste. Malo", "Sainte-Malo", "St Malo"])
def test_saints(text: str) -> None:
    """All ways to write a saint are one word."""
    assert normalise(text) == "saint malo"


@pytest.mark.parametrize("text", ["stade", "saints", "1st", "ost"])
def test_only_whole_words_are_saints(text: str) -> None:
    """A word that merely holds "st" stays as it is."""
    assert normalise(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2️⃣", "2"),
        ("1️⃣0️⃣", "10"),
        ("2️⃣Support", "2 support"),
        ("🔟", "10"),
        ("①", "1"),
        ("②Support", "2 support"),
        ("⑳", "20"),
        ("❷", "2"),
        ("❿", "10"),
        ("⓶", "2"),
        ("⑵", "2"),
        ("⒉", "2"),
        ("٢", "2"),
        ("۲", "2"),
        ("२", "2"),
        ("২", "2"),
        ("２", "2"),
        ("𝟚", "2"),
        ("№2", "no2"),
    ],
)
def test_digits_of_any_script(text: str, expected: str) -> None:
    """Digits of any script, keycaps and circled digits are plain digits."""
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("👍", "👍"),
        ("👍🏽", "👍"),
        ("❤️ ❤️", "❤ ❤"),
        ("merci 👍", "merci"),
        ("👉 2", "2"),
        ("🔧 Support", "support"),
    ],
)
def test_emoji(text: str, expected: str) -> None:
    """Emoji count only where there is nothing else, and their colours never do."""
    assert normalise(text) == expected


def test_vowel_signs_are_letters() -> None:
    """Marks that carry meaning in their script keep two words apart."""
    assert normalise("की") != normalise("कि")
    assert normalise("か") != normalise("が")


@pytest.mark.parametrize("text", ["Crème brûlée", "ガギグ", "한국어", "हिन्दी", "ё"])
def test_composition(text: str) -> None:
    """A text sent in pieces, as some phones do, is the same as one of whole characters."""
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(unicodedata.normalize("NFC", text))


def test_every_character() -> None:
    """Each character of Unicode becomes lower-case letters and ASCII digits, and stays what it became."""
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)) in {"Cn", "Co"}:
            continue
        once = normalise(chr(code))
        assert normalise(once) == once, hex(code)
        assert once == once.casefold(), hex(code)
        for character in once.replace(" ", ""):
            assert character.isascii() or not character.isdigit(), hex(code)
            assert not unicodedata.category(character).startswith(("P", "Z", "C")), hex(code)
