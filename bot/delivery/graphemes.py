"""Where a text may be cut: between what people see as characters, never inside one.

What one is, `regex` knows: https://www.unicode.org/reports/tr29/#Grapheme_Cluster_Boundaries.
"""

import regex

_GRAPHEME = regex.compile(r"\X")
_FLAG_HALF = regex.compile(r"\p{RI}")
_LOOK_BACK = 256
"""No character that people use is longer; a hostile one is cut here, not searched for ever."""


def is_boundary(text: str, index: int) -> bool:
    """Whether `text` may be cut before `text[index]`."""
    if index <= 0 or index >= len(text):
        return True
    if text[index - 1 : index + 1].isascii():
        return text[index - 1 : index + 1] != "\r\n"
    return cut_before(text, index) == index


def cut_before(text: str, index: int) -> int:
    """The last place at or before `index` where `text` may be cut; 0 when there is none after its start."""
    if index <= 0 or index >= len(text):
        return max(0, min(index, len(text)))
    last = start = _sure_start(text, index)
    for found in _GRAPHEME.finditer(text, start):
        if found.start() > index:
            break
        last = found.start()
    return last


def shorten(text: str, limit: int) -> str:
    """`text` in at most `limit` characters; one that is cut ends with an ellipsis."""
    if len(text) <= limit:
        return text
    return text[: cut_before(text, max(limit - 1, 0))].rstrip() + "…"[:limit]


def _sure_start(text: str, index: int) -> int:
    """A place before `index` from where characters can be counted: between two that are plain ASCII."""
    start, least = index, max(0, index - _LOOK_BACK)
    while start > least and not (text[start - 1].isalnum() and text[start - 1 : start + 1].isascii()):
        start -= 1
    while start and _FLAG_HALF.match(text, start - 1):
        # Flags are pairs of letters, and only the first of a row says which belong together.
        start -= 1
    return start
