"""What is new in a record; asked every turn of transcripts of up to eighty lines, mostly with one new."""

from collections.abc import Mapping
from itertools import chain, compress, repeat
from operator import is_not
from typing import TypeVar

V = TypeVar("V")


def changed(old: Mapping[int, V], new: Mapping[int, V]) -> list[V]:
    """The values of `new` that are not in `old`, as the very same objects.

    A draft shares its values with the record it was made of, and keeps their order, so it is enough to
    compare what stands in the same place. Behind a value that was taken out some are named that are not new.
    """
    before = chain(old.values(), repeat(None))
    return list(compress(new.values(), map(is_not, new.values(), before)))
