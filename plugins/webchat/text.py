"""What people write, made safe to pass on, and made alike to be found."""

import unicodedata

# Characters that turn the direction of all that follows. Inside a text they are some languages' own; in
# a name they would turn the line of whoever quotes it.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters and symbols that show nothing: fillers of Hangul, and braille without a dot.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_LINE_BREAKS = frozenset("\n\t")


def clean_text(text: str) -> str:
    """`text` with one kind of line end, and without control characters or space around it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in lines if each in _LINE_BREAKS or not _is_control(each)).strip()


def clean_name(name: str) -> str:
    """`name` on one line, without control characters or such as turn the text; empty when nothing shows."""
    shown = "".join(" " if _is_control(each) else each for each in name if each not in _TURNING)
    return " ".join(shown.split()) if any(map(_is_seen, shown)) else ""


def folded(text: str) -> str:
    """`text` as it is searched: without case and accents; it may be longer or shorter than before."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in parts if not unicodedata.combining(each))


def _is_seen(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS" and character not in _BLANK


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Zl", "Zp", "Cs"}
