"""The names that the journal has for sends, and that a merged post has where a platform goes by ids."""

import re
from collections.abc import Sequence
from itertools import pairwise

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


def items_of(name: str) -> tuple[str, ...]:
    """The ids of the items that a send of this name carried; a name that no send has is no item's."""
    found = _NAME.fullmatch(name)
    if found is None:
        return ()
    numbers = [int(found["first"])]
    for step in (found["steps"] or "").split(","):
        if step:
            numbers.append(numbers[-1] + int(step))
    return tuple(f"{found['record']}{number}" for number in numbers)


def whole_of(name: str) -> str:
    """The name of the whole, of which this may name a part."""
    found = _NAME.fullmatch(name)
    if found is None:
        return name
    return name[: found.end("first") if found["steps"] is None else found.end("steps")]
