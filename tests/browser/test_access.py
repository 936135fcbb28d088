"""The pages for everybody: by keyboard, by ear, with weak eyes, on any screen, without motion."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.api import ChatRef, Choice, IncomingMessage, Mark, MediaKind, PostStyle, ThreadState
from tests.browser.chromium import Trouble, person
from tests.browser.pages import CARD, MENU, enter, greet, picture, received, write
from tests.plugins.webchat.rig import SALES, SUPPORT, Rig, running

pytestmark = pytest.mark.browser

AUDIT = (Path(__file__).parent / "audit.js").read_text(encoding="utf-8")
SCREENS = ((390, 844), (320, 568), (1280, 800))


async def audited(page: Page) -> list[str]:
    """What a page keeps from its least lucky visitors, in both colour schemes."""
    found: list[str] = []
    for scheme in ("light", "dark"):
        await page.emulate_media(
            color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce"
        )
        found += [f"{scheme}: {each}" for each in await page.evaluate(AUDIT)]
    return found


async def test_audit_finds_what_is_wrong(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """The audit itself sees a missing name, a faint text, a small button and a page that is too wide."""
    _, page = await person(browser, trouble)
    await page.goto(f"{rig.url}/chat/")
    await expect(page.get_by_text("En ligne")).to_be_visible()
    await page.evaluate("""() => {
        const part = document.querySelector("main");
        const add = (tag, text, style) => {
            const element = document.createElement(tag);
            element.textContent = text;
            Object.assign(element.style, style);
            part.append(element);
        };
        add("button", "", { width: "10px", height: "10px" });
        add("p", "faint", { color: "#888", background: "#999" });
        add("p", "wide", { width: "2000px" });
    }""")
    found = " ".join(await audited(page))
    for wrong in ("no name: button", "faint", "too small to touch", "wider than the screen"):
        assert wrong in found


@pytest.mark.parametrize("screen", SCREENS)
async def test_contacts_page_is_for_everybody(
    rig: Rig, browser: Browser, trouble: Trouble, screen: tuple[int, int]
) -> None:
    """Empty and full, on any screen and in both schemes, the contact's page has names and contrast."""
    _, page = await person(browser, trouble, width=screen[0], height=screen[1])
    await page.goto(f"{rig.url}/chat/")
    await expect(page.get_by_text("En ligne")).to_be_visible()
    assert await audited(page) == []
    chat = await greet(rig, page)
    receipt = await rig.plugin.send(rig.message(chat, "Bienvenue ! " * 20, choices=MENU))
    await rig.plugin.send(rig.message(chat, "Oui", reply_to=receipt.platform_id))
    for kind, mime_type in ((MediaKind.PHOTO, "image/png"), (MediaKind.DOCUMENT, "application/pdf")):
        media = await rig.host.media.keep(
            chat, picture(), kind=kind, file_name=f"{'x' * 60}.pdf", mime_type=mime_type
        )
        await rig.plugin.send(rig.message(chat, media=media))
    await rig.plugin.react(chat, receipt.platform_id, "👍")
    await page.get_by_role("button", name="Support").click()
    await expect(page.get_by_role("button", name="Support")).to_have_attribute("aria-pressed", "true")
    await page.get_by_role("button", name="Dire mon prénom").click()
    files = page.locator("input[type=file]")
    await files.set_input_files({"name": "vide.pdf", "mimeType": "application/pdf", "buffer": b""})
    await expect(page.get_by_text("Le fichier est vide.")).to_be_visible()
    await page.locator("#composer textarea").fill("x" * 10_001)
    await expect(page.get_by_role("alert")).to_have_text("1 caractères de trop")
    assert await audited(page) == []


async def full_rooms(rig: Rig) -> ChatRef:
    """A thread with a post of every kind, among others that wait."""
    for title, is_closed in (("Marek Nowak · mail", False), ("عمر · sms", True)):
        other = SALES.thread(await rig.plugin.open_thread(SALES, title=title, key=title))
        await rig.plugin.send(rig.message(other, "bonjour", author=title))
        if is_closed:
            await rig.plugin.close_thread(other)
    place = SUPPORT.thread(await rig.plugin.open_thread(SUPPORT, title="Camille · web", key="k"))
    await rig.plugin.send(rig.message(place, "K7 · Camille\nweb · fr", choices=CARD, style=PostStyle.CARD))
    await rig.plugin.send(rig.message(place, "Ma machine fuit", author="Camille"))
    await rig.plugin.send(rig.message(place, "Bob a passé", style=PostStyle.NOTICE))
    await rig.plugin.send(rig.message(place, "fragile", author="Bob", style=PostStyle.NOTE))
    await rig.plugin.show_state(place, ThreadState.WAITING)
    return place


@pytest.mark.parametrize("screen", SCREENS)
async def test_rooms_are_for_everybody(
    rig: Rig, browser: Browser, trouble: Trouble, screen: tuple[int, int]
) -> None:
    """The door, the list, a thread with every kind of post, the menu and the shortcuts pass the audit."""
    rig.host.ready_texts = {"bonjour": "Bonjour {first_name}"}
    place = await full_rooms(rig)
    _, page = await person(browser, trouble, width=screen[0], height=screen[1])
    await page.goto(f"{rig.url}/desk/")
    assert await audited(page) == []
    await enter(rig, page)
    assert await audited(page) == []
    await page.get_by_role("link", name="Camille").click()
    for number, text in enumerate(("Bonjour", "// fragile", "/claim", "Encore"), 1):
        await write(page, text)
        await received(rig, number)
    marks = (Mark.READ, Mark.NOTED, Mark.NOTED, Mark.FAILED)
    for event, mark in zip(rig.host.events, marks, strict=True):
        assert isinstance(event, IncomingMessage)
        await rig.plugin.mark(place, event.message_id, mark)
    await expect(page.get_by_text("non remis")).to_be_visible()
    assert await audited(page) == []
    await page.locator("#composer textarea").fill("/")
    await expect(page.get_by_role("option").first).to_be_visible()
    assert await audited(page) == []
    await page.locator("#composer textarea").fill("// une note")
    assert await audited(page) == []
    await page.keyboard.press("Control+/")
    assert await audited(page) == []


async def test_tour_is_for_everybody(tmp_path: Path, rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """The page for newcomers and the page that knows nobody any more pass the audit too."""
    async with running(tmp_path, language="fr", desk_key="") as fresh:
        for width in (390, 1280):
            _, page = await person(browser, trouble, width=width)
            await page.goto(f"{fresh.url}/desk/tour")
            await expect(page.frame_locator("iframe").get_by_text("En ligne")).to_be_visible()
            assert await audited(page) == []
    context, page = await person(browser, trouble)
    await context.add_cookies(
        [{"name": "guichet_chat", "value": "forged", "domain": "127.0.0.1", "path": "/chat/"}]
    )
    await page.goto(f"{rig.url}/chat/")
    assert await audited(page) == []


async def focused(page: Page) -> str:
    """What has the focus, by its name or its place."""
    text: str = await page.evaluate(
        "() => document.activeElement.ariaLabel || document.activeElement.textContent.trim().slice(0, 20) "
        "|| document.activeElement.id"
    )
    return text


async def test_contact_writes_and_presses_by_keyboard(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """Every part of the contact's page is reached with Tab, in the order it is seen in, and shows it."""
    _, page = await person(browser, trouble)
    chat = await greet(rig, page)
    await rig.plugin.send(rig.message(chat, "Bienvenue", choices=(Choice(choice_id="one", label="Support"),)))
    button = page.get_by_role("button", name="Support")
    await expect(button).to_be_visible()
    await page.get_by_role("button", name="Dire mon prénom").focus()
    order: list[str] = []
    while not order or order[-1] != "Écrire un message":
        order.append(await focused(page))
        outlined = await page.evaluate(
            "() => { const style = getComputedStyle(document.activeElement); "
            "return style.outlineStyle !== 'none' || style.boxShadow !== 'none'; }"
        )
        assert outlined, order
        await page.keyboard.press("Tab")
    assert order == [
        "Dire mon prénom",
        "M’avertir des messages",
        "Messages",
        "Répondre à ce message",
        "Modifier",
        "Supprimer",
        "Support",
        "Répondre à ce message",
        "Joindre un fichier",
        "Écrire un message",
    ]
    await button.focus()
    await page.keyboard.press("Enter")
    await received(rig, 2)
    await expect(button).to_be_focused()


async def test_news_is_spoken_and_history_is_not(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """New posts are announced by a polite log, what happens by status lines, what went wrong by an alert."""
    _, page = await person(browser, trouble)
    chat = await greet(rig, page)
    log = page.get_by_role("log", name="Messages")
    await expect(log).to_have_attribute("aria-live", "polite")
    await expect(log).to_have_attribute("aria-busy", "false")
    await rig.plugin.typing(chat)
    await expect(page.locator("#typing[role=status]")).to_have_text("On vous écrit…")
    await rig.plugin.send(rig.message(chat, "Bienvenue"))
    await expect(log).to_contain_text("Bienvenue")


async def test_motion_is_only_for_who_likes_it(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """Nothing moves by itself on the page of somebody who asked their system for less motion."""
    _, page = await person(browser, trouble)
    chat = await greet(rig, page)
    await rig.plugin.typing(chat)
    await rig.plugin.send(rig.message(chat, "Bienvenue"))
    await expect(page.get_by_text("Bienvenue")).to_be_visible()
    await rig.plugin.typing(chat)
    await expect(page.get_by_text("On vous écrit…")).to_be_visible()
    moving = "() => document.getAnimations().filter(each => each.playState === 'running').length"
    assert await page.evaluate(moving) == 0
    await page.emulate_media(reduced_motion="no-preference")
    await rig.plugin.typing(chat)
    assert await page.evaluate(moving) > 0
