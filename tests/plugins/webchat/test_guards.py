"""What requests are held to, and how often one address may try."""

from datetime import timedelta

import pytest
from aiohttp.test_utils import make_mocked_request

from plugins.webchat.attempts import AttemptLimit
from plugins.webchat.guards import address_of, language_of
from tests.plugins.webchat.rig import Clock, Rig

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "pt"),
        ("de", "de"),
        ("fr-CA,en;q=0.5", "fr"),
        ("en;q=0.3, it;q=0.9", "it"),
        ("ja, *;q=0.5", "pt"),
        ("eng, dear", "pt"),
        ("en;q=much, es;q=0.1", "es"),
        ("en;q=0", "pt"),
        ("x" * 5000, "pt"),
    ],
)
def test_language_is_the_best_we_have(header: str, language: str) -> None:
    """The language is what the browser likes most among ours, else the fallback."""
    request = make_mocked_request("GET", "/chat/", headers={"Accept-Language": header})
    assert language_of(request, "pt") == language


async def test_proxy_on_this_machine_is_believed(rig: Rig) -> None:
    """Behind a local proxy each visitor has tries of their own, and cannot choose another's address."""
    browser = await rig.browser()

    async def status(forwarded: str) -> int:
        async with browser.session.post(
            f"{rig.url}/desk/enter",
            json={"key": "wrong", "name": "Ann"},
            headers={"Origin": rig.url, "X-Forwarded-For": forwarded},
        ) as answer:
            return answer.status

    assert [await status(f"10.0.0.{number}, 203.0.113.7") for number in range(6)] == [403] * 5 + [429]
    assert await status("203.0.113.8") == 403


def test_address_of_a_stranger_is_not_theirs_to_choose() -> None:
    """A header that does not come through a local proxy changes nothing."""

    class Transport:
        def get_extra_info(self, name: str, default: object = None) -> object:
            return ("198.51.100.4", 5) if name == "peername" else default

    request = make_mocked_request(
        "GET", "/", headers={"X-Forwarded-For": "203.0.113.7"}, transport=Transport()
    )
    assert address_of(request) == "198.51.100.4"


def test_attempts_are_counted_per_address() -> None:
    """Too many attempts pause their own address, until it was quiet for long enough."""
    clock = Clock()
    limit = AttemptLimit(limit=2, pause=MINUTE, clock=clock)
    for _ in range(2):
        assert limit.pause_left("a") == timedelta(0)
        limit.record("a")
    assert limit.pause_left("a") == MINUTE
    assert limit.pause_left("b") == timedelta(0)
    clock.advance(MINUTE / 2)
    assert limit.pause_left("a") == MINUTE / 2
    clock.advance(MINUTE / 2)
    assert limit.pause_left("a") == timedelta(0)
    limit.record("a")
    assert limit.pause_left("a") == timedelta(0)


def test_attempts_of_many_addresses_stay_bounded() -> None:
    """An attack from very many addresses does not fill the memory."""
    limit = AttemptLimit(limit=1, pause=MINUTE, clock=Clock())
    for number in range(10_050):
        limit.record(str(number))
    assert len(limit._attempts) == 10_000
    assert limit.pause_left("10049") == MINUTE
