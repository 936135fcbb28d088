"""What must hold for contacts and records, whatever happens: each function says in words what breaks it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bot.api import ChatRef
from bot.model import Direction, Progress, Record, Status, record_id_of
from tests.properties.places import CONTACTS, SHOWING
from tests.properties.town import Platform, Shown
from tests.properties.words import contact_marks, has_secret, photo_marks, reply_marks

WELCOME = "Hello "

Town = Mapping[str, Platform]


def read_by(town: Town, contact: ChatRef) -> list[Shown]:
    """What a contact reads as a contact: a member of a list reads there what others wrote, too."""
    own = record_id_of(contact)
    is_alone = contact in SHOWING
    return [each for each in town[contact.channel].in_chat(contact) if not is_alone or each.record_id == own]


def shown_in(town: Town, chat: ChatRef) -> list[Shown]:
    """What people of a team are shown in a chat of theirs."""
    own = record_id_of(chat)
    return [each for each in town[chat.channel].in_chat(chat) if each.record_id != own]


def leaks(town: Town, reply_to: Mapping[int, ChatRef | None]) -> Iterator[str]:
    """What a contact reads that is not for them: another's reply, a note, a command, another's words."""
    for contact in CONTACTS:
        for each in read_by(town, contact):
            for text in (each.first.text, each.message.text):
                if has_secret(text) or contact_marks(text) or text.startswith(("/", "#")):
                    yield f"{contact} reads what is not for contacts: {text!r}"
                for mark in reply_marks(text):
                    if reply_to.get(mark) != contact:
                        yield f"{contact} reads the reply {mark} to {reply_to.get(mark)}"


def repeated_replies(town: Town, sent_again: Counter[ChatRef]) -> Iterator[str]:
    """Replies that a contact reads more often than members sent them."""
    for contact in CONTACTS:
        marks = Counter(mark for each in read_by(town, contact) for mark in reply_marks(each.first.text))
        for mark, times in marks.items():
            if times > 1 + sent_again[contact]:
                yield f"{contact} reads the reply {mark} {times} times"


def welcomes(town: Town, records: Sequence[Record], sent_again: Counter[ChatRef]) -> Iterator[str]:
    """Conversations with more than one welcome, as written down and as read."""
    for record in records:
        written = Counter(
            line.conversation for line in record.messages.values() if line.text.startswith(WELCOME)
        )
        if any(times > 1 for times in written.values()):
            yield f"{record.contact.chat} was welcomed twice in a conversation: {written}"
        read = sum(each.first.text.startswith(WELCOME) for each in read_by(town, record.contact.chat))
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
    """Messages that were acknowledged, and that nobody is shown; once everything had time to arrive."""
    shown: set[int] = set()
    for chat in SHOWING:
        for each in shown_in(town, chat):
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
            yield f"nobody is shown the message {mark}"


def unsent(town: Town, records: Sequence[Record]) -> Iterator[str]:
    """Replies that are neither with their contact nor known to have failed; once everything had time."""
    for record in records:
        contact = record.contact.chat
        read = {mark for each in read_by(town, contact) for mark in reply_marks(each.first.text)}
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
