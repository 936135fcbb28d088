"""The page for newcomers: open to the person at this machine as long as nobody chose a key."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from plugins.webchat.sessions import MEMBER_COOKIE
from tests.plugins.webchat.rig import Rig, running


@pytest.fixture
async def fresh(tmp_path: Path) -> AsyncIterator[Rig]:
    """A web chat as it is shipped: without a key of one's own."""
    async with running(tmp_path, desk_key="") as rig:
        yield rig


async def status(rig: Rig, **headers: str) -> int:
    browser = await rig.browser()
    asked = {name.replace("_", "-"): value for name, value in headers.items()}
    async with browser.session.get(f"{rig.url}/desk/tour", headers=asked, allow_redirects=False) as answer:
        if answer.status != 200:
            assert "Set-Cookie" not in answer.headers
            assert answer.headers["Location"] == "./"
        return answer.status


async def test_newcomer_is_let_in(fresh: Rig) -> None:
    """The person at this machine gets the rooms beside the contact's page, and is a member from then on."""
    browser = await fresh.browser()
    async with browser.session.get(f"{fresh.url}/desk/tour") as answer:
        text, policy = await answer.text(), answer.headers["Content-Security-Policy"]
        assert MEMBER_COOKIE in answer.headers["Set-Cookie"]
    assert 'data-tour="tour"' in text
    assert "frame-src 'self'; frame-ancestors 'none'" in policy
    page = await browser.connect("/desk/socket", until="rooms")
    assert page.heard[0]["name"] == "Alex"


async def test_member_keeps_the_name(fresh: Rig) -> None:
    """Who is a member already stays who they are."""
    browser = await fresh.browser()
    async with browser.session.get(f"{fresh.url}/desk/tour"):
        pass
    async with browser.session.get(f"{fresh.url}/desk/tour") as answer:
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Forwarded_For": "203.0.113.7"},
        {"Forwarded": "for=203.0.113.7"},
        {"X_Forwarded_Host": "chat.example"},
        {"Host": "evil.example"},
        {"Host": "evil.example:8080"},
        {"Host": "localhost.evil.example"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
async def test_nobody_else_is_let_in(fresh: Rig, headers: dict[str, str]) -> None:
    """Whoever comes through a proxy, by another name or from another site is led to the door."""
    assert await status(fresh, **headers) == 303


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1", "[::1]:8080"])
async def test_machine_has_several_names(fresh: Rig, host: str) -> None:
    """Each of the machine's own names leads in."""
    assert await status(fresh, Host=host, Sec_Fetch_Site="same-origin") == 200


async def test_chosen_key_shuts_it(tmp_path: Path) -> None:
    """Once a key was chosen, or people come from elsewhere, the door is the only way in."""
    async with running(tmp_path) as rig:
        assert await status(rig) == 303
    async with running(tmp_path, desk_key="", public_url="https://chat.example") as rig:
        assert await status(rig) == 303


async def test_door_shows_the_way(fresh: Rig) -> None:
    """The door offers the page for newcomers to whom it would open, and to nobody else."""
    for headers, is_offered in (({}, True), ({"X-Forwarded-For": "203.0.113.7"}, False)):
        browser = await fresh.browser(**headers)
        async with browser.session.get(f"{fresh.url}/desk/") as answer:
            assert ('href="tour" >' in await answer.text()) is is_offered


async def test_broken_cookie_does_not_shut_it(fresh: Rig) -> None:
    """A newcomer whose cookie is of an older start is let in all the same."""
    browser = await fresh.browser(Cookie=f"{MEMBER_COOKIE}=old")
    async with browser.session.get(f"{fresh.url}/desk/tour") as answer:
        assert answer.status == 200
        assert MEMBER_COOKIE in answer.headers["Set-Cookie"]
