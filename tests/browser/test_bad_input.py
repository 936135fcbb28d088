"""What people should not write, and do: markup, marks of direction, texts without end, double taps."""

import re

import pytest
from playwright.async_api import Browser, expect

from bot.api import ButtonPressed, PostStyle
from tests.browser.chromium import Trouble, person
from tests.browser.pages import MENU, enter, greet, received, write
from tests.plugins.webchat.rig import SUPPORT, Rig

pytestmark = pytest.mark.browser

MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>&lt;b&gt;"
TURNED = "\u202etxt.exe"


async def test_markup_stays_text_everywhere(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """Markup in names, texts, titles, buttons, quotes and file names is shown as it was written."""
    rig.host.business = MARKUP
    _, contact = await person(browser, trouble)
    await contact.goto(f"{rig.url}/chat/")
    await contact.get_by_label("Votre prénom").fill(MARKUP[:80])
    await contact.get_by_role("button", name="Enregistrer").click()
    await write(contact, MARKUP)
    await received(rig, 1)
    chat = rig.host.events[0].chat
    await expect(contact.locator(".mine .text")).to_have_text(MARKUP)
    choices = (MENU[0], type(MENU[0])(choice_id="x", label=MARKUP[:64]))
    receipt = await rig.plugin.send(rig.message(chat, MARKUP, choices=choices))
    await rig.plugin.send(rig.message(chat, "quoting", reply_to=receipt.platform_id))
    files = contact.locator("input[type=file]")
    await files.set_input_files({"name": f"{MARKUP}.pdf", "mimeType": "application/pdf", "buffer": b"x"})
    await received(rig, 2)
    thread = SUPPORT.thread(await rig.plugin.open_thread(SUPPORT, title=MARKUP, key="k"))
    for style in PostStyle:
        await rig.plugin.send(rig.message(thread, MARKUP, author=MARKUP, style=style, choices=choices))
    rig.host.ready_texts = {MARKUP: MARKUP}
    rig.host.notice = MARKUP
    _, member = await person(browser, trouble, width=1280, height=800)
    await enter(rig, member, MARKUP[:60])
    await member.get_by_role("searchbox").fill("alert")
    await expect(member.get_by_text("Résultats : 1")).to_be_attached()
    await member.get_by_role("link").first.click()
    await expect(member.locator("#posts .text").first).to_have_text(MARKUP)
    await member.locator("#composer textarea").fill("/")
    await expect(member.get_by_role("option").first).to_contain_text("<img")
    await member.locator(".choices button").first.click()
    await expect(member.locator("#toast")).to_have_text(MARKUP)
    for page in (contact, member):
        assert await page.locator("img[src='x'], #posts script").count() == 0


async def test_marks_of_direction_turn_their_own_line_only(
    rig: Rig, browser: Browser, trouble: Trouble
) -> None:
    """A name loses a mark that turns the text, a text keeps it, and the words around stay as they are."""
    _, contact = await person(browser, trouble)
    await contact.goto(f"{rig.url}/chat/")
    await contact.get_by_label("Votre prénom").fill(f"{TURNED} Ann")
    await contact.get_by_role("button", name="Enregistrer").click()
    await expect(contact.get_by_role("button", name="Vous : txt.exe Ann")).to_be_visible()
    await write(contact, f"{TURNED} שלום")
    await received(rig, 1)
    text = contact.locator(".mine .text")
    await expect(text).to_have_attribute("dir", "auto")
    await expect(text).to_have_css("unicode-bidi", "plaintext")
    assert (await text.text_content() or "").startswith(TURNED)


async def test_control_characters_are_gone(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """Control characters are neither kept nor shown."""
    _, contact = await person(browser, trouble)
    await greet(rig, contact)
    await contact.locator("#composer textarea").evaluate(
        r"field => { field.value = 'a\u0000b\u001b[31mc\u2028d'; field.dispatchEvent(new Event('input')); }"
    )
    await contact.get_by_role("button", name="Envoyer").click()
    await received(rig, 2)
    await expect(contact.locator(".mine:not(.pending) .text").last).to_have_text("ab[31mcd")


async def test_hundred_thousand_characters_stay_where_they_can_be_shortened(
    rig: Rig, browser: Browser, trouble: Trouble
) -> None:
    """A text that is too long is not sent, nothing of it is lost, and the page says by how much."""
    _, contact = await person(browser, trouble)
    await greet(rig, contact)
    field = contact.locator("#composer textarea")
    await field.fill("é" * 100_000)
    await expect(contact.get_by_role("alert")).to_have_text(re.compile(r"^90\s000 caractères de trop$"))
    await field.press("Enter")
    await expect(field).to_have_value("é" * 100_000)
    await field.fill("é" * 10_000)
    await expect(contact.get_by_role("alert")).to_be_empty()
    await field.press("Enter")
    await received(rig, 2)
    # What is long is folded, and unfolds in place.
    await expect(contact.locator(".pending")).to_have_count(0)
    post = contact.locator(".mine").last
    await expect(post.get_by_role("button", name="Tout afficher")).to_be_visible()
    folded = await post.bounding_box()
    assert folded is not None
    assert folded["height"] < 600
    await post.get_by_role("button", name="Tout afficher").click()
    unfolded = await post.bounding_box()
    assert unfolded is not None
    assert unfolded["height"] > 2000


async def test_long_words_break_and_nothing_is_wider_than_the_phone(
    rig: Rig, browser: Browser, trouble: Trouble
) -> None:
    """One word of a thousand letters, a long name and a long button stay on the screen."""
    _, contact = await person(browser, trouble, width=320)
    chat = await greet(rig, contact)
    choices = (type(MENU[0])(choice_id="x", label="W" * 64),)
    await rig.plugin.send(rig.message(chat, "W" * 1000, choices=choices))
    await expect(contact.get_by_role("button", name="WWW")).to_be_visible()
    assert await contact.evaluate("document.documentElement.scrollWidth") <= 320
    thread = SUPPORT.thread(await rig.plugin.open_thread(SUPPORT, title="W" * 128, key="k"))
    await rig.plugin.send(rig.message(thread, "bonjour", author="W" * 128))
    _, member = await person(browser, trouble, width=320)
    await enter(rig, member)
    assert await member.evaluate("document.documentElement.scrollWidth") <= 320
    await member.get_by_role("link", name="WWW").click()
    await expect(member.get_by_text("bonjour").last).to_be_visible()
    assert await member.evaluate("document.documentElement.scrollWidth") <= 320


async def test_double_tap_is_one_press(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A button that is tapped twice is pressed once."""
    _, contact = await person(browser, trouble)
    chat = await greet(rig, contact)
    await rig.plugin.send(rig.message(chat, "Bienvenue", choices=MENU))
    rig.host.hold(chat)
    button = contact.get_by_role("button", name="Support")
    await button.dblclick()
    rig.host.release(chat)
    await expect(button).to_have_attribute("aria-pressed", "true")
    await write(contact, "et voilà")
    await received(rig, 3)
    assert [type(event) for event in rig.host.events].count(ButtonPressed) == 1


async def test_old_button_says_so(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A button that was taken away in the meantime says so in words, and can be tried no more."""
    _, contact = await person(browser, trouble)
    chat = await greet(rig, contact)
    receipt = await rig.plugin.send(rig.message(chat, "Bienvenue", choices=MENU))
    await expect(contact.get_by_role("button", name="Support")).to_be_visible()
    await contact.context.set_offline(offline=True)
    await contact.get_by_role("button", name="Support").click()
    await rig.plugin.edit(chat, receipt.platform_id, rig.message(chat, "C'est passé"))
    await contact.context.set_offline(offline=False)
    await expect(contact.get_by_role("button", name="Support")).to_have_count(0)
    await expect(contact.get_by_text("C'est passé")).to_be_visible()
