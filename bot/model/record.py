"""Records: all that is written together. A turn changes a draft, and the draft replaces the record."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Self

from msgspec import Struct
from msgspec.structs import replace

from bot.api import ChatRef
from bot.model.conversation import Contact, Conversation, Thread
from bot.model.message import Message
from bot.model.outbox import ItemState, OutboxItem

HOUSE = "house"
"""The id of the one record that belongs to no contact: general sections, alerts, the process itself."""

SEEN_KEPT = 128
"""How many event ids a record remembers. Platforms repeat a delivery within seconds to a day, and a
contact does not write this much while one is repeated."""


def record_id_of(chat: ChatRef) -> str:
    """The id of a contact's record: short, safe in file names and links, and free of personal data."""
    digest = hashlib.sha256(chat.address.encode()).hexdigest()[:16]
    return f"{chat.channel}-{digest}"


class Ledger(Struct, kw_only=True):
    """What every record has: numbers, and an outbox.

    Attributes:
        record_id: the name of its file.
        next_number: the next number for a message or an outbox item.
        outbox: what is still to be sent, by number.
    """

    record_id: str
    next_number: int = 1
    outbox: dict[int, OutboxItem] = {}

    def draft(self) -> Self:
        """A copy that may be changed without touching this one; the values in it are shared, being frozen."""
        return replace(self, outbox=dict(self.outbox))

    def take_number(self) -> int:
        """A number that this record has never used."""
        number = self.next_number
        self.next_number += 1
        return number

    def item_id(self, number: int) -> str:
        """The id under which a platform knows the outbox item `number`."""
        return f"{self.record_id}.{number}"

    def due_at(self) -> datetime | None:
        """When a timer of this record next comes due."""
        return None


class Record(Ledger, kw_only=True):
    """Everything held on one contact.

    Attributes:
        contact: who they are.
        conversations: by number, oldest first.
        messages: the transcript by number, oldest first; the older part may be in the archive.
        version: of this layout; older ones are migrated as they are read.
    """

    contact: Contact
    conversations: dict[int, Conversation] = {}
    messages: dict[int, Message] = {}
    version: int = 1

    def draft(self) -> Self:
        """As in `Ledger`."""
        return replace(
            self,
            outbox=dict(self.outbox),
            conversations=dict(self.conversations),
            messages=dict(self.messages),
        )

    @property
    def current(self) -> Conversation | None:
        """The conversation that a message of the contact belongs to, open or not."""
        return next(reversed(self.conversations.values()), None)

    def due_at(self) -> datetime | None:
        """As in `Ledger`."""
        current = self.current
        return None if current is None else current.due_at

    def change_contact(self, **changes: Any) -> Contact:
        """Replace fields of the contact."""
        self.contact = replace(self.contact, **changes)
        return self.contact

    def change_conversation(self, number: int, **changes: Any) -> Conversation:
        """Replace fields of a conversation."""
        changed = replace(self.conversations[number], **changes)
        self.conversations[number] = changed
        return changed

    def change_message(self, number: int, **changes: Any) -> None:
        """Replace fields of a transcript line; one that has been archived since stays as it was."""
        if number in self.messages:
            self.messages[number] = replace(self.messages[number], **changes)

    def change_thread(self, chat: ChatRef, **changes: Any) -> Thread:
        """Replace fields of the contact's place in a team chat, or begin one."""
        whole = chat.whole
        old = self.contact.thread_in(whole) or Thread(chat=whole)
        new = replace(old, **changes)
        others = tuple(thread for thread in self.contact.threads if thread.chat != whole)
        self.change_contact(threads=(*others, new))
        return new

    def newest(self, wanted: Callable[[Message], bool]) -> Message | None:
        """The newest transcript line that `wanted` accepts."""
        return next((m for m in reversed(self.messages.values()) if wanted(m)), None)

    def in_conversation(self, number: int) -> Iterator[Message]:
        """The transcript of one conversation, oldest first."""
        return (m for m in self.messages.values() if m.conversation == number)

    def drop_doubts(self, message: int = 0, *, conversation: int = 0) -> None:
        """Forget the doubt whether a message arrived, or any of a conversation: it was decided upon."""
        for item in list(self.outbox.values()):
            is_meant = message in item.messages or (conversation and item.conversation == conversation)
            if item.state is ItemState.UNCERTAIN and is_meant:
                del self.outbox[item.number]

    def held(self) -> Iterator[OutboxItem]:
        """What waits for the contact to write again."""
        return (item for item in self.outbox.values() if item.state is ItemState.HELD)


class Member(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One of a list of members, as they last were.

    Attributes:
        is_off: they said that they are off duty.
        wrote_at: when they last wrote to the bot; their platform's reply window counts from here.
    """

    is_off: bool = False
    wrote_at: datetime | None = None


class Board(Struct, frozen=True, kw_only=True):
    """The post of a team chat that says who waits.

    Attributes:
        platform_id: its id.
        text: what it says, or will once what waits is sent.
    """

    platform_id: str
    text: str


class Wanted(Struct, frozen=True, kw_only=True):
    """Figures that a member asked for, and that are still to be counted.

    Attributes:
        chat: where they are posted, with its thread.
        team: the team they are of; empty: all.
        period: how many seconds back they reach.
    """

    chat: ChatRef
    team: str = ""
    period: float


class House(Ledger, kw_only=True):
    """What the process remembers that belongs to no contact.

    Attributes:
        members: by address, those of lists of members who have written.
        boards: the boards of team chats, by address.
        timers: what is to happen, by name, and when.
        opened: the last opening of each team that was acted on, by its key.
        moved: the new address of each chat that moved, by its old one.
        seen: ids of the latest events of the general sections.
        wanted: the figures that were asked for and are still to be counted.
        reported_at: when the last weekly report was due, or the first start.
        timed_by: what of config.toml the times of open conversations were last set by, as a mark.
        version: of this layout.
    """

    members: dict[str, Member] = {}
    boards: dict[str, Board] = {}
    timers: dict[str, datetime] = {}
    opened: dict[str, datetime] = {}
    moved: dict[str, str] = {}
    seen: tuple[str, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    reported_at: datetime | None = None
    timed_by: str = ""
    version: int = 1

    def due_at(self) -> datetime | None:
        """As in `Ledger`."""
        return min(self.timers.values(), default=None)
