"""A conversation on both pages: words, buttons, and what a person changes."""

import pytest
from playwright.async_api import Browser, expect

from bot.api import ButtonPressed, IncomingMessage, Mark, PostStyle
from tests.browser.chromium import Trouble, person
from tests.browser.pages import CARD, MENU, enter, greet, received, write
from tests.plugins.webchat.rig import SUPPORT, Rig

pytestmark = pytest.mark.browser


async def test_conversation_from_both_sides(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A contact writes, presses a button and is answered from the thread in the team's room."""
    _, contact = await person(browser, trouble)
    chat = await greet(rig, contact)
    await rig.plugin.send(rig.message(chat, "Bienvenue ! <b>Choisissez</b>", choices=MENU))
    await expect(contact.get_by_text("Bienvenue ! <b>Choisissez</b>")).to_be_visible()
    await contact.get_by_role("button", name="Support").click()
    await received(rig, 2)
    pressed = rig.host.events[1]
    assert isinstance(pressed, ButtonPressed)
    assert pressed.choice_id == "one"
    await expect(contact.get_by_role("button", name="Support")).to_have_attribute("aria-pressed", "true")

    thread = SUPPORT.thread(await rig.plugin.open_thread(SUPPORT, title="K7 Camille", key="k"))
    await rig.plugin.send(rig.message(thread, "Camille · fr", choices=CARD, style=PostStyle.CARD))
    await rig.plugin.send(rig.message(thread, "bonjour", author="Camille"))
    _, member = await person(browser, trouble, width=1280, height=800)
    await enter(rig, member)
    await expect(member.get_by_label("Non lus : 1")).to_be_visible()
    await member.get_by_role("link", name="K7 Camille").click()
    await expect(member.get_by_text("Camille · fr")).to_be_visible()
    await expect(member.get_by_label("Non lus : 1")).to_be_hidden()
    await write(member, "Bonjour Camille")
    await received(rig, 3)
    answer = rig.host.events[2]
    assert isinstance(answer, IncomingMessage)
    assert (answer.chat, answer.text, answer.sender.name) == (thread, "Bonjour Camille", "Ann")
    await rig.plugin.mark(thread, answer.message_id, Mark.READ)
    await expect(member.locator(".mine .mark.read")).to_be_visible()
    await rig.plugin.send(rig.message(chat, answer.text))
    await expect(contact.get_by_text("Bonjour Camille")).to_be_visible()

    rig.host.notice = "Transféré à Ventes"
    await member.get_by_role("button", name="Transférer").click()
    await expect(member.get_by_text("Transféré à Ventes")).to_be_visible()
    await rig.plugin.close_thread(thread)
    await expect(member.locator("#thread-state")).to_be_visible()


async def test_shift_enter_begins_a_line(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """Shift+Enter begins a new line; Enter sends both lines as one message."""
    _, contact = await person(browser, trouble)
    await contact.goto(f"{rig.url}/chat/")
    field = contact.get_by_label("Écrire un message")
    await field.fill("une")
    await field.press("Shift+Enter")
    await field.press_sequentially("deux")
    await field.press("Enter")
    await received(rig, 1)
    event = rig.host.events[0]
    assert isinstance(event, IncomingMessage)
    assert event.text == "une\ndeux"


async def test_own_words_are_changed_and_taken_back(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A contact changes and deletes a message from its own small menu."""
    _, contact = await person(browser, trouble)
    await greet(rig, contact)
    post = contact.locator(".post.mine:not(.pending)")
    await post.hover()
    await post.get_by_role("button", name="Modifier").click()
    await write(contact, "bonsoir")
    await expect(post).to_contain_text("bonsoir")
    contact.on("dialog", lambda dialog: dialog.accept())
    await post.hover()
    await post.get_by_role("button", name="Supprimer").click()
    await expect(post).to_contain_text("Message supprimé")
    await received(rig, 3)


async def test_chosen_button_stays_readable_under_the_mouse(
    rig: Rig, browser: Browser, trouble: Trouble
) -> None:
    """A chosen button under the mouse looks as it does without it."""
    _, contact = await person(browser, trouble)
    chat = await greet(rig, contact)
    await rig.plugin.send(rig.message(chat, "Bienvenue", choices=MENU))
    button = contact.get_by_role("button", name="Support")
    await button.click()
    await expect(button).to_have_attribute("aria-pressed", "true")
    await button.hover()
    colours = "element => [getComputedStyle(element).color, getComputedStyle(element).backgroundColor]"
    assert await button.evaluate(colours) == ["rgb(255, 255, 255)", "rgb(18, 112, 95)"]


async def test_forged_session_can_start_afresh(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A broken cookie leads to a page that says so, and from there to a new conversation."""
    context, contact = await person(browser, trouble)
    await context.add_cookies(
        [{"name": "guichet_chat", "value": "forged", "domain": "127.0.0.1", "path": "/chat/"}]
    )
    await contact.goto(f"{rig.url}/chat/")
    await expect(contact.get_by_role("heading", name="ne vous reconnaît plus")).to_be_visible()
    await contact.get_by_role("link", name="Commencer une nouvelle conversation").click()
    await expect(contact.get_by_text("En ligne")).to_be_visible()
    await write(contact, "bonjour")
    await received(rig, 1)


async def test_older_posts_come_while_scrolling(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """Scrolling up brings older posts until the first one."""
    _, contact = await person(browser, trouble)
    chat = await greet(rig, contact)
    for number in range(240):
        await rig.plugin.send(rig.message(chat, f"post {number}"))
    await contact.reload()
    await expect(contact.get_by_text("post 239")).to_be_visible()
    assert await contact.get_by_text("bonjour", exact=True).count() == 0
    posts = contact.locator("#posts > li")
    while await contact.get_by_text("bonjour", exact=True).count() == 0:
        shown = await posts.count()
        await contact.locator("#posts").evaluate("list => { list.scrollTop = 0; }")
        await expect(posts).not_to_have_count(shown)
    await expect(posts).to_have_count(241)
