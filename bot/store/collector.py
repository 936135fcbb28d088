"""How often Python's garbage collector looks for cycles in a process that makes hardly any."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_COLLECT_AFTER = (10_000, 20, 20)
"""With Python's own (700, 10, 10) the collector looks again and again through all that some hundred messages
under way hold, and finds nothing: a third of the time that a message takes, and pauses of 50 ms."""


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Look for cycles less often meanwhile."""
    before = gc.get_threshold()
    gc.set_threshold(*_COLLECT_AFTER)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def not_collecting() -> Iterator[None]:
    """Look for none meanwhile: for bounded work that makes many values, all of which are kept."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
