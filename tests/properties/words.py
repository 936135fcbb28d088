"""What the people of the town say: every message has a mark of its own, which matching does not see."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
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
from bot.config import Settings
from tests.bot.building import ANSWERS, TEAMS, settings_of

ANN, BOB, CYD = ChatRef("shop", "ann"), ChatRef("shop", "bob"), ChatRef("mail", "cyd")
CONTACTS = (ANN, BOB, CYD)
SUPPORT, SALES, INBOX = (ChatRef("desk", name) for name in ("support", "sales", "inbox"))
ROOMS = (SUPPORT, SALES, INBOX)
MEMBERS = tuple(Sender(sender_id=name.lower(), name=name) for name in ("Mia", "Max"))

SAID = (
    "hello",
    "1",
    "2",
    "3",
    "help",
    "price",
    "hours",
    "blood test",
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
    "{mark}",
)

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


@cache
def settings(variant: int) -> Settings:
    """One of the two files that the admin changes between."""
    teams = TEAMS.replace(
        "[channels.lab]", '[channels.mail]\nplugin = "shop"\nenabled = true\n[channels.lab]'
    )
    if variant == 0:
        return settings_of("[lifecycle]\nacks = ['thanks']", teams=teams, settle="1.5s")
    return settings_of(
        "[lifecycle]\nacks = ['thanks']\nreopen_window = '10m'\n[limits]\nmessages_per_minute = 3",
        teams=teams,
        answers=ANSWERS.replace('"3", "hours"', '"4", "hours"'),
        max_attempts=2,
        first_message="match",
    )


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
        photo = Attachment(kind=MediaKind.PHOTO, remote_id="gone", file_name=f"⟪{_digits(number)}⟫.jpg")
        return IncomingMessage(
            event_id=f"e{number}",
            chat=contact,
            sender=_person(contact),
            sent_at=now,
            text=f"{said} {mark}" if said else "",
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
            sender=who or _person(chat),
            sent_at=now,
            choice_id=choice_id,
        )

    def answers(
        self, chat: ChatRef, who: Sender, text: str, now: datetime, *, letter: str
    ) -> IncomingMessage:
        """A member writes in a thread, or in the general section."""
        number = next(self._numbers)
        return IncomingMessage(
            event_id=f"e{number}",
            chat=chat,
            sender=who,
            sent_at=now,
            text=text.replace("{mark}", f"{letter}{number}{letter}"),
            message_id=f"m{number}",
        )

    def edits(self, contact: ChatRef, mark: int, now: datetime) -> MessageEdited:
        """A contact changes what they wrote."""
        return MessageEdited(
            event_id=f"e{next(self._numbers)}",
            chat=contact,
            sender=_person(contact),
            sent_at=now,
            message_id=f"m{mark}",
            text=f"I meant {contact_mark(mark)}",
        )

    def takes_back(self, contact: ChatRef, mark: int, now: datetime) -> MessageDeleted:
        """A contact deletes what they wrote."""
        return MessageDeleted(
            event_id=f"e{next(self._numbers)}",
            chat=contact,
            sender=_person(contact),
            sent_at=now,
            message_id=f"m{mark}",
        )

    def reacts(self, contact: ChatRef, mark: int, now: datetime) -> ReactionChanged:
        """A contact reacts to a message."""
        return ReactionChanged(
            event_id=f"e{next(self._numbers)}",
            chat=contact,
            sender=_person(contact),
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


def _person(contact: ChatRef) -> Sender:
    name = contact.chat_id.capitalize()
    return Sender(sender_id=contact.chat_id, name=f"{name} Lee", first_name=name)
