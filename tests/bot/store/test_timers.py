"""Due times by record: which are due, in which order, and what it costs to find them."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.store.timers import DueTimes
from tests.bot.store.examples import NOON


def test_a_record_that_was_put_off_is_named_after_the_others() -> None:
    """Until then the others are named alone; another time for the record ends its wait."""
    times = DueTimes()
    for second, name in enumerate(("ann", "bob", "eve")):
        times.put(name, NOON + timedelta(seconds=second))
    now, until = NOON + timedelta(seconds=10), NOON + timedelta(seconds=15)
    times.put_off("ann", until)
    times.put_off("nobody", until)
    assert (times.due(now), times.next_due()) == (["bob", "eve"], NOON + timedelta(seconds=1))
    times.put("ann", NOON)
    assert times.due(now) == ["bob", "eve"]
    assert times.due(until) == ["bob", "eve", "ann"]
    times.put("ann", NOON - timedelta(seconds=1))
    assert times.due(now) == ["ann", "bob", "eve"]
    times.put_off("bob", until)
    times.put("bob", None)
    times.put("bob", NOON + timedelta(seconds=1))
    assert times.due(now) == ["ann", "bob", "eve"]


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.none() | st.integers(0, 5)), max_size=40),
    st.integers(0, 6),
)
def test_due_times_agree_with_a_plain_dictionary(
    changes: list[tuple[str, bool, int | None]], at: int
) -> None:
    """Whatever was set, moved, put off and taken away, exactly the due ones are named, once, in order."""
    times = DueTimes()
    plain: dict[str, int] = {}
    waits: dict[str, int] = {}
    for name, is_put_off, second in changes:
        if is_put_off and second is not None:
            times.put_off(name, NOON + timedelta(seconds=second))
            if name in plain:
                waits[name] = second
            continue
        times.put(name, None if second is None else NOON + timedelta(seconds=second))
        if plain.pop(name, None) != second:
            waits.pop(name, None)
        if second is not None:
            plain[name] = second
    asked = {**plain, **waits}
    expected = sorted((second, name) for name, second in asked.items() if second <= at)
    now = NOON + timedelta(seconds=at)
    assert times.due(now) == [name for _, name in expected]
    assert times.due(now, 2) == [name for _, name in expected[:2]]
    assert times.due(now) == [name for _, name in expected]
    assert {name for name in "abc" if times.is_due(name, now)} == {name for _, name in expected}
    earliest = min(asked.values(), default=None)
    assert times.next_due() == (None if earliest is None else NOON + timedelta(seconds=earliest))


class CountedTime(datetime):
    """A time that counts how often it is compared: what finding what is due costs."""

    compared = 0

    def __lt__(self, other: date) -> bool:
        assert isinstance(other, datetime)
        CountedTime.compared += 1
        return super().__lt__(other)

    def __le__(self, other: date) -> bool:
        assert isinstance(other, datetime)
        CountedTime.compared += 1
        return super().__le__(other)


def test_a_portion_costs_no_more_where_many_are_due() -> None:
    """However much is due, only as many are looked at as are named, and one is asked after in one step."""
    begun = CountedTime(2026, 3, 2, tzinfo=UTC)
    costs = []
    for count in (100, 10_000):
        times = DueTimes()
        for number in range(count):
            times.put(f"r{number:05}", begun + timedelta(seconds=number))
        late = begun + timedelta(days=1)
        CountedTime.compared = 0
        assert times.due(late, 10) == [f"r{number:05}" for number in range(10)]
        costs.append(CountedTime.compared)
        CountedTime.compared = 0
        assert times.is_due(f"r{count - 1:05}", late)
        assert CountedTime.compared == 1
    # A heap is deeper by a level where it holds twice as many.
    assert costs[1] <= 3 * costs[0]


def test_a_portion_that_was_put_off_makes_room_for_the_next() -> None:
    """Those that wait fill no places; when their wait is over, they come behind those due before that."""
    times = DueTimes()
    for number in range(6):
        times.put(f"r{number}", NOON + timedelta(seconds=number))
    now, until = NOON + timedelta(seconds=10), NOON + timedelta(seconds=15)
    for expected in (["r0", "r1"], ["r2", "r3"], ["r4", "r5"], []):
        assert times.due(now, 2) == expected
        for name in expected:
            assert times.is_due(name, now)
            times.put_off(name, until)
            assert not times.is_due(name, now)
    times.put("new", until - timedelta(seconds=1))
    assert times.due(until, 2) == ["new", "r0"]
    assert not times.is_due("nobody", until)
