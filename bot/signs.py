"""Signs of life that are shown and not kept: somebody writes, and the other side may see it."""

import asyncio
import logging
from collections.abc import Callable, Mapping

from bot.api import ChatRef, Plugin, PluginError
from bot.intake import Intake
from bot.model import LIST, Record, Status, record_id_of
from bot.rulebook import Rulebook
from bot.store import Index

log = logging.getLogger(__name__)

CALL_S = 5.0
"""Longer than this a sign is of no use any more."""


class Signs:
    """What passes signs on.

    Args:
        plugins: those that are connected, by channel.
        intake: the records.
        index: finds contacts by thread.
        rules: config.toml as it is now.
    """

    def __init__(
        self,
        *,
        plugins: Mapping[str, Plugin],
        intake: Intake,
        index: Index,
        rules: Callable[[], Rulebook],
    ) -> None:
        self._plugins = plugins
        self._intake = intake
        self._index = index
        self._rules = rules

    async def typing(self, chat: ChatRef) -> None:
        """Show on the other side of an open conversation that somebody writes; what cannot be is let go."""
        other = await self._other_side(chat)
        plugin = self._plugins.get(other.channel) if other is not None else None
        if other is None or plugin is None or not plugin.abilities(other).typing:
            return
        try:
            async with asyncio.timeout(CALL_S):
                await plugin.typing(other)
        except (PluginError, TimeoutError) as error:
            log.debug("%s: that somebody writes could not be shown: %s", other.channel, error)

    async def _other_side(self, chat: ChatRef) -> ChatRef | None:
        """The contact of a thread, or the thread of a contact, while a team has the conversation."""
        is_member = self._rules().is_for_teams(chat)
        if is_member:
            record_id = self._index.record_of_thread(chat) if chat.thread_id else None
        else:
            record_id = record_id_of(chat)
        live = self._index.live_of(record_id) if record_id is not None else None
        if record_id is None or live is None or live.status is not Status.OPEN or live.room is None:
            return None
        record = await self._intake.look(record_id)
        if not isinstance(record, Record) or live.room.channel == LIST:
            return None
        if is_member:
            return record.contact.chat if live.room == chat.whole else None
        thread = record.contact.thread_in(live.room)
        return live.room.thread(thread.thread_id) if thread is not None and thread.thread_id else None
