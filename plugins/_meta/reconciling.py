"""After downtime: what contacts wrote meanwhile is fetched, for the platform does not deliver it for ever."""

import logging
from datetime import UTC, datetime, timedelta

from bot.api import ConfigurationError, DeliveryRejected, Host, Wording
from plugins._meta.conversations import Conversations, heard
from plugins._meta.echoes import Echoes
from plugins._meta.places import IsOurs
from plugins._meta.profiles import Profiles
from plugins._meta.receiving import Receiving

_logger = logging.getLogger(__name__)

DOCUMENT = "received"
MARGIN = timedelta(minutes=5)
"""How far before the last known event to look: events come out of order, and twice does no harm."""


class Reconciling:
    """What fetches what was missed, and remembers until when nothing was.

    Args:
        host: keeps the mark.
        conversations: asked for what was said.
        receiving: takes what a contact said.
        echoes: takes what the account said.
        profiles: knows the contacts.
        say: the words for what has none.
        is_ours: where files may be fetched from.

    Attributes:
        is_caught_up: nothing is missing any more from before the start.
    """

    def __init__(
        self,
        host: Host,
        *,
        conversations: Conversations,
        receiving: Receiving,
        echoes: Echoes,
        profiles: Profiles,
        say: Wording,
        is_ours: IsOurs,
    ) -> None:
        self._host = host
        self._conversations = conversations
        self._receiving = receiving
        self._echoes = echoes
        self._profiles = profiles
        self._say = say
        self._is_ours = is_ours
        self.is_caught_up = False
        self._marked_at: datetime | None = None

    async def catch_up(self, now: datetime) -> None:
        """Fetch what was said since the mark; on a new channel, only set the mark.

        Raises:
            PluginError: the platform does not say now; the mark stays, for the next attempt.
            OSError: the mark cannot be read, or an event not be stored; likewise.
        """
        kept = await self._host.documents.read(DOCUMENT)
        if kept is None:
            await self._mark(now)
        else:
            self._marked_at = datetime.fromtimestamp(kept["at"], UTC)
            try:
                await self._fetch(self._marked_at - MARGIN)
            except (ConfigurationError, DeliveryRejected) as error:
                # Without the permission it will not be told later either.
                _logger.warning("%s: what was missed cannot be fetched: %s", self._host.channel, error)
        self.is_caught_up = True

    async def flush(self) -> None:
        """Write down until when everything was received; raises as `Documents.write`."""
        latest_at = self._receiving.latest_at
        if not self.is_caught_up or latest_at is None or self._marked_at is None:
            return
        if latest_at > self._marked_at:
            await self._mark(latest_at)

    async def _fetch(self, start: datetime) -> None:
        count = 0
        async for said in self._conversations.since(start):
            if said.is_ours:
                await self._echoes.overheard(said)
                continue
            sender = self._profiles.sender(said.chat_id)
            event = heard(said, sender, channel=self._host.channel, say=self._say, is_ours=self._is_ours)
            await self._receiving.receive(event)
            count += 1
        _logger.info("%s: looked at %s messages of the time before the start", self._host.channel, count)

    async def _mark(self, at: datetime) -> None:
        await self._host.documents.write(DOCUMENT, {"at": at.timestamp()})
        self._marked_at = at
