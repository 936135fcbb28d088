"""Answering from the rooms: ready replies, commands, notes, and who is writing."""

import pytest
from playwright.async_api import Browser, Page, expect

from bot.api import ChatRef, IncomingMessage, Origin
from tests.browser.chromium import Trouble, person
from tests.browser.pages import enter, greet, member_in_thread, received
from tests.plugins.webchat.rig import SUPPORT, Rig

pytestmark = pytest.mark.browser

CANNED = {
    "bonjour": "Bonjour {first_name}, ici {team}. Comment puis-je vous aider ?",
    "fermeture": "Nous rouvrons {next_open}.",
    "retour": "Vous avez 30 jours pour changer d'avis.",
}


async def open_thread(rig: Rig, browser: Browser, trouble: Trouble) -> tuple[Page, ChatRef]:
    """A member's page with a thread open in it, and ready replies at hand."""
    rig.host.ready_texts = dict(CANNED)
    return await member_in_thread(rig, browser, trouble)


async def test_ready_reply_is_chosen_by_keyboard(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A slash opens the ready replies; the one that is chosen stands in the field, filled in, to be sent."""
    page, _ = await open_thread(rig, browser, trouble)
    field = page.locator("#composer textarea")
    await field.press_sequentially("/")
    options = page.get_by_role("option")
    await expect(options).to_have_count(5)
    await expect(options.first).to_have_attribute("aria-selected", "true")
    selected = await options.first.get_attribute("id")
    assert selected
    await expect(field).to_have_attribute("aria-activedescendant", selected)
    await field.press("ArrowDown")
    await field.press("ArrowDown")
    await expect(options.nth(2)).to_have_attribute("aria-selected", "true")
    await field.press("Enter")
    await expect(field).to_have_value(CANNED["retour"])
    await expect(page.get_by_role("listbox")).to_be_hidden()
    assert rig.host.events == []
    await field.fill("/bon")
    await expect(options).to_have_count(1)
    await field.press("Tab")
    await expect(field).to_have_value("Bonjour Camille, ici Support. Comment puis-je vous aider ?")
    await field.press("Enter")
    await received(rig, 1)


async def test_reply_that_only_the_bot_can_fill_is_sent_by_name(
    rig: Rig, browser: Browser, trouble: Trouble
) -> None:
    """A ready reply with a placeholder that the page cannot fill becomes the command that sends it."""
    page, _ = await open_thread(rig, browser, trouble)
    await page.get_by_role("button", name="Réponses prêtes et commandes").click()
    await page.get_by_role("option", name="fermeture").click()
    await expect(page.locator("#composer textarea")).to_have_value("/c fermeture")


async def test_whole_command_is_sent_at_once(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A command that is written out is sent with Enter; the beginning of one is completed first."""
    page, _ = await open_thread(rig, browser, trouble)
    field = page.locator("#composer textarea")
    await field.press_sequentially("/claim")
    await field.press("Enter")
    await received(rig, 1)
    assert isinstance(rig.host.events[0], IncomingMessage)
    assert rig.host.events[0].text == "/claim"
    await field.press_sequentially("/clo")
    await field.press("Enter")
    await expect(field).to_have_value("/close ")
    await field.press("Escape")
    await expect(page.locator("#thread-title")).to_be_hidden()


async def test_escape_closes_the_menu_first(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """Escape closes the open menu and leaves the thread where it is."""
    page, _ = await open_thread(rig, browser, trouble)
    field = page.locator("#composer textarea")
    await field.press_sequentially("/")
    await expect(page.get_by_role("listbox")).to_be_visible()
    await field.press("Escape")
    await expect(page.get_by_role("listbox")).to_be_hidden()
    await expect(page.locator("#thread-title")).to_be_visible()


async def test_both_sides_see_who_writes(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """The team sees that the contact writes, and the contact that somebody does; a note shows to nobody."""
    _, contact = await person(browser, trouble)
    chat = await greet(rig, contact)
    name = rig.host.events[0].sender.name  # type: ignore[union-attr]
    place = SUPPORT.thread(await rig.plugin.open_thread(SUPPORT, title=name, key="k"))
    await rig.plugin.send(rig.message(place, "bonjour", author=name))
    _, member = await person(browser, trouble, width=1280, height=800)
    await enter(rig, member)
    await member.get_by_role("link", name=name).click()
    await expect(member.locator("#posts").get_by_text("bonjour")).to_be_visible()
    await contact.get_by_label("Écrire un message").press_sequentially("j'ai")
    # What a contact's page tells, the bot shows in their thread; and the other way round.
    assert await rig.host.until(lambda host: chat in host.typed)
    await rig.plugin.typing(place)
    await expect(member.get_by_text(f"{name} écrit…")).to_be_visible()
    field = member.locator("#composer textarea")
    await field.press_sequentially("// hm")
    await field.fill("")
    assert place not in rig.host.typed
    await field.press_sequentially("Bonjour")
    assert await rig.host.until(lambda host: place in host.typed)
    await rig.plugin.typing(chat)
    await expect(contact.get_by_text("On vous écrit…")).to_be_visible()
    await rig.plugin.send(rig.message(chat, "Bonjour", origin=Origin.HUMAN))
    await expect(contact.get_by_text("On vous écrit…")).to_have_count(0)


async def test_canned_replies_follow_the_settings(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A page without any says that none matches, and still lists the commands."""
    _, page = await person(browser, trouble, width=1280, height=800)
    await enter(rig, page)
    await page.get_by_role("link", name="Général").first.click()
    field = page.locator("#composer textarea")
    await field.press_sequentially("/")
    await expect(page.get_by_role("option")).to_have_count(2)
    await field.fill("/xyz")
    await expect(page.get_by_text("Aucune ne correspond.")).to_be_visible()
    await field.press("Enter")
    await received(rig, 1)
