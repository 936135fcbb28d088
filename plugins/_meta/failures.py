"""What an answer of the Graph API other than a good one means; pure.

The platform's own words may repeat a token, so they are passed on only where they cannot, and without it.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import msgspec

from bot.api import (
    ChatGone,
    ConfigurationError,
    ConnectionFailed,
    DeliveryRejected,
    DeliveryUncertain,
    PluginError,
    RateLimited,
    WindowShut,
    Wording,
)
from plugins._meta.usage import asked_pause

_WINDOW_SHUT = frozenset({(10, 2018278), (10, 2534022), (10, 2018065)})
_NOBODY = frozenset({(100, 2018001), (100, 2534014)})
_ELSEWHERE = frozenset({2018300, 2534037})
_NOT_FETCHED = frozenset({2018008, 2018047, 2018294})
_INBOX_ONLY = frozenset({2534001, 2534013})
_UNAVAILABLE = 1545041
_RESTRICTED = 1893063
_RATE_CODES = frozenset({4, 17, 32, 613, 80006})
_BLOCKED_CODES = frozenset({230, 368})
_TRANSIENT_CODES = frozenset({1, 2, 1200})
_TRANSIENT_SUBCODES = frozenset({2018344, 1545133})
_LOGIN_CODES = frozenset({3, 10, 102, 190})

_PARAMETER = re.compile(r"access_token=[^\s&]+")
_TELLING = 8
"""So many characters of a token's beginning tell that it is one."""

_SHORTEST_PAUSE = timedelta(seconds=60)
_RESTRICTION_PAUSE = timedelta(hours=1)


class Refused(DeliveryRejected):
    """A refusal for good, with the platform's numbers for it.

    Attributes:
        code: the Graph API's code, 0 where there is none.
        subcode: likewise.
    """

    def __init__(self, reason: str, *, code: int, subcode: int) -> None:
        super().__init__(reason)
        self.code = code
        self.subcode = subcode

    @property
    def is_about_a_link(self) -> bool:
        """Whether the platform could not fetch a file from where we said it was."""
        return self.subcode in _NOT_FETCHED

    @property
    def is_about_fields(self) -> bool:
        """Whether something that was asked for is not known or not allowed."""
        return self.code in {100, 12}


class AccountBlocked(Refused):
    """The platform blocks what the account does; people must see to it."""


class AccountRestricted(RateLimited):
    """The platform restricts the account for a while; people must see to it."""


class NothingThere(ConnectionFailed):
    """Whatever answered is no Graph API, and has done nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fault:
    code: int = 0
    subcode: int = 0
    words: str = ""

    def __str__(self) -> str:
        return f"Graph error {self.code}/{self.subcode}" if self.subcode else f"Graph error {self.code}"


def failure(
    status: int, content: bytes, headers: Mapping[str, str], *, secret: str, say: Wording
) -> PluginError:
    """The bot's own error for an answer.

    Args:
        status: the HTTP status, not a good one; or 200 with an `error` in the body.
        content: the body.
        headers: of the answer.
        secret: the token, which the platform's words may repeat.
        say: the words for people.
    """
    fault = _read(content, secret)
    if fault is None:
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return _rate_limited(say("answered", status=status), headers)
        is_refused = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        # A proxy that gave up waiting does not know what the platform did.
        if is_refused and status != HTTPStatus.REQUEST_TIMEOUT:
            return NothingThere(say("no_graph", status=status))
        return DeliveryUncertain(say("answered", status=status))
    return _meaning(status, fault, headers, say)


def _meaning(status: int, fault: _Fault, headers: Mapping[str, str], say: Wording) -> PluginError:
    """The table of errors and what to do (Messenger Platform, Error codes)."""
    code, subcode, pair = fault.code, fault.subcode, (fault.code, fault.subcode)
    numbers = {"code": code, "subcode": subcode}
    if pair in _WINDOW_SHUT:
        return WindowShut(say("window_shut", fault=fault))
    if subcode == _RESTRICTED:
        return AccountRestricted(
            say("restricted", fault=fault), retry_after=_RESTRICTION_PAUSE, whole_channel=True
        )
    if code == 551 or subcode == _UNAVAILABLE:
        return ChatGone(say("unavailable", fault=fault))
    if pair in _NOBODY:
        return ChatGone(say("nobody", fault=fault))
    if subcode in _ELSEWHERE:
        return Refused(say("elsewhere", fault=fault), **numbers)
    if subcode in _INBOX_ONLY:
        return Refused(say("inbox_only", fault=fault), **numbers)
    if code in _RATE_CODES or status == HTTPStatus.TOO_MANY_REQUESTS:
        return _rate_limited(say("pause", fault=fault), headers)
    if code in _TRANSIENT_CODES or subcode in _TRANSIENT_SUBCODES:
        return DeliveryUncertain(say("trouble", fault=fault))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return DeliveryUncertain(say("answered_fault", status=status, fault=fault))
    if code in _BLOCKED_CODES:
        return AccountBlocked(say("blocked", fault=fault), **numbers)
    if code in _LOGIN_CODES or 200 <= code < 300 or "appsecret_proof" in fault.words:
        return ConfigurationError(say(_login_trouble(fault), fault=fault))
    reason = "refused_words" if fault.words else "refused"
    return Refused(say(reason, words=fault.words, fault=fault), **numbers)


def _login_trouble(fault: _Fault) -> str:
    """The key of the words for it."""
    if "appsecret_proof" in fault.words:
        return "wrong_secret"
    if fault.code == 190:
        return "bad_token"
    return "no_permission"


def _rate_limited(reason: str, headers: Mapping[str, str]) -> RateLimited:
    pause = asked_pause(headers) or _SHORTEST_PAUSE
    return RateLimited(reason, retry_after=pause, whole_channel=True)


def _read(content: bytes, secret: str) -> _Fault | None:
    """The `error` of a body; None for what is no answer of the Graph API."""
    try:
        error: Any = msgspec.json.decode(content)["error"]
        code, subcode = error["code"], error.get("error_subcode") or 0
        words = str(error.get("error_user_msg") or error.get("message") or "")
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError, IndexError):
        return None
    if not isinstance(code, int) or not isinstance(subcode, int):
        return None
    return _Fault(code=code, subcode=subcode, words="" if code == 190 else _clean(words, secret)[:200])


def _clean(words: str, secret: str) -> str:
    """The platform's words on one line, without the token, whole or cut, and without what turns the text."""
    words = _PARAMETER.sub("access_token=…", words)
    if secret:
        words = re.sub(rf"{re.escape(secret[:_TELLING])}\S*", "…", words)
    shown = (each if unicodedata.category(each) not in {"Cc", "Cf", "Cs"} else " " for each in words)
    return " ".join("".join(shown).split())
