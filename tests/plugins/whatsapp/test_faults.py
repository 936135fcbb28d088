"""Every error code of Twilio's that matters has one meaning for the bot, and words in every language."""

from datetime import timedelta

import pytest

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
from plugins.whatsapp.faults import Refusal, TemplateRefused, error_of, reason_of
from plugins.whatsapp.plugin import WORDS

WORDING = Wording(WORDS, "en")
EXPECTED: list[tuple[type[PluginError], int, tuple[int, ...]]] = [
    (WindowShut, 400, (63016,)),
    (DeliveryRejected, 400, (63049, 63032, 63015)),
    (RateLimited, 400, (63018, 63017, 63038, 14107)),
    (RateLimited, 429, (20429, 0)),
    (ChatGone, 400, (63003, 63024, 21211, 21614, 63014, 21610)),
    (DeliveryRejected, 400, (63005, 63006, 63013, 63021, 63026)),
    (DeliveryRejected, 400, (63019, 63034, 63037, 21620, 12300)),
    (TemplateRefused, 400, (63027, 63028, 63040, 63041, 21654, 21655, 21656, 92007)),
    (ConfigurationError, 400, (63007, 63002, 21606, 21910)),
    (ConfigurationError, 401, (20003, 0)),
    (ConfigurationError, 403, (20005, 0)),
    (ConfigurationError, 404, (20404,)),
    (DeliveryUncertain, 400, (63009, 63010, 63012, 30001, 21611)),
    (DeliveryUncertain, 500, (20500, 0)),
    (DeliveryUncertain, 503, (0,)),
    (DeliveryRejected, 400, (63031,)),
    (DeliveryRejected, 403, (21408,)),
    (DeliveryRejected, 400, (21617, 21658, 0, 99999)),
]


@pytest.mark.parametrize(
    ("kind", "status", "code"), [(kind, status, code) for kind, status, codes in EXPECTED for code in codes]
)
def test_meaning(kind: type[PluginError], status: int, code: int) -> None:
    """A refusal is the error of the contract that says what to do next, with words and the code."""
    error = error_of(Refusal(status=status, code=code, message="Twilio's words"), WORDING)
    assert type(error) is kind
    assert str(error).strip()
    if code and not isinstance(error, DeliveryUncertain):
        assert f"(Twilio error {code})" in str(error)


def test_pause_is_the_one_that_twilio_names() -> None:
    """A pause lasts as long as Twilio says, else as the code suggests, and never nothing."""
    named = error_of(Refusal(status=429, code=20429, retry_after=timedelta(seconds=7)), WORDING)
    zero = error_of(Refusal(status=429, code=20429, retry_after=timedelta(0)), WORDING)
    day = error_of(Refusal(status=400, code=63038), WORDING)
    assert isinstance(named, RateLimited)
    assert isinstance(zero, RateLimited)
    assert isinstance(day, RateLimited)
    assert named.retry_after == timedelta(seconds=7)
    assert zero.retry_after == timedelta(seconds=1)
    assert day.retry_after == timedelta(hours=1)


def test_reason_of_a_failure_without_a_code() -> None:
    """A failure that Twilio does not explain says at least that."""
    assert reason_of(0, "", WORDING) == "Twilio refuses the message: ?"
