"""Conversation codes: short, readable aloud, unique among open conversations, not reused for a month."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from random import Random

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = "23456789"

_TRIES = 12
_REMEMBERED = 4096


class CodeMaker:
    """Makes codes of two to four characters, a letter and a digit first; as short as there is room for.

    Args:
        is_free: whether a code is free at a time, by the index.
        random: the source of chance.
    """

    def __init__(self, is_free: Callable[[str, datetime], bool], random: Random | None = None) -> None:
        self._is_free = is_free
        self._random = random or Random()  # noqa: S311  # a code is a name, not a secret
        self._given: OrderedDict[str, None] = OrderedDict()

    def __call__(self, now: datetime) -> str:
        """A code that is free now, and that was not given to a turn that is still being written."""
        code = ""
        for length in (2, 3, 4):
            for _ in range(_TRIES if length < 4 else _TRIES * 50):
                code = self._draw(length)
                if code not in self._given and self._is_free(code, now):
                    self._given[code] = None
                    if len(self._given) > _REMEMBERED:
                        self._given.popitem(last=False)
                    return code
        # Some 200,000 codes are in use or resting: better one that rests than none.
        return code

    def _draw(self, length: int) -> str:
        choice = self._random.choice
        return choice(LETTERS) + choice(DIGITS) + "".join(choice(LETTERS + DIGITS) for _ in range(length - 2))
