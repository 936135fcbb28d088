"""The small values of config.toml and how each is written: durations, addresses, lists."""

import re
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, PlainValidator

from bot.api import ChatRef
from bot.config.problems import listed, named, suggestion

_UNITS = {"s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
_DURATION = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{1,9})?[smhd])+")
_DURATION_PART = re.compile(r"([0-9.]+)([smhd])")
_LONGEST = timedelta(days=3650)
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


def read_duration(value: Any) -> timedelta:
    """Read `"90s"`, `"10m"`, `"24h"`, `"7d"`, `"1h30m"`, `"1.5s"`.

    Raises:
        ValueError: it is no duration, or longer than ten years.
    """
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        units = listed(f"{value}{unit}" for unit in _UNITS)
        raise ValueError(f"a duration needs a unit and quotes; write {units}")  # noqa: TRY004  # pydantic reports ValueError only
    if not isinstance(value, str) or not _DURATION.fullmatch(value.strip()):
        raise ValueError('this is no duration; write "90s", "10m", "24h" or "7d", or "0s" for off')
    parts = _DURATION_PART.findall(value)
    seconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if seconds > _LONGEST.total_seconds():
        raise ValueError('this is longer than ten years; write "0s" for off')
    return timedelta(seconds=seconds)


def _read_address(value: Any) -> ChatRef | None:
    if isinstance(value, ChatRef):
        return value
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise ValueError('this must be the address of a chat; write "channel:id", in quotes')  # noqa: TRY004  # pydantic reports ValueError only
    channel, _, chat_id = value.partition(":")
    if not (channel and chat_id) or any(character.isspace() for character in value):
        raise ValueError(f'{named(value)} is no address; write "channel:id", without spaces')
    return ChatRef(channel, chat_id)


def _required(chat: ChatRef | None) -> ChatRef:
    if chat is None:
        raise ValueError('this address is empty; write "channel:id"')
    return chat


def _as_list(value: Any) -> Any:
    return value if isinstance(value, (list, tuple)) else [value]


def _read_entry(value: Any) -> Any:
    # `when = [1, "support"]` says plainly what is meant.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _read_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        # Listing the zones reads a whole folder, so it is left to the case that needs it.
        advice = suggestion(value, sorted(available_timezones())) or 'write one such as "Europe/Paris"'
        raise ValueError(f"the time zone {named(value)} does not exist; {advice}") from None
    return value


def _read_public_url(value: str) -> str:
    if not value:
        return value
    try:
        parts = urlsplit(value)
        is_address = bool(parts.scheme in {"http", "https"} and parts.hostname and not parts.query)
        _ = parts.port
    except ValueError:
        is_address = False
    if not is_address:
        raise ValueError(
            f'{named(value)} is no web address; write "https://…" as the platforms reach this server'
        )
    return value.rstrip("/")


def read_name(value: str) -> str:
    """Accept a name that can stand in an address, a path and a command.

    Raises:
        ValueError: it has other characters than small letters, digits, `-` and `_`.
    """
    if not _NAME.fullmatch(value):
        raise ValueError(
            f"the name {named(value)} has other characters than a-z, 0-9, - and _; write a simpler one"
        )
    return value


Duration = Annotated[timedelta, PlainValidator(read_duration)]
"""A length of time; zero is off."""

Address = Annotated[ChatRef | None, PlainValidator(_read_address)]
"""A chat, or None when the string is empty."""

RequiredAddress = Annotated[ChatRef, PlainValidator(lambda value: _required(_read_address(value)))]
"""A chat that must be named."""

Entry = Annotated[str, BeforeValidator(_read_entry)]
"""One word or phrase of `when`."""

AsList = BeforeValidator(_as_list)
"""Lets one value stand for a list of one."""

TimeZone = Annotated[str, AfterValidator(_read_zone)]
"""The name of a time zone that exists."""

PublicUrl = Annotated[str, AfterValidator(_read_public_url)]
"""A web address without a slash at its end, or empty."""

OptionalName = Annotated[str | None, BeforeValidator(lambda value: None if value == "" else value)]
"""A name, or None when the string is empty."""
