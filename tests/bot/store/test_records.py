"""Records as files: everything that is written is read again, and nothing damaged gets through."""

import json
from contextlib import suppress
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.api import ChatRef, Choice, Location, Mark, MediaFile, MediaKind, Origin, PostStyle, SharedContact
from bot.model import (
    HOUSE,
    Action,
    Contact,
    Conversation,
    Direction,
    File,
    House,
    ItemState,
    Message,
    OutboxItem,
    Post,
    Progress,
    Record,
    Status,
    Thread,
    record_id_of,
)
from bot.store.records import (
    TooNew,
    Unreadable,
    Unwritable,
    check_changes,
    decoded,
    encode,
    encoded,
    migrated,
    outlined,
)
from tests.bot.store.examples import item, message, record, said

times = st.datetimes(min_value=datetime(1990, 1, 1), timezones=st.just(UTC))
texts = st.text(max_size=20)
ids = st.text(min_size=1, max_size=12)
counts = st.integers(0, 2**40)
chats = st.builds(ChatRef, st.text("abc_-", min_size=1, max_size=8), ids, st.none() | ids)
degrees = st.floats(-180, 180)


def some(values: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    """Up to three values, as a tuple."""
    return st.lists(values, max_size=3).map(tuple)


media = st.builds(
    MediaFile,
    kind=st.sampled_from(MediaKind),
    media_id=ids,
    file_name=ids,
    mime_type=ids,
    size_bytes=counts,
)
files = st.builds(
    File,
    kind=st.sampled_from([each.value for each in MediaKind]),
    remote_id=texts,
    file_name=texts,
    mime_type=texts,
    size_bytes=st.none() | counts,
    media=st.none() | media,
    problem=texts,
)
threads = st.builds(Thread, chat=chats, thread_id=texts, card_id=texts, is_closed=st.booleans())
contacts = st.builds(
    Contact,
    chat=chats,
    name=texts,
    first_name=texts,
    username=texts,
    phone=texts,
    language=texts,
    created_at=times,
    last_inbound_at=st.none() | times,
    is_blocked=st.booleans(),
    unreachable=texts,
    threads=some(threads),
    seen=some(ids),
    minute_at=st.none() | times,
    minute_count=counts,
    hour_at=st.none() | times,
    bot_count=counts,
    muted_until=st.none() | times,
)
posts = st.builds(Post, chats, ids)
messages = st.builds(
    Message,
    number=counts,
    conversation=counts,
    direction=st.sampled_from(Direction),
    at=times,
    author=texts,
    author_id=texts,
    text=texts,
    files=some(files),
    location=st.none() | st.builds(Location, latitude=degrees, longitude=degrees, title=texts, address=texts),
    shared_contact=st.none() | st.builds(SharedContact, name=texts, phone=texts),
    unsupported=texts,
    platform_ids=some(ids),
    quotes=counts,
    source=st.none() | posts,
    posts=some(posts),
    progress=st.none() | st.sampled_from(Progress),
    reason=texts,
    origin=st.sampled_from(Origin),
    choice=texts,
    is_edited=st.booleans(),
    is_deleted=st.booleans(),
)
conversations = st.builds(
    Conversation,
    number=counts,
    code=ids,
    status=st.sampled_from(Status),
    started_at=times,
    team=texts,
    room=st.none() | chats,
    closed_at=st.none() | times,
    tags=some(ids),
    claimed_by=texts,
    waiting_since=st.none() | times,
    unsettled=some(counts),
    settle_at=st.none() | times,
    menu_due_at=st.none() | times,
    is_quiet=st.booleans(),
    transfers=counts,
)
items = st.builds(
    OutboxItem,
    number=counts,
    action=st.sampled_from(Action),
    chat=chats,
    created_at=times,
    origin=st.sampled_from(Origin),
    text=texts,
    choices=some(st.builds(Choice, choice_id=ids, label=texts)),
    files=counts,
    messages=some(counts),
    quotes=counts,
    mark=st.none() | st.sampled_from(Mark),
    style=st.sampled_from(PostStyle),
    state=st.sampled_from(ItemState),
    not_before=st.none() | times,
    is_repeat=st.booleans(),
)
records = st.builds(
    lambda contact, next_number, talks, lines, outbox: Record(
        record_id=record_id_of(contact.chat),
        next_number=next_number,
        contact=contact,
        conversations={each.number: each for each in talks},
        messages={each.number: each for each in lines},
        outbox={each.number: each for each in outbox},
    ),
    contacts,
    counts,
    st.lists(conversations, max_size=3),
    st.lists(messages, max_size=4),
    st.lists(items, max_size=3),
)
houses = st.builds(
    lambda next_number, outbox, moved, seen: House(
        record_id=HOUSE,
        next_number=next_number,
        outbox={each.number: each for each in outbox},
        moved=moved,
        seen=seen,
    ),
    counts,
    st.lists(items, max_size=3),
    st.dictionaries(ids, ids, max_size=3),
    some(ids),
)


@given(records | houses)
def test_what_is_written_is_read(ledger: Record | House) -> None:
    """Any record comes back equal from its file, and its numbers in the same order."""
    found = decoded(encoded(ledger), ledger.record_id)
    assert found == ledger
    assert list(found.outbox) == list(ledger.outbox)
    check_changes(None, ledger)


@given(records)
def test_outline_agrees_with_the_record(ledger: Record) -> None:
    """What the index is built from at start is what the whole record says."""
    outline = outlined(encoded(ledger), ledger.record_id)
    assert outline.contact.threads == ledger.contact.threads
    assert outline.contact.display_name == ledger.contact.display_name
    assert outline.conversations == ledger.conversations
    assert outline.outbox == ledger.outbox
    is_live = any(each.status is not Status.CLOSED for each in ledger.conversations.values())
    assert outline.messages == (ledger.messages if is_live else {})


def test_file_is_tinydb_layout() -> None:
    """A record's file holds its tables by name, and each table its documents by number."""
    draft = record("ann")
    draft.outbox[9] = item(9)
    tables = json.loads(encoded(draft))
    assert list(tables) == ["record", "contact", "conversations", "messages", "outbox"]
    assert list(tables["messages"]) == ["1", "2"]
    assert tables["record"]["1"] == {"record_id": draft.record_id, "next_number": 3, "version": 1}


@given(st.integers(0, 400), st.binary(max_size=3))
@example(0, b"")
@example(5, b"\xff")
def test_damaged_file_is_unreadable_or_whole(at: int, junk: bytes) -> None:
    """A file that is cut and scribbled on is refused with a reason, and never with another error."""
    whole = encoded(record("ann"))
    with suppress(Unreadable):
        assert decoded(whole[:at] + junk, record("ann").record_id) == record("ann")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"{}",
        b"[]",
        b"[" * 100_000,
        b'{"record":{}}',
        b'{"record":{"1":{"version":"1"}}}',
        b"\0" * 512,
    ],
)
def test_what_is_no_record_is_unreadable(content: bytes) -> None:
    """Anything else under a record's name is refused, for the index too."""
    for read in (decoded, outlined):
        with pytest.raises(Unreadable):
            read(content, "shop-0000000000000000")


def test_record_under_another_name_is_unreadable() -> None:
    """A copied file is not taken for another contact's record."""
    with pytest.raises(Unreadable, match="it holds the record"):
        decoded(encoded(record("ann")), record("bob").record_id)


def test_older_version_is_migrated_step_by_step() -> None:
    """A file of an older layout is brought forward through each version in between."""
    tables = json.loads(encoded(record("ann")))
    tables["record"]["1"]["version"] = 3
    tables["person"] = tables.pop("contact")
    tables["person"]["1"]["full_name"] = tables["person"]["1"].pop("name")

    def rename_table(old: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
        return {("contact" if name == "person" else name): rows for name, rows in old.items()}

    def rename_field(old: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
        contact = old["contact"]["1"]
        assert isinstance(contact, dict)
        contact["name"] = contact.pop("full_name")
        return old

    for read in (decoded, outlined):
        found = read(
            json.dumps(tables).encode(),
            record("ann").record_id,
            migrations={3: rename_table, 4: rename_field},
            version=5,
        )
        assert isinstance(found, Record)
        assert found.contact.name == "Ann"
    with pytest.raises(Unreadable, match="cannot be brought to version 5"):
        migrated(tables, migrations={3: rename_table}, version=5)


def test_later_version_is_refused_and_not_damaged() -> None:
    """A file of a later release is an error of its own, since it is no damage."""
    tables = json.loads(encoded(record("ann")))
    tables["record"]["1"]["version"] = 99
    for read in (decoded, outlined):
        with pytest.raises(TooNew, match="99"):
            read(json.dumps(tables).encode(), record("ann").record_id)


@pytest.mark.parametrize("text", ["caf\u00e9 \ud83d", "\ude00 alone", "fine \U0001f600", "\x00\x1f\u2028"])
def test_broken_emoji_do_not_stop_a_record(text: str) -> None:
    """Half a surrogate pair is stored as a replacement character, and the rest of the text is kept."""
    found = decoded(encoded(said(record("ann"), text)), record("ann").record_id)
    assert isinstance(found, Record)
    stored = found.messages[3].text
    assert stored == text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert encode({"text": {1: {"text": stored}}})


@pytest.mark.parametrize(
    "change",
    [
        {"location": Location(latitude=float("nan"), longitude=1.0)},
        {"text": 12},
        {"platform_ids": (1,)},
        {"posts": (Post(ChatRef("desk", -100), "1"),)},  # type: ignore[arg-type]
        {"author": object()},
    ],
)
def test_value_that_cannot_be_read_back_is_not_written(change: dict[str, object]) -> None:
    """A value of a wrong type is refused while the old record still stands."""
    old = record("ann")
    new = old.draft()
    new.messages[3] = msgspec.structs.replace(message(3), **change)
    with pytest.raises(Unwritable, match=old.record_id):
        check_changes(old, new)
    check_changes(old, said(old, "fine"))


def test_house_with_wrong_values_is_not_written() -> None:
    """The record that belongs to no contact is checked too."""
    with pytest.raises(Unwritable):
        check_changes(None, House(record_id=HOUSE, moved={"a:1": 2}))  # type: ignore[dict-item]
