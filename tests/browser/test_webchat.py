"""The web chat's pages in a real browser, with a host that records."""

import asyncio
import re
import socket
import struct
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from bot.api import ButtonPressed, ChatRef, Choice, IncomingMessage, Mark, MediaKind, PostStyle, ReceiptState
from tests.browser.chromium import Trouble, person
from tests.plugins.webchat.rig import DESK_KEY, SUPPORT, Rig, running

pytestmark = pytest.mark.browser

MENU = (Choice(choice_id="one", label="Support"), Choice(choice_id="two", label="Ventes"))
# How many pixels of the list are below what is in view.
FROM_END = "list => list.scrollHeight - list.scrollTop - list.clientHeight"
PICTURE_PIXELS = 400
CARD = (Choice(choice_id="transfer", label="Transférer"), Choice(choice_id="close", label="Fermer"))


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with running(tmp_path, language="fr") as rig:
        yield rig


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
    await expect(page.get_by_role("navigation", name="Salles")).to_be_visible()


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


async def test_shown_messages_are_reported_as_read(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """What stands on the screen of a contact is reported as read."""
    _, contact = await person(browser, trouble)
    chat = await greet(rig, contact)
    await rig.plugin.send(rig.message(chat, "Bienvenue", message_id="welcome"))
    assert await rig.host.until(lambda host: bool(host.reports))
    assert (rig.host.reports[0].message_id, rig.host.reports[0].state) == ("welcome", ReceiptState.READ)


async def reported(rig: Rig, count: int) -> list[tuple[str, ReceiptState]]:
    """Wait for the reports on so many messages; gives them all."""
    assert await rig.host.until(lambda host: len(host.reports) >= count)
    return [(report.message_id, report.state) for report in rig.host.reports]


async def test_unseen_messages_are_not_reported_as_read(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """What stands below the reader's view is reported as delivered, and as read once it is in view."""
    _, contact = await person(browser, trouble)
    chat = await greet(rig, contact)
    await rig.plugin.send(rig.message(chat, "long\n" * 80, message_id="long"))
    await reported(rig, 1)
    jump = contact.get_by_role("button", name="Nouveaux messages")
    await expect(jump).to_be_hidden()
    await contact.locator("#posts").hover()
    await contact.mouse.wheel(0, -900)
    await becomes(contact.locator("#posts"), f"({FROM_END})(element) > 500")
    await rig.plugin.send(rig.message(chat, "Êtes-vous là ?", message_id="below"))
    assert (await reported(rig, 2))[1:] == [("below", ReceiptState.DELIVERED)]
    await expect(jump).to_be_visible()
    await jump.click()
    await expect(jump).to_be_hidden()
    assert (await reported(rig, 3))[2:] == [("below", ReceiptState.READ)]
    assert await contact.locator("#posts").evaluate(FROM_END) < 2


async def test_list_stays_at_its_end_while_it_grows(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A picture that loads late leaves the reader at the end, where the next answer is seen and read."""
    _, contact = await person(browser, trouble)
    may_load = asyncio.Event()

    async def late(route: Route) -> None:
        await may_load.wait()
        await route.continue_()

    await contact.route("**/chat/media/**", late)
    chat = await greet(rig, contact)
    for number in range(30):
        await rig.plugin.send(rig.message(chat, f"post {number}"))
    media = await rig.host.media.keep(
        chat, picture(), kind=MediaKind.PHOTO, file_name="vue.png", mime_type="image/png"
    )
    await rig.plugin.send(rig.message(chat, media=media))
    await expect(contact.locator(".picture img")).to_be_attached()
    may_load.set()
    await becomes(contact.locator(".picture img"), "element.clientHeight > 200")
    await becomes(contact.locator("#posts"), f"({FROM_END})(element) < 2")
    await rig.plugin.send(rig.message(chat, "La réponse", message_id="answer"))
    await expect(contact.get_by_text("La réponse")).to_be_in_viewport()
    assert await rig.host.until(lambda host: host.reports[-1].message_id == "answer")
    assert rig.host.reports[-1].state is ReceiptState.READ


async def test_reason_under_a_refused_file_is_in_view(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """An empty file is refused as empty, and the reason stands in view."""
    _, contact = await person(browser, trouble)
    chat = await greet(rig, contact)
    await rig.plugin.send(rig.message(chat, "long\n" * 60))
    await expect(contact.get_by_text("long")).to_be_visible()
    files = contact.locator("input[type=file]")
    await files.set_input_files({"name": "vide.pdf", "mimeType": "application/pdf", "buffer": b""})
    await expect(contact.get_by_text("Le fichier est vide.")).to_be_in_viewport(ratio=1)
    await expect(contact.get_by_role("button", name="Réessayer")).to_have_count(0)
    assert await contact.locator("#posts").evaluate(FROM_END) < 2


async def test_message_written_while_the_server_is_away(
    tmp_path: Path, browser: Browser, trouble: Trouble
) -> None:
    """A message written while the server is away waits in the browser, and arrives once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
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


async def test_wrong_key_is_said_at_the_door(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A wrong key is told in words, and the key in the link never stays in the address."""
    _, member = await person(browser, trouble)
    await member.goto(f"{rig.url}/desk/#key=wrong")
    await expect(member.get_by_label("Clé")).to_have_value("wrong")
    assert "wrong" not in member.url
    await member.get_by_label("Votre nom").fill("Ann")
    await member.get_by_role("button", name="Se connecter").click()
    await expect(member.get_by_role("alert")).to_have_text("Ce n’est pas la bonne clé.")


async def test_file_is_sent_and_shown(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A file that is picked is uploaded, sent and shown with its name and size."""
    _, contact = await person(browser, trouble, language="en-GB")
    await contact.goto(f"{rig.url}/chat/")
    await expect(contact.get_by_text("Online")).to_be_visible()
    files = contact.locator("input[type=file]")
    await files.set_input_files({"name": "bill.pdf", "mimeType": "application/pdf", "buffer": b"x" * 2048})
    await received(rig, 1)
    await expect(contact.get_by_role("link", name="bill.pdf 2 kB")).to_be_visible()


async def test_too_large_file_is_explained(tmp_path: Path, browser: Browser, trouble: Trouble) -> None:
    """A file beyond the limit is refused on the page, with the limit."""
    async with running(tmp_path, media_limit_bytes=1024 * 1024) as rig:
        _, contact = await person(browser, trouble, language="en-GB")
        await contact.goto(f"{rig.url}/chat/")
        files = contact.locator("input[type=file]")
        content = b"x" * (1024 * 1024 + 1)
        await files.set_input_files({"name": "film.mp4", "mimeType": "video/mp4", "buffer": content})
        await expect(contact.get_by_text("The file is too large: at most 1 MB.")).to_be_visible()
        assert rig.host.events == []


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


async def test_door_says_why_one_has_to_sign_in_again(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """Somebody whose cookie holds no more is told so; a newcomer starts in the first field, and is not."""
    context, member = await person(browser, trouble)
    await member.goto(f"{rig.url}/desk/")
    await expect(member.get_by_label("Votre nom")).to_be_focused()
    await expect(member.get_by_text("connectez-vous à nouveau")).to_be_hidden()
    await expect(member.get_by_text("le même nom est la même personne")).to_be_visible()
    await context.add_cookies(
        [{"name": "guichet_desk", "value": "old", "domain": "127.0.0.1", "path": "/desk/"}]
    )
    await member.goto(f"{rig.url}/desk/")
    await expect(member.get_by_text("connectez-vous à nouveau")).to_be_visible()


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


async def test_sizes_are_in_the_units_of_the_language(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A French page says ko and Mo."""
    _, contact = await person(browser, trouble)
    await contact.goto(f"{rig.url}/chat/")
    await expect(contact.get_by_text("En ligne")).to_be_visible()
    files = contact.locator("input[type=file]")
    for name, size in (("petit.pdf", 2048), ("grand.pdf", 1024 * 1024 * 3 // 2)):
        await files.set_input_files({"name": name, "mimeType": "application/pdf", "buffer": b"x" * size})
    await expect(contact.get_by_role("link", name="petit.pdf 2 ko")).to_be_visible()
    await expect(contact.get_by_role("link", name="grand.pdf 1,5 Mo")).to_be_visible()


async def test_broken_address_breaks_nothing(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A link that a contact made up, with an address that cannot be read, leaves the rooms as they are."""
    _, page = await person(browser, trouble, width=1280, height=800)
    await enter(rig, page)
    await page.goto(f"{rig.url}/desk/#%E0%A4%A")
    await page.reload()
    await expect(page.get_by_role("navigation", name="Salles")).to_be_visible()
    assert not trouble
