"""Signals of the operating system, for as long as the process runs."""

import asyncio
import signal
import sys
from collections.abc import Callable
from contextlib import suppress


def ignore_reloads() -> None:
    """Let a reload be asked for before the process can do one, without ending it.

    What was changed meanwhile is noticed all the same.
    """
    if sys.platform != "win32":
        with suppress(ValueError):  # not in the main thread
            signal.signal(signal.SIGHUP, signal.SIG_IGN)


class Signals:
    """Calls `stop` on SIGTERM and SIGINT, and `reload` on SIGHUP, while the context lasts; then as before."""

    def __init__(self, stop: Callable[[], object], reload: Callable[[], object]) -> None:
        self._handlers: dict[signal.Signals, Callable[[], object]] = {
            signal.SIGTERM: stop,
            signal.SIGINT: stop,
        }
        if sys.platform != "win32":
            self._handlers[signal.SIGHUP] = reload
        self._before = {number: signal.getsignal(number) for number in self._handlers}

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        for number, handler in self._handlers.items():
            with suppress(NotImplementedError, RuntimeError, ValueError):  # not in a thread, not on Windows
                loop.add_signal_handler(number, handler)

    def __exit__(self, *_: object) -> None:
        loop = asyncio.get_running_loop()
        for number in self._handlers:
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.remove_signal_handler(number)
                signal.signal(number, self._before[number])
