"""Finding one's way in the rooms: who waits, search, the keyboard, and what is told in the background."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from bot.api import ChatRef, ThreadState
from tests.browser.chromium import Trouble, person
from tests.browser.pages import enter, write
from tests.plugins.webchat.rig import SALES, SUPPORT, Rig

pytestmark = pytest.mark.browser


async def thread(rig: Rig, title: str, *texts: str, room: ChatRef = SUPPORT) -> ChatRef:
    """A thread with a contact's words in it."""
    place = room.thread(await rig.plugin.open_thread(room, title=title, key=title))
    for text in texts:
        await rig.plugin.send(rig.message(place, text, author=title))
    return place


async def rooms(rig: Rig, browser: Browser, trouble: Trouble) -> Page:
    """A member's page on a wide screen."""
    _, page = await person(browser, trouble, width=1280, height=800)
    await enter(rig, page)
    return page


async def test_longest_wait_comes_first(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """The list says how long each contact waits; those who wait can be seen alone, the longest first."""
    rig.clock.now = datetime.now(UTC)
    await thread(rig, "Léa", "bonjour")
    rig.clock.advance(timedelta(minutes=25))
    await thread(rig, "Marek", "bonjour", room=SALES)
    rig.clock.advance(timedelta(minutes=3))
    answered = await thread(rig, "Jonas", "bonjour", room=SALES)
    await rig.plugin.show_state(answered, ThreadState.ANSWERED)
    page = await rooms(rig, browser, trouble)
    waits = page.get_by_label(re.compile("Attend depuis"))
    await expect(waits).to_have_text(["28 min", "3 min"])
    await expect(waits.first).to_have_class("wait late")
    await page.get_by_role("button", name="En attente 2").click()
    links = page.get_by_role("navigation", name="Salles").get_by_role("link")
    await expect(links).to_have_count(2)
    await expect(links.first).to_contain_text("Léa")
    await page.keyboard.press("Control+j")
    await expect(page.locator("#thread-title")).to_have_text("Léa")
    await expect(page.locator("#thread-wait")).to_have_text("Attend depuis 28 min")
    await rig.plugin.show_state(SUPPORT.thread(page.url.rpartition("/")[2]), ThreadState.ANSWERED)
    await expect(links).to_have_count(1)
    await expect(page.locator("#thread-wait")).to_be_hidden()


async def test_search_leads_to_the_words(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A search finds old words and leads to the very post; Escape leads back to all rooms."""
    place = await thread(rig, "Léa", "la machine à café fuit", *(f"ligne {number}" for number in range(160)))
    await thread(rig, "Marek", "bonjour", room=SALES)
    page = await rooms(rig, browser, trouble)
    await page.keyboard.press("Control+k")
    field = page.get_by_role("searchbox")
    await expect(field).to_be_focused()
    await field.press_sequentially("CAFE")
    links = page.get_by_role("navigation", name="Salles").get_by_role("link")
    await expect(links).to_have_count(1)
    await expect(links.first).to_contain_text("la machine à café fuit")
    await expect(page.get_by_text("Résultats : 1")).to_be_attached()
    await links.first.click()
    assert page.url.endswith(f"support/{place.thread_id}")
    await expect(page.locator("#posts").get_by_text("la machine à café fuit")).to_be_in_viewport()
    await field.fill("rien de tel")
    await expect(page.get_by_role("navigation").get_by_text("Rien ne correspond.")).to_be_visible()
    await field.press("Escape")
    await expect(page.get_by_role("link", name="Marek")).to_be_visible()
    await expect(field).to_have_value("")


async def test_threads_are_walked_by_keyboard(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """Alt and the arrows walk the threads, and Escape leads back to the list."""
    for name in ("Léa", "Marek"):
        await thread(rig, name, "bonjour")
        rig.clock.advance(timedelta(minutes=1))
    page = await rooms(rig, browser, trouble)
    title = page.locator("#thread-title")
    for step, shown in (
        ("Alt+ArrowDown", "Général"),
        ("Alt+ArrowDown", "Marek"),
        ("Alt+ArrowDown", "Léa"),
        ("Alt+ArrowUp", "Marek"),
    ):
        await page.keyboard.press(step)
        await expect(title).to_have_text(shown)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("heading", name="Choisissez une conversation")).to_be_visible()
    await expect(page.get_by_role("link", name="Marek")).to_be_focused()


async def test_shortcuts_are_listed(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """The list of shortcuts opens by key and button, and closes by Escape without leaving the thread."""
    await thread(rig, "Léa", "bonjour")
    page = await rooms(rig, browser, trouble)
    await page.get_by_role("link", name="Léa").click()
    await page.keyboard.press("Control+/")
    dialog = page.get_by_role("dialog", name="Raccourcis clavier")
    await expect(dialog).to_be_visible()
    await expect(dialog.locator("dt")).to_have_count(10)
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(page.locator("#thread-title")).to_have_text("Léa")
    await page.get_by_role("button", name="Raccourcis clavier").click()
    await dialog.get_by_role("button", name="Fermer").click()
    await expect(dialog).to_be_hidden()


async def test_arrow_up_changes_ones_last_words(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """In an empty field the arrow up brings back one's last message to change it."""
    await thread(rig, "Léa", "bonjour")
    page = await rooms(rig, browser, trouble)
    await page.get_by_role("link", name="Léa").click()
    await write(page, "Bonsoir")
    await expect(page.locator(".mine:not(.pending)")).to_have_count(1)
    field = page.locator("#composer textarea")
    await field.press("ArrowUp")
    await expect(field).to_have_value("Bonsoir")
    await write(page, "Bonjour")
    await expect(page.locator(".mine")).to_contain_text("Bonjour")


RECORDED = """
window.told = [];
window.Notification = class {
  static permission = "default";
  static async requestPermission() { return (Notification.permission = "granted"); }
  constructor(title, options) { told.push([title, options.body]); }
};
Document.prototype.hasFocus = () => window.looking ?? true;
"""


async def test_notifications_come_only_when_asked_for(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A member who asks for them is notified of what comes while they look elsewhere, and of nothing else."""
    place = await thread(rig, "Léa", "bonjour")
    _, page = await person(browser, trouble, width=1280, height=800)
    await page.add_init_script(RECORDED)
    await enter(rig, page)
    await page.evaluate("looking = false")
    await rig.plugin.send(rig.message(place, "vous êtes là ?", author="Léa"))
    await expect(page.get_by_label("Non lus : 2")).to_be_visible()
    assert await page.evaluate("told") == []
    bell = page.get_by_role("button", name="M’avertir des messages")
    await expect(bell).to_have_attribute("aria-pressed", "false")
    await bell.click()
    await expect(page.get_by_role("button", name="Ne plus m’avertir")).to_have_attribute(
        "aria-pressed", "true"
    )
    await rig.plugin.send(rig.message(place, "allô ?", author="Léa"))
    await expect(page.get_by_label("Non lus : 3")).to_be_visible()
    assert await page.evaluate("told") == [["Léa", "allô ?"]]
    await page.evaluate("looking = true")
    await rig.plugin.send(rig.message(place, "bon", author="Léa"))
    await expect(page.get_by_label("Non lus : 4")).to_be_visible()
    assert len(await page.evaluate("told")) == 1


async def test_sound_is_off_until_it_is_turned_on(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """No page makes a sound before somebody turned it on there, and it is remembered."""
    page = await rooms(rig, browser, trouble)
    off = page.get_by_role("button", name="Activer le son")
    await expect(off).to_have_attribute("aria-pressed", "false")
    await off.click()
    await page.reload()
    await expect(page.get_by_role("button", name="Couper le son")).to_have_attribute("aria-pressed", "true")
