"""The first page of a newcomer: the customer and the team side by side."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.chromium import Trouble, person
from tests.browser.pages import received
from tests.plugins.webchat.rig import SUPPORT, Rig, running

pytestmark = pytest.mark.browser


@pytest.fixture
async def fresh(tmp_path: Path) -> AsyncIterator[Rig]:
    """A French web chat as it is shipped: without a key of one's own."""
    async with running(tmp_path, language="fr", desk_key="") as rig:
        yield rig


async def test_newcomer_plays_both_sides(fresh: Rig, browser: Browser, trouble: Trouble) -> None:
    """Three steps tick themselves off: written as a customer, opened as a member, and answered."""
    _, page = await person(browser, trouble, width=1280, height=800)
    await page.goto(f"{fresh.url}/desk/tour")
    steps, contact = page.locator(".steps li"), page.frame_locator("iframe")
    await expect(steps).to_have_count(3)
    await expect(steps.nth(0)).to_have_attribute("aria-current", "step")
    await expect(contact.get_by_text("En ligne")).to_be_visible()
    field = contact.get_by_label("Écrire un message")
    await field.fill("bonjour")
    await field.press("Enter")
    await received(fresh, 1)
    thread = SUPPORT.thread(await fresh.plugin.open_thread(SUPPORT, title="Visiteur", key="k"))
    await fresh.plugin.send(fresh.message(thread, "bonjour", author="Visiteur"))
    await expect(steps.nth(1)).to_have_attribute("aria-current", "step")
    await page.get_by_role("link", name="Visiteur").click()
    await expect(steps.nth(2)).to_have_attribute("aria-current", "step")
    await page.get_by_label("Répondre au client").fill("// une note")
    await page.keyboard.press("Enter")
    await received(fresh, 2)
    await expect(steps.nth(2)).to_have_attribute("aria-current", "step")
    await page.get_by_label("Répondre au client").fill("Bonjour !")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("C’est tout !")).to_be_visible()
    await page.reload()
    await expect(page.locator("#thread-title")).to_have_text("Visiteur")


async def test_phone_shows_one_side_at_a_time(fresh: Rig, browser: Browser, trouble: Trouble) -> None:
    """On a narrow screen the two sides take turns."""
    _, page = await person(browser, trouble)
    await page.goto(f"{fresh.url}/desk/tour")
    await expect(page.frame_locator("iframe").get_by_text("En ligne")).to_be_visible()
    await expect(page.locator(".desk")).to_be_hidden()
    await page.get_by_role("button", name="L’équipe").click()
    await expect(page.locator("iframe")).to_be_hidden()
    await expect(page.get_by_role("navigation", name="Salles")).to_be_visible()
