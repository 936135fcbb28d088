"""Reloading: config.toml as it is now comes into force whole, or not at all."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Protocol

from bot.chores import contained
from bot.config import Settings
from bot.loader import PluginCatalog
from bot.reading import read_config

log = logging.getLogger(__name__)


class Announce(Protocol):
    """Posts a text of the desk in the inbox."""

    async def __call__(self, key: str, /, **values: str) -> None:
        """Post the text of `key`."""
        ...


class Reloading:
    """What reads config.toml again while the process runs.

    Args:
        config: where it is.
        catalog: the platforms there are.
        environ: the process's environment.
        take: brings settings that are right into force.
        announce: tells the people in the inbox.
    """

    def __init__(
        self,
        config: Path,
        *,
        catalog: PluginCatalog,
        environ: Mapping[str, str],
        take: Callable[[Settings], Awaitable[None]],
        announce: Announce,
    ) -> None:
        self._config = config
        self._catalog = catalog
        self._environ = environ
        self._take = take
        self._announce = announce
        self._turn = asyncio.Lock()
        self._announced = ""

    async def reload(self) -> None:
        """Take config.toml as it is now; a bad one changes nothing, and is reported."""
        async with self._turn:
            await contained(f"{self._config} was not reloaded, and the old one stays in force", self._reload)

    async def _reload(self) -> None:
        report = await asyncio.to_thread(read_config, self._config, self._catalog, self._environ)
        report = report.for_start()
        if report.settings is None:
            await self._refuse(report.render())
        else:
            await self._accept(report.settings)

    async def _refuse(self, problems: str) -> None:
        log.error("%s was changed and is not right; the old one stays in force:\n%s", self._config, problems)
        if problems != self._announced:
            self._announced = problems
            await self._announce("notice.config_bad", problems=problems)

    async def _accept(self, settings: Settings) -> None:
        what = f"{self._config} is right, and could not be brought into force whole"
        if not await contained(what, partial(self._take, settings)):
            return
        log.info("%s was reloaded", self._config)
        was_bad, self._announced = bool(self._announced), ""
        if was_bad:
            await self._announce("notice.config_good")
