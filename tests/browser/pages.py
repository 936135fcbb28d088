"""What people do on the pages of the web chat, for tests in a real browser."""

import asyncio
import struct
import zlib

from playwright.async_api import Browser, Locator, Page, expect

from bot.api import ChatRef, Choice
from tests.browser.chromium import Trouble, person
from tests.plugins.webchat.rig import DESK_KEY, SUPPORT, Rig

MENU = (Choice(choice_id="one", label="Support"), Choice(choice_id="two", label="Ventes"))
# How many pixels of the list are below what is in view.
FROM_END = "list => list.scrollHeight - list.scrollTop - list.clientHeight"
PICTURE_PIXELS = 400
CARD = (Choice(choice_id="transfer", label="Transférer"), Choice(choice_id="close", label="Fermer"))


async def write(page: Page, text: str) -> None:
    """Write a message and press Enter."""
    await page.locator("#composer textarea").fill(text)
    await page.keyboard.press("Enter")


async def becomes(element: Locator, condition: str) -> None:
    """Wait, frame by frame, until `condition` holds of `element`."""
    look = f"const look = () => {condition} ? done() : requestAnimationFrame(look); look();"
    async with asyncio.timeout(10):
        await element.evaluate(f"element => new Promise(done => {{ {look} }})")


def picture() -> bytes:
    """A grey PNG of 400 by 400 pixels."""

    def part(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", PICTURE_PIXELS, PICTURE_PIXELS, 8, 0, 0, 0, 0)
    lines = zlib.compress((b"\0" + b"\x90" * PICTURE_PIXELS) * PICTURE_PIXELS)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", lines) + part(b"IEND", b"")


async def received(rig: Rig, count: int) -> None:
    assert await rig.host.until(lambda host: len(host.events) >= count)


async def greet(rig: Rig, page: Page) -> ChatRef:
    """Open the contact's page and write a first message."""
    await page.goto(f"{rig.url}/chat/")
    await write(page, "bonjour")
    await received(rig, 1)
    return rig.host.events[0].chat


async def enter(rig: Rig, page: Page, name: str = "Ann") -> None:
    """Come into the team rooms with the link from the log."""
    await page.goto(f"{rig.url}/desk/#key={DESK_KEY}")
    await page.get_by_label("Votre nom").fill(name)
    await page.get_by_role("button", name="Se connecter").click()
    rooms = page.get_by_role("navigation", name="Salles")
    await expect(rooms.get_by_role("link", name="Général").first).to_be_visible()


async def member_in_thread(
    rig: Rig, browser: Browser, trouble: Trouble, *, title: str = "Camille Sagan"
) -> tuple[Page, ChatRef]:
    """A member's page with a contact's thread open in it."""
    place = SUPPORT.thread(await rig.plugin.open_thread(SUPPORT, title=title, key="k"))
    await rig.plugin.send(rig.message(place, "bonjour", author=title))
    _, page = await person(browser, trouble, width=1280, height=800)
    await enter(rig, page)
    await page.get_by_role("link", name=title).click()
    await expect(page.locator("#posts").get_by_text("bonjour")).to_be_visible()
    return page, place


def silence() -> bytes:
    """Half a second of nothing, as a WAV file of 8,000 samples a second."""
    samples = b"\x80" * 4000
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8)
    body = b"WAVE" + head + struct.pack("<4sI", b"data", len(samples)) + samples
    return struct.pack("<4sI", b"RIFF", len(body)) + body
