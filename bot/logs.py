"""The process's log: one line a record, on a thread of its own, and never a secret in it."""

import copy
import json
import logging
import queue
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from logging.handlers import QueueHandler, QueueListener
from typing import TextIO
from urllib.parse import quote

from pydantic import BaseModel, SecretStr

from bot.faults import trace

OWN_LOGGERS = ("bot", "plugins", "guichet")

_SHORTEST_SECRET = 4  # anything shorter would redact ordinary words
_MOST_WAITING = 10_000  # records; beyond it a stuck stderr costs lines, not memory
_STOP_SECONDS = 2.0  # the longest that leaving waits for a stuck stderr
_LINE_BREAKS = re.compile(r"\s*[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+\s*")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")


class LogFormat(StrEnum):
    """How a line looks."""

    TEXT = "text"
    JSON = "json"


class Redactor:
    """Takes known secrets out of text; also where they stand percent-encoded, as in a URL."""

    def __init__(self) -> None:
        self._forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def add(self, *secrets: str | SecretStr) -> None:
        """Know these values from now on; values under four characters are left alone."""
        for secret in secrets:
            value = secret.get_secret_value() if isinstance(secret, SecretStr) else secret
            if len(value) >= _SHORTEST_SECRET:
                self._forms |= {value, quote(value), quote(value, safe=""), json.dumps(value)[1:-1]}
        if self._forms:
            longest_first = sorted(self._forms, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def add_settings(self, settings: BaseModel) -> None:
        """Know every `SecretStr` of a settings model, in models and collections within it too."""
        self.add(*_secrets(settings))

    def redact(self, text: str) -> str:
        """`text` with every known secret replaced."""
        return text if self._pattern is None else self._pattern.sub("[redacted]", text)


def _secrets(value: object) -> Iterator[SecretStr]:
    """Every secret in a value of a settings model."""
    match value:
        case SecretStr():
            yield value
        case BaseModel():
            yield from _secrets(tuple(item for _, item in value))
        case Mapping():
            yield from _secrets(tuple(value.values()))
        case tuple() | list() | set() | frozenset():
            for item in value:
                yield from _secrets(item)
        case _:
            pass


@contextmanager
def logging_to(
    stream: TextIO,
    redactor: Redactor,
    *,
    level: str = "INFO",
    log_format: LogFormat = LogFormat.TEXT,
    own_loggers: Sequence[str] = OWN_LOGGERS,
) -> Iterator[None]:
    """Write the log to `stream` until the context is left, then wait, within a bound, for the last line.

    Records are formatted where they are made and written by a thread, so a slow `stream` never holds the
    event loop. Libraries write at WARNING and above whatever `level` is: their URLs may hold a token.

    Args:
        stream: usually standard error.
        redactor: knows the secrets; more may be added at any time.
        level: a name of `logging`, for our own loggers.
        log_format: text, or one JSON object a line.
        own_loggers: the loggers that `level` is for.

    Raises:
        ValueError: `level` is no level's name.
    """
    levels = {"": max(logging.WARNING, _level(level))} | dict.fromkeys(own_loggers, _level(level))
    before = {name: logging.getLogger(name).level for name in levels}
    waiting: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    handler = _RedactingHandler(waiting, redactor)
    writer = logging.StreamHandler(stream)
    writer.setFormatter(_JsonFormatter() if log_format is LogFormat.JSON else _TextFormatter())
    listener = QueueListener(waiting, writer)
    listener.start()
    for name, number in levels.items():
        logging.getLogger(name).setLevel(number)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        for name, number in before.items():
            logging.getLogger(name).setLevel(number)
        # stop() waits for the last line without a bound; a stuck stream must not keep the process
        stopper = threading.Thread(target=listener.stop, name="log-stop", daemon=True)
        stopper.start()
        stopper.join(_STOP_SECONDS)


class _RedactingHandler(QueueHandler):
    """Hands records to the writing thread: merged with their arguments, redacted, and never blocking."""

    def __init__(self, waiting: queue.SimpleQueue[logging.LogRecord], redactor: Redactor) -> None:
        super().__init__(waiting)
        self._waiting = waiting
        self._redactor = redactor
        self._tracebacks = logging.Formatter()
        self._dropped = 0

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Copy `record` as text: nothing in it can reach a secret any more."""
        prepared = copy.copy(record)
        try:
            text = record.getMessage()
        except Exception:  # noqa: BLE001  # costs its own line; logging itself would print the arguments
            text = f"a log line whose arguments do not fit: {record.msg}"
        prepared.msg = self._redactor.redact(text)
        prepared.args = None
        details = self._traceback(record)
        details += [record.stack_info] if record.stack_info else []
        prepared.exc_text = self._redactor.redact("\n".join(details)) or None
        prepared.exc_info = prepared.stack_info = None
        return prepared

    def _traceback(self, record: logging.LogRecord) -> list[str]:
        """Where an error was raised; what it says only at DEBUG, since it may quote a message."""
        if not record.exc_info or record.exc_info[1] is None:
            return []
        if record.levelno <= logging.DEBUG:
            return [self._tracebacks.formatException(record.exc_info)]
        return [trace(record.exc_info[1])]

    def enqueue(self, record: logging.LogRecord) -> None:
        """Pass a record on, unless the writer is hopelessly behind."""
        if self._waiting.qsize() >= _MOST_WAITING:
            self._dropped += 1
            return
        if self._dropped:
            record.msg += f" ({self._dropped} lines before this one were dropped: nobody reads the log)"
            self._dropped = 0
        self._waiting.put(record)


class _TextFormatter(logging.Formatter):
    """`2026-01-31T08:30:00.000Z INFO bot.intake: …`, a traceback behind it on the same line."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{_time(record)} {record.levelname} {record.name}: {record.getMessage()}"
        return _one_line(f"{line}\n{record.exc_text}" if record.exc_text else line)


class _JsonFormatter(logging.Formatter):
    """An object with `time`, `level`, `logger`, `message`, and `error` where there is a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_text:
            line["error"] = record.exc_text
        return json.dumps(line)


def _level(name: str) -> int:
    level = logging.getLevelNamesMapping().get(name.upper())
    if level is None:
        raise ValueError(f"{name!r} is no log level; write DEBUG, INFO, WARNING or ERROR")
    return level


def _time(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _one_line(text: str) -> str:
    """Keep a record on its line, and a terminal safe from what strangers wrote."""
    joined = _LINE_BREAKS.sub(" | ", text.strip())
    return _CONTROLS.sub(lambda match: f"\\x{ord(match[0]):02x}", joined)
