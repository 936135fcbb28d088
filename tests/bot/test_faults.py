"""What the log says of an unforeseen error."""

import errno

from bot.faults import describe, trace


def raised() -> Exception:
    """An error with a cause, both of which quote somebody."""
    caught: list[Exception] = []
    try:
        try:
            int("hello from a customer")
        except ValueError as error:
            raise RuntimeError("hello again") from error
    except RuntimeError as error:
        caught.append(error)
    return caught[0]


def test_describe() -> None:
    """An error is described by its type and place, with its causes, and without its text."""
    text = describe(raised())
    assert text.startswith("RuntimeError in raised (bot/test_faults.py:")
    assert ", from ValueError in raised" in text
    assert "hello" not in text
    assert describe(KeyError("x")) == "KeyError"


def test_trace() -> None:
    """A traceback leads to each place that an error passed, and says nothing that anybody wrote."""
    text = trace(raised())
    assert text.count("test_faults.py") == 2
    assert text.splitlines()[-1] == "ValueError"
    assert "\nRuntimeError\nfrom\n" in text
    assert "hello from" not in text.replace('int("hello from a customer")', "")


def test_groups() -> None:
    """Of errors that came together, each is named."""
    group = ExceptionGroup("hello", [KeyError("private"), raised()])
    text = trace(group)
    assert "of KeyError\n" in text
    assert "of RuntimeError in raised" in text
    assert "hello" not in text


def test_what_the_system_says() -> None:
    """Of the system's own errors it is said which: no customer wrote that."""
    assert describe(OSError(errno.ENOSPC, "private", "private")) == "OSError (No space left on device)"
