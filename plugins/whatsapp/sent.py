"""What was sent lately: which of Twilio's ids is which message of ours, and how far it has come.

Twilio knows no id of ours once a message is created, and lists messages without the address of their
callback. This memory is what tells an uncertain send from an earlier one with the same words, and a failure
whose callback never came. It is written down now and then, and at once when a send is in doubt.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.api import Documents, ReceiptState

NAME = "sent"
KEPT_FOR = timedelta(hours=24)
MOST = 5000

_RANK = {ReceiptState.SENT: 1, ReceiptState.DELIVERED: 2, ReceiptState.READ: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One message of ours.

    Attributes:
        message_id: ours.
        chat_id: where it goes.
        begun_at: when it was first handed to Twilio, in UTC.
        sid: Twilio's id, or empty while that is not known.
        state: how far it has come, or None.
    """

    message_id: str
    chat_id: str
    begun_at: datetime
    sid: str = ""
    state: ReceiptState | None = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing more can come that the team must know."""
        return self.state in {ReceiptState.DELIVERED, ReceiptState.READ, ReceiptState.FAILED}


class SentMessages:
    """The messages of the last day, oldest first; at most some thousands."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._by_id: dict[str, Sending] = {}
        self._id_of_sid: dict[str, str] = {}
        self._is_changed = False

    async def load(self) -> None:
        """Read what was written down; raises OSError."""
        written = await self._documents.read(NAME)
        for row in (written or {}).get("messages", ()):
            if (sending := _read(row)) is not None and sending.message_id not in self._by_id:
                self._keep(sending)
        self._is_changed = False

    async def flush(self) -> None:
        """Write down what changed; raises OSError, and may be called again then."""
        if self._is_changed:
            rows = [_row(sending) for sending in self._by_id.values()]
            await self._documents.write(NAME, {"messages": rows})
            self._is_changed = False

    def begin(self, message_id: str, chat_id: str, at: datetime) -> None:
        """Remember that a message is handed to Twilio now."""
        self._prune(at)
        known = self._by_id.get(message_id)
        if known is None:
            self._keep(Sending(message_id=message_id, chat_id=chat_id, begun_at=at))

    def refused(self, message_id: str) -> None:
        """Forget a message that Twilio did not take."""
        known = self._by_id.get(message_id)
        if known is not None and not known.sid:
            self._drop(known)

    def named(self, message_id: str, sid: str) -> None:
        """Remember Twilio's id of a message."""
        known = self._by_id.get(message_id)
        if known is not None and known.sid != sid:
            self._keep(replace(known, sid=sid))

    def would_move(self, message_id: str, state: ReceiptState) -> bool:
        """Whether a state is news: receipts come twice and out of order, and only move forward.

        Anything is news of a message that is not known here.
        """
        known = self._by_id.get(message_id)
        if known is None or known.state is None:
            return True
        if known.state is ReceiptState.FAILED:
            return False
        if state is ReceiptState.FAILED:
            return known.state is ReceiptState.SENT
        return _RANK[state] > _RANK[known.state]

    def moved(self, message_id: str, state: ReceiptState) -> None:
        """Remember how far a message has come."""
        known = self._by_id.get(message_id)
        if known is not None:
            self._keep(replace(known, state=state))

    def find(self, message_id: str) -> Sending | None:
        """A message by our id."""
        return self._by_id.get(message_id)

    def find_sid(self, sid: str) -> Sending | None:
        """A message by Twilio's id."""
        return self._by_id.get(self._id_of_sid.get(sid, ""))

    def unsettled(self) -> Sequence[Sending]:
        """The messages whose end is not known, and that Twilio can be asked about."""
        return [each for each in self._by_id.values() if each.sid and not each.is_settled]

    def forget(self, chat_id: str) -> None:
        """Forget everything that was sent to a chat."""
        for each in [each for each in self._by_id.values() if each.chat_id == chat_id]:
            self._drop(each)

    def _keep(self, sending: Sending) -> None:
        self._by_id[sending.message_id] = sending
        if sending.sid:
            self._id_of_sid[sending.sid] = sending.message_id
        self._is_changed = True

    def _drop(self, sending: Sending) -> None:
        del self._by_id[sending.message_id]
        self._id_of_sid.pop(sending.sid, None)
        self._is_changed = True

    def _prune(self, now: datetime) -> None:
        for oldest in list(self._oldest()):
            if len(self._by_id) < MOST and now - oldest.begun_at < KEPT_FOR:
                return
            self._drop(oldest)

    def _oldest(self) -> Iterator[Sending]:
        """The first few, so that each new message makes room for itself at little cost."""
        for _, sending in zip(range(8), self._by_id.values(), strict=False):
            yield sending


def _row(sending: Sending) -> dict[str, Any]:
    return {
        "id": sending.message_id,
        "chat": sending.chat_id,
        "at": sending.begun_at.timestamp(),
        "sid": sending.sid,
        "state": sending.state.value if sending.state else "",
    }


def _read(row: Mapping[str, Any]) -> Sending | None:
    """A row as it was written; None when it makes no sense."""
    try:
        return Sending(
            message_id=str(row["id"]),
            chat_id=str(row["chat"]),
            begun_at=datetime.fromtimestamp(float(row["at"]), UTC),
            sid=str(row["sid"]),
            state=ReceiptState(row["state"]) if row["state"] else None,
        )
    except (KeyError, TypeError, ValueError):
        return None
