"""Posts in team chats by the conversation they are about, as long as it is not closed."""

import sys
from collections.abc import Iterable

from bot.api import ChatRef
from bot.model import Message, Record, Status

PostKey = tuple[str, str]
"""The address of a chat, and the platform's id of a post in it."""


class Posts:
    """Posts, members' own replies, and cards of the conversations that are not closed."""

    def __init__(self) -> None:
        self._record_of: dict[PostKey, str] = {}
        self._keys_of: dict[str, dict[int, set[PostKey]]] = {}

    def record_of(self, address: str, platform_id: str) -> str | None:
        """The record that a post is about."""
        return self._record_of.get((address, platform_id))

    def take(self, record: Record, messages: Iterable[Message]) -> None:
        """Take in the posts of messages, archived ones too; those of closed conversations are left alone.

        Args:
            record: the record they are of.
            messages: those of its messages that are new or changed.
        """
        record_id = record.record_id
        live = {each.number for each in record.conversations.values() if each.status is not Status.CLOSED}
        for message in messages:
            if message.conversation in live:
                for post in message.posts:
                    self._add(record_id, message.conversation, post.chat, post.platform_id)
                if (source := message.source) is not None:
                    self._add(record_id, message.conversation, source.chat, source.platform_id)

    def take_threads(self, record: Record) -> None:
        """Take in what stands in the contact's places in team chats and is in no message: cards, notices."""
        if (current := record.current) is None or current.status is Status.CLOSED:
            return
        for thread in record.contact.threads:
            for platform_id in (thread.card_id, *thread.posts):
                if platform_id:
                    self._add(record.record_id, current.number, thread.chat, platform_id)

    def drop(self, record_id: str, conversation: int) -> None:
        """Forget the posts of a conversation."""
        keys_of = self._keys_of.get(record_id, {})
        for key in keys_of.pop(conversation, ()):
            if self._record_of.get(key) == record_id:
                del self._record_of[key]
        if not keys_of:
            self._keys_of.pop(record_id, None)

    def drop_all(self, record_id: str) -> None:
        """Forget the posts of all conversations of a record."""
        for conversation in list(self._keys_of.get(record_id, ())):
            self.drop(record_id, conversation)

    def _add(self, record_id: str, conversation: int, chat: ChatRef, platform_id: str) -> None:
        # Team chats are few: their addresses are held once.
        key = (sys.intern(chat.address), platform_id)
        self._record_of[key] = record_id
        self._keys_of.setdefault(record_id, {}).setdefault(conversation, set()).add(key)
