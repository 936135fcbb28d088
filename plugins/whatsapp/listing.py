"""What Twilio lists: messages, their files, and the senders of an account."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A message as Twilio lists it.

    Attributes:
        sid: its id.
        sender: who sent it, with the channel's prefix.
        recipient: who it is for, likewise.
        body: its text.
        status: how far it has come, in Twilio's words.
        error_code: why it failed, or 0.
        file_count: how many files it has.
        at: when it was sent or received, in UTC.
        is_inbound: a contact wrote it.
    """

    sid: str
    sender: str
    recipient: str
    body: str
    status: str
    error_code: int
    file_count: int
    at: datetime
    is_inbound: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFile:
    """A file of a message, as Twilio lists it: where it is, and its type."""

    url: str
    mime_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """A WhatsApp sender of the account, as `check` looks at it.

    Attributes:
        number: with the channel's prefix.
        status: in Twilio's words; `ONLINE` can send and receive.
        callback_url: where its messages are delivered.
    """

    number: str
    status: str
    callback_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A content template.

    Attributes:
        name: for people, in the console.
        language: its code.
        variables: an example for each variable.
        types: as the Content API shows them, each with its parts.
    """

    name: str
    language: str
    variables: Mapping[str, Any]
    types: Mapping[str, Any]


def listed_of(message: Any) -> Listed:
    """A message as the SDK has it, with what an answer may lack filled in."""
    at = message.date_sent or message.date_created
    return Listed(
        sid=text_of(message.sid),
        sender=text_of(message.from_),
        recipient=text_of(message.to),
        body=text_of(message.body),
        status=text_of(message.status),
        error_code=message.error_code if isinstance(message.error_code, int) else 0,
        file_count=int(message.num_media or 0),
        at=at if isinstance(at, datetime) else datetime.fromtimestamp(0, UTC),
        is_inbound=message.direction == "inbound",
    )


def text_of(value: object) -> str:
    """A text of an answer; empty when it is none."""
    return value if isinstance(value, str) else ""
