"""Whether a message whose send was uncertain arrived, as far as Twilio's list can tell."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.api import DeliveryReceipt, OutgoingMessage, Unsupported, Wording
from plugins.whatsapp.addresses import address_of
from plugins.whatsapp.client import TwilioAccount
from plugins.whatsapp.composing import Composer, is_shown
from plugins.whatsapp.listing import Listed
from plugins.whatsapp.sent import KEPT_FOR, SentMessages

_SKEW = timedelta(minutes=2)
"""How far Twilio's clock and ours may be apart."""


class Lookup:
    """What looks for a message among those that Twilio lists.

    Args:
        account: Twilio.
        sent: what was sent lately.
        composer: knows what a message looks like at Twilio's.
        wording: what errors say.
        clock: the time, in UTC.
    """

    def __init__(
        self,
        account: TwilioAccount,
        sent: SentMessages,
        composer: Composer,
        wording: Wording,
        clock: Callable[[], datetime],
    ) -> None:
        self._account = account
        self._sent = sent
        self._composer = composer
        self._wording = wording
        self._clock = clock

    async def find(self, message: OutgoingMessage) -> DeliveryReceipt | None:
        """Look for a message; as `Plugin.find_sent`.

        Of the messages to this chat that look the same, those that are known to be others do not count.

        Raises:
            Unsupported: there are several, and nobody can tell which is which.
        """
        known = self._sent.find(message.message_id)
        if known is not None and known.sid:
            # A callback has told already.
            return DeliveryReceipt(message_id=message.message_id, platform_id=known.sid)
        since = (known.begun_at if known else self._clock() - KEPT_FOR) - _SKEW
        listed = await self._account.messages(
            since=since,
            sender=self._account.own_address(),
            recipient=address_of(message.chat.chat_id),
        )
        alike = [
            each
            for each in listed
            if not each.is_inbound
            and self._sent.find_sid(each.sid) is None
            and self._looks_like(each, message)
        ]
        if not alike:
            self._sent.refused(message.message_id)
            return None
        if known is None and (len(alike) > 1 or self._composer.is_rendered(message)):
            raise Unsupported(self._wording("several_alike"))
        self._sent.begin(message.message_id, message.chat.chat_id, alike[0].at)
        self._sent.named(message.message_id, alike[0].sid)
        return DeliveryReceipt(message_id=message.message_id, platform_id=alike[0].sid)

    def _looks_like(self, listed: Listed, message: OutgoingMessage) -> bool:
        if self._composer.is_rendered(message):
            return True
        has_file = message.media is not None and is_shown(message.media)
        # Twilio may set line ends and outer spaces differently.
        is_same = listed.body.split() == self._composer.body(message).split()
        return is_same and (listed.file_count > 0) == has_file
