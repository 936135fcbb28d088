"""A map of 64-bit numbers that holds no Python object per entry."""

from array import array
from bisect import bisect_left

_FOLDS = 256


class CompactMap:
    """64-bit keys to 64-bit values, 16 bytes an entry, found by bisection.

    The keys are spread over sorted arrays by their lowest byte, so that adding one moves few others.
    Keys must be evenly spread; digests are.
    """

    def __init__(self) -> None:
        self._keys = [array("Q") for _ in range(_FOLDS)]
        self._values = [array("Q") for _ in range(_FOLDS)]
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __setitem__(self, key: int, value: int) -> None:
        keys, values, place, is_there = self._find(key)
        if is_there:
            values[place] = value
        else:
            keys.insert(place, key)
            values.insert(place, value)
            self._count += 1

    def get(self, key: int) -> int | None:
        """The value of `key`, or None."""
        _, values, place, is_there = self._find(key)
        return values[place] if is_there else None

    def pop(self, key: int) -> None:
        """Take `key` out, if it is there."""
        keys, values, place, is_there = self._find(key)
        if is_there:
            keys.pop(place)
            values.pop(place)
            self._count -= 1

    def _find(self, key: int) -> "tuple[array[int], array[int], int, bool]":
        fold = key % _FOLDS
        keys = self._keys[fold]
        place = bisect_left(keys, key)
        return keys, self._values[fold], place, place < len(keys) and keys[place] == key
