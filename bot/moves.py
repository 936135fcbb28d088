"""Where chats are that moved: a platform gave them another id, and config.toml keeps the old one."""

from collections.abc import Mapping

from bot.api import ChatRef


def moved_on(moved: Mapping[str, str], old: str, new: str) -> dict[str, str]:
    """The new address of each chat that moved, by its old one, after one more has moved."""
    return {known: new if at == old else at for known, at in moved.items()} | {old: new}


class Moves:
    """The moves that are known, shared by what comes in and what leaves."""

    def __init__(self) -> None:
        self._now: dict[str, str] = {}

    def take(self, moved: Mapping[str, str]) -> None:
        """Know what is kept of earlier runs: new addresses by old ones."""
        self._now = dict(moved)

    def learn(self, old: ChatRef, new: ChatRef) -> None:
        """A chat has moved; every earlier address of it leads to the new one."""
        self._now = moved_on(self._now, old.address, new.address)

    def now(self, chat: ChatRef) -> ChatRef:
        """Where a chat is, thread included: itself, unless it has moved."""
        new = self._now.get(chat.address)
        return chat if new is None else ChatRef.parse(new).thread(chat.thread_id)

    def before(self, chat: ChatRef) -> list[ChatRef]:
        """The addresses that a chat had, without a thread."""
        return [ChatRef.parse(old) for old, new in self._now.items() if new == chat.address]
