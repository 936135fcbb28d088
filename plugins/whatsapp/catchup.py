"""What Twilio could not deliver: asked for in its list of messages, at start and every few minutes.

Twilio delivers a message once, and a callback once; both are lost when this server is not there. The list
has them all.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.api import Host
from plugins.whatsapp.client import TwilioAccount
from plugins.whatsapp.heard import Heard
from plugins.whatsapp.listing import Listed
from plugins.whatsapp.mapping import chats_of, read_listed
from plugins.whatsapp.reporting import Progress, Reporting
from plugins.whatsapp.sent import SentMessages
from plugins.whatsapp.statuses import state_of

OVERLAP = timedelta(minutes=10)
"""How far each look goes back behind the last: a message may be listed late."""

LONGEST = timedelta(days=7)
"""How far a look ever goes back, after a long time off."""

ON_ITS_WAY = timedelta(seconds=30)
"""A message this young may still be delivered, and with more in it than the list has; so may a callback."""

_logger = logging.getLogger(__name__)


class CatchUp:
    """What asks for the rest.

    Args:
        host: the bot.
        account: Twilio.
        heard: what was received.
        sent: what was sent.
        reporting: takes receipts.
        clock: the time, in UTC.
    """

    def __init__(
        self,
        host: Host,
        *,
        account: TwilioAccount,
        heard: Heard,
        sent: SentMessages,
        reporting: Reporting,
        clock: Callable[[], datetime],
    ) -> None:
        self._host = host
        self._account = account
        self._heard = heard
        self._sent = sent
        self._reporting = reporting
        self._clock = clock

    async def received(self, *, is_start: bool) -> int:
        """Receive what was never delivered.

        At the very first start nothing is: what was written before belongs to no conversation here.

        Args:
            is_start: nobody was here just now, so that nothing is left to its delivery.

        Returns:
            How many messages that were.

        Raises:
            PluginError: Twilio cannot be asked now.
            OSError: the disk refuses; the next look finds the same again.
        """
        now, missed = self._clock(), 0
        if self._heard.begun_at is None or self._heard.until is None:
            self._heard.begin(now)
            return 0
        until = max(now if is_start else now - ON_ITS_WAY, self._heard.until)
        since = max(self._heard.until - OVERLAP, self._heard.begun_at, until - LONGEST)
        for message in await self._account.messages(since=since, recipient=self._account.own_address()):
            if message.is_inbound and message.sid not in self._heard and message.at <= until:
                missed += await self._receive(message)
        self._heard.caught_up(until, forget_before=until - 2 * OVERLAP)
        if missed:
            _logger.warning("%s: %d messages had not been delivered", self._host.channel, missed)
        return missed

    async def reported(self, *, longest: timedelta) -> None:
        """Report what became of messages whose callbacks did not come; raises as `received`.

        Args:
            longest: how old a message may be to be asked for.
        """
        until = self._clock() - ON_ITS_WAY
        waiting = {
            each.sid: each for each in self._sent.unsettled() if until - longest <= each.begun_at <= until
        }
        if not waiting:
            return
        since = min(each.begun_at for each in waiting.values()) - OVERLAP
        for message in await self._account.messages(since=since, sender=self._account.own_address()):
            sending = waiting.get(message.sid)
            state = state_of(message.status)
            if sending is not None and state is not None:
                await self._reporting.report(
                    Progress(
                        message_id=sending.message_id,
                        sid=message.sid,
                        state=state,
                        error_code=message.error_code,
                        chat_id=sending.chat_id,
                    )
                )

    async def _receive(self, message: Listed) -> bool:
        files = await self._account.files_of(message.sid) if message.file_count else ()
        event = read_listed(self._host.channel, message, files)
        if event is None:
            return False
        reception = await self._host.receive(event)
        self._heard.add(message.sid, chats_of(event), message.at)
        return reception.is_new
