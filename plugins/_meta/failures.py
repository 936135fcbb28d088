"""What an answer of the Graph API other than a good one means; pure.

The platform's own words may repeat a token, so they are passed on only where they cannot, and without it.
"""

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


def failure(status: int, content: bytes, headers: Mapping[str, str], *, secret: str) -> PluginError:
    """The bot's own error for an answer.

    Args:
        status: the HTTP status, not a good one; or 200 with an `error` in the body.
        content: the body.
        headers: of the answer.
        secret: the token, which the platform's words may repeat.
    """
    fault = _read(content, secret)
    if fault is None:
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return _rate_limited(f"the platform answered {status}", headers)
        is_refused = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        # A proxy that gave up waiting does not know what the platform did.
        if is_refused and status != HTTPStatus.REQUEST_TIMEOUT:
            return NothingThere(f"the platform answered {status}; look whether api_url is right")
        return DeliveryUncertain(f"the platform answered {status}")
    return _meaning(status, fault, headers)


def _meaning(status: int, fault: _Fault, headers: Mapping[str, str]) -> PluginError:
    """The table of errors and what to do (Messenger Platform, Error codes)."""
    code, subcode, pair = fault.code, fault.subcode, (fault.code, fault.subcode)
    numbers = {"code": code, "subcode": subcode}
    if pair in _WINDOW_SHUT:
        return WindowShut(f"the contact has not written for too long ({fault})")
    if subcode == _RESTRICTED:
        reason = f"the platform restricts this account for a while; look at its Support Inbox ({fault})"
        return AccountRestricted(reason, retry_after=_RESTRICTION_PAUSE, whole_channel=True)
    if code == 551 or subcode == _UNAVAILABLE:
        return ChatGone(f"this person takes no messages from us now ({fault})")
    if pair in _NOBODY:
        return ChatGone(f"the platform knows no such person, or only another of its accounts does ({fault})")
    if subcode in _ELSEWHERE:
        return Refused(f"another app answers in this conversation now ({fault})", **numbers)
    if subcode in _INBOX_ONLY:
        return Refused(
            f"this conversation is archived or in a folder we cannot write to ({fault})", **numbers
        )
    if code in _RATE_CODES or status == HTTPStatus.TOO_MANY_REQUESTS:
        return _rate_limited(f"the platform asks for a pause ({fault})", headers)
    if code in _TRANSIENT_CODES or subcode in _TRANSIENT_SUBCODES:
        return DeliveryUncertain(f"the platform has trouble of its own ({fault})")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return DeliveryUncertain(f"the platform answered {status} ({fault})")
    if code in _BLOCKED_CODES:
        reason = f"the platform blocks what this account does; look at its Support Inbox ({fault})"
        return AccountBlocked(reason, **numbers)
    if code in _LOGIN_CODES or 200 <= code < 300 or "appsecret_proof" in fault.words:
        return ConfigurationError(_login_trouble(fault))
    words = f": {fault.words}" if fault.words else ""
    return Refused(f"the platform refuses it{words} ({fault})", **numbers)


def _login_trouble(fault: _Fault) -> str:
    if "appsecret_proof" in fault.words:
        return f"app_secret is not the secret of the app that the token is from ({fault})"
    if fault.code == 190:
        return f"page_token is refused: it is wrong, has ended or was taken back; make a new one ({fault})"
    return f"the app or its token lacks a permission for this ({fault})"


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
    if secret:
        words = words.replace(secret, "…")
    return _Fault(code=code, subcode=subcode, words="" if code == 190 else words[:200])
