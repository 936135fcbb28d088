"""A long text as parts that a platform takes, cut where a reader would pause."""

import re

from bot.api import TextUnit
from bot.delivery.graphemes import cut_before, is_boundary

_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_LINE = re.compile(r"\s*\n\s*")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])")
_WORD = re.compile(r"\s+")
_BORDERS = ((_PARAGRAPH, 0.5), (_LINE, 0.5), (_SENTENCE, 0.5), (_WORD, 0.0))
"""Each kind of border, best first, and how full a part must be for it: a short part is worse than a cut."""


def repair(text: str) -> str:
    """`text` with surrogate pairs joined and lone surrogates replaced, so that it can be encoded."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def split(text: str, limit: int, unit: TextUnit) -> tuple[str, ...]:
    """Cut `text` into parts that are not empty.

    Args:
        text: any text that `repair` has seen.
        limit: the longest part, in `unit`; at least 4, so that any one character fits.
        unit: what the platform counts.

    Returns:
        Parts that make the text again but for white space at the cuts. A part ends inside what people see
        as one character only where that alone is longer than `limit`.
    """
    parts: list[str] = []
    start, end = 0, len(text)
    while start < end:
        reach = _reach(text, start, limit, unit)
        if reach == end:
            stop = after = end
        else:
            stop, after = _cut(text, start, reach)
        if part := text[start:stop]:
            parts.append(part)
        start = after
    return tuple(part for part in parts if part.strip())


def _reach(text: str, start: int, limit: int, unit: TextUnit) -> int:
    """The furthest end of a part that begins at `start`."""
    low, high = start + 1, min(len(text), start + limit)
    if unit.length(text[start:high]) <= limit:
        return high
    while low < high:
        middle = (low + high + 1) // 2
        if unit.length(text[start:middle]) <= limit:
            low = middle
        else:
            high = middle - 1
    return low


def _cut(text: str, start: int, reach: int) -> tuple[int, int]:
    """Where the part that begins at `start` ends, and where the next one begins."""
    for border, fullness in _BORDERS:
        least = start + max(1, int((reach - start) * fullness))
        if (found := _last(border, text, least, reach)) is not None:
            return found
    within = cut_before(text, reach)
    cut = within if within > start else reach
    return cut, cut


def _last(border: re.Pattern[str], text: str, least: int, reach: int) -> tuple[int, int] | None:
    """The last border that begins from `least` to `reach`, and is no part of a character."""
    last: tuple[int, int] | None = None
    for found in border.finditer(text, least, reach + 1):
        stop, after = found.span()
        while after < len(text) and text[after].isspace():
            after += 1
        # A mark may stand on a space: then the space is a character, and stays with it.
        after = after if is_boundary(text, after) else after - 1
        if after >= stop and is_boundary(text, stop) and is_boundary(text, after):
            last = (stop, after)
    return last
