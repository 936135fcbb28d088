"""What a member wrote: a reply, a note, or a command; pure."""

import re
import unicodedata
from dataclasses import dataclass

from rapidfuzz import process

from bot.model import one_line

COMMANDS = (
    "claim",
    "release",
    "transfer",
    "close",
    "reopen",
    "snooze",
    "note",
    "c",
    "template",
    "undo",
    "del",
    "tag",
    "untag",
    "history",
    "info",
    "block",
    "unblock",
    "why",
    "watch",
    "unwatch",
    "queue",
    "stats",
    "help",
)
"""Every command that people are told of."""

PRESSES = ("to", "back", "again", "anyway", "take")
"""What the other buttons do, as commands: a button can be typed where there are none."""

SHOWN = 40
"""How much of a word that means nothing to us is repeated to who wrote it."""

_COMMAND = re.compile(r"/([^\s@]*)(?:@\S*)?(?:\s+(.*))?", re.DOTALL)
_SEEN = frozenset("LNPS")
"""The categories of what can be seen by itself: letters, numbers, punctuation and symbols. All else shows
nothing before a slash: controls, formats, spaces, marks that hang on nothing, what Unicode has not assigned
or leaves to private use."""
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc\U0001d159\U00013441\U00013442")
"""Letters and signs that show nothing all the same: fillers, blanks, the place of an object that is gone."""
_SLASHES = str.maketrans(
    {
        **dict.fromkeys("\uff0f\u2044\u2215\u29f8\u2571\u27cb\u1735\u2041\u2f03\u31d3\U0001d23a", "/"),
        "\u2afd": "//",
        "\u2afb": "///",
    }
)
"""What other keyboards type for a slash, and what looks like one by Unicode's table of confusables; of
that table letters are left out, since words begin with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Words for the contact."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Words for the team; they never leave."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command that exists; `arguments` is what stands behind it."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownCommand:
    """A command that does not exist, and the one it is most like."""

    name: str
    nearest: str


Words = Reply | Note | Command | UnknownCommand


def read(text: str) -> Words:
    """Tell what a member's text is.

    Anything that begins with a slash is never a reply: a slip of the finger must not reach a contact.
    """
    seen = without_unseen(text)
    if seen.startswith("//"):
        return Note(text=seen[2:].strip())
    if not seen.startswith("/"):
        return Reply(text=text)
    found = _COMMAND.fullmatch(seen)
    assert found is not None  # every text with a slash in front is of this form
    name = found.group(1).lower()
    arguments = (found.group(2) or "").strip()
    if name == "note":
        return Note(text=arguments)
    if name in COMMANDS or name in PRESSES:
        return Command(name=name, arguments=arguments)
    shown = one_line(name)[:SHOWN]
    nearest = process.extractOne(shown, [command for command in COMMANDS if len(command) > 1])[0]
    return UnknownCommand(name=shown, nearest=nearest if shown else "help")


def without_unseen(text: str) -> str:
    """The text from its first character that can be seen, with plain slashes at its beginning.

    Keyboards put direction marks before a slash, or type a wide one; it is a note all the same.
    """
    for place, character in enumerate(text):
        if unicodedata.category(character)[0] in _SEEN and character not in _BLANK:
            seen = text[place:].rstrip()
            return seen[:2].translate(_SLASHES) + seen[2:]
    return ""
