"""How much of the platform's hourly allowance is used up, as its answers say; pure but for the clock."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

HEADERS = ("X-App-Usage", "X-Page-Usage", "X-Business-Use-Case-Usage")

BUSY_PERCENT = 80
"""From here on only what people wait for is asked of the platform."""

FULL_PERCENT = 95
"""From here on nothing is sent for a while: one that is shut out waits for up to an hour."""

_SHARES = ("call_count", "total_time", "total_cputime")
_BREATH = timedelta(seconds=60)


class Usage:
    """What the last good answer said of the allowance (Graph API, Rate limits).

    Args:
        clock: the time now.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._percent = 0
        self._noted_at = clock()
        self._paused_until = self._noted_at

    @property
    def is_busy(self) -> bool:
        """Whether what can wait should."""
        return self._percent >= BUSY_PERCENT and self._clock() - self._noted_at < _BREATH

    def note(self, headers: Mapping[str, str]) -> None:
        """Read the headers of an answer; one without any changes nothing."""
        shares = [percent for percent, _ in _figures(headers)]
        if not shares:
            return
        self._percent, self._noted_at = max(shares), self._clock()
        if self._percent >= FULL_PERCENT:
            self._paused_until = self._noted_at + _BREATH

    def pause(self) -> timedelta:
        """How long to send nothing; zero: send. After a pause one call tells how things stand."""
        return max(self._paused_until - self._clock(), timedelta(0))


def asked_pause(headers: Mapping[str, str]) -> timedelta:
    """The pause that a refusal asks for; zero where it names none."""
    minutes = max((minutes for _, minutes in _figures(headers)), default=0)
    if minutes:
        return timedelta(minutes=minutes)
    seconds = headers.get("Retry-After", "")
    return timedelta(seconds=int(seconds)) if seconds.isdecimal() and len(seconds) < 6 else timedelta(0)


def _figures(headers: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """The highest share in percent, and the minutes until access is regained, of each set of figures."""
    for name in HEADERS:
        text = headers.get(name, "")
        if not text:
            continue
        try:
            value = msgspec.json.decode(text)
        except msgspec.DecodeError:
            continue
        yield from _read(value)


def _read(value: Any) -> Iterator[tuple[int, int]]:
    """Figures stand in an object, or in lists by the business's id."""
    if not isinstance(value, dict):
        return
    if any(name in value for name in _SHARES):
        shares = (value.get(name) for name in _SHARES)
        percent = max((int(share) for share in shares if isinstance(share, int | float)), default=0)
        minutes = value.get("estimated_time_to_regain_access")
        yield percent, int(minutes) if isinstance(minutes, int | float) else 0
        return
    for figures in value.values():
        for each in figures if isinstance(figures, list) else ():
            yield from _read(each)
