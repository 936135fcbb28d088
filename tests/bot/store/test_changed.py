"""What is new in a record."""

from hypothesis import given
from hypothesis import strategies as st

from bot.store.changed import changed


@given(
    st.dictionaries(st.integers(0, 12), st.text()),
    st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=8),
)
def test_everything_new_is_named(old: dict[int, str], steps: list[tuple[int, bool]]) -> None:
    """Whatever is put into a draft, or taken out, each value that its record does not share is named."""
    before = {number: [text] for number, text in old.items()}
    draft, put = dict(before), []
    for number, is_put in steps:
        if is_put:
            draft[number] = ["new"]
            put.append(draft[number])
        else:
            draft.pop(number, None)
    named = changed(before, draft)
    assert all(
        any(each is value for each in named) for value in draft.values() if any(value is p for p in put)
    )
    assert all(any(each is value for value in draft.values()) for each in named)


def test_what_is_shared_is_not_named() -> None:
    """Of a record to which one line was added, and in which one was replaced, those two are named."""
    before = {number: [number] for number in range(80)}
    draft = before | {7: ["seven"], 80: ["eighty"]}
    assert changed(before, draft) == [["seven"], ["eighty"]]
    assert changed(before, dict(before)) == []
    assert changed({}, draft) == list(draft.values())
