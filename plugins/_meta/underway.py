"""Sends whose end is not known yet, so that an echo without our own id is still known for ours."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

MEMORY = timedelta(minutes=10)
"""How long an uncertain send can still be told by its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One send.

    Attributes:
        message_id: ours.
        text: what people would read; empty for a file.
        began_at: when it was sent.
    """

    message_id: str
    text: str
    began_at: datetime


class UnderWay:
    """The sends of all chats that have not ended, or ended in doubt.

    Args:
        clock: the time now.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._attempts: dict[str, list[Attempt]] = {}

    def begin(self, chat_id: str, message_id: str, text: str) -> None:
        """A send begins; a repeat takes the place of the one before it."""
        self.end(chat_id, message_id)
        attempt = Attempt(message_id=message_id, text=text, began_at=self._clock())
        self._attempts.setdefault(chat_id, []).append(attempt)

    def end(self, chat_id: str, message_id: str) -> None:
        """A send has ended, and how is known."""
        oldest = self._clock() - MEMORY
        left = [
            attempt
            for attempt in self._attempts.pop(chat_id, ())
            if attempt.message_id != message_id and attempt.began_at > oldest
        ]
        if left:
            self._attempts[chat_id] = left

    def find(self, chat_id: str, message_id: str) -> Attempt | None:
        """The send of one message."""
        attempts = self._attempts.get(chat_id, ())
        return next((attempt for attempt in attempts if attempt.message_id == message_id), None)

    def said(self, chat_id: str, text: str) -> Attempt | None:
        """The oldest send to a chat with these words."""
        oldest = self._clock() - MEMORY
        attempts = self._attempts.get(chat_id, ())
        return next(
            (each for each in attempts if each.text.strip() == text.strip() and each.began_at > oldest), None
        )
