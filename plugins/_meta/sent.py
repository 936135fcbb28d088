"""What was sent to whom under which of the platform's ids: receipts and echoes name only those."""

import logging
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.api import Documents, ReceiptState

_logger = logging.getLogger(__name__)

PREFIX = "sent/"
LONGEST = 100
"""Messages remembered of one chat; a receipt for an older one is left alone."""

CHATS = 2000
"""Chats kept in memory; others are read from their documents when they are needed."""

_FORWARD = {ReceiptState.SENT: 0, ReceiptState.DELIVERED: 1, ReceiptState.READ: 2}


@dataclass(slots=True)
class SentMessage:
    """One message of ours as the platform knows it.

    Attributes:
        mid: the platform's id.
        message_id: ours; empty for what the bot does not count as a message.
        sent_at: by the platform's clock where it has told us, else by ours.
        state: how far it has come.
    """

    mid: str
    message_id: str
    sent_at: datetime
    state: ReceiptState = ReceiptState.SENT


@dataclass(slots=True)
class SentTo:
    """What was sent to one chat, oldest first."""

    messages: OrderedDict[str, SentMessage] = field(default_factory=OrderedDict)
    is_changed: bool = False

    def note(self, message: SentMessage) -> None:
        """Remember a message; what is known of it already stays, but for the platform's own time."""
        known = self.messages.get(message.mid)
        if known is None:
            self.messages[message.mid] = message
            while len(self.messages) > LONGEST:
                self.messages.popitem(last=False)
        elif (known.message_id or message.message_id, message.sent_at) == (known.message_id, known.sent_at):
            return
        else:
            known.message_id = known.message_id or message.message_id
            known.sent_at = message.sent_at
        self.is_changed = True

    def mid_of(self, message_id: str) -> str:
        """The platform's id of a message of ours, or empty."""
        return next(
            (each.mid for each in reversed(self.messages.values()) if each.message_id == message_id), ""
        )

    def behind(
        self, state: ReceiptState, mids: Sequence[str], until: datetime | None
    ) -> Iterator[SentMessage]:
        """The messages that a receipt brings forward, oldest first: those named, or all up to a time."""
        named = set(mids)
        for each in list(self.messages.values()):
            is_meant = each.mid in named or (not named and until is not None and each.sent_at <= until)
            if is_meant and each.message_id and _FORWARD[each.state] < _FORWARD[state]:
                yield each

    def advance(self, message: SentMessage, state: ReceiptState) -> None:
        """Remember how far a message has come."""
        message.state = state
        self.is_changed = True


class Sent:
    """The memory of all chats; what is in it is written down a little later, and at the end.

    A crash in between costs marks on a few messages, never a message.

    Args:
        documents: the plugin's own memory on disk.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._chats: OrderedDict[str, SentTo] = OrderedDict()

    async def to(self, chat_id: str) -> SentTo:
        """What was sent to a chat."""
        found = self._chats.get(chat_id)
        if found is None:
            read = await self._read(chat_id)
            # Another task may have read it meanwhile, and written to it.
            found = self._chats.setdefault(chat_id, read)
        self._chats.move_to_end(chat_id)
        self._make_room()
        return found

    async def flush(self) -> None:
        """Write down what has changed.

        Raises:
            OSError: the disk refuses; what was not written is kept, and written the next time.
        """
        for chat_id, sent in list(self._chats.items()):
            if sent.is_changed:
                sent.is_changed = False
                try:
                    await self._documents.write(f"{PREFIX}{chat_id}", _written(sent))
                except OSError:
                    sent.is_changed = True
                    raise

    async def forget(self, chat_id: str) -> None:
        """Erase what is kept on a chat."""
        self._chats.pop(chat_id, None)
        await self._documents.delete(f"{PREFIX}{chat_id}")

    async def _read(self, chat_id: str) -> SentTo:
        try:
            value = await self._documents.read(f"{PREFIX}{chat_id}")
        except OSError:
            _logger.warning("what was sent earlier could not be read; its receipts are left alone")
            value = None
        sent = SentTo()
        for mid, message_id, milliseconds, state in (value or {}).get("messages", ()):
            at = datetime.fromtimestamp(milliseconds / 1000, UTC)
            sent.messages[mid] = SentMessage(mid, message_id, at, ReceiptState(state))
        return sent

    def _make_room(self) -> None:
        """Forget the chats that were not needed for longest; never one that is not written, nor the last."""
        excess = len(self._chats) - CHATS
        if excess > 0:
            *earlier, _ = self._chats
            for chat_id in [each for each in earlier if not self._chats[each].is_changed][:excess]:
                del self._chats[chat_id]


def _written(sent: SentTo) -> dict[str, object]:
    return {
        "messages": [
            [each.mid, each.message_id, round(each.sent_at.timestamp() * 1000), each.state.value]
            for each in sent.messages.values()
        ]
    }
