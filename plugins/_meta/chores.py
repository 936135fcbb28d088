"""Work that nobody waits for: names to look up, lines to show; it never delays a webhook."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.api import Host, PluginError

_logger = logging.getLogger(__name__)

Chore = Callable[[], Awaitable[None]]

MOST_WAITING = 1000
"""Chores beyond these are dropped: none of them is missed for good."""


class Chores:
    """A queue of chores, each done once; `work` is what does them.

    Args:
        host: whose channel it is, for the log.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._waiting: asyncio.Queue[tuple[str, Chore]] = asyncio.Queue()
        self._names: set[str] = set()

    def add(self, name: str, chore: Chore) -> None:
        """Queue a chore, unless one of this name waits already."""
        if name not in self._names and self._waiting.qsize() < MOST_WAITING:
            self._names.add(name)
            self._waiting.put_nowait((name, chore))

    async def work(self) -> None:
        """Do chores until cancelled; one that fails is logged and is over."""
        while True:
            name, chore = await self._waiting.get()
            self._names.discard(name)
            await contained(self._host, chore)


async def contained(host: Host, chore: Chore) -> None:
    """Do something that nobody waits for; what it finds broken stops nothing."""
    try:
        await chore()
    except PluginError as error:
        _logger.info("%s: %s", host.channel, error)
    except OSError:
        _logger.warning("%s: something could not be written down", host.channel)
    except Exception as error:  # noqa: BLE001  # a fault in what nobody waits for stops nothing else
        # Without the error's text, which may hold words of a contact's.
        _logger.error("%s: a chore failed: %s", host.channel, type(error).__name__)  # noqa: TRY400
