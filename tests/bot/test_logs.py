"""The log keeps secrets to itself, a record to its line, and the event loop free."""

import io
import json
import logging
import queue
import threading
from typing import Self

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr

from bot.logs import LogFormat, Redactor, _RedactingHandler, logging_to

TOKEN = "123456:AAf-secret/token"
own = logging.getLogger("bot.somewhere")
library = logging.getLogger("some.library")


def fail(error: Exception) -> None:
    raise error


def redactor() -> Redactor:
    built = Redactor()
    built.add(SecretStr(TOKEN))
    return built


def written(*, level: str = "DEBUG", log_format: LogFormat = LogFormat.TEXT) -> "Writing":
    return Writing(level, log_format)


class Writing:
    """A log into memory; `lines` are there once it is left."""

    def __init__(self, level: str, log_format: LogFormat) -> None:
        self._stream = io.StringIO()
        self._log = logging_to(self._stream, redactor(), level=level, log_format=log_format)

    def __enter__(self) -> Self:
        self._log.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._log.__exit__(None, None, None)

    @property
    def lines(self) -> list[str]:
        return self._stream.getvalue().splitlines()


def test_text() -> None:
    """A line of text has time, level, logger and message."""
    with written() as log:
        own.info("channel %s: %d ms", "a", 3)
    (line,) = log.lines
    time, rest = line.split(" ", 1)
    assert rest == "INFO bot.somewhere: channel a: 3 ms"
    assert time.endswith("Z")


def test_json() -> None:
    """A line of JSON has the same, and the traceback apart."""
    with written(log_format=LogFormat.JSON) as log:
        try:
            fail(ValueError(f"no {TOKEN}"))
        except ValueError:
            own.exception("it\nfailed")
    (line,) = log.lines
    record = json.loads(line)
    assert {key: record[key] for key in ("level", "logger", "message")} == {
        "level": "ERROR",
        "logger": "bot.somewhere",
        "message": "it\nfailed",
    }
    assert "in fail" in record["error"]
    assert record["error"].endswith("ValueError")


def test_errors_say_what_they_quote_only_when_somebody_looks_for_a_fault() -> None:
    """An error may quote a message: what it says stands in the log at DEBUG alone."""
    with written() as log:
        try:
            int("my card number")
        except ValueError as error:
            own.exception("a layer failed")
            own.debug("the same", exc_info=error)
    told, whole = log.lines
    assert told.endswith("ValueError")
    assert "invalid literal" not in told
    assert "invalid literal for int() with base 10: 'my card number'" in whole


def test_secrets() -> None:
    """A known secret is nowhere in a line: not in the message, its arguments, an error, a cause or a URL."""
    with written() as log:
        own.info("a %s", TOKEN)
        own.info("b %(token)s", {"token": TOKEN})
        own.info(f"c {TOKEN}")
        own.info("d %r", SecretStr(TOKEN).get_secret_value())
        own.info("e https://api.example/bot123456%3AAAf-secret%2Ftoken/send")
        own.info("f %s", ConnectionError(TOKEN))
        own.info("g", stack_info=True, extra={"token": TOKEN})
        try:
            try:
                fail(KeyError(TOKEN))
            except KeyError as error:
                raise RuntimeError(f"with {TOKEN}") from error
        except RuntimeError as error:
            own.debug("h", exc_info=error)
    assert len(log.lines) == 8
    assert "AAf-secret" not in "\n".join(log.lines)
    assert sum("[redacted]" in line for line in log.lines) == 7


def test_secrets_of_settings() -> None:
    """The secrets of a settings model are known, however deep they are."""

    class Inner(BaseModel):
        key: SecretStr

    class Outer(BaseModel):
        name: str = "plain-name"
        token: SecretStr = SecretStr("outer-secret")
        inner: Inner = Inner(key=SecretStr("inner-secret"))
        channels: dict[str, Inner] = {"a": Inner(key=SecretStr("table-secret"))}
        keys: tuple[Inner, ...] = (Inner(key=SecretStr("tuple-secret")),)

    known = Redactor()
    known.add_settings(Outer())
    text = "plain-name outer-secret inner-secret table-secret tuple-secret"
    assert known.redact(text) == "plain-name" + 4 * " [redacted]"


@given(st.text(min_size=4), st.text(), st.text())
def test_redaction(secret: str, before: str, after: str) -> None:
    """Whatever a secret is made of, it does not pass, except as a part of the mark itself."""
    known = Redactor()
    known.add(secret)
    left = known.redact(before + secret + after).replace("[redacted]", "\0")
    assert "\0" in left
    assert secret not in left or "\0" in secret


def test_short_values_are_no_secrets() -> None:
    """An empty or tiny value redacts nothing."""
    known = Redactor()
    known.add("", "on", SecretStr("abc"))
    assert known.redact("abc is on") == "abc is on"


def test_one_line() -> None:
    """Whatever is logged stays on its line and cannot steer a terminal."""
    with written() as log:
        own.info("one\ntwo\r\nthree\u2028four \x1b[31mred\x07")
    (line,) = log.lines
    assert line.endswith(r"one | two | three | four \x1b[31mred\x07")


def test_bad_arguments() -> None:
    """A log call whose arguments do not fit costs its own line and shows no argument."""
    waiting: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    record = logging.LogRecord("bot", logging.INFO, __file__, 1, "%d %d", (TOKEN,), None)
    _RedactingHandler(waiting, redactor()).handle(record)
    assert waiting.get().getMessage() == "a log line whose arguments do not fit: %d %d"


def test_levels() -> None:
    """The level is for our own loggers; libraries never say less than a warning."""
    with written(level="debug") as log:
        own.debug("ours")
        library.info("theirs")
        library.warning("their warning")
    assert [line.rpartition(": ")[2] for line in log.lines] == ["ours", "their warning"]
    with written(level="ERROR") as log:
        own.warning("ours")
        library.warning("theirs")
        library.error("their error")
    assert [line.rpartition(": ")[2] for line in log.lines] == ["their error"]


def test_unknown_level() -> None:
    """A level that there is none of is refused with those there are."""
    with pytest.raises(ValueError, match="write DEBUG, INFO"), written(level="loud"):
        pass


@pytest.mark.parametrize("name", ["httpx", "httpcore.http11", "aiohttp.access", "apscheduler.scheduler"])
def test_libraries_that_log_urls(name: str) -> None:
    """A library that logs its URLs at INFO says nothing, whatever our level is."""
    with written(level="DEBUG") as log:
        logging.getLogger(name).info("GET /bot-secret/")
        logging.getLogger(name).error("its error")
    assert [line.rpartition(": ")[2] for line in log.lines] == ["its error"]


def test_leaves_no_trace() -> None:
    """Once it is left, the logging of the process is as before."""
    before = (list(logging.getLogger().handlers), logging.getLogger().level, logging.getLogger("bot").level)
    with written():
        pass
    after = (list(logging.getLogger().handlers), logging.getLogger().level, logging.getLogger("bot").level)
    assert after == before


class StuckStream(io.StringIO):
    """A stream that takes nothing until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.released = threading.Event()

    def write(self, text: str) -> int:
        self.released.wait()
        return super().write(text)


def test_stuck_stream() -> None:
    """A standard error that nobody reads holds nobody up, costs bounded memory, and is told of later."""
    stream = StuckStream()
    with logging_to(stream, Redactor()):
        for number in range(20_000):
            own.info("line %d", number)
        stream.released.set()
        while "line 0" not in stream.getvalue():
            own.info("again")
        own.info("last")
    text = stream.getvalue()
    assert "lines before this one were dropped: nobody reads the log" in text
    assert text.count("\n") < 20_000
