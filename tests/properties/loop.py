"""A virtual event loop on which files are written a little later, so that a crash can come in between."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from random import Random
from typing import Any

from tests.bot.delivery.virtual import VirtualLoop

_LONGEST_S = 0.004


class DiskLoop(VirtualLoop):
    """What would be done in a thread is done on the loop, after a while, and is answered after another.

    What has not been done when the loop is abandoned is never done, as when a process is killed.

    Args:
        random: how long each thing takes.
    """

    def __init__(self, random: Random) -> None:
        super().__init__()
        self._chance = random
        self._last: dict[Executor | None, float] = {}

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, function: Callable[..., Any], *arguments: Any
    ) -> asyncio.Future[Any]:
        """Call the function soon; with a single thread, after what was asked of it before."""
        done = self.create_future()
        at = self.time() + self._chance.uniform(0, _LONGEST_S)
        if isinstance(executor, ThreadPoolExecutor) and executor._max_workers == 1:
            at = self._last[executor] = max(at, self._last.get(executor, at) + 1e-5)
        self.call_at(at, self._do, done, partial(function, *arguments))
        return done

    def _do(self, done: asyncio.Future[Any], function: Callable[[], Any]) -> None:
        try:
            tell = partial(done.set_result, function())
        except Exception as error:  # noqa: BLE001  # it is the caller's, as a thread would hand it over
            tell = partial(done.set_exception, error)
        self.call_later(self._chance.uniform(0, _LONGEST_S / 4), _unless_done, done, tell)


def _unless_done(done: asyncio.Future[Any], tell: Callable[[], None]) -> None:
    if not done.done():
        tell()
