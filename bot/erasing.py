"""Erasing a contact: the record here, and what each platform's side holds of them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout

from bot.api import ChatRef, Plugin, PluginError
from bot.clock import now_utc
from bot.config import Settings
from bot.faults import describe
from bot.idle import idle_plugin
from bot.intake import Intake
from bot.loader import PluginCatalog
from bot.model import Record
from bot.store import DocumentStore, Store

log = logging.getLogger(__name__)

LONGEST_S = 20


class NotErased(Exception):
    """Something of a contact is left on a platform's side; the text says where."""


def places_of(record: Record) -> dict[str, list[ChatRef]]:
    """Where a contact's words lie on platforms: their own chat, by each id it had, and their threads."""
    chat = record.contact.chat
    places = [chat, *(ChatRef(chat.channel, alias) for alias in record.contact.aliases)]
    places += [thread.chat.thread(thread.thread_id) for thread in record.contact.threads if thread.thread_id]
    by_channel: dict[str, list[ChatRef]] = {}
    for chat in places:
        by_channel.setdefault(chat.channel, []).append(chat)
    return by_channel


def require(channel: str, settings: Settings) -> None:
    """See to it that a channel can be asked for its plugin.

    Raises:
        NotErased: config.toml no longer has it.
    """
    if channel not in settings.channels:
        raise NotErased(f"config.toml no longer has the channel {channel}, through which it could be erased")


async def erase_platform_side(record: Record, plugin_of: Callable[[str], Plugin]) -> None:
    """Erase what the platforms' sides hold; where one fails, the others go on.

    Args:
        record: what was held here.
        plugin_of: gives a channel's plugin, connected or not.

    Raises:
        NotErased: something is left; the log says why.
    """
    left = []
    for channel, chats in places_of(record).items():
        try:
            async with asyncio.timeout(LONGEST_S):
                await plugin_of(channel).erase(chats)
        except Exception as error:  # noqa: BLE001  # the other platforms go on
            reason = error if isinstance(error, (NotErased, PluginError)) else describe(error)
            log.error("%s: its side of %s could not be erased: %s", channel, record.record_id, reason)  # noqa: TRY400
            left += [str(chat) for chat in chats]
    if left:
        raise NotErased(f"erased here, but not on the side of the platform: {', '.join(left)}")


class Erasing:
    """What erases contacts while the process runs.

    Args:
        export: all that is held of a record, as its files have it; None where there is nothing.
        intake: takes turns with what the contact writes.
        plugin_of: gives a channel's plugin, connected or not.
    """

    def __init__(
        self,
        *,
        export: Callable[[str], Awaitable[object | None]],
        intake: Intake,
        plugin_of: Callable[[str], Plugin],
    ) -> None:
        self._export = export
        self._intake = intake
        self._plugin_of = plugin_of

    async def erase(self, record_id: str, only_if: Callable[[Record], bool] | None = None) -> bool:
        """Erase a contact here, and on every platform's side that can.

        Args:
            record_id: the contact's record.
            only_if: whether it is still to be erased; without it, whatever it holds.

        Returns:
            Whether there was anything, and it was to be erased.

        Raises:
            NotErased: something is left on a platform's side.
        """
        # Asked of the files: one that could not be read is in no index, and must go as well.
        if await self._export(record_id) is None:
            return False
        # The platforms' side first, so that a crash in between leaves the record to find it by; and once
        # more for what was said meanwhile, which also tells what is left there.
        known = await self._intake.look(record_id)
        if only_if is not None and not (isinstance(known, Record) and only_if(known)):
            return False
        if isinstance(known, Record):
            with suppress(NotErased):
                await erase_platform_side(known, self._plugin_of)
        record = await self._intake.forget(record_id, only_if=only_if)
        if record is None and only_if is not None:
            return False
        if record is not None:
            await erase_platform_side(record, self._plugin_of)
        log.info("%s was erased", record_id)
        return True


async def forget_offline(record_id: str, settings: Settings, catalog: PluginCatalog, data: Path) -> bool:
    """Erase a contact while no process runs.

    Returns:
        Whether there was anything.

    Raises:
        DataInUse: a process runs, and must be asked instead.
        NotErased: something is left on a platform's side.
        OSError: the disk refuses; it can be tried again.
    """
    store = Store(data, clock=now_utc)
    await store.open()
    try:
        record = await store.load(record_id)
        if isinstance(record, Record):
            # First, so that a crash in between leaves the record to find it by.
            with suppress(NotErased):
                await _erase_unconnected(record, settings, catalog, data)
        is_known = await store.forget(record_id)
        if isinstance(record, Record):
            await _erase_unconnected(record, settings, catalog, data)
    finally:
        await store.close()
    return is_known


async def _erase_unconnected(record: Record, settings: Settings, catalog: PluginCatalog, data: Path) -> None:
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(ClientSession(timeout=ClientTimeout(total=LONGEST_S)))

        def plugin_of(channel: str) -> Plugin:
            require(channel, settings)
            documents = DocumentStore(data / "plugins" / channel, quarantine=data / "quarantine")
            stack.push_async_callback(documents.close)
            return idle_plugin(channel, settings, catalog, documents=documents, data=data, http=http)

        await erase_platform_side(record, plugin_of)
