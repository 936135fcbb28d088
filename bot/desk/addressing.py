"""Which conversation something is about that was not written in a thread of its own; never guessed."""

import re
from dataclasses import dataclass
from datetime import datetime

from bot.api import ButtonPressed, Event, IncomingMessage
from bot.desk.asking import period_in
from bot.desk.parsing import without_unseen
from bot.duty import Duty
from bot.model import record_id_of
from bot.store import Index

_ALONE = frozenset(
    ("claim", "release", "close", "reopen", "undo", "history", "info", "block", "unblock", "why", "watch",
     "unwatch", "transfer", "back")
)  # fmt: skip
"""Commands that are plain words behind a code, when nothing follows: with more it is a sentence."""
_WITH_MORE = frozenset(("to", "transfer", "note", "tag", "untag", "c", "again", "anyway", "take", "template"))
"""Commands that are plain words behind a code, with what follows."""
_WITH_A_TIME = frozenset(("close", "snooze"))
_A_TIME = re.compile(r"([0-9]+[smhd]|cancel)\b", re.IGNORECASE)
"""What stands behind these when a command is meant, and no sentence."""
_NEVER_SENT = frozenset(("to", "transfer", "note"))
"""Those of them that stay commands behind `#K7` or `K7:`, where a reply is meant otherwise."""

UNKNOWN_QUOTE = "notice.unknown_quote"
"""The refusal of a quote that may be of a post which has not been written down yet."""

FOR_THE_LIST = frozenset(("list", "on", "off", "help"))
"""What a member of a list writes by itself: it is about no conversation."""

_CODE = re.compile(r"(#?)([A-HJ-NP-Z][2-9][A-HJ-NP-Z2-9]{0,2})(:?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where something goes.

    Attributes:
        record_id: the contact's record, or None: the general section's, or nobody's.
        refusal: why it goes nowhere, as a key of the bot's words; empty when it was for no conversation.
        code: the code that it names, for the refusal.
    """

    record_id: str | None = None
    refusal: str = ""
    code: str = ""


def leading_code(text: str) -> tuple[str, str]:
    """A conversation code at the beginning of a text, in capitals, and the rest; "" when there is none."""
    first, *rest = text.split(maxsplit=1) or [""]
    found = _CODE.fullmatch(first)
    return (found.group(2).upper(), "".join(rest).strip()) if found else ("", text.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """What was written outside of a thread.

    Attributes:
        code: of the conversation that it names, in capitals, or empty.
        text: the same as it would be written in the conversation's own thread.
        is_doubtful: it begins with what looks like a code, and does not say that it is one.
    """

    code: str
    text: str
    is_doubtful: bool = False


def addressed(text: str) -> Addressed:
    """Read `/claim K7`, `K7 claim`, `#K7 Hello` and `K7: Hello`."""
    seen = without_unseen(text)
    if seen.startswith("/"):
        command, *rest = seen.split(maxsplit=1)
        code, arguments = leading_code("".join(rest))
        return Addressed(code=code, text=f"{command} {arguments}".strip() if code else text)
    first, *rest = seen.split(maxsplit=1) or [""]
    found = _CODE.fullmatch(first)
    if found is None:
        return Addressed(code="", text=text)
    behind = "".join(rest).strip()
    is_explicit = bool(found.group(1) or found.group(3))
    code, words = found.group(2).upper(), without_unseen(behind)
    if is_command(words, is_explicit=is_explicit):
        return Addressed(code=code, text=words if words.startswith("/") else f"/{words}")
    if is_explicit:
        return Addressed(code=code, text=behind)
    return Addressed(code=code, text=text, is_doubtful=True)


def is_command(words: str, *, is_explicit: bool) -> bool:
    """Whether what stands behind a code is a command; with a slash it always is."""
    if words.startswith("/"):
        return True
    first, *rest = words.split(maxsplit=1) or [""]
    if first.lower() in _WITH_A_TIME and rest:
        return _A_TIME.match(rest[0]) is not None
    commands = _NEVER_SENT if is_explicit else _WITH_MORE
    return first.lower() in (commands if rest else commands | _ALONE)


def in_group(event: Event, index: Index) -> Address:
    """In a group chat: what a post is about that is quoted, pressed or changed; or the code of a command."""
    for name in ("reply_to", "message_id"):
        platform_id = getattr(event, name, "")
        found = platform_id and index.record_of_post(event.chat.address, platform_id)
        if found:
            return Address(record_id=found)
    if isinstance(event, IncomingMessage):
        read = addressed(event.text)
        if read.code and read.text.startswith("/"):
            return Address(record_id=index.record_of_code(read.code), code=read.code)
        if event.quotes_us:
            # It was closed, or erased: whoever answers it means a contact, and must hear that it is not sent.
            return Address(refusal=UNKNOWN_QUOTE)
    return Address()


def in_list(event: Event, index: Index, duty: Duty, now: datetime) -> Address:
    """As a member of a list: a quote, a code, a button, or what the member is in the middle of."""
    match event:
        case IncomingMessage():
            return _message_in_list(event, index, duty, now)
        case ButtonPressed():
            code = event.choice_id.partition(" ")[0]
            return Address(record_id=_named(event, code, index), code=code)
        case _:
            platform_id = getattr(event, "message_id", "")
            return Address(record_id=index.record_of_post(event.chat.address, platform_id))


def _named(event: IncomingMessage | ButtonPressed, code: str, index: Index) -> str | None:
    """The record with a code; not a member's own, who is a contact there and nothing else."""
    named = index.record_of_code(code) if code else None
    return None if named in _own(event, index) else named


def _own(event: IncomingMessage | ButtonPressed, index: Index) -> set[str | None]:
    """The records of the member as a contact."""
    return {record_id_of(event.chat), index.record_of_alias(event.chat)}


def _message_in_list(event: IncomingMessage, index: Index, duty: Duty, now: datetime) -> Address:
    read = addressed(event.text)
    quoted = index.record_of_post(event.chat.address, event.reply_to) if event.reply_to else None
    quoted = None if quoted in _own(event, index) else quoted
    named = _named(event, read.code, index)
    if quoted is not None:
        if named not in {None, quoted} and not read.is_doubtful:
            return Address(refusal="notice.two_addresses", code=read.code)
        return Address(record_id=quoted)
    if read.code and not (read.is_doubtful and named is None):
        if read.is_doubtful:
            return Address(refusal="notice.code_alone", code=read.code)
        return Address(record_id=named, refusal="" if named else "notice.unknown_code", code=read.code)
    if event.reply_to:
        return Address(refusal=UNKNOWN_QUOTE)
    if event.text.strip().casefold() in FOR_THE_LIST or period_in(event.text) is not None:
        return Address()
    going_on = duty.goes_on_with(event.chat, now)
    if going_on is None or index.live_of(going_on) is None:
        return Address(refusal="" if event.text.startswith("/") else "notice.which_conversation")
    return Address(record_id=going_on)
