"""What becomes of the events of one chat: messages, receipts and echoes each go their way."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.api import (
    ButtonPressed,
    ChatRef,
    DeliveryReceipt,
    Event,
    Host,
    IncomingMessage,
    ReceiptState,
    Wording,
)
from plugins._meta.echoes import Echoes
from plugins._meta.mapping import Malformed, Reader
from plugins._meta.profiles import Profiles
from plugins._meta.reported import Echo, Enforcement, LeftAlone, Receipts
from plugins._meta.sent import Sent
from plugins._meta.webhook import RawEvent

_logger = logging.getLogger(__name__)

Show = Callable[[ChatRef, str], None]
"""Shows a contact a line, in the background."""


class Receiving:
    """What takes events.

    Args:
        host: the bot.
        reader: reads them.
        profiles: knows the contacts.
        sent: knows our messages.
        echoes: tells our messages from a colleague's.
        say: the words for people.
        show: shows the line that the bot has for whoever pressed a button.
        tell: posts a line in the inbox.

    Attributes:
        seen: the chats that were shown as read since their contact last wrote.
        latest_at: when the latest event happened that was stored; by the platform's clock.
    """

    def __init__(
        self,
        host: Host,
        *,
        reader: Reader,
        profiles: Profiles,
        sent: Sent,
        echoes: Echoes,
        say: Wording,
        show: Show,
        tell: Callable[[str], Awaitable[None]],
    ) -> None:
        self.latest_at: datetime | None = None
        self.seen: set[str] = set()
        self._host = host
        self._reader = reader
        self._profiles = profiles
        self._sent = sent
        self._echoes = echoes
        self._say = say
        self._show = show
        self._tell = tell

    async def take(self, chat_id: str, events: list[RawEvent]) -> None:
        """Take the events of one chat in their order; what one of them lacks costs no other.

        Raises:
            OSError: something could not be stored; the rest was tried all the same.
        """
        lost: OSError | None = None
        for event in events:
            try:
                await self._take(chat_id, event.raw)
            except Malformed:
                self._host.count("malformed")
            except OSError as error:
                lost = error
        if lost is not None:
            raise lost

    async def receive(self, event: Event) -> None:
        """Hand an event to the bot, and show what it has to say to whoever caused it.

        Raises:
            OSError: it could not be stored.
        """
        reception = await self._host.receive(event)
        if isinstance(event, IncomingMessage | ButtonPressed):
            self.seen.discard(event.chat.chat_id)
            self.latest_at = max(event.sent_at, self.latest_at or event.sent_at)
        if reception.notice:
            self._show(event.chat, reception.notice)

    async def _take(self, chat_id: str, raw: Mapping[str, Any]) -> None:
        sender = self._profiles.sender(chat_id) if _has_author(raw) else None
        match self._reader.read(raw, sender):
            case Echo() as echo:
                await self._echoes.received(echo)
            case Receipts() as receipts:
                await self._receipts(receipts)
            case Enforcement() as enforcement:
                await self._enforced(enforcement)
            case LeftAlone(name=name):
                self._host.count(name)
            case event:
                await self.receive(event)

    async def _receipts(self, receipts: Receipts) -> None:
        sent = await self._sent.to(receipts.chat_id)
        state = ReceiptState.READ if receipts.is_read else ReceiptState.DELIVERED
        for message in sent.behind(state, receipts.mids, receipts.until):
            await self._host.report(DeliveryReceipt(message_id=message.message_id, state=state))
            sent.advance(message, state)

    async def _enforced(self, enforcement: Enforcement) -> None:
        day = f"{enforcement.at.astimezone(UTC):%Y-%m-%d %H:%M}"
        action, reason = enforcement.action or self._say("measure"), enforcement.reason
        await self._tell(
            self._say("enforced_reason" if reason else "enforced", day=day, action=action, reason=reason)
        )


def _has_author(raw: Mapping[str, Any]) -> bool:
    """Whether an event is something that the contact did, whose name is then worth knowing."""
    message = raw.get("message")
    if isinstance(message, dict):
        return not message.get("is_echo")
    return any(name in raw for name in ("postback", "reaction", "message_edit", "referral", "optin"))
