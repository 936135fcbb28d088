"""The team rooms: the list, the thread, notes and commands."""

import re

import pytest
from playwright.async_api import Browser, expect

from bot.api import IncomingMessage, Mark
from tests.browser.chromium import Trouble, person
from tests.browser.pages import enter, received, write
from tests.plugins.webchat.rig import SUPPORT, Rig

pytestmark = pytest.mark.browser


async def test_phone_shows_rooms_or_thread(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """On a phone the list and the thread take turns, and the way back is one tap."""
    thread = SUPPORT.thread(await rig.plugin.open_thread(SUPPORT, title="K7 Camille", key="k"))
    _, member = await person(browser, trouble)
    await enter(rig, member)
    rooms = member.get_by_role("navigation", name="Salles")
    await rooms.get_by_role("link", name="K7 Camille").click()
    await expect(rooms).to_be_hidden()
    assert member.url.endswith(f"#support/{thread.thread_id}")
    await member.get_by_role("link", name="Retour aux salles").click()
    await expect(rooms).to_be_visible()


async def test_command_looks_like_neither_answer_nor_note(
    rig: Rig, browser: Browser, trouble: Trouble
) -> None:
    """A command has a look of its own, with no word of a note; a note keeps its own."""
    thread = SUPPORT.thread(await rig.plugin.open_thread(SUPPORT, title="K7 Camille", key="k"))
    _, member = await person(browser, trouble, width=1280, height=800)
    await enter(rig, member)
    await member.get_by_role("link", name="K7 Camille").click()
    for text in ("/claim", "// fragile", "/note aussi"):
        await write(member, text)
    await received(rig, 3)
    for event in rig.host.events:
        assert isinstance(event, IncomingMessage)
        await rig.plugin.mark(thread, event.message_id, Mark.NOTED)
    await expect(member.locator(".post.note")).to_have_text([re.compile("fragile"), re.compile("aussi")])
    await expect(member.get_by_text("note interne")).to_have_count(2)
    command = member.locator(".post.command")
    await expect(command).to_contain_text("/claim")
    await expect(command.locator(".mark")).to_have_count(0)


async def test_general_section_says_that_nothing_leaves_it(
    rig: Rig, browser: Browser, trouble: Trouble
) -> None:
    """The field of a general section offers no reply; the one of a thread does."""
    await rig.plugin.open_thread(SUPPORT, title="K7 Camille", key="k")
    _, member = await person(browser, trouble, width=1280, height=800)
    await enter(rig, member)
    field = member.locator("#composer textarea")
    await member.get_by_role("link", name="Général").first.click()
    await expect(field).to_have_attribute("placeholder", re.compile("rien ne part à un client"))
    await expect(field).to_have_accessible_name(re.compile("rien ne part à un client"))
    await member.get_by_role("link", name="K7 Camille").click()
    await expect(field).to_have_attribute("placeholder", re.compile("Répondre"))


async def test_broken_address_breaks_nothing(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A link that a contact made up, with an address that cannot be read, leaves the rooms as they are."""
    _, page = await person(browser, trouble, width=1280, height=800)
    await enter(rig, page)
    await page.goto(f"{rig.url}/desk/#%E0%A4%A")
    await page.reload()
    await expect(page.get_by_role("navigation", name="Salles")).to_be_visible()
    assert not trouble
