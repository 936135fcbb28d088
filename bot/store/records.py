"""Records as TinyDB tables: how they are written, read, checked, and migrated from older versions."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from bot.api import ChatRef
from bot.model import (
    HOUSE,
    Contact,
    Conversation,
    House,
    Ledger,
    Message,
    OutboxItem,
    Record,
    Status,
    Thread,
)
from bot.store.changed import changed

VERSION = 1
"""The version of the layout that is written; it is `Record.version` of a new record."""

Tables = dict[str, dict[str, Any]]
"""A TinyDB file as plain values: `{table: {id: document}}`, the ids being text."""

Migration = Callable[[Tables], Tables]
"""Turns the tables of one version into those of the next; the version itself is kept up by `migrated`."""

MIGRATIONS: Mapping[int, Migration] = MappingProxyType({})
"""What brings a file of each older version to the next one, by the older version."""


class Unreadable(ValueError):
    """A file does not hold what it should; the text says what is wrong, without quoting the file."""


class Unwritable(ValueError):
    """A record holds a value that could not be read back; it is not written."""


class TooNew(Exception):
    """A file was written by a later release; reading it as if it were ours would lose what is new in it."""


class _Head(Struct, frozen=True):
    record_id: str
    next_number: int
    version: int


_STATE = frozenset(House.__struct_fields__) - frozenset(Ledger.__struct_fields__) - {"version"}
"""The fields of the house that its table of state keeps."""


class _RecordTables(Struct):
    record: dict[int, _Head]
    contact: dict[int, Contact]
    conversations: dict[int, Conversation]
    messages: dict[int, Message]
    outbox: dict[int, OutboxItem]


class _HouseTables(Struct):
    record: dict[int, _Head]
    state: dict[int, dict[str, Any]]
    outbox: dict[int, OutboxItem]


class _ContactOutline(Struct):
    chat: ChatRef
    name: str = ""
    username: str = ""
    phone: str = ""
    aliases: tuple[str, ...] = ()
    threads: tuple[Thread, ...] = ()


class _Outline(Struct):
    record: dict[int, _Head]
    contact: dict[int, _ContactOutline]
    conversations: dict[int, Conversation]
    messages: msgspec.Raw
    outbox: dict[int, OutboxItem]


class _Changes(Struct):
    contact: Contact | None
    conversations: list[Conversation]
    messages: list[Message]
    outbox: list[OutboxItem]


T = TypeVar("T", _RecordTables, _HouseTables, _Outline)

_RECORD = msgspec.json.Decoder(_RecordTables)
_HOUSE = msgspec.json.Decoder(_HouseTables)
_OUTLINE = msgspec.json.Decoder(_Outline)
_MESSAGES = msgspec.json.Decoder(dict[int, Message])
_CHANGES = msgspec.json.Decoder(_Changes)
_DAMAGE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def encoded(ledger: Ledger) -> bytes:
    """The content of a record's file."""
    tables: dict[str, Mapping[Any, Any]] = {
        "record": {1: _Head(ledger.record_id, ledger.next_number, VERSION)},
    }
    match ledger:
        case Record():
            tables["contact"] = {1: ledger.contact}
            tables["conversations"] = ledger.conversations
            tables["messages"] = ledger.messages
        case House():
            tables["state"] = {1: {name: getattr(ledger, name) for name in sorted(_STATE)}}
    tables["outbox"] = ledger.outbox
    return encode(tables)


def encode(tables: Mapping[str, Any]) -> bytes:
    """Tables as JSON; half a surrogate pair, which no file can hold, becomes a replacement character."""
    try:
        return msgspec.json.encode(tables)
    except UnicodeEncodeError:
        # Platforms' JSON may carry broken emoji; refusing the message would have it delivered for ever.
        return msgspec.json.encode(_without_surrogates(msgspec.to_builtins(tables, str_keys=True)))


def _without_surrogates(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case dict():
            return {_without_surrogates(key): _without_surrogates(each) for key, each in value.items()}
        case list() | tuple():
            return [_without_surrogates(each) for each in value]
        case _:
            return value


def check_changes(old: Ledger | None, new: Ledger) -> None:
    """Read back what is new in a record, so that no value of a wrong type makes its file unreadable later.

    Raises:
        Unwritable: with what is wrong.
    """
    try:
        if not isinstance(new, Record):
            decoded(encoded(new), new.record_id)
            return
        before = old if isinstance(old, Record) else None
        changes = {
            "contact": None if before and before.contact is new.contact else new.contact,
            "conversations": changed(before.conversations if before else {}, new.conversations),
            "messages": changed(before.messages if before else {}, new.messages),
            "outbox": changed(before.outbox if before else {}, new.outbox),
        }
        _CHANGES.decode(encode(changes))
    except (msgspec.MsgspecError, Unreadable, TypeError) as error:
        raise Unwritable(f"{new.record_id} cannot be written: {error}") from error


def decoded(
    content: bytes,
    record_id: str,
    *,
    migrations: Mapping[int, Migration] = MIGRATIONS,
    version: int = VERSION,
) -> Record | House:
    """Read a record's file, of this version or an older one.

    Raises:
        Unreadable: it is not a record, or not this one.
        TooNew: a later release wrote it.
    """
    if record_id == HOUSE:
        return _decoded_house(content, record_id, migrations, version)
    tables = _tables(_RECORD, content, record_id, migrations, version)
    if 1 not in tables.contact:
        raise Unreadable("it has no contact")
    return Record(
        record_id=record_id,
        next_number=tables.record[1].next_number,
        outbox=tables.outbox,
        contact=tables.contact[1],
        conversations=tables.conversations,
        messages=tables.messages,
        version=version,
    )


def _decoded_house(
    content: bytes, record_id: str, migrations: Mapping[int, Migration], version: int
) -> House:
    tables = _tables(_HOUSE, content, record_id, migrations, version)
    try:
        house = msgspec.convert({**tables.state.get(1, {}), "record_id": record_id}, House)
    except msgspec.MsgspecError as error:
        raise Unreadable(str(error)) from error
    house.next_number = tables.record[1].next_number
    house.outbox = tables.outbox
    house.version = version
    return house


def outlined(
    content: bytes,
    record_id: str,
    *,
    migrations: Mapping[int, Migration] = MIGRATIONS,
    version: int = VERSION,
) -> Record:
    """Read of a contact's record only what the index needs, several times faster than `decoded`.

    Returns:
        A record whose transcript is empty unless a conversation is not closed, and whose contact has no
        more than its names and threads. Raises as `decoded`.
    """
    tables = _tables(_OUTLINE, content, record_id, migrations, version)
    if 1 not in tables.contact:
        raise Unreadable("it has no contact")
    contact = tables.contact[1]
    is_live = any(each.status is not Status.CLOSED for each in tables.conversations.values())
    try:
        messages = _MESSAGES.decode(tables.messages) if is_live else {}
    except msgspec.MsgspecError as error:
        raise Unreadable(str(error)) from error
    return Record(
        record_id=record_id,
        outbox=tables.outbox,
        contact=Contact(
            chat=contact.chat,
            name=contact.name,
            username=contact.username,
            phone=contact.phone,
            aliases=contact.aliases,
            threads=contact.threads,
            created_at=_LONG_AGO,
        ),
        conversations=tables.conversations,
        messages=messages,
    )


def migrated(
    tables: Tables, *, migrations: Mapping[int, Migration] = MIGRATIONS, version: int = VERSION
) -> Tables:
    """Bring plain tables to a version; those of that version come back as they are.

    Raises:
        Unreadable: they have no version, or it is not known how to go on from it.
        TooNew: a later release wrote them.
    """
    try:
        found = tables["record"]["1"]["version"]
        if found > version:
            raise TooNew(f"version {found} of a later release; this one knows {version}")
        for each in range(found, version):
            tables = migrations[each](tables)
        tables["record"]["1"]["version"] = version
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise Unreadable(f"it cannot be brought to version {version}: {error!r}") from error
    return tables


def _tables(
    decoder: msgspec.json.Decoder[T],
    content: bytes,
    record_id: str,
    migrations: Mapping[int, Migration],
    version: int,
) -> T:
    tables = None
    with suppress(*_DAMAGE):
        tables = decoder.decode(content)
    if tables is None or 1 not in tables.record or tables.record[1].version != version:
        # Damaged, or of another version: the plain values tell.
        try:
            plain = msgspec.json.decode(content, type=Tables)
            plain = migrated(plain, migrations=migrations, version=version)
            tables = decoder.decode(msgspec.json.encode(plain))
        except _DAMAGE as error:
            raise Unreadable(str(error)) from error
    if tables.record[1].record_id != record_id:
        raise Unreadable(f"it holds the record {tables.record[1].record_id}")
    return tables
