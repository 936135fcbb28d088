"""What must hold whatever happens: each function finds what breaks one promise, and says it in words."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from bot.api import ChatRef, PostStyle
from bot.model import Direction, Progress, Record, Status
from tests.properties.town import Platform, Shown
from tests.properties.words import (
    CONTACTS,
    INBOX,
    ROOMS,
    contact_marks,
    has_secret,
    photo_marks,
    reply_marks,
)

REPEATED = "(maybe repeated)"
WELCOME = "Hello "

Town = Mapping[str, Platform]


def leaks(town: Town, reply_to: Mapping[int, ChatRef]) -> Iterator[str]:
    """What a contact reads that is not for them: another's reply, a note, a command, another's words."""
    for contact in CONTACTS:
        for each in town[contact.channel].in_chat(contact):
            for text in (each.first.text, each.message.text):
                if has_secret(text) or contact_marks(text) or text.startswith("/"):
                    yield f"{contact} reads what is not for contacts: {text!r}"
                for mark in reply_marks(text):
                    if reply_to.get(mark) != contact:
                        yield f"{contact} reads the reply {mark} to {reply_to.get(mark)}"


def repeated_replies(town: Town, sent_again: Counter[ChatRef]) -> Iterator[str]:
    """Replies that a contact reads more often than members sent them."""
    for contact in CONTACTS:
        marks = Counter(
            mark for each in town[contact.channel].in_chat(contact) for mark in reply_marks(each.first.text)
        )
        for mark, times in marks.items():
            if times > 1 + sent_again[contact]:
                yield f"{contact} reads the reply {mark} {times} times"


def repeated_posts(town: Town) -> Iterator[str]:
    """Messages that a thread shows twice without saying so, or that nobody doubted to have arrived."""
    for room in ROOMS:
        platform = town[room.channel]
        plain: dict[ChatRef, Counter[int]] = defaultdict(Counter)
        every: dict[ChatRef, Counter[int]] = defaultdict(Counter)
        for each in _posts(platform, room):
            marks = contact_marks(each.first.text)
            every[each.first.chat].update(marks)
            if REPEATED not in each.first.text:
                plain[each.first.chat].update(marks)
        doubted = Counter(
            mark
            for message in platform.doubted
            if message.chat.whole == room
            for mark in contact_marks(message.text)
        )
        for thread, counted in plain.items():
            for mark, times in counted.items():
                if times > 1:
                    yield f"{thread} shows the message {mark} {times} times as if it were new"
        for thread, counted in every.items():
            for mark, times in counted.items():
                if times > 1 + doubted[mark]:
                    yield f"{thread} shows the message {mark} {times} times after {doubted[mark]} doubts"


def disorder(town: Town, by: Mapping[int, ChatRef], wanted: Collection[int]) -> Iterator[str]:
    """Messages that a thread shows before earlier ones of the same contact.

    What one team chat refused, or gave no answer to, stands in the inbox alone, before the conversation
    itself may come there; what a blocked contact wrote is not `wanted`, though a transcript may hold it.
    """
    apart = {
        mark
        for room in ROOMS
        for message in (*town[room.channel].refused, *town[room.channel].doubted)
        if message.chat.whole != INBOX
        for mark in contact_marks(message.text)
    }
    for room in ROOMS:
        first_seen: dict[tuple[ChatRef, ChatRef], list[int]] = defaultdict(list)
        for each in _posts(town[room.channel], room):
            for mark in contact_marks(each.first.text):
                seen = first_seen[each.first.chat, by[mark]]
                is_apart = room == INBOX and mark in apart
                if mark in wanted and mark not in seen and not is_apart:
                    seen.append(mark)
        for (thread, contact), seen in first_seen.items():
            if seen != sorted(seen):
                yield f"{thread} shows the messages of {contact} in the order {seen}"


def strangers(town: Town, by: Mapping[int, ChatRef]) -> Iterator[str]:
    """Threads that show the messages of two contacts."""
    for room in ROOMS:
        contacts: dict[ChatRef, set[ChatRef]] = defaultdict(set)
        for each in _posts(town[room.channel], room):
            contacts[each.first.chat] |= {by[mark] for mark in contact_marks(each.first.text)}
        for thread, found in contacts.items():
            if len(found) > 1:
                yield f"{thread} shows the messages of {found}"


def welcomes(town: Town, records: Sequence[Record], sent_again: Counter[ChatRef]) -> Iterator[str]:
    """Conversations with more than one welcome, as written down and as read."""
    for record in records:
        written = Counter(
            line.conversation for line in record.messages.values() if line.text.startswith(WELCOME)
        )
        if any(times > 1 for times in written.values()):
            yield f"{record.contact.chat} was welcomed twice in a conversation: {written}"
        shown = town[record.contact.chat.channel].in_chat(record.contact.chat)
        read = sum(each.first.text.startswith(WELCOME) for each in shown)
        if read > len(record.conversations) + sent_again[record.contact.chat]:
            yield f"{record.contact.chat} reads {read} welcomes in {len(record.conversations)} conversations"


def shared_codes(records: Sequence[Record]) -> Iterator[str]:
    """Codes that two conversations have at the same time."""
    codes = Counter(
        each.code
        for record in records
        for each in record.conversations.values()
        if each.status is not Status.CLOSED
    )
    for code, times in codes.items():
        if times > 1:
            yield f"{times} conversations have the code {code}"


def unseen(town: Town, records: Sequence[Record], wanted: Sequence[int]) -> Iterator[str]:
    """Messages that were acknowledged, and that no team chat shows; once everything had time to arrive."""
    shown: set[int] = set()
    for room in ROOMS:
        for each in town[room.channel].in_chat(room):
            shown.update(contact_marks(each.first.text), photo_marks(each.first.text))
    closed_unseen = {
        mark
        for record in records
        for line in record.messages.values()
        for mark in line_marks(line.text, *(file.file_name for file in line.files))
        if (of := record.conversations[line.conversation]).room is None and of.status is Status.CLOSED
    }
    for mark in wanted:
        if mark not in shown | closed_unseen:
            yield f"no team chat shows the message {mark}"


def unsent(town: Town, records: Sequence[Record]) -> Iterator[str]:
    """Replies that are neither with their contact nor known to have failed; once everything had time."""
    for record in records:
        contact = record.contact.chat
        read = {
            mark for each in town[contact.channel].in_chat(contact) for mark in reply_marks(each.first.text)
        }
        for line in record.messages.values():
            if line.direction is not Direction.OUTGOING or line.is_deleted:
                continue
            if line.progress is Progress.PENDING:
                yield f"{contact}: {line.text!r} is on its way for ever"
            if line.progress is Progress.SENT and not read.issuperset(reply_marks(line.text)):
                yield f"{contact}: {line.text!r} is sent, and not there"


def line_marks(*texts: str) -> list[int]:
    """The marks of a contact's message and of its files."""
    return [mark for text in texts for mark in (*contact_marks(text), *photo_marks(text))]


def _posts(platform: Platform, room: ChatRef) -> Iterator[Shown]:
    return (each for each in platform.in_chat(room) if each.first.style is PostStyle.MESSAGE)
