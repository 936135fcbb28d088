"""How the contact's page knows a browser again."""

from pathlib import Path

import pytest
from yarl import URL

from plugins.webchat.sessions import CONTACT_COOKIE
from tests.plugins.webchat.rig import Rig, running


async def test_page_brings_a_signed_cookie(rig: Rig) -> None:
    """The page gives a new browser a session that scripts and other sites cannot use."""
    browser = await rig.browser()
    async with browser.session.get(f"{rig.url}/chat/") as answer:
        cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{CONTACT_COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/chat/" in cookie
    assert "Secure" not in cookie


async def test_cookie_is_secure_behind_https(tmp_path: Path) -> None:
    """The session travels over https only when that is how the server is reached."""
    async with running(tmp_path, public_url="https://chat.example") as rig:
        browser = await rig.browser()
        async with browser.session.get(f"{rig.url}/chat/") as answer:
            assert "Secure" in answer.headers["Set-Cookie"]


async def test_known_browser_keeps_its_session(rig: Rig) -> None:
    """A browser that comes back is the same contact."""
    browser = await rig.browser()
    for number in range(2):
        page = await browser.open_chat()
        await page.say(type="message", client_id=f"message-{number}", text="encore moi")
        await page.hear("ack")
    first, second = rig.host.events
    assert first.chat == second.chat
    async with browser.session.get(f"{rig.url}/chat/") as answer:
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/chat/", "/chat/socket", "/chat/media/0.something"])
async def test_forged_cookie_is_refused_and_cleared(rig: Rig, path: str) -> None:
    """A cookie that this server did not sign gives 403, is cleared, and the page offers to start afresh."""
    browser = await rig.browser()
    await browser.open_chat()
    cookies = browser.session.cookie_jar.filter_cookies(URL(f"{rig.url}/chat/"))
    forged = "x" + cookies[CONTACT_COOKIE].value
    stranger = await rig.browser(Cookie=f"{CONTACT_COOKIE}={forged}")
    async with stranger.session.get(f"{rig.url}{path}") as answer:
        assert answer.status == 403
        assert "start a new conversation" in await answer.text()
        assert f'{CONTACT_COOKIE}=""' in answer.headers["Set-Cookie"]
        assert "Max-Age=0" in answer.headers["Set-Cookie"]


async def test_socket_needs_a_session(rig: Rig) -> None:
    """Without the page's cookie there is no socket."""
    browser = await rig.browser()
    async with browser.session.get(f"{rig.url}/chat/socket", headers={"Origin": rig.url}) as answer:
        assert answer.status == 403
        assert (await answer.json())["code"] == "no_session"


async def test_language_falls_back_to_the_configured_one(rig: Rig) -> None:
    """A browser that asks for none of our languages gets the language of config.toml."""
    rig.host.language = "fr"
    browser = await rig.browser(**{"Accept-Language": "ja;q=0.9, engx, en;q=oops"})
    async with browser.session.get(f"{rig.url}/chat/") as answer:
        assert '<html lang="fr">' in await answer.text()


async def test_chat_id_never_tells_the_token(rig: Rig) -> None:
    """What the bot, logs and pages know of a contact does not open their chat."""
    browser = await rig.browser()
    page = await browser.open_chat()
    await page.say(type="message", client_id="message-1", text="hi")
    await page.hear("ack")
    cookie = browser.session.cookie_jar.filter_cookies(URL(f"{rig.url}/chat/"))[CONTACT_COOKIE].value
    token = cookie.partition(".")[0]
    kept = repr(rig.host.events) + repr(rig.host.documents.texts) + repr(page.heard)
    assert token not in kept
    assert cookie not in kept


async def test_restart_keeps_conversation_and_session(tmp_path: Path) -> None:
    """After a restart the same browser finds its conversation, and an unacknowledged message is kept once."""
    async with running(tmp_path) as rig:
        browser = await rig.browser()
        page = await browser.open_chat()
        await page.say(type="message", client_id="message-1", text="bonjour")
        await page.hear("ack")
        chat = rig.host.events[0].chat
        await rig.plugin.send(rig.message(chat, "Bienvenue", message_id="welcome"))
        cookie = browser.session.cookie_jar.filter_cookies(URL(f"{rig.url}/chat/"))[CONTACT_COOKIE].value
        documents = rig.host.documents
    async with running(tmp_path, documents=documents) as rig:
        browser = await rig.browser(Cookie=f"{CONTACT_COOKIE}={cookie}")
        page = await browser.open_chat()
        assert [post["text"] for post in page.heard[1]["posts"]] == ["bonjour", "Bienvenue"]
        await page.say(type="message", client_id="message-1", text="bonjour")
        ack = await page.hear("ack")
        assert ack["post"]["id"] == page.heard[1]["posts"][0]["id"]
        receipt = await rig.plugin.send(rig.message(chat, "Bienvenue", message_id="welcome"))
        assert receipt.platform_id == page.heard[1]["posts"][1]["id"]
        again = await browser.open_chat()
        assert len(again.heard[1]["posts"]) == 2
