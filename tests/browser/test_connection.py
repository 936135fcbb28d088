"""A dropped connection, a restart, a disk that refuses: nothing is lost and nothing doubled."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.api import IncomingMessage
from tests.browser.chromium import Trouble, person
from tests.browser.pages import enter, greet, received, write
from tests.plugins.webchat.rig import SUPPORT, Rig, running
from tests.serving import free_port

pytestmark = pytest.mark.browser


async def test_message_written_while_the_server_is_away(
    tmp_path: Path, browser: Browser, trouble: Trouble
) -> None:
    """A message written while the server is away waits in the browser, and arrives once."""
    port = free_port()
    _, contact = await person(browser, trouble)
    async with running(tmp_path, port=port, language="fr") as rig:
        await greet(rig, contact)
        await expect(contact.locator(".pending")).to_have_count(0)
        documents = rig.host.documents
    await expect(contact.get_by_text("Reconnexion…")).to_be_visible()
    await write(contact, "vous êtes là ?")
    await expect(contact.locator(".pending")).to_have_count(1)
    async with running(tmp_path, port=port, language="fr", documents=documents) as rig:
        await received(rig, 1)
        await expect(contact.locator(".pending")).to_have_count(0)
        await contact.reload()
        await expect(contact.get_by_text("vous êtes là ?")).to_have_count(1)
        await expect(contact.get_by_text("bonjour", exact=True)).to_have_count(1)
        (event,) = rig.host.events
        assert isinstance(event, IncomingMessage)
        assert event.text == "vous êtes là ?"


async def test_unkept_message_survives_a_reload(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A message that the server could not keep is still there after a reload, and arrives in the end."""
    _, contact = await person(browser, trouble)
    await greet(rig, contact)
    await expect(contact.locator(".pending")).to_have_count(0)
    rig.host.receive_error = OSError("disk full")
    await write(contact, "encore moi")
    await expect(contact.get_by_text("Pas encore enregistré")).to_be_visible()
    await contact.reload()
    await expect(contact.locator(".pending")).to_have_count(1)
    rig.host.receive_error = None
    await received(rig, 2)
    await expect(contact.locator(".pending")).to_have_count(0)
    await expect(contact.get_by_text("encore moi")).to_have_count(1)


async def test_dropped_connection_loses_and_doubles_nothing(
    rig: Rig, browser: Browser, trouble: Trouble
) -> None:
    """However often the connection breaks while people write, every message arrives once and in order."""
    _, contact = await person(browser, trouble)
    chat = await greet(rig, contact)
    for number in range(6):
        await write(contact, f"message {number}")
        rig.plugin._opened().channel.hub.end()
        await rig.plugin.send(rig.message(chat, f"answer {number}"))
    await received(rig, 7)
    texts = [event.text for event in rig.host.events if isinstance(event, IncomingMessage)]
    assert texts == ["bonjour", *(f"message {number}" for number in range(6))]
    await expect(contact.locator(".pending")).to_have_count(0)
    for number in range(6):
        await expect(contact.get_by_text(f"answer {number}", exact=True)).to_have_count(1)
        await expect(contact.get_by_text(f"message {number}", exact=True)).to_have_count(1)


async def test_acknowledgement_that_is_lost(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A message whose acknowledgement was lost with the connection is received once, and shown once."""
    _, contact = await person(browser, trouble)
    chat = await greet(rig, contact)
    await expect(contact.locator(".pending")).to_have_count(0)
    rig.host.hold(chat)
    await write(contact, "une seule fois")
    assert await rig.host.until(lambda host: len(host.attempts) == 2)
    rig.plugin._opened().channel.hub.end()
    await expect(contact.get_by_text("Reconnexion…")).to_be_visible()
    rig.host.release(chat)
    await received(rig, 2)
    await expect(contact.locator(".pending")).to_have_count(0)
    await expect(contact.get_by_text("une seule fois")).to_have_count(1)
    assert len(rig.host.events) == 2


async def test_rooms_come_back_as_they_were(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """After a dropped connection the open thread shows what came meanwhile, and the draft is still there."""
    thread = SUPPORT.thread(await rig.plugin.open_thread(SUPPORT, title="Camille", key="k"))
    _, member = await person(browser, trouble, width=1280, height=800)
    await enter(rig, member)
    await member.get_by_role("link", name="Camille").click()
    field = member.locator("#composer textarea")
    await field.fill("un brouillon")
    rig.plugin._opened().channel.hub.end()
    await rig.plugin.send(rig.message(thread, "meanwhile", author="Camille"))
    await expect(member.locator("#posts").get_by_text("meanwhile")).to_have_count(1)
    await expect(field).to_have_value("un brouillon")


async def test_draft_of_each_thread_is_its_own(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """What is begun in one thread waits there, and never shows in another."""
    for name in ("Camille", "Marek"):
        await rig.plugin.open_thread(SUPPORT, title=name, key=name)
    _, member = await person(browser, trouble, width=1280, height=800)
    await enter(rig, member)
    field = member.locator("#composer textarea")
    await member.get_by_role("link", name="Camille").click()
    await field.fill("pour Camille")
    await member.get_by_role("link", name="Marek").click()
    await expect(field).to_have_value("")
    await member.get_by_role("link", name="Camille").click()
    await expect(field).to_have_value("pour Camille")


async def test_first_paint_needs_one_round(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """The contact's page has its words without any script, asks for all at once, and complains of nothing."""
    _, contact = await person(browser, trouble)
    complaints: list[str] = []
    contact.on("console", lambda message: complaints.append(message.text))
    await contact.goto(f"{rig.url}/chat/")
    await expect(contact.get_by_text("En ligne")).to_be_visible()
    chained = await contact.evaluate(
        """() => {
            const parts = performance.getEntriesByType("resource").map((part) => part.name.split("/").pop());
            return parts.filter((part) => part && !document.documentElement.outerHTML.includes(part));
        }"""
    )
    assert chained == []
    assert complaints == []
    bare = await browser.new_context(java_script_enabled=False, locale="fr-FR")
    page = await bare.new_page()
    await page.goto(f"{rig.url}/chat/")
    await expect(page.get_by_role("heading", name="Bonjour !")).to_be_visible()
    await expect(page.get_by_label("Écrire un message")).to_be_visible()
    await bare.close()
