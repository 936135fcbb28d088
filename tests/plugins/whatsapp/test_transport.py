"""The SDK's calls go to Twilio alone, are limited in time, and leave the environment out of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.api import ConnectionFailed, DeliveryUncertain, Wording
from plugins.whatsapp.client import TwilioAccount, _roots, basic
from plugins.whatsapp.plugin import WORDS
from plugins.whatsapp.transport import Transport, origin_of, refusal_in
from tests.plugins.whatsapp.rig import Rig, running, settings_of
from tests.simulators.twilio import TwilioPlatform
from tests.simulators.twilio_troubles import Trouble

WORDING = Wording(WORDS, "en")


async def test_credentials_go_to_no_other_host() -> None:
    """A page of a list that leads to another host is not asked for."""
    async with ClientSession() as http:
        transport = Transport(
            http,
            origins=frozenset({origin_of("https://api.twilio.com")}),
            limit=timedelta(seconds=1),
            wording=WORDING,
        )
        for url in ("https://api.twilio.com.example.org/x", "http://api.twilio.com/x", "//x", "https://["):
            with pytest.raises(ConnectionFailed, match="another host"):
                await transport.request("GET", url, auth=("AC1", "token"))


async def test_calls_are_limited_in_time(rig: Rig) -> None:
    """A call without an answer ends in the time that the plugin allows it, which the SDK does not."""
    rig.platform.fail_next(Trouble.HANG)
    with pytest.raises(DeliveryUncertain):
        await rig.plugin.send(rig.message("Hello"))


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """The process's environment with some more in it."""
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


async def test_environment_changes_no_host(tmp_path: Path) -> None:
    """A region or edge in the environment, which the SDK would take, does not change where calls go."""
    with environment(TWILIO_REGION="ie1", TWILIO_EDGE="dublin", TWILIO_AUTH_TOKEN="other"):
        async with running(tmp_path) as rig:
            assert (await rig.sent(rig.message("Hello"))).body == "Hello"


@pytest.mark.parametrize(
    ("api_url", "messaging"),
    [
        ("https://api.twilio.com", "https://messaging.twilio.com"),
        ("https://api.dublin.ie1.twilio.com", "https://messaging.dublin.ie1.twilio.com"),
        ("https://proxy.example.org/twilio", "https://proxy.example.org/twilio"),
        ("https://api.example.org", "https://api.example.org"),
    ],
)
def test_roots(api_url: str, messaging: str) -> None:
    """Twilio's other products are beside its API; a proxy has them all at one place."""
    assert _roots(api_url)["messaging"] == messaging
    assert _roots(api_url)["api"] == api_url


async def test_closed_account() -> None:
    """An account that was not opened says so."""
    async with (
        ClientSession() as http,
        TwilioPlatform(
            account_sid="AC" + "1" * 32, auth_token="t", number="whatsapp:+33939000001"
        ) as platform,
    ):
        account = TwilioAccount(settings_of(platform), http, WORDING, limit=timedelta(seconds=1))
        with pytest.raises(ConnectionFailed):
            await account.account_status()


def test_basic() -> None:
    """Credentials are written as RFC 7617 says."""
    assert basic("Aladdin", "open sesame") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (b'{"code": 21211, "message": "no"}', 21211, "no"),
        (b'{"type": "t", "title": "no", "status": 400, "code": 5}', 5, "no"),
        (b'{"code": "x", "message": "no"}', 0, "no"),
        (b"<html>", 0, "HTTP 400"),
        (b"[]", 0, "HTTP 400"),
    ],
)
def test_refusals(content: bytes, code: int, message: str) -> None:
    """Both shapes of Twilio's errors are read, and anything else is at least its status."""
    refusal = refusal_in(400, content, "")
    assert (refusal.code, refusal.message, refusal.retry_after) == (code, message, None)


@pytest.mark.parametrize(
    ("header", "pause"), [("7", timedelta(seconds=7)), ("", None), ("soon", None), ("-1", None)]
)
def test_retry_after(header: str, pause: timedelta | None) -> None:
    """The pause is the one that the header names in seconds, if it does."""
    assert refusal_in(429, b"{}", header).retry_after == pause
