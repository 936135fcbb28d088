"""What the bot has and the log has not yet: it stands where it was said once it is sent again."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from yarl import URL

from bot.api import IncomingMessage
from plugins.webchat.sessions import CONTACT_COOKIE
from tests.plugins.webchat.rig import Rig, running

SECOND = timedelta(seconds=1)


async def test_what_the_disk_refused_stands_before_its_answer(rig: Rig) -> None:
    """A message that the log could not keep at once stands before what the bot answered meanwhile."""
    browser = await rig.browser()
    page = await browser.open_chat()
    await page.say(type="message", client_id="message-1", text="bonjour")
    await page.hear("ack")
    chat = rig.host.events[0].chat
    await rig.plugin.send(rig.message(chat, "before"))
    rig.clock.advance(SECOND)
    for _ in range(2):
        rig.host.documents.error = OSError("disk full")
        await page.say(type="message", client_id="message-2", text="question")
        await page.hear("error")
        rig.host.documents.error = None
        rig.clock.advance(SECOND)
        await rig.plugin.send(rig.message(chat, "answer"))
    await page.say(type="message", client_id="message-2", text="question")
    ack = await page.hear("ack")
    shown = (await browser.open_chat()).heard[1]["posts"]
    assert [post["text"] for post in shown] == ["bonjour", "before", "question", "answer", "answer"]
    assert ack["post"]["id"] == shown[2]["id"]


async def test_what_a_killed_process_took_stands_before_its_answer(tmp_path: Path) -> None:
    """A message that the last process stored, and ended before it was logged, stands before its answer."""
    async with running(tmp_path) as rig:
        browser = await rig.browser()
        page = await browser.open_chat()
        await page.say(type="message", client_id="message-1", text="bonjour")
        await page.hear("ack")
        event = rig.host.events[0]
        assert isinstance(event, IncomingMessage)
        await rig.plugin.send(rig.message(event.chat, "before"))
        documents = rig.host.documents
        cookies = browser.session.cookie_jar.filter_cookies(URL(f"{rig.url}/chat/"))
        cookie = f"{CONTACT_COOKIE}={cookies[CONTACT_COOKIE].value}"
    async with running(tmp_path, documents=documents) as rig:
        await rig.host.receive(replace(event, event_id="message-2", text="question"))
        rig.clock.advance(SECOND)
        await rig.plugin.send(rig.message(event.chat, "answer", message_id="answer"))
        browser = await rig.browser(Cookie=cookie)
        page = await browser.open_chat()
        for client_id, text in (("message-2", "question"), ("message-3", "and this")):
            await page.say(type="message", client_id=client_id, text=text)
            await page.hear("ack")
        shown = (await browser.open_chat()).heard[1]["posts"]
        assert [post["text"] for post in shown] == ["bonjour", "before", "question", "answer", "and this"]
