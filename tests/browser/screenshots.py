"""The pictures of the README: the real pages, with a conversation that is played for them.

`python -m tests.browser.screenshots --into .github/pictures`
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, Locator, Page, expect

from bot.api import ChatRef, Choice, IncomingMessage, Mark, Origin, PostStyle, TeamChat, ThreadState
from tests.browser.chromium import Trouble, chromium, person
from tests.browser.pages import write
from tests.browser.site import serving
from tests.plugins.webchat.rig import CHANNEL, DESK_KEY, Rig, running

WIDTH, HEIGHT = 1280, 800
PHONE_WIDTH, PHONE_HEIGHT = 390, 760
MENU = (
    Choice(choice_id="support", label="Support"),
    Choice(choice_id="sales", label="Sales"),
    Choice(choice_id="hours", label="Opening hours"),
)
WELCOME = (
    "Hello Camille, welcome to Dupont & Co!\nHow can we help? Type a number, or say it in your own words.\n"
    "1. Support\n2. Sales\n3. Opening hours"
)
CARD = (
    Choice(choice_id="release", label="Release"),
    Choice(choice_id="transfer", label="Transfer"),
    Choice(choice_id="close", label="Close"),
)
CANNED = {
    "delivery": "An order placed before noon leaves the same day and arrives in two or three days.",
    "hello": "Hello {first_name}, {team} here. How can I help?",
    "return": "You have 30 days to change your mind; the label lies in the parcel.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What the scenes are played on.

    Attributes:
        rig: the web chat.
        browser: a real one.
        folder: where the pictures go.
    """

    rig: Rig
    browser: Browser
    folder: Path

    async def person(self, *, width: int = WIDTH, height: int = HEIGHT, is_dark: bool = False) -> Page:
        """Somebody's page, in the colours they like."""
        _, page = await person(self.browser, Trouble(), language="en-GB", width=width, height=height)
        await page.emulate_media(color_scheme="dark" if is_dark else "light", reduced_motion="reduce")
        return page

    async def picture(self, page: Page, name: str) -> None:
        """Take a picture once everything stands still."""
        await page.evaluate("document.fonts.ready")
        await page.mouse.move(0, 0)
        await page.screenshot(path=self.folder / f"{name}.png", caret="hide")

    async def enter(self, page: Page) -> None:
        """Come into the rooms as Ann."""
        await page.goto(f"{self.rig.url}/desk/#key={DESK_KEY}")
        await page.get_by_label("Your name").fill("Ann")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_role("navigation", name="Rooms")).to_be_visible()

    async def thread(
        self, room: str, title: str, words: str, *, waiting: bool = True, card: str = ""
    ) -> ChatRef:
        """A thread in a room, as the bot makes it."""
        rig, whole = self.rig, ChatRef(CHANNEL, room)
        place = whole.thread(await rig.plugin.open_thread(whole, title=title, key=title))
        name = title.partition(" · ")[0]
        text = card or f"{title}\nOption: Support"
        await rig.plugin.send(rig.message(place, text, choices=CARD, style=PostStyle.CARD))
        await rig.plugin.send(rig.message(place, words, author=name))
        state = ThreadState.WAITING if waiting else ThreadState.ANSWERED
        await rig.plugin.show_state(place, state)
        return place

    async def answered(self, thread: ChatRef, contact: ChatRef, count: int) -> None:
        """Do what the bot does with a member's reply: send it on, and mark it."""
        host, plugin = self.rig.host, self.rig.plugin
        await host.until(lambda host: len(host.events) >= count)
        reply = host.events[-1]
        assert isinstance(reply, IncomingMessage)
        await plugin.send(self.rig.message(contact, reply.text, origin=Origin.HUMAN))
        await plugin.mark(thread, reply.message_id, Mark.READ)
        await plugin.show_state(thread, ThreadState.ANSWERED)


async def _conversation(stage: Stage, contact: Page) -> tuple[ChatRef, ChatRef]:
    """Camille asks and is led to the support; gives her chat, and her thread."""
    rig = stage.rig
    await contact.get_by_label("Your first name").fill("Camille")
    await contact.get_by_role("button", name="Save").click()
    await write(contact, "Hello")
    await rig.host.until(lambda host: len(host.events) == 1)
    chat = rig.host.events[0].chat
    await rig.plugin.send(rig.message(chat, WELCOME, choices=MENU))
    await contact.get_by_role("button", name="Support").click()
    await rig.host.until(lambda host: len(host.events) == 2)
    await rig.plugin.send(rig.message(chat, "Thank you! The support team will answer right here."))
    await write(contact, "My espresso machine leaks since this morning, under the tank.")
    await rig.host.until(lambda host: len(host.events) == 3)
    card = "K7 · Camille\nweb chat · en\nOption: Support\nSupport: Ann has it"
    words = "My espresso machine leaks since this morning, under the tank."
    return chat, await stage.thread("support", "Camille · web chat", words, card=card)


async def _rooms(stage: Stage) -> None:
    """Fill the rooms with people who wait for different times."""
    clock = stage.rig.clock
    await stage.thread("sales", "Marek Nowak · Telegram", "Perfect, thank you!", waiting=False)
    await stage.thread("support", "Lucía Ferrer · WhatsApp", "And the descaling light stays on")
    clock.advance(timedelta(minutes=22))
    await stage.thread("sales", "Jonas Weber · Instagram", "Do you have it in green?")
    clock.advance(timedelta(minutes=4))


async def side_by_side(stage: Stage) -> None:
    """The first page of a newcomer, in the middle of a conversation with themselves."""
    rig, page = stage.rig, await stage.person(height=760)
    await page.goto(f"{rig.url}/desk/tour")
    contact = page.frame_locator("iframe")
    await expect(contact.get_by_text("Online")).to_be_visible()
    field = contact.get_by_label("Write a message")
    await _say(field, "Hello")
    await rig.host.until(lambda host: len(host.events) == 1)
    chat = rig.host.events[0].chat
    await rig.plugin.send(rig.message(chat, WELCOME.replace(" Camille", ""), choices=MENU))
    await contact.get_by_role("button", name="Sales").click()
    await rig.host.until(lambda host: len(host.events) == 2)
    await rig.plugin.send(rig.message(chat, "Thank you! The sales team will answer right here."))
    await _say(field, "Do you have the small one in green?")
    await rig.host.until(lambda host: len(host.events) == 3)
    card = "R4 · Visitor 52A7\nweb chat · en\nOption: Sales\nSales: Alex has it"
    words = "Do you have the small one in green?"
    thread = await stage.thread("sales", "Visitor 52A7 · web chat", words, card=card)
    await page.get_by_role("link", name="Visitor").click()
    await _say(page.get_by_label("Reply to the customer"), "We do, and two of them are on the shelf.")
    await stage.answered(thread, chat, 4)
    await expect(contact.get_by_text("on the shelf")).to_be_visible()
    await stage.picture(page, "side-by-side")
    await page.close()


async def _say(field: Locator, text: str) -> None:
    await field.fill(text)
    await field.press("Enter")


async def all_scenes(stage: Stage) -> None:
    """Every picture that shows a conversation."""
    rig = stage.rig
    contact = await stage.person(width=PHONE_WIDTH, height=PHONE_HEIGHT)
    await contact.goto(f"{rig.url}/chat/")
    await _rooms(stage)
    chat, thread = await _conversation(stage, contact)
    rig.clock.advance(timedelta(minutes=2))
    member = await stage.person()
    await stage.enter(member)
    await member.get_by_role("link", name="Camille").click()
    await write(member, "// bought in March, still under guarantee")
    await rig.host.until(lambda host: len(host.events) == 4)
    note = rig.host.events[-1]
    assert isinstance(note, IncomingMessage)
    await rig.plugin.mark(thread, note.message_id, Mark.NOTED)
    await write(member, "Hello Camille! It is usually the seal of the tank: we send you a new one today.")
    await stage.answered(thread, chat, 5)
    await expect(contact.get_by_text("seal of the tank")).to_be_visible()
    await rig.plugin.send(rig.message(thread, "Wonderful, thank you", author="Camille"))
    await expect(member.get_by_text("Wonderful, thank you").last).to_be_visible()
    await stage.picture(member, "rooms")
    await stage.picture(contact, "phone")
    await contact.emulate_media(color_scheme="dark")
    await stage.picture(contact, "phone-dark")
    await member.emulate_media(color_scheme="dark")
    await member.get_by_label("Reply to the customer").fill("/")
    await expect(member.get_by_role("option").first).to_be_visible()
    await stage.picture(member, "rooms-dark")


async def embedded(stage: Stage, site: str) -> None:
    """The chat in the corner of somebody's site."""
    rig, page = stage.rig, await stage.person(height=760)
    await page.goto(site)
    await page.get_by_role("button", name="Write to us").click()
    frame = page.frame_locator("#guichet-chat iframe")
    await expect(frame.get_by_text("Online")).to_be_visible()
    await _say(frame.get_by_label("Write a message"), "Do you still repair the old lever machines?")
    await rig.host.until(lambda host: len(host.events) == 1)
    answer = "Of course! Send us a picture of its nameplate, and we look for the parts."
    await rig.plugin.send(rig.message(rig.host.events[0].chat, answer, origin=Origin.HUMAN))
    await expect(frame.get_by_text("nameplate")).to_be_visible()
    await stage.picture(page, "embedded")


async def take(folder: Path) -> None:
    """Take all pictures into `folder`."""
    scenes: tuple[Callable[[Stage], Awaitable[None]], ...] = (side_by_side, all_scenes)
    async with AsyncExitStack() as stack:
        browser = await stack.enter_async_context(chromium())
        for scene in scenes:
            async with AsyncExitStack() as inner:
                place = Path(inner.enter_context(TemporaryDirectory()))
                key = "" if scene is side_by_side else DESK_KEY
                rig = await inner.enter_async_context(running(place, desk_key=key))
                _dress(rig)
                await scene(Stage(rig=rig, browser=browser, folder=folder))
        async with AsyncExitStack() as inner:
            place = Path(inner.enter_context(TemporaryDirectory()))
            site = await inner.enter_async_context(serving())
            rig = await inner.enter_async_context(running(place, sites=(site.url,)))
            site.script = f"{rig.url}/chat/embed.js"
            _dress(rig)
            await embedded(Stage(rig=rig, browser=browser, folder=folder), site.url)


def _dress(rig: Rig) -> None:
    """Give the host what config.toml would, and the day on which the pictures are taken."""
    rig.clock.now = datetime.now(UTC) - timedelta(minutes=30)
    rig.host.business = "Dupont & Co"
    rig.host.ready_texts = dict(CANNED)
    rig.host.chats = [
        TeamChat(chat=ChatRef(CHANNEL, room), title=title)
        for room, title in (("inbox", "Inbox"), ("support", "Support"), ("sales", "Sales"))
    ]


def main() -> None:
    """Read the options, and take the pictures."""
    parser = argparse.ArgumentParser(description="Take the pictures of the README.")
    parser.add_argument("--into", type=Path, required=True, metavar="FOLDER", help="where they go")
    folder: Path = parser.parse_args().into
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(folder))


if __name__ == "__main__":
    main()
