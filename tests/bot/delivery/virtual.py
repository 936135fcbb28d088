"""An event loop whose time passes only when nothing else is left to do, so that no test ever waits."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class _Selector(selectors.SelectSelector):
    now = 1000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, "everybody waits for something that will never happen"
        # A little passes always: who computes a wake-up time may miss it by a rounding error.
        self.now += max(timeout, 0.0) + 1e-7
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop that jumps to its next timer instead of waiting for it."""

    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        return self._virtual.now


def run(scenario: Coroutine[Any, Any, Result]) -> Result:
    """Run a scenario to its end, whatever time passes in it."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(scenario)
