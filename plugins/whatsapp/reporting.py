"""How far our messages have come, as the bot is told: once each, and only forward."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.api import ChatRef, DeliveryReceipt, Host, ReachabilityChanged, ReceiptState, Wording
from plugins.whatsapp.faults import ALARMING, UNREACHABLE, Fault, fault_of, reason_of
from plugins.whatsapp.sent import SentMessages


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What Twilio says of a message of ours, in a callback or in its list.

    Attributes:
        message_id: ours.
        sid: Twilio's.
        state: how far it came.
        error_code: why it failed, or 0.
        message: the same in Twilio's words; may be empty.
        chat_id: where it went; empty when that is not known.
    """

    message_id: str
    sid: str
    state: ReceiptState
    error_code: int = 0
    message: str = ""
    chat_id: str = ""


class Reporting:
    """What tells the bot.

    Args:
        host: the bot.
        sent: what was sent lately.
        wording: reasons.
        clock: the time, in UTC.
    """

    def __init__(
        self, host: Host, sent: SentMessages, wording: Wording, clock: Callable[[], datetime]
    ) -> None:
        self._host = host
        self._sent = sent
        self._wording = wording
        self._clock = clock
        self._alerted: set[str] = set()

    async def report(self, progress: Progress) -> None:
        """Report a receipt, and what a failure says of the contact or the account; raises OSError."""
        known = self._sent.find(progress.message_id)
        self._sent.named(progress.message_id, progress.sid)
        fault = fault_of(progress.error_code)
        is_failed = progress.state is ReceiptState.FAILED
        reason = reason_of(progress.error_code, progress.message, self._wording) if is_failed else ""
        if not self._sent.would_move(progress.message_id, progress.state):
            return
        await self._host.report(
            DeliveryReceipt(
                message_id=progress.message_id,
                state=progress.state,
                reason=reason,
                is_window_shut=is_failed and fault is Fault.WINDOW_SHUT,
            )
        )
        self._sent.moved(progress.message_id, progress.state)
        chat_id = known.chat_id if known else progress.chat_id
        if is_failed and fault in UNREACHABLE and chat_id:
            await self._host.receive(
                ReachabilityChanged(
                    event_id=f"{progress.sid}-unreachable",
                    chat=ChatRef(self._host.channel, chat_id),
                    sent_at=self._clock(),
                    is_reachable=False,
                    reason=reason,
                )
            )
        if is_failed and fault in ALARMING:
            await self.alert(reason)

    async def alert(self, reason: str) -> None:
        """Tell the inbox what somebody has to change; each reason once in the plugin's life."""
        if reason not in self._alerted:
            await self._host.alert(self._wording("alert", channel=self._host.channel, reason=reason))
            self._alerted.add(reason)
