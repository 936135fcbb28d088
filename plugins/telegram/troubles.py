"""The platform's own errors, made for one message as well as for all: one chat waits, not the channel.

A platform that fails altogether is found out when it is asked for updates, or cannot be connected to.
"""

from collections import Counter
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

from bot.api import DeliveryRejected, PluginError, RateLimited
from plugins.telegram.errors import ServerTrouble

ResultT = TypeVar("ResultT")

_MOST_KEPT = 1_000
_TIMES = 6
"""After so many failures in a row a thing is given up: some messages fail for ever."""


class Troubles:
    """How often the platform has failed at each thing that it was asked for."""

    def __init__(self) -> None:
        self._times: Counter[str] = Counter()

    async def face(self, what: str, call: Awaitable[ResultT]) -> ResultT:
        """Await a call; when the platform fails at it, its chat waits, longer each time.

        Args:
            what: names the thing, the same each time that it is tried.
            call: the call.

        Raises:
            RateLimited: the platform failed; nothing was done, and it is to be tried again.
            DeliveryRejected: it failed again and again.
            PluginError: what else the call raised.
        """
        try:
            result = await call
        except ServerTrouble as error:
            raise self._after(what, error) from error
        self._times.pop(what, None)
        return result

    def _after(self, what: str, error: ServerTrouble) -> PluginError:
        self._times[what] += 1
        times = self._times[what]
        if times >= _TIMES:
            del self._times[what]
            return DeliveryRejected(str(error))
        while len(self._times) > _MOST_KEPT:
            del self._times[next(iter(self._times))]
        return RateLimited(str(error), retry_after=timedelta(seconds=2.0 ** (times - 1)))
