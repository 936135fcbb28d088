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
        is_late: it is open for what a person wrote, and would be shut for the bot.
    """

    is_open: bool
    until: datetime | None = None
    is_late: bool = False


def reply_window(
    capabilities: Capabilities, *, last_inbound_at: datetime | None, origin: Origin, now: datetime
) -> ReplyWindow:
    """The window for a message of this origin; it is shut from the moment `until` on."""
    usual = length = capabilities.reply_window
    if usual is None or length is None:
        return ReplyWindow(is_open=True)
    if origin is Origin.HUMAN and capabilities.human_window is not None:
        length = capabilities.human_window
    if last_inbound_at is None:
        return ReplyWindow(is_open=False)
    until, is_open = last_inbound_at + length, now < last_inbound_at + length
    return ReplyWindow(is_open=is_open, until=until, is_late=is_open and now >= last_inbound_at + usual)
