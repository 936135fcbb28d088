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
    "note",
    "c",
    "del",
    "tag",
    "untag",
    "history",
    "info",
    "block",
    "unblock",
    "why",
    "queue",
    "help",
)

SHOWN = 40
"""How much of a word that means nothing to us is repeated to who wrote it."""

_COMMAND = re.compile(r"/([^\s@]*)(?:@\S*)?(?:\s+(.*))?", re.DOTALL)
_CODE = re.compile(r"#?([A-HJ-NP-Z][2-9][A-HJ-NP-Z2-9]{0,2}):?", re.IGNORECASE)
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me"})
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs that show nothing."""
_SLASHES = str.maketrans(dict.fromkeys("\uff0f\u2044\u2215\u29f8", "/"))
"""What looks like a slash, and what other keyboards type for one."""


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
    seen = _without_unseen(text)
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
    if name in COMMANDS:
        return Command(name=name, arguments=arguments)
    shown = one_line(name)[:SHOWN]
    nearest = process.extractOne(shown, [command for command in COMMANDS if len(command) > 1])[0]
    return UnknownCommand(name=shown, nearest=nearest if shown else "help")


def leading_code(text: str) -> tuple[str, str]:
    """A conversation code at the beginning of a text, in capitals, and the rest; "" when there is none."""
    first, *rest = text.split(maxsplit=1) or [""]
    found = _CODE.fullmatch(first)
    return (found.group(1).upper(), "".join(rest).strip()) if found else ("", text.strip())


def code_of_command(text: str) -> str:
    """The code that a command of the general section names, as in `/claim K7`; "" for none."""
    seen = _without_unseen(text)
    if not seen.startswith("/"):
        return ""
    _, *rest = seen.split(maxsplit=1)
    return leading_code("".join(rest))[0]


def without_code(text: str) -> str:
    """The same command as it would be written in the conversation's own thread."""
    if not code_of_command(text):
        return text
    command, rest = _without_unseen(text).split(maxsplit=1)
    return f"{command} {leading_code(rest)[1]}".strip()


def _without_unseen(text: str) -> str:
    """The text from its first character that can be seen, with plain slashes at its beginning.

    Keyboards put direction marks before a slash, or type a wide one; it is a note all the same.
    """
    for place, character in enumerate(text):
        if unicodedata.category(character) not in _UNSEEN and character not in _BLANK:
            seen = text[place:].rstrip()
            return seen[:2].translate(_SLASHES) + seen[2:]
    return ""
