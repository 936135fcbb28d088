"""The reply window: until when, after a contact's last message, a platform lets us write."""

from dataclasses import dataclass
from datetime import datetime

from bot.api import Capabilities, Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyWindow:
    """Whether we may write now.

    Attributes:
        is_open: we may.
        until: when it shuts, or when it did; None: it never shuts, or the contact has never written.
    """

    is_open: bool
    until: datetime | None = None


def reply_window(
    capabilities: Capabilities, *, last_inbound_at: datetime | None, origin: Origin, now: datetime
) -> ReplyWindow:
    """The window for a message of this origin; it is shut from the moment `until` on."""
    length = capabilities.reply_window
    if length is None:
        return ReplyWindow(is_open=True)
    if origin is Origin.HUMAN and capabilities.human_window is not None:
        length = capabilities.human_window
    if last_inbound_at is None:
        return ReplyWindow(is_open=False)
    until = last_inbound_at + length
    return ReplyWindow(is_open=now < until, until=until)
