"""The names that the journal has for sends, and that a merged post has where a platform goes by ids."""

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise

from bot.model import Ledger

_STEPS = "-m"
_NAME = re.compile(r"(?P<record>.+\.)(?P<first>\d+)(?:-m(?P<steps>-?\d+(?:,-?\d+)*))?(?:-\d+)?", re.ASCII)


def name_of(ledger: Ledger, numbers: Sequence[int]) -> str:
    """The name of outbox items that are sent as one.

    It says which they are, so that another set has another name: the id of the first, then how far each
    number lies from the one before it.
    """
    steps = ",".join(str(number - before) for before, number in pairwise(numbers))
    first = ledger.item_id(numbers[0])
    return f"{first}{_STEPS}{steps}" if steps else first


def part_name(name: str, number: int) -> str:
    """The name of a part of what has this name; the first part, number 0, has no other name."""
    return f"{name}-{number}" if number else name


def read(name: str) -> tuple[str, tuple[str, ...]]:
    """What a name stands for.

    Returns:
        The name of the whole, of which this may name a part; and the ids of the items that it carried,
        none for what is no name.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        return name, ()
    steps = [int(step) for step in (found["steps"] or "").split(",") if step]
    numbers = accumulate(steps, initial=int(found["first"]))
    whole = name[: found.end("steps" if steps else "first")]
    return whole, tuple(f"{found['record']}{number}" for number in numbers)
