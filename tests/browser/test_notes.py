"""Notes: what is written for the team alone neither looks like an answer nor becomes one."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.api import IncomingMessage, Mark, MessageEdited
from tests.browser.chromium import Trouble
from tests.browser.pages import enter, member_in_thread, received, write
from tests.plugins.webchat.rig import SUPPORT, Rig

pytestmark = pytest.mark.browser

NOTING = re.compile(r"\bnoting\b")


def texts(rig: Rig) -> list[str]:
    """What the bot was given, in order."""
    return [event.text for event in rig.host.events if isinstance(event, (IncomingMessage, MessageEdited))]


async def note_mode(page: Page) -> None:
    await page.get_by_role("button", name="Note", exact=True).click()


async def test_note_looks_like_one_before_it_is_sent(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """The field looks and is named otherwise for a note, which goes out with its mark and shows without."""
    page, place = await member_in_thread(rig, browser, trouble)
    form, field = page.locator("#composer"), page.locator("#composer textarea")
    await page.get_by_role("button", name="Note", exact=True).click()
    await expect(field).to_be_focused()
    await expect(form).to_have_class(re.compile(r"\bnoting\b"))
    await expect(field).to_have_accessible_name("Note pour l’équipe : elle ne part pas")
    await field.fill("cliente fidèle")
    await field.press("Enter")
    await received(rig, 1)
    note = rig.host.events[0]
    assert isinstance(note, IncomingMessage)
    assert note.text == "// cliente fidèle"
    await rig.plugin.mark(place, note.message_id, Mark.NOTED)
    await expect(page.locator(".post.note .text")).to_have_text("cliente fidèle")
    await page.get_by_role("button", name="Réponse", exact=True).click()
    await expect(field).to_have_accessible_name("Répondre au client")
    await field.fill("//")
    await expect(form).to_have_class(re.compile(r"\bnoting\b"))
    await page.get_by_role("button", name="Réponse", exact=True).click()
    await expect(field).to_have_value("")


async def test_file_of_a_note_stays_in_the_team(
    tmp_path: Path, rig: Rig, browser: Browser, trouble: Trouble
) -> None:
    """A file that is added while a note is written is a note itself; one that is added to a reply is none."""
    page, _ = await member_in_thread(rig, browser, trouble)
    files = page.locator("input[type=file]")
    plan = tmp_path / "plan.pdf"
    plan.write_bytes(b"x")
    await page.get_by_role("button", name="Note", exact=True).click()
    await files.set_input_files(plan)
    await received(rig, 1)
    await page.get_by_role("button", name="Réponse", exact=True).click()
    await files.set_input_files(plan)
    await received(rig, 2)
    texts = [event.text for event in rig.host.events if isinstance(event, IncomingMessage)]
    assert texts == ["// plan.pdf", ""]


async def test_draft_of_a_note_stays_one(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """Who leaves a thread in the middle of a note, and comes back, goes on with a note."""
    page, _ = await member_in_thread(rig, browser, trouble)
    await note_mode(page)
    field = page.locator("#composer textarea")
    await field.fill("pour nous seuls")
    await page.get_by_role("link", name="Général").first.click()
    await expect(field).to_have_value("")
    await expect(page.locator("#composer")).not_to_have_class(NOTING)
    await page.get_by_role("link", name="Camille Sagan").click()
    await expect(field).to_have_value("pour nous seuls")
    await expect(page.locator("#composer")).to_have_class(NOTING)
    await field.press("Enter")
    await received(rig, 1)
    assert texts(rig) == ["// pour nous seuls"]


async def test_change_of_an_answer_never_looks_like_a_note(
    rig: Rig, browser: Browser, trouble: Trouble
) -> None:
    """An answer that is changed goes to the contact: in note mode it looks so too, without a switch."""
    page, _ = await member_in_thread(rig, browser, trouble)
    await write(page, "Bonjour")
    await received(rig, 1)
    await note_mode(page)
    form, field = page.locator("#composer"), page.locator("#composer textarea")
    await field.press("ArrowUp")
    await expect(field).to_have_value("Bonjour")
    await expect(form).not_to_have_class(NOTING)
    await expect(page.get_by_role("button", name="Note", exact=True)).to_be_hidden()
    await field.fill("Bonsoir")
    await field.press("Enter")
    await received(rig, 2)
    assert texts(rig) == ["Bonjour", "Bonsoir"]
    await expect(form).to_have_class(NOTING)


async def test_change_of_a_note_stays_one(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A note that is changed is a note, with slashes or without."""
    page, place = await member_in_thread(rig, browser, trouble)
    await write(page, "// fragile")
    await received(rig, 1)
    note = rig.host.events[0]
    assert isinstance(note, IncomingMessage)
    await rig.plugin.mark(place, note.message_id, Mark.NOTED)
    await expect(page.locator(".post.note")).to_be_visible()
    form, field = page.locator("#composer"), page.locator("#composer textarea")
    await field.press("ArrowUp")
    await field.fill("très fragile")
    await expect(form).to_have_class(NOTING)
    await field.press("Enter")
    await received(rig, 2)
    assert texts(rig) == ["// fragile", "// très fragile"]


async def test_change_that_is_not_finished_is_no_message(
    rig: Rig, browser: Browser, trouble: Trouble
) -> None:
    """Who leaves a thread in the middle of a change finds an empty field: it is no new message."""
    page, _ = await member_in_thread(rig, browser, trouble)
    await write(page, "Bonjour")
    await received(rig, 1)
    field = page.locator("#composer textarea")
    await field.press("ArrowUp")
    await field.fill("Bonsoir")
    await page.get_by_role("link", name="Général").first.click()
    await page.get_by_role("link", name="Camille Sagan").click()
    await expect(field).to_have_value("")


@pytest.mark.parametrize("mark", ["\u200e// ", "／／ ", "/note@guichet ", "\ufffc// ", "╱╱ ", "⫽ ", "/ / "])
async def test_what_only_looks_like_a_note_is_one(
    tmp_path: Path, rig: Rig, browser: Browser, trouble: Trouble, mark: str
) -> None:
    """Whatever a person could take for the mark of a note is sent as one for certain, and a file with it."""
    page, _ = await member_in_thread(rig, browser, trouble)
    field = page.locator("#composer textarea")
    await field.fill(f"{mark}voir")
    await expect(page.locator("#composer")).to_have_class(NOTING)
    plan = tmp_path / "plan.pdf"
    plan.write_bytes(b"x")
    await page.locator("input[type=file]").set_input_files(plan)
    await received(rig, 1)
    await field.press("Enter")
    await received(rig, 2)
    file, words = texts(rig)
    assert file == "// plan.pdf"
    assert words.startswith("// ")
    assert words.endswith("voir")


async def test_command_in_note_mode_looks_like_none(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """A command may send something, so the field does not look like a note's while one stands in it."""
    page, _ = await member_in_thread(rig, browser, trouble)
    await note_mode(page)
    form, field = page.locator("#composer"), page.locator("#composer textarea")
    await field.fill("/c bonjour")
    await expect(form).not_to_have_class(NOTING)
    await field.fill("c bonjour")
    await expect(form).to_have_class(NOTING)


async def test_what_was_not_sent_is_its_authors(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """Who uses a colleague's browser does not send what the colleague wrote and the server never took."""
    page, place = await member_in_thread(rig, browser, trouble)
    rig.host.receive_error = OSError("the disk is full")
    await write(page, "de la part d'Ann")
    await expect(page.locator("#posts [data-pending]")).to_be_visible()
    await page.get_by_role("button", name="Quitter").click()
    await expect(page.get_by_label("Votre nom")).to_be_visible()
    rig.host.receive_error = None
    await enter(rig, page, name="Bob")
    await page.get_by_role("link", name="Camille Sagan").click()
    await write(page, "de la part de Bob")
    await received(rig, 1)
    assert texts(rig) == ["de la part de Bob"]
    assert rig.host.events[0].chat == SUPPORT.thread(place.thread_id)
