"""Names of sends: each set of items has its own, and says which they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.names import name_of, part_name, read
from tests.bot.delivery.world import World

numbers = st.lists(st.integers(1, 10**12), min_size=1, max_size=60, unique=True)


@given(numbers, st.integers(0, 5))
def test_a_name_says_which_items(chosen: list[int], part: int) -> None:
    """From a part's name come the ids of the items, in their order, and the name of the whole."""
    record = World().record()
    name = part_name(name_of(record, chosen), part)
    items = tuple(record.item_id(number) for number in chosen)
    assert read(name) == (name_of(record, chosen), items)


@given(numbers, numbers)
def test_another_set_has_another_name(one: list[int], other: list[int]) -> None:
    """Two names are the same for the same items only."""
    record = World().record()
    assert (name_of(record, one) == name_of(record, other)) == (one == other)


@pytest.mark.parametrize("name", ["", "r", "r.", "r.x", "r.1-m", "r.1-m2,", "r.1-x", "r.1-2-3", ".1"])
def test_what_is_no_name(name: str) -> None:
    """A line of the journal that was damaged from outside names no item."""
    assert read(name) == (name, ())
