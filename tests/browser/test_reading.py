"""What is reported as read, and where the reader of a list stays."""

import asyncio

import pytest
from playwright.async_api import Browser, Route, expect

from bot.api import MediaKind, ReceiptState
from tests.browser.chromium import Trouble, person
from tests.browser.pages import FROM_END, becomes, greet, picture
from tests.conformance.host import RecordingHost
from tests.plugins.webchat.rig import Rig

pytestmark = pytest.mark.browser


async def reported(rig: Rig, message_id: str, count: int) -> list[ReceiptState]:
    """Wait for so many reports on a message; gives what they say, in order."""

    def states(host: RecordingHost) -> list[ReceiptState]:
        return [report.state for report in host.reports if report.message_id == message_id]

    assert await rig.host.until(lambda host: len(states(host)) >= count)
    return states(rig.host)


async def test_shown_messages_are_reported_as_read(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """What stands on the screen of a contact is reported as read."""
    _, contact = await person(browser, trouble)
    chat = await greet(rig, contact)
    await rig.plugin.send(rig.message(chat, "Bienvenue", message_id="welcome"))
    states = await reported(rig, "welcome", 1)
    if states == [ReceiptState.DELIVERED]:  # it was there before it had scrolled into view
        states = await reported(rig, "welcome", 2)
    assert states[-1] is ReceiptState.READ


async def test_unseen_messages_are_not_reported_as_read(rig: Rig, browser: Browser, trouble: Trouble) -> None:
    """What stands below the reader's view is reported as delivered, and as read once it is in view."""
    _, contact = await person(browser, trouble)
    chat = await greet(rig, contact)
    for number in range(30):
        await rig.plugin.send(rig.message(chat, "one\ntwo", message_id=f"before-{number}"))
    await reported(rig, "before-29", 1)
    jump = contact.get_by_role("button", name="Nouveaux messages")
    await expect(jump).to_be_hidden()
    await contact.locator("#posts").hover()
    await contact.mouse.wheel(0, -900)
    await becomes(contact.locator("#posts"), f"({FROM_END})(element) > 500")
    await rig.plugin.send(rig.message(chat, "Êtes-vous là ?", message_id="below"))
    assert await reported(rig, "below", 1) == [ReceiptState.DELIVERED]
    await expect(jump).to_be_visible()
    await jump.click()
    await expect(jump).to_be_hidden()
    assert await reported(rig, "below", 2) == [ReceiptState.DELIVERED, ReceiptState.READ]
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
