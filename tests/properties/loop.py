"""A virtual event loop on which files are written a little later, so that a crash can come in between."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from random import Random
from typing import Any

from bot.store.workers import Operation
from tests.bot.delivery.virtual import VirtualLoop

LONGEST_S = 0.005
"""After this an operation is done, and whoever waits for it knows."""


class DiskLoop(VirtualLoop):
    """What would be done in a thread is done on the loop, after a while, and is answered after another.

    What has not been done when the loop is abandoned is never done, as when a process is killed.

    Args:
        random: how long each thing takes.
    """

    def __init__(self, random: Random) -> None:
        super().__init__()
        self._chance = random

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, function: Callable[..., Any], *arguments: Any
    ) -> asyncio.Future[Any]:
        """Call the function soon, whichever threads it was meant for."""
        # As it is with a thread, nobody can break it off.
        done: Operation[Any] = Operation(loop=self)
        self.call_later(
            self._chance.uniform(0, LONGEST_S * 0.8), self._do, done, partial(function, *arguments)
        )
        return done

    def _do(self, done: Operation[Any], function: Callable[[], Any]) -> None:
        try:
            tell = partial(done.set_result, function())
        except Exception as error:  # noqa: BLE001  # it is the caller's, as a thread would hand it over
            tell = partial(done.set_exception, error)
        self.call_later(self._chance.uniform(0, LONGEST_S * 0.2), tell)
