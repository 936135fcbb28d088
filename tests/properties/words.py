"""What the people of the town say: every message has a mark of its own, which matching does not see."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from bot.api import (
    Attachment,
    ButtonPressed,
    ChatRef,
    Event,
    IncomingMessage,
    MediaKind,
    MessageDeleted,
    MessageEdited,
    ReactionChanged,
    Sender,
    ThreadChanged,
)
from tests.properties.places import JOE

SAID = (
    "hello",
    "1",
    "2",
    "3",
    "help",
    "price",
    "hours",
    "blood test",
    "fish",
    "field",
    "night",
    "support or sales",
    "xyzzy",
    "thanks",
    "",
)
"""What contacts write; an empty text is a photo without words."""
REPLIES = ("{mark}", "here you are {mark}", "{mark}\nand more")
SECRETS = (
    "// {mark}",
    "/note {mark}",
    "/claim {mark}",
    "/release",
    "/transfer sales {mark}",
    "/transfer support",
    "/transfer inbox",
    "/transfer field {mark}",
    "/transfer night",
    "/transfer market {mark}",
    "/transfer {mark}",
    "/close {mark}",
    "/reopen",
    "/tag {mark}",
    "/history",
    "/info",
    "/why",
    "/block",
    "/unblock",
    "/clsoe {mark}",
    "/ {mark}",
)
"""What members write that must never leave."""
GENERAL = (
    "/queue",
    "/help",
    "/claim {code} {mark}",
    "/close {code}",
    "/transfer {code} sales {mark}",
    "{code} to field {mark}",
    "{code} note {mark}",
    "#{code} {mark}",
    "{mark}",
)
"""What members write in a team's chat outside of threads, without quoting anything; it never leaves."""
BY_CODE = (
    "{code} claim",
    "{code} release",
    "{code} close",
    "{code} reopen",
    "{code} take",
    "{code} anyway",
    "{code} again",
    "{code} watch",
    "{code} to support {mark}",
    "{code} to market",
    "{code} to field {mark}",
    "{code} to night",
    "{code} to {mark}",
    "{code} note {mark}",
    "{code} tag {mark}",
    "{code} history",
    "{code} undo",
    "{code} {mark}",
    "#{code} // {mark}",
    "#{code} note {mark}",
    "#{code} /clsoe {mark}",
    "{code}: /claim {mark}",
    "/close {code}",
    "/note {code} {mark}",
)
"""What members of lists write about a conversation that must never leave."""
DUTY = ("on", "off", "list", "help", "on", "/queue", "on")
"""What members of lists write that is about no conversation; they are on duty more often than not."""

_CONTACT_MARK = re.compile(r"⟦([!?]+)⟧")
_PHOTO_MARK = re.compile(r"⟪([!?]+)⟫")
_REPLY_MARK = re.compile(r"R(\d+)R")
_SECRET_MARK = re.compile(r"N(\d+)N")


def contact_mark(number: int) -> str:
    """A mark of punctuation alone, which matching takes for nothing."""
    return f"⟦{_digits(number)}⟧"


def contact_marks(text: str) -> list[int]:
    """The marks of contacts' messages in a text, in order."""
    return [_number(mark) for mark in _CONTACT_MARK.findall(text)]


def photo_marks(text: str) -> list[int]:
    """The marks of contacts' photos in a text; a photo is named in the transcript, and again where it is."""
    return [_number(mark) for mark in _PHOTO_MARK.findall(text)]


def _digits(number: int) -> str:
    return f"{number:b}".replace("0", "!").replace("1", "?")


def _number(digits: str) -> int:
    return int(digits.replace("!", "0").replace("?", "1"), 2)


def reply_marks(text: str) -> list[int]:
    """The marks of replies in a text."""
    return [int(mark) for mark in _REPLY_MARK.findall(text)]


def has_secret(text: str) -> bool:
    """Whether something stands in a text that members wrote for themselves."""
    return bool(_SECRET_MARK.search(text))


@dataclass(slots=True)
class People:
    """Everybody who writes, with numbers that are never used twice.

    Attributes:
        by: which contact, by mark.
    """

    by: dict[int, ChatRef] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def writes(self, contact: ChatRef, said: str, now: datetime) -> IncomingMessage:
        """A contact's message."""
        number = next(self._numbers)
        self.by[number] = contact
        mark = contact_mark(number)
        before = "customer " if contact == JOE else ""
        photo = Attachment(kind=MediaKind.PHOTO, remote_id="gone", file_name=f"⟪{_digits(number)}⟫.jpg")
        return IncomingMessage(
            event_id=f"e{number}",
            chat=contact,
            sender=person(contact),
            sent_at=now,
            text=f"{before}{said} {mark}" if said else before,
            attachments=() if said else (photo,),
            message_id=f"m{number}",
        )

    def presses(
        self, chat: ChatRef, choice_id: str, now: datetime, who: Sender | None = None
    ) -> ButtonPressed:
        """Somebody presses a button."""
        return ButtonPressed(
            event_id=f"e{next(self._numbers)}",
            chat=chat,
            sender=who or person(chat),
            sent_at=now,
            choice_id=choice_id,
        )

    def answers(
        self, chat: ChatRef, who: Sender, text: str, now: datetime, *, letter: str, quotes: str = ""
    ) -> IncomingMessage:
        """A member writes in a thread, in the general section, in a group, or as one of a list.

        Args:
            chat: where.
            who: the member.
            text: what, with `{mark}` where its mark stands.
            now: when.
            letter: R for what is meant for a contact, N for what is not.
            quotes: the id of the message that it answers.
        """
        number = next(self._numbers)
        return IncomingMessage(
            event_id=f"e{number}",
            chat=chat,
            sender=who,
            sent_at=now,
            text=text.replace("{mark}", f"={letter}{number}{letter}="),
            message_id=f"m{number}",
            reply_to=quotes,
            quotes_us=quotes.startswith("p"),
        )

    def edits(self, contact: ChatRef, mark: int, now: datetime) -> MessageEdited:
        """A contact changes what they wrote."""
        return MessageEdited(
            event_id=f"e{next(self._numbers)}",
            chat=contact,
            sender=person(contact),
            sent_at=now,
            message_id=f"m{mark}",
            text=f"I meant {contact_mark(mark)}",
        )

    def takes_back(self, contact: ChatRef, mark: int, now: datetime) -> MessageDeleted:
        """A contact deletes what they wrote."""
        return MessageDeleted(
            event_id=f"e{next(self._numbers)}",
            chat=contact,
            sender=person(contact),
            sent_at=now,
            message_id=f"m{mark}",
        )

    def reacts(self, contact: ChatRef, mark: int, now: datetime) -> ReactionChanged:
        """A contact reacts to a message."""
        return ReactionChanged(
            event_id=f"e{next(self._numbers)}",
            chat=contact,
            sender=person(contact),
            sent_at=now,
            message_id=f"m{mark}",
            emoji="👍",
        )

    def changes_thread(
        self, thread: ChatRef, who: Sender, now: datetime, *, is_closed: bool
    ) -> ThreadChanged:
        """A member closes or opens a thread by hand."""
        return ThreadChanged(
            event_id=f"e{next(self._numbers)}", chat=thread, sender=who, sent_at=now, is_closed=is_closed
        )


def marked(event: Event) -> int:
    """The mark of a contact's message; 0 for anything else."""
    return int(event.event_id[1:]) if isinstance(event, IncomingMessage) else 0


def person(contact: ChatRef) -> Sender:
    name = contact.chat_id.capitalize()
    return Sender(sender_id=contact.chat_id, name=f"{name} Lee", first_name=name)
