"""What Twilio's error codes mean to the bot: which error of the contract, and which words for people.

The codes are those of twilio.com/docs/api/errors.
"""

from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus

from bot.api import (
    ChatGone,
    ConfigurationError,
    DeliveryRejected,
    DeliveryUncertain,
    PluginError,
    RateLimited,
    WindowShut,
    Wording,
)

SHORTEST_PAUSE = timedelta(seconds=1)


class Fault(StrEnum):
    """What went wrong; the value is the key of its words."""

    WINDOW_SHUT = "window_shut"
    SLOW_DOWN = "slow_down"
    NOT_CHOSEN = "not_chosen"
    NO_WHATSAPP = "no_whatsapp"
    BLOCKED = "blocked"
    SANDBOX = "sandbox"
    CONTENT = "content"
    MEDIA = "media"
    TEMPLATE = "template"
    SENDER = "sender"
    OURSELVES = "ourselves"
    PROVIDER = "provider"
    TOO_LONG = "too_long"
    CREDENTIALS = "credentials"
    UNKNOWN = "refused"


_CODES: dict[Fault, tuple[int, ...]] = {
    Fault.WINDOW_SHUT: (63016,),
    Fault.SLOW_DOWN: (63018, 63017, 63038, 20429, 14107),
    Fault.NOT_CHOSEN: (63049, 63032),
    Fault.NO_WHATSAPP: (63003, 63024, 21211, 21614),
    Fault.BLOCKED: (63014, 21610),
    Fault.SANDBOX: (63015,),
    Fault.CONTENT: (63005, 63006, 63013, 63021, 63026),
    Fault.MEDIA: (63019, 63034, 63037, 21620, 12300),
    Fault.TEMPLATE: (63027, 63028, 63040, 63041, 21654, 21655, 21656, 92007),
    Fault.SENDER: (63007, 63002, 21606, 21910),
    Fault.OURSELVES: (63031,),
    Fault.PROVIDER: (63009, 63010, 63012, 20500, 30001, 21611),
    Fault.TOO_LONG: (21617, 21658),
    Fault.CREDENTIALS: (20003, 20005, 20404),
}
_BY_CODE = {code: fault for fault, codes in _CODES.items() for code in codes}

UNREACHABLE = frozenset({Fault.NO_WHATSAPP, Fault.BLOCKED})
"""The contact takes no message from this number, now or later."""

ALARMING = frozenset({Fault.TEMPLATE, Fault.SENDER, Fault.CREDENTIALS})
"""Somebody has to change something before such messages arrive again."""

_PAUSES = {
    20429: SHORTEST_PAUSE,
    14107: timedelta(seconds=10),
    63017: timedelta(seconds=10),
    63018: timedelta(seconds=30),
    63038: timedelta(hours=1),  # the day's limit of the account
}
_ONE_CHAT = frozenset({63017})


class Refusal(Exception):
    """An answer of Twilio's other than a success; it never leaves the plugin.

    Attributes:
        status: of the HTTP answer.
        code: Twilio's own, or 0.
        message: Twilio's words; they hold no secret.
        retry_after: the pause that it names, or None.
    """

    def __init__(
        self, *, status: int, code: int = 0, message: str = "", retry_after: timedelta | None = None
    ) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after


class TemplateRefused(DeliveryRejected):
    """A template is missing, paused, or filled wrongly: somebody has to see to it."""


def fault_of(code: int) -> Fault:
    """What an error code is about."""
    return _BY_CODE.get(code, Fault.UNKNOWN)


def reason_of(code: int, message: str, wording: Wording) -> str:
    """Why a message did not arrive, for the team, with the code to look it up by."""
    reason = wording(fault_of(code).value, message=message or "?")
    return wording("with_code", reason=reason, code=code) if code else reason


def error_of(refusal: Refusal, wording: Wording) -> PluginError:
    """The error of the contract for a message that was refused."""
    code, status = refusal.code, refusal.status
    reason = reason_of(code, refusal.message, wording)
    fault = fault_of(code)
    if status == HTTPStatus.TOO_MANY_REQUESTS or fault is Fault.SLOW_DOWN:
        pause = max(refusal.retry_after or _PAUSES.get(code, SHORTEST_PAUSE), SHORTEST_PAUSE)
        return RateLimited(reason, retry_after=pause, whole_channel=code not in _ONE_CHAT)
    is_barred = status == HTTPStatus.UNAUTHORIZED or (status == HTTPStatus.FORBIDDEN and not code)
    if is_barred or fault in {Fault.CREDENTIALS, Fault.SENDER}:
        return ConfigurationError(reason)
    if fault is Fault.PROVIDER or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # A server that failed says nothing of how far it had come.
        return DeliveryUncertain(wording("provider"))
    if fault in UNREACHABLE:
        return ChatGone(reason)
    if fault is Fault.WINDOW_SHUT:
        return WindowShut(reason)
    if fault is Fault.TEMPLATE:
        return TemplateRefused(reason)
    return DeliveryRejected(reason)
