"""What other sites may have of the chat: its script, and its page in a frame where config.toml says so."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from yarl import URL

from plugins.webchat import Settings
from plugins.webchat.sessions import CONTACT_COOKIE
from tests.plugins.webchat.rig import Rig, running

SITES = ("https://www.example.com", "https://*.example.org")


async def test_sites_of_the_settings_may_show_the_chat(tmp_path: Path) -> None:
    """The contact's page names the sites that may show it; the rooms name none."""
    async with running(tmp_path, sites=SITES) as rig:
        browser = await rig.browser()
        for path, ancestors in (("/chat/?framed", f"'self' {' '.join(SITES)}"), ("/desk/", "'none'")):
            async with browser.session.get(f"{rig.url}{path}") as answer:
                assert answer.headers["Content-Security-Policy"].endswith(f"frame-ancestors {ancestors}")


async def test_framed_page_brings_a_partitioned_cookie(rig: Rig) -> None:
    """In a frame the session is a cookie that browsers keep there: secure, and one for each site."""
    browser = await rig.browser()
    async with browser.session.get(f"{rig.url}/chat/?framed") as answer:
        cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{CONTACT_COOKIE}=")
    assert cookie.endswith("Path=/chat/; HttpOnly; SameSite=None; Secure; Partitioned")


async def test_session_can_be_asked_for(rig: Rig) -> None:
    """A page whose socket is refused can learn whether its browser kept a session."""
    browser = await rig.browser()
    for side in ("chat", "desk"):
        async with browser.session.get(f"{rig.url}/{side}/session") as answer:
            assert answer.status == 403
            assert (await answer.json())["code"] == "no_session"
    await browser.open_chat()
    await browser.open_desk()
    for side in ("chat", "desk"):
        async with browser.session.get(f"{rig.url}/{side}/session") as answer:
            assert answer.status == 204


async def test_script_is_for_everybody_in_their_language(rig: Rig) -> None:
    """Any site may load the script; it speaks the visitor's language and is kept for some minutes only."""
    browser = await rig.browser(**{"Accept-Language": "de"})
    async with browser.session.get(f"{rig.url}/chat/embed.js") as answer:
        text = await answer.text()
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert answer.headers["Vary"] == "Accept-Language, Accept-Encoding"
        assert "Set-Cookie" not in answer.headers
    assert "Schreiben Sie uns" in text
    assert "{/*words*/}" not in text


@pytest.mark.parametrize(
    ("site", "origin"),
    [
        ("https://www.example.com", "https://www.example.com"),
        ("https://WWW.example.com/", "https://www.example.com"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("https://*.example.com", "https://*.example.com"),
    ],
)
def test_sites_are_origins(site: str, origin: str) -> None:
    """A site is a scheme and a host, as a browser writes it."""
    assert Settings(sites=(site,)).sites == (origin,)


@pytest.mark.parametrize(
    "site",
    [
        "",
        "*",
        "www.example.com",
        "https://example.com/shop",
        "https://a.example; script-src *",
        "https://*",
        "data:",
    ],
)
def test_what_is_no_site_is_refused(site: str) -> None:
    """Anything else is refused with what to write instead, and can say nothing in the page's policy."""
    with pytest.raises(ValidationError, match=r"write \"https://www\.example\.com\""):
        Settings(sites=(site,))


async def test_channels_name_is_a_folder_too(rig: Rig) -> None:
    """The pages of the channel `webchat` are below its own name as well, with the same session."""
    browser = await rig.browser()
    for path in ("/chat/webchat/", "/chat/webchat/embed.js", "/desk/webchat/"):
        async with browser.session.get(f"{rig.url}{path}") as answer:
            assert answer.status == 200, path
    async with browser.session.get(f"{rig.url}/chat/webchat", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (308, "/chat/webchat/")
    page = await browser.connect("/chat/webchat/socket", until="history")
    await page.say(type="message", client_id="message-1", text="bonjour")
    await page.hear("ack")


async def test_second_web_chat_has_a_folder_and_cookies_of_its_own(tmp_path: Path) -> None:
    """A web chat of another name lives one folder below, and its sessions are not the first one's."""
    async with running(tmp_path, channel="boutique") as rig:
        browser = await rig.browser()
        async with browser.session.get(f"{rig.url}/chat/boutique/") as answer:
            assert answer.status == 200
        cookies = browser.session.cookie_jar.filter_cookies(URL(f"{rig.url}/chat/boutique/"))
        assert CONTACT_COOKIE not in cookies
        assert len(cookies) == 1
        page = await browser.connect("/chat/boutique/socket", until="history")
        await page.say(type="message", client_id="message-1", text="bonjour")
        await page.hear("ack")
        async with browser.session.get(f"{rig.url}/chat/") as answer:
            assert answer.status == 404
