"""What moves from a record to its archive, so that the cost of a turn does not grow with history."""

from dataclasses import dataclass
from itertools import islice
from typing import Any

from bot.model import Conversation, Message, Record, Status
from bot.store.records import VERSION

MESSAGES_MOST = 80
"""A record with more messages than this is rolled over."""

MESSAGES_KEPT = 40
"""How many of the latest messages stay."""

MESSAGES_WORTH_IT = 20
"""An archive file is not made for fewer, when most of the old ones are still needed."""

CONVERSATIONS_MOST = 30
"""A record with more closed conversations than this is rolled over."""

CONVERSATIONS_KEPT = 20
"""How many of the latest closed conversations stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollOver:
    """One step of rolling over.

    Attributes:
        record: what stays.
        part: the name of the archive file among those of the record: the first number in it, after a
            letter for what is numbered.
        archived: the tables of that file.
    """

    record: Record
    part: str
    archived: dict[str, dict[int, Any]]


def rolled_over(record: Record) -> RollOver | None:
    """Roll a record over when it has grown long.

    Nothing goes that is still in use: messages that the outbox refers to or that wait for the end of a
    burst, conversations that are not closed, and those that such messages belong to.
    """
    messages = _old_messages(record)
    conversations = _old_conversations(record)
    # A conversation never goes without its messages.
    if going := {each.number for each in conversations}:
        messages |= {
            number: message for number, message in record.messages.items() if message.conversation in going
        }
    if not messages and not conversations:
        return None
    left = record.draft()
    for number in messages:
        del left.messages[number]
    for conversation in conversations:
        del left.conversations[conversation.number]
    part = f"m{min(messages)}" if messages else f"c{conversations[0].number}"
    head = {"record_id": record.record_id, "next_number": record.next_number, "version": VERSION}
    return RollOver(
        record=left,
        part=part,
        archived={
            "record": {1: head},
            "conversations": {each.number: each for each in conversations},
            "messages": dict(sorted(messages.items())),
        },
    )


def _old_messages(record: Record) -> dict[int, Message]:
    surplus = len(record.messages) - MESSAGES_KEPT
    if len(record.messages) <= MESSAGES_MOST:
        return {}
    needed = _needed(record)
    # What is needed stays on top of the latest ones, and takes the place of none of them.
    oldest = islice(record.messages.items(), surplus)
    old = {number: message for number, message in oldest if number not in needed}
    return old if len(old) >= MESSAGES_WORTH_IT else {}


def _old_conversations(record: Record) -> list[Conversation]:
    closed = [each for each in record.conversations.values() if each.status is Status.CLOSED]
    if len(closed) <= CONVERSATIONS_MOST:
        return []
    needed = {item.conversation for item in record.outbox.values()}
    needed |= {record.messages[n].conversation for n in _needed(record) if n in record.messages}
    # The current conversation is the last one, and so among those that stay.
    return [each for each in closed[:-CONVERSATIONS_KEPT] if each.number not in needed]


def _needed(record: Record) -> set[int]:
    needed: set[int] = set()
    for item in record.outbox.values():
        needed.update(item.messages, (item.files, item.quotes))
    for conversation in record.conversations.values():
        needed.update(conversation.unsettled)
    return needed
