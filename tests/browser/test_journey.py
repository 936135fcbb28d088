"""The first journey of a newcomer, in a real browser against the real process with the shipped settings."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.chromium import Trouble, person
from tests.journeys.process import Place, Running, running
from tests.shipped import PATH, needs_shipped

pytestmark = [pytest.mark.browser, needs_shipped]


@pytest.fixture
async def process(tmp_path: Path) -> AsyncIterator[Running]:
    """The process as it is shipped, on a port of its own."""
    place = Place(folder=tmp_path)
    shipped = PATH.read_text(encoding="utf-8")
    place.write(shipped.replace("# port = 8080", "port = 0"))
    async with running(place) as process:
        yield process


async def write(page: Page, text: str) -> None:
    """Write a message and press Enter."""
    await page.locator("#composer textarea").fill(text)
    await page.keyboard.press("Enter")


async def test_first_journey(process: Running, browser: Browser, trouble: Trouble) -> None:
    """A contact is led to sales, answered from its room, passed on with one click, and the chat is closed."""
    complaints: list[str] = []
    _, contact = await person(browser, trouble)
    _, member = await person(browser, trouble, width=1280, height=800)
    for page in (contact, member):
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )

    await contact.goto(process.url)
    await contact.get_by_role("link", name="chat").click()
    await expect(contact.get_by_text("En ligne")).to_be_visible()
    await write(contact, "bonjour")
    welcome = contact.get_by_text("bienvenue chez Maison Dupont")
    await expect(welcome).to_contain_text("2. Ventes")
    await expect(contact.get_by_role("button", name="Ventes")).to_be_visible()
    await write(contact, "2")
    await expect(
        contact.get_by_text("Merci ! Équipe de vente : nous vous répondons ici même.")
    ).to_be_visible()

    # The way into the rooms is the link in the log.
    door = (await process.logged("/desk/#key=")).rpartition(" ")[2]
    await member.goto(door)
    await member.get_by_label("Votre nom").fill("Ann")
    await member.get_by_role("button", name="Se connecter").click()
    rooms = member.get_by_role("navigation", name="Salles")
    await rooms.get_by_role("link", name="Visiteur").click()
    await expect(member.locator("#thread-room")).to_have_text("Équipe de vente")
    await expect(member.get_by_text("Option : Ventes")).to_be_visible()
    await expect(member.locator(".text", has_text="bonjour\n2")).to_be_visible()
    await write(member, "Bonjour, c'est à quel sujet ?")
    await expect(contact.get_by_text("c'est à quel sujet ?")).to_be_visible()
    await expect(member.get_by_text("Ann s'en occupe")).to_be_visible()
    await expect(member.locator(".mine .mark.read")).to_be_visible()

    await member.get_by_role("button", name="Passer").click()
    await member.get_by_role("button", name="Équipe de soutien").click()
    await expect(contact.get_by_text("Je vous mets en relation : Équipe de soutien.")).to_be_visible()
    await expect(member.locator("#thread-state")).to_be_visible()
    await expect(rooms.get_by_role("link", name="Visiteur")).to_have_count(2)
    await rooms.get_by_role("link", name="Visiteur").first.click()
    await expect(member.locator("#thread-room")).to_have_text("Équipe de soutien")
    await expect(member.get_by_text("Ann → Bonjour, c'est à quel sujet ?")).to_be_visible()
    await write(contact, "ma machine ne marche plus")
    await expect(member.get_by_text("ma machine ne marche plus").last).to_be_visible()
    await member.get_by_role("button", name="Fermer").click()
    await expect(member.locator("#thread-state")).to_be_visible()
    await expect(member.get_by_text("Fermée par Ann")).to_be_visible()

    await expect(contact.get_by_text("bienvenue chez Maison Dupont")).to_have_count(1)
    assert complaints == []
    assert await process.stop() == 0
    assert not [line for line in process.log if " ERROR " in line or " WARNING " in line]


async def test_newcomer_sees_both_sides(process: Running, browser: Browser, trouble: Trouble) -> None:
    """At this machine a newcomer plays both sides on one page, and each side sees the other write."""
    _, page = await person(browser, trouble, width=1280, height=800)
    await page.goto(f"{process.url}/desk/")
    await page.get_by_role("link", name="côte à côte").click()
    contact = page.frame_locator("iframe")
    await expect(contact.get_by_text("En ligne")).to_be_visible()
    field = contact.get_by_label("Écrire un message")
    for text, said in (("bonjour", "bienvenue chez Maison Dupont"), ("2", "Merci ! Équipe de vente")):
        await field.fill(text)
        await field.press("Enter")
        await expect(contact.get_by_text(said)).to_be_visible()
    rooms = page.get_by_role("navigation", name="Salles")
    await rooms.get_by_role("link", name="Visiteur").click()
    await expect(rooms.get_by_label("Attend depuis")).to_be_visible()
    await field.press_sequentially("une quest")
    await expect(page.get_by_text("écrit…")).to_be_visible()
    reply = page.get_by_label("Répondre au client")
    await reply.press_sequentially("Bon")
    await expect(contact.get_by_text("On vous écrit…")).to_be_visible()
    await reply.press_sequentially("jour !")
    await reply.press("Enter")
    await expect(contact.get_by_text("Bonjour !", exact=True).last).to_be_visible()
    await expect(page.get_by_text("C’est tout !")).to_be_visible()
    await expect(rooms.get_by_label("Attend depuis")).to_have_count(0)
    await page.get_by_role("searchbox").fill("visiteur")
    await expect(page.get_by_text("Résultats : 1")).to_be_attached()
    assert await process.stop() == 0
    assert not [line for line in process.log if " ERROR " in line or " WARNING " in line]
