"""Rolling over: long records stay short, and what is in use stays in them."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.model import Record, Status
from bot.store.rollover import (
    CONVERSATIONS_KEPT,
    CONVERSATIONS_MOST,
    MESSAGES_KEPT,
    MESSAGES_MOST,
    MESSAGES_WORTH_IT,
    rolled_over,
)
from tests.bot.store.examples import conversation, item, message, record


def with_conversations(count: int, *, last: Status = Status.OPEN) -> Record:
    """A contact with a message in each of many conversations, all closed but perhaps the last."""
    draft = record("ann", messages=0)
    draft.conversations.clear()
    for number in range(1, count + 1):
        status = last if number == count else Status.CLOSED
        draft.conversations[number] = conversation(number, code=f"A{number}", status=status)
        draft.messages[number] = message(number, conversation=number)
    return draft


def test_short_records_stay() -> None:
    """Nothing moves while a record has no more than it may have."""
    assert rolled_over(record("ann", messages=MESSAGES_MOST)) is None
    assert rolled_over(with_conversations(CONVERSATIONS_MOST + 1)) is None


def test_oldest_messages_go() -> None:
    """One message too many moves all but the latest to the archive, named by its first number."""
    long = record("ann", messages=MESSAGES_MOST + 1)
    step = rolled_over(long)
    assert step is not None
    assert len(step.record.messages) == MESSAGES_KEPT
    assert list(step.record.messages) == list(long.messages)[-MESSAGES_KEPT:]
    assert step.archived["messages"] == {
        n: long.messages[n] for n in range(1, MESSAGES_MOST + 2 - MESSAGES_KEPT)
    }
    assert step.part == "m1"
    assert len(long.messages) == MESSAGES_MOST + 1
    assert step.record.conversations == long.conversations


@given(
    st.lists(
        st.builds(
            item,
            st.integers(1000, 2000),
            messages=st.lists(st.integers(1, 120), max_size=4).map(tuple),
            quotes=st.integers(0, 120),
            files=st.integers(0, 120),
        ),
        max_size=30,
    ),
    st.lists(st.integers(1, 120), max_size=5),
)
def test_messages_in_use_stay(items: list[object], unsettled: list[int]) -> None:
    """What the outbox refers to and what is still coming in stays; nothing is lost or doubled."""
    long = record("ann", messages=120)
    long.conversations[1] = replace(long.conversations[1], unsettled=tuple(unsettled))
    for number, each in enumerate(items, start=1000):
        long.outbox[number] = each  # type: ignore[assignment]
    step = rolled_over(long)
    if step is None:
        return  # too many are in use
    archived = step.archived["messages"]
    used = {n for each in long.outbox.values() for n in (*each.messages, each.quotes, each.files)}
    assert not (used | set(unsettled)) & archived.keys()
    assert archived | step.record.messages == long.messages
    assert not archived.keys() & step.record.messages.keys()
    assert list(step.record.messages)[-MESSAGES_KEPT:] == list(long.messages)[-MESSAGES_KEPT:]


def test_no_archive_file_for_a_handful() -> None:
    """When nearly all old messages are in use, the rest waits until it is worth a file."""
    long = record("ann", messages=MESSAGES_MOST + 1)
    old = MESSAGES_MOST + 1 - MESSAGES_KEPT
    long.outbox[900] = item(900, messages=tuple(range(1, old - MESSAGES_WORTH_IT + 1)))
    step = rolled_over(long)
    assert step is not None
    assert len(step.archived["messages"]) == MESSAGES_WORTH_IT
    long.outbox[901] = item(901, quotes=old)
    assert rolled_over(long) is None


def test_old_conversations_go_with_their_messages() -> None:
    """Conversations closed long ago move with every message of theirs; the latest ones stay."""
    long = with_conversations(CONVERSATIONS_MOST + 5)
    step = rolled_over(long)
    assert step is not None
    closed = [each for each in step.record.conversations.values() if each.status is Status.CLOSED]
    assert len(closed) == CONVERSATIONS_KEPT
    assert step.record.current == long.current
    assert {each.conversation for each in step.record.messages.values()} == set(step.record.conversations)
    assert {each.conversation for each in step.archived["messages"].values()} == set(
        step.archived["conversations"]
    )


def test_conversation_in_use_stays() -> None:
    """A conversation that something is still to be sent for stays, and so do its messages."""
    long = with_conversations(CONVERSATIONS_MOST + 5)
    long.outbox[500] = replace(item(500), conversation=2)
    long.outbox[501] = item(501, messages=(3,))
    step = rolled_over(long)
    assert step is not None
    assert {1, 2, 3} <= set(step.record.conversations)  # item 501 belongs to conversation 1
    assert {1, 2, 3} <= set(step.record.messages)
    assert 4 not in step.record.conversations


def test_last_conversation_stays_though_closed() -> None:
    """The current conversation is never archived: the next message may continue it."""
    step = rolled_over(with_conversations(CONVERSATIONS_MOST + 5, last=Status.CLOSED))
    assert step is not None
    assert CONVERSATIONS_MOST + 5 in step.record.conversations


def test_conversations_without_messages_have_a_file_of_their_own() -> None:
    """When only conversations move, the file is named by the first of them."""
    long = with_conversations(CONVERSATIONS_MOST + 5)
    long.messages.clear()
    step = rolled_over(long)
    assert step is not None
    assert step.part == "c1"
    assert step.archived["messages"] == {}
