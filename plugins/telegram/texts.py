"""What messages said when they were last seen, so that an edit which changes nothing is known as such."""

from collections import OrderedDict
from hashlib import blake2b

from bot.api import ChatRef

_MOST_KEPT = 20_000


class Texts:
    """A short fingerprint of the text of each message of late."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    def is_known(self, chat: ChatRef, message_id: str, text: str) -> bool:
        """Whether the message was last seen with this very text."""
        return self._known.get((chat.chat_id, message_id)) == _fingerprint(text)

    def keep(self, chat: ChatRef, message_id: str, text: str) -> None:
        """Remember what a message says now."""
        key = (chat.chat_id, message_id)
        self._known[key] = _fingerprint(text)
        self._known.move_to_end(key)
        while len(self._known) > _MOST_KEPT:
            self._known.popitem(last=False)


def _fingerprint(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
