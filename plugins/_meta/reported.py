"""What webhooks report besides what contacts do: our own messages, receipts, measures, and the rest."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """A message that the account itself sent, through whatever app.

    Attributes:
        chat_id: the contact's.
        mid: the platform's id of the message.
        text: what was written; empty for a file.
        file: the type of its file, empty for a text.
        app_id: the app that sent it; empty where the platform does not say.
        metadata: what that app put there; from us it is our own id of the message.
    """

    chat_id: str
    mid: str
    sent_at: datetime
    text: str = ""
    file: str = ""
    app_id: str = ""
    metadata: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipts:
    """Messages of ours that arrived or were read: those of `mids`, or all up to the watermark.

    Attributes:
        is_read: seen, not only delivered.
        until: everything sent at or before; None where the platform names messages.
    """

    chat_id: str
    is_read: bool
    mids: tuple[str, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enforcement:
    """What the platform does to the account for breaking its rules."""

    action: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAlone:
    """Something that nobody here needs; `name` is what it is counted under."""

    name: str
