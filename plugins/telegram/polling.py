"""Asking the platform for updates: one is confirmed only when it, and all before it, are stored.

Asking from a number on confirms everything before it, for ever. So the number moves up to the lowest
update that is not stored yet, while those behind it, of other chats, are asked for again and taken.
https://core.telegram.org/bots/api#getupdates
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from bot.api import ConnectionFailed, Host, RateLimited
from plugins.telegram.client import Client
from plugins.telegram.content import Payload
from plugins.telegram.timing import Timing

_logger = logging.getLogger(__name__)

_LONGEST_PAUSE_S = 30.0


class Polling:
    """The loop that asks.

    Args:
        client: makes the requests.
        host: counts what is no update.
        take: stores one update; raises `OSError` when it is to come again.
        timing: pauses.
        monotonic: a clock in seconds.
        sleep: waits for some seconds.
    """

    def __init__(
        self,
        client: Client,
        host: Host,
        take: Callable[[Payload], Awaitable[None]],
        *,
        timing: Timing,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._host = host
        self._take = take
        self._timing = timing
        self._monotonic = monotonic
        self._sleep = sleep
        self._offset: int | None = None
        self._running: dict[int, asyncio.Task[None]] = {}
        self._stored: set[int] = set()
        self._refused: set[int] = set()

    async def run(self) -> None:
        """Ask until cancelled.

        Raises:
            ConfigurationError: another program asks for this bot's updates, or the token was revoked.
            ConnectionFailed: the platform cannot be reached, again and again.
        """
        failures, heard_at = 0, self._monotonic()
        try:
            while True:
                try:
                    batch = await self._ask()
                except (ConnectionFailed, RateLimited) as error:
                    failures += 1
                    if failures >= self._timing.failures:
                        raise ConnectionFailed(str(error)) from error
                    await self._sleep(self._pause_s(failures, error))
                    continue
                if batch:
                    heard_at = self._monotonic()
                elif self._monotonic() - heard_at > self._timing.quiet_s:
                    # After a week without updates their numbers may begin anywhere.
                    self._offset = None
                is_refused = await self._handle(batch)
                failures = failures + 1 if is_refused else 0
                if is_refused:
                    await self._sleep(self._pause_s(failures, None))
        finally:
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _ask(self) -> list[Any]:
        """Ask for what comes next, and so confirm what is stored."""
        waits = self._running or self._refused
        batch = await self._client.updates(self._offset, wait_s=0 if waits else self._timing.poll_s)
        if self._offset is not None:
            self._stored = {number for number in self._stored if number >= self._offset}
        return batch

    async def _handle(self, batch: list[Any]) -> bool:
        """Take what is new in a batch; whether something could not be stored."""
        self._refused.clear()
        for update in batch:
            number = update.get("update_id") if isinstance(update, dict) else None
            if not isinstance(number, int):
                self._host.count("unreadable")
            elif number not in self._running and number not in self._stored:
                self._running[number] = asyncio.create_task(self._take(update))  # type: ignore[arg-type]
        if self._running:
            await asyncio.wait(self._running.values(), timeout=self._timing.unconfirmed_s)
        for number, task in [(number, task) for number, task in self._running.items() if task.done()]:
            del self._running[number]
            self._settle(number, task)
        open_ = self._running.keys() | self._refused
        if open_ or self._stored:
            first = min(open_) if open_ else max(self._stored) + 1
            self._offset = first if self._offset is None or open_ else max(self._offset, first)
        return bool(self._refused)

    def _settle(self, number: int, task: asyncio.Task[None]) -> None:
        try:
            task.result()
        except OSError as error:
            if not self._refused:
                _logger.warning("%s: a message could not be stored: %s", self._host.channel, error)
            self._refused.add(number)
        else:
            self._stored.add(number)

    def _pause_s(self, failures: int, error: Exception | None) -> float:
        asked_s = error.retry_after.total_seconds() if isinstance(error, RateLimited) else 0.0
        return max(asked_s, min(_LONGEST_PAUSE_S, self._timing.retry_s * 2.0 ** min(failures - 1, 10)))
