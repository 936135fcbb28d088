"""How an unforeseen error stands in the log: what and where, never its text, which may quote a message."""

import os
import traceback
from collections.abc import Iterator
from pathlib import PurePath

_MOST_LINKS = 5


def describe(error: BaseException) -> str:
    """Say what failed and where, in one line.

    Returns:
        The chain of causes, as in `KeyError in parse (shop/mapping.py:40), from ValueError in …`.
    """
    return ", from ".join(_named(link) for link in _chain(error))


def trace(error: BaseException) -> str:
    """The traceback of an error and of its causes, the last one first; of several lines."""
    return "\nfrom\n".join("".join(_lines(link)).rstrip() for link in _chain(error))


def _lines(error: BaseException) -> Iterator[str]:
    yield from traceback.format_tb(error.__traceback__)
    yield f"{_kind(error)}\n"
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions[:_MOST_LINKS]:
            yield f"of {describe(part)}\n"


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    for _ in range(_MOST_LINKS):
        if link is None:
            return
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _named(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return _kind(error)
    # The last two parts of the path tell plugins apart, whose modules share their names.
    where = "/".join(PurePath(frames[-1].filename).parts[-2:])
    return f"{_kind(error)} in {frames[-1].name} ({where}:{frames[-1].lineno})"


def _kind(error: BaseException) -> str:
    """The error's type; of one that the system raised, also what the system says."""
    name = type(error).__name__
    return f"{name} ({os.strerror(error.errno)})" if isinstance(error, OSError) and error.errno else name
