"""How an unforeseen error stands in the log: what and where, never its text, which may be private."""

import traceback


def cause(error: BaseException) -> str:
    """The kind of an error and where it was raised, as in `KeyError at mapping.py:40 in parse`."""
    frames = traceback.extract_tb(error.__traceback__)
    name = type(error).__name__
    if not frames:
        return name
    last = frames[-1]
    return f"{name} at {last.filename.rpartition('/')[2]}:{last.lineno} in {last.name}"
