"""Twilio's words for how far a message has come, as receipts; pure."""

from collections.abc import Mapping

from bot.api import ReceiptState

_STATES: Mapping[str, ReceiptState] = {
    "sent": ReceiptState.SENT,
    "delivered": ReceiptState.DELIVERED,
    "partially_delivered": ReceiptState.DELIVERED,
    "read": ReceiptState.READ,
    "failed": ReceiptState.FAILED,
    "undelivered": ReceiptState.FAILED,
    "canceled": ReceiptState.FAILED,
}
_ON_THE_WAY = frozenset({"accepted", "scheduled", "queued", "sending"})
# Twilio names these where the event, and not the status, is what is new.
_EVENTS: Mapping[str, ReceiptState] = {"READ": ReceiptState.READ, "DELIVERED": ReceiptState.DELIVERED}


def state_of(status: str, event_type: str = "") -> ReceiptState | None:
    """How far a message has come; None while Twilio has only taken it, or for a word that is not known.

    Args:
        status: `MessageStatus` of a callback, or `status` of a listed message.
        event_type: `EventType` of a callback; may be empty.
    """
    return _EVENTS.get(event_type.upper()) or _STATES.get(status)


def is_known(status: str) -> bool:
    """Whether it is a word of Twilio's that this module knows."""
    return status in _STATES or status in _ON_THE_WAY
