"""The chat in a frame of another site: its button, its session, and who may show what."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, FrameLocator, Page, Route, expect

from bot.api import ChatRef, ReceiptState
from tests.browser.chromium import Trouble, person
from tests.browser.pages import received
from tests.browser.site import Site, serving
from tests.plugins.webchat.rig import Rig, running

pytestmark = pytest.mark.browser


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A site of another name than the chat's."""
    async with serving() as site:
        yield site


@pytest.fixture
async def home(tmp_path: Path, site: Site) -> AsyncIterator[Rig]:
    """A web chat that lets `site` show it."""
    async with running(tmp_path, language="fr", sites=(site.url,)) as rig:
        site.script = f"{rig.url}/chat/embed.js"
        yield rig


async def visit(page: Page, site: Site) -> FrameLocator:
    """Open the site and its chat; gives the frame."""
    await page.goto(site.url)
    await page.get_by_role("button", name="Écrivez-nous").click()
    frame = page.frame_locator("#guichet-chat iframe")
    await expect(frame.get_by_text("En ligne")).to_be_visible()
    return frame


async def write(frame: FrameLocator, text: str) -> None:
    """Write a message in the frame."""
    field = frame.get_by_label("Écrire un message")
    await field.fill(text)
    await field.press("Enter")


async def test_visitor_chats_on_another_site(
    home: Rig, site: Site, browser: Browser, trouble: Trouble
) -> None:
    """A visitor writes in the corner of a site, is answered there, and is known again on its next page."""
    _, page = await person(browser, trouble, width=1280, height=800)
    frame = await visit(page, site)
    await expect(frame.get_by_label("Écrire un message")).to_be_focused()
    await write(frame, "bonjour")
    await received(home, 1)
    chat = home.host.events[0].chat
    await home.plugin.send(home.message(chat, "Bienvenue", message_id="welcome"))
    await expect(frame.get_by_text("Bienvenue")).to_be_visible()
    await page.reload()
    frame = page.frame_locator("#guichet-chat iframe")
    await page.get_by_role("button", name="Écrivez-nous").click()
    await expect(frame.get_by_text("Bienvenue")).to_be_visible()
    await write(frame, "encore moi")
    await received(home, 2)
    assert home.host.events[1].chat == chat


async def test_session_in_a_frame_is_that_sites_alone(
    home: Rig, site: Site, browser: Browser, trouble: Trouble
) -> None:
    """The cookie in a frame is no script's and that one site's; the chat's own page has another."""
    context, page = await person(browser, trouble, width=1280, height=800)
    frame = await visit(page, site)
    await write(frame, "bonjour")
    await received(home, 1)
    (cookie,) = await context.cookies(home.url + "/chat/")
    assert cookie.get("httpOnly")
    assert cookie.get("secure")
    assert cookie.get("sameSite") == "None"
    assert "localhost" in str(cookie.get("partitionKey"))
    own = await context.new_page()
    await own.goto(f"{home.url}/chat/")
    await expect(own.get_by_text("En ligne")).to_be_visible()
    await expect(own.get_by_text("bonjour", exact=True)).to_have_count(0)


async def unread_in_a_closed_frame(home: Rig, page: Page, chat: ChatRef) -> None:
    """Send an answer while the frame is closed, and see that it is announced and not read."""
    await page.get_by_role("button", name="Fermer la discussion").click()
    await home.plugin.send(home.message(chat, "Une réponse", message_id="answer"))
    await expect(page.get_by_role("button", name=re.compile("Nouveaux messages : 1"))).to_be_visible()


async def test_closed_chat_tells_of_an_answer(
    home: Rig, site: Site, browser: Browser, trouble: Trouble
) -> None:
    """An answer to a closed chat shows on the button, and is read only once the chat is opened."""
    _, page = await person(browser, trouble, width=1280, height=800)
    frame = await visit(page, site)
    await write(frame, "bonjour")
    await received(home, 1)
    await unread_in_a_closed_frame(home, page, home.host.events[0].chat)
    assert await home.host.until(lambda host: bool(host.reports))
    assert [report.state for report in home.host.reports] == [ReceiptState.DELIVERED]
    await page.get_by_role("button", name=re.compile("Nouveaux messages")).click()
    assert await home.host.until(lambda host: len(host.reports) == 2)
    assert home.host.reports[1].state is ReceiptState.READ
    await expect(page.get_by_role("button", name="Fermer la discussion")).to_have_attribute(
        "aria-expanded", "true"
    )


async def test_escape_leads_back_to_the_site(
    home: Rig, site: Site, browser: Browser, trouble: Trouble
) -> None:
    """Escape in the chat closes it, and the keyboard is back on the button."""
    _, page = await person(browser, trouble, width=1280, height=800)
    frame = await visit(page, site)
    await frame.get_by_label("Écrire un message").press("Escape")
    await expect(page.locator("#guichet-chat iframe")).to_be_hidden()
    await expect(page.get_by_role("button", name="Écrivez-nous")).to_be_focused()


async def test_phone_is_filled_by_the_chat(home: Rig, site: Site, browser: Browser, trouble: Trouble) -> None:
    """On a phone the open chat fills the screen, and its own cross closes it."""
    _, page = await person(browser, trouble, width=390, height=700)
    frame = await visit(page, site)
    box = await page.locator("#guichet-chat iframe").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 700}
    await frame.get_by_role("button", name="Annuler").click()
    await expect(page.get_by_role("button", name="Écrivez-nous")).to_be_visible()


async def test_strict_site_can_embed_it(home: Rig, site: Site, browser: Browser, trouble: Trouble) -> None:
    """A site whose policy allows nothing inline can still show the chat."""
    site.policy = f"default-src 'none'; script-src {home.url}; frame-src {home.url}"
    _, page = await person(browser, trouble, width=1280, height=800)
    await visit(page, site)
    button = page.get_by_role("button", name="Fermer la discussion")
    await expect(button).to_have_css("position", "fixed")
    # The site's own style sheet is what its policy stopped; nothing of the chat was.
    assert [text for text in trouble if "embed" in text] == []
    trouble.clear()


async def test_other_sites_show_nothing(tmp_path: Path, site: Site, browser: Browser) -> None:
    """A site that config.toml does not name gets an empty frame."""
    complaints = Trouble()
    _, page = await person(browser, complaints, width=1280, height=800)
    async with running(tmp_path, language="fr", sites=("https://www.example.com",)) as rig:
        site.script = f"{rig.url}/chat/embed.js"
        await page.goto(site.url)
        await page.get_by_role("button", name="Écrivez-nous").click()
        frame = page.frame_locator("#guichet-chat iframe")
        await expect(frame.get_by_text("En ligne")).to_have_count(0)
        await expect(frame.locator("#composer")).to_have_count(0)
    assert any("frame-ancestors" in text for text in complaints)


async def test_rooms_are_framed_by_nobody(home: Rig, site: Site, browser: Browser) -> None:
    """Even a site that may show the chat cannot show the rooms, nor the page for newcomers."""
    for path in ("/desk/", "/desk/tour"):
        complaints = Trouble()
        _, page = await person(browser, complaints, width=1280, height=800)
        await page.goto(site.url)
        show = "address => { const frame = document.createElement('iframe'); frame.src = address; \
document.body.append(frame); return new Promise(done => { frame.onload = () => done(true); }); }"
        assert await page.evaluate(show, home.url + path)
        assert any("frame-ancestors 'none'" in text for text in complaints), path


async def test_browser_that_keeps_nothing_is_shown_another_way(
    home: Rig, site: Site, browser: Browser, trouble: Trouble
) -> None:
    """Where the browser keeps no cookie in frames, the chat offers to open in a tab of its own."""
    context, page = await person(browser, trouble, width=1280, height=800)

    async def without_cookie(route: Route) -> None:
        answer = await route.fetch()
        headers = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
        await route.fulfill(response=answer, headers=headers)

    await page.route("**/chat/?framed", without_cookie)
    await page.goto(site.url)
    await page.get_by_role("button", name="Écrivez-nous").click()
    frame = page.frame_locator("#guichet-chat iframe")
    link = frame.get_by_role("link", name="Ouvrir la discussion dans un onglet")
    await expect(link).to_be_visible()
    async with context.expect_page() as opened:
        await link.click()
    own = await opened.value
    await expect(own.get_by_text("En ligne")).to_be_visible()
