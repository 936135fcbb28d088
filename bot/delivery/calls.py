"""Calls of a plugin: timed, counted, and with no other error than the contract's coming out."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.api import DeliveryUncertain, PluginError
from bot.delivery.surroundings import Surroundings
from bot.delivery.wording import Words
from bot.faults import describe

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def outcome_of(error: BaseException) -> str:
    """The name of an error as a figure has it: `rate_limited`."""
    return _CAPITAL.sub("_", type(error).__name__).lower()


def _is_cancelled() -> bool:
    """Whether somebody else cancelled this task."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


class Calls:
    """What makes calls.

    Args:
        around: clock, limits, observer.
    """

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._limit_s = around.limits.call_time.total_seconds()

    async def make(
        self, channel: str, action: str, call: Callable[[], Awaitable[Answer]], *, outcome: str = "done"
    ) -> Answer:
        """Make one call.

        Args:
            channel: whose plugin it is.
            action: what is done, for the figures.
            call: the call.
            outcome: how it ends when it ends well, for the figures.

        Raises:
            PluginError: as the plugin raised it.
            DeliveryUncertain: the plugin raised something else, or did not come back in time.
        """
        began_at = self._around.clock()
        try:
            async with asyncio.timeout(self._limit_s):
                return await call()
        except PluginError as error:
            outcome = outcome_of(error)
            raise
        except (Exception, SystemExit, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and _is_cancelled():
                outcome = "cancelled"
                raise
            # A fault in a plugin, which may even exit or cancel itself: nobody knows how far it had come.
            outcome = outcome_of(DeliveryUncertain())
            logger.error("%s: %s failed: %s", channel, action, describe(error))  # noqa: TRY400  # no text
            raise DeliveryUncertain(self._around.say(Words.TROUBLE)) from error
        finally:
            seconds = (self._around.clock() - began_at).total_seconds()
            self._around.observe(channel, action, outcome, seconds)
