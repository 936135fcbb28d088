"""What must hold for what teams are shown, in rooms of every kind; each function says what breaks it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping

from bot.api import ChatRef, PostStyle
from bot.model import HOUSE, record_id_of
from tests.properties.places import ALONE, CONTACTS, FLAT, INBOX, JOE, SHOWING
from tests.properties.promises import Town, shown_in
from tests.properties.town import Shown
from tests.properties.words import contact_marks, person

REPEATED = "(maybe repeated)"
STRANGE = "This conversation is not in this chat."
"""What somebody is told who means a conversation that is none of theirs: nothing of it, and no name."""

OWNERS = {record_id_of(contact): contact for contact in CONTACTS}
"""Whose each record is."""

Had = Callable[[ChatRef, ChatRef, Shown], bool]
"""Whether a member could be shown something of a contact, because of the lists they were in."""


def repeated_posts(town: Town) -> Iterator[str]:
    """Messages that a place shows twice without saying so, or that nobody doubted to have arrived."""
    for chat in SHOWING:
        platform = town[chat.channel]
        plain: dict[ChatRef, Counter[int]] = defaultdict(Counter)
        every: dict[ChatRef, Counter[int]] = defaultdict(Counter)
        for each in _posts(town, chat):
            marks = contact_marks(each.first.text)
            every[each.first.chat].update(marks)
            if REPEATED not in each.first.text:
                plain[each.first.chat].update(marks)
        doubted = Counter(
            mark
            for message in platform.doubted
            if message.chat.whole == chat
            for mark in contact_marks(message.text)
        )
        for place, counted in plain.items():
            for mark, times in counted.items():
                # Where a repeat is taken for what it is, it need not say so; a refusal may come in between.
                is_safe = platform.capabilities.idempotent and chat in ALONE
                if times > (1 + doubted[mark] if is_safe else 1):
                    yield f"{place} shows the message {mark} {times} times as if it were new"
        for place, counted in every.items():
            for mark, times in counted.items():
                if times > 1 + doubted[mark]:
                    yield f"{place} shows the message {mark} {times} times after {doubted[mark]} doubts"


def disorder(
    town: Town, by: Mapping[int, ChatRef], wanted: Collection[int], *, is_reloaded: bool
) -> Iterator[str]:
    """Messages that a place shows before earlier ones of the same contact.

    What one chat refused, or gave no answer to, stands in the inbox or with another member alone, before
    the conversation itself may come there; and so does what was withdrawn when config.toml was reloaded.
    Who is in two lists is shown what only others of the first had been shown, once the second has it.
    What a blocked contact wrote is not `wanted`, though a transcript may hold it.
    """
    apart = {
        mark
        for chat in SHOWING
        for message in (*town[chat.channel].refused, *town[chat.channel].doubted)
        if message.chat.whole != INBOX
        for mark in contact_marks(message.text)
    }
    for chat in SHOWING:
        first_seen: dict[tuple[ChatRef, ChatRef], list[int]] = defaultdict(list)
        for each in _posts(town, chat):
            for mark in contact_marks(each.first.text):
                seen = first_seen[each.first.chat, by[mark]]
                is_apart = (chat == INBOX or chat in ALONE) and (is_reloaded or mark in apart)
                is_apart = is_apart or chat == JOE
                if mark in wanted and mark not in seen and not is_apart:
                    seen.append(mark)
        for (place, contact), seen in first_seen.items():
            if seen != sorted(seen):
                yield f"{place} shows the messages of {contact} in the order {seen}"


def strangers(town: Town, by: Mapping[int, ChatRef]) -> Iterator[str]:
    """Posts with another's words than those of the contact that they are about, and threads of two."""
    for chat in SHOWING:
        contacts: dict[ChatRef, set[ChatRef]] = defaultdict(set)
        for each in shown_in(town, chat):
            found = {by[mark] for mark in contact_marks(each.first.text)}
            if each.first.chat.thread_id is not None:
                contacts[each.first.chat] |= found
            if found - {OWNERS.get(each.record_id)}:
                yield f"{chat} shows the words of {found} under the name of another: {each.first.text!r}"
        for thread, owners in contacts.items():
            if len(owners) > 1:
                yield f"{thread} shows the messages of {owners}"


def headless(town: Town, codes: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Posts outside of threads that do not begin with the code and the name of their contact."""
    for chat in (*FLAT, *ALONE):
        for each in shown_in(town, chat):
            if each.record_id == HOUSE or each.first.template or STRANGE in each.first.text:
                continue
            contact = OWNERS[each.record_id]
            name = person(contact).name
            # Who is taken off a list while a post is on its way reads it as people in a group do.
            ends = ("", f" · {contact.channel}") if chat in ALONE else ("",)
            heads = {f"#{code} {name}{end}" for code in codes[each.record_id] for end in ends}
            for text in (each.first.text, each.message.text):
                if text.removeprefix(REPEATED).strip().partition("\n")[0] not in heads:
                    yield f"{chat} shows a post that does not begin with one of {heads}: {text!r}"


def intruders(town: Town, had: Had) -> Iterator[str]:
    """What a member of a list is shown of conversations that none of their teams has had, or of their own."""
    for member in ALONE:
        for each in shown_in(town, member):
            contact = OWNERS.get(each.record_id)
            if contact is None or STRANGE in each.first.text:
                continue
            if not had(member, contact, each):
                yield f"{member} is shown what is none of theirs: {each.first.text!r}"


def _posts(town: Town, chat: ChatRef) -> Iterator[Shown]:
    return (each for each in shown_in(town, chat) if each.first.style is PostStyle.MESSAGE)
