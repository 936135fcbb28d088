"""What was received lately, by Twilio's ids: so that catching up brings back nothing that had arrived."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.api import Documents

NAME = "heard"
MOST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    chats: tuple[str, ...]
    at: datetime


class Heard:
    """The messages that arrived since the list was last read to its end, and up to when that was.

    The bot itself drops what it knows; this is for what it forgot since, when a contact was erased.

    Attributes:
        begun_at: the first start of the channel; what is older is none of it; None before that.
        until: every message since then, up to this time, was received.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._messages: dict[str, _Message] = {}
        self._is_changed = False
        self.begun_at: datetime | None = None
        self.until: datetime | None = None

    def __contains__(self, sid: str) -> bool:
        return sid in self._messages

    async def load(self) -> None:
        """Read what was written down; raises OSError."""
        written = await self._documents.read(NAME) or {}
        self.begun_at, self.until = _time(written.get("begun")), _time(written.get("until"))
        rows = written.get("messages")
        for sid, row in (rows if isinstance(rows, Mapping) else {}).items():
            at = _time(row.get("at")) if isinstance(row, Mapping) else None
            if at is not None and sid not in self._messages:
                self._messages[sid] = _Message(chats=_texts(row.get("chats")), at=at)

    async def flush(self) -> None:
        """Write down what changed; raises OSError, and may be called again then."""
        if self._is_changed:
            value: dict[str, Any] = {
                "begun": self.begun_at.timestamp() if self.begun_at else None,
                "until": self.until.timestamp() if self.until else None,
                "messages": {
                    sid: {"chats": list(message.chats), "at": message.at.timestamp()}
                    for sid, message in self._messages.items()
                },
            }
            await self._documents.write(NAME, value)
            self._is_changed = False

    def add(self, sid: str, chats: tuple[str, ...], at: datetime) -> None:
        """Remember a message that is stored, with all ids of its chat."""
        self._messages[sid] = _Message(chats=chats, at=at)
        while len(self._messages) > MOST:
            del self._messages[next(iter(self._messages))]
        self._is_changed = True

    def newest_in(self, chat_id: str) -> str:
        """The id of the last message of a chat, or empty."""
        return next(
            (sid for sid, message in reversed(self._messages.items()) if chat_id in message.chats), ""
        )

    def names_of(self, chat_id: str) -> frozenset[str]:
        """Every id by which a chat was heard of, the given one too."""
        found = (message.chats for message in self._messages.values() if chat_id in message.chats)
        return frozenset((chat_id, *(name for chats in found for name in chats)))

    def begin(self, at: datetime) -> None:
        """Note the first start of the channel."""
        self.begun_at = self.until = at
        self._is_changed = True

    def caught_up(self, until: datetime, *, forget_before: datetime) -> None:
        """Note that everything up to `until` was received; what is older than `forget_before` is let go."""
        self.until = until
        self._messages = {
            sid: message for sid, message in self._messages.items() if message.at >= forget_before
        }
        self._is_changed = True

    def forget(self, chat_id: str) -> None:
        """Forget whose the messages of a chat were; that they had arrived stays known."""
        for sid, message in self._messages.items():
            if chat_id in message.chats:
                self._messages[sid] = _Message(chats=(), at=message.at)
                self._is_changed = True


def _time(value: object) -> datetime | None:
    if not isinstance(value, (int, float)):
        return None
    return datetime.fromtimestamp(value, UTC)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()
