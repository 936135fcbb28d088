"""Forgetting somebody: what goes from a general section with them, and what stays."""

from pathlib import Path
from typing import Any

import pytest

from bot.api import PostStyle
from plugins.webchat.erasing import Traces
from tests.plugins.webchat.rig import SUPPORT, Page, Rig, running

LINE = "ma machine à laver fuit encore"


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("#K7 Ann · chat: 2 min", True),
        ("Ann", True),
        ("Anna attend depuis 2 min", False),
        ("Johann attend", False),
        ("la annexe", False),
        (f"« {LINE} » n'a pas été reconnu", True),
        ("bonjour", False),
        ("2", False),
    ],
)
def test_names_count_as_whole_words_and_lines_when_they_are_long(text: str, *, is_told: bool) -> None:
    """A name counts as a whole word, a line only when it is long enough to be somebody's own."""
    traces = Traces.of(names=["Ann", "", "2"], texts=["2", f"bonjour\n  {LINE} "])
    assert traces.are_in(text) is is_told


def test_names_are_words_and_no_patterns() -> None:
    """A name of odd characters is looked for as it is written."""
    traces = Traces.of(names=["A. (x)*"], texts=[])
    assert traces.are_in("/info: A. (x)* attend")
    assert not traces.are_in("/info: Ab x attend")


async def general(page: Page) -> tuple[list[str], dict[str, Any]]:
    """The texts of the general section, and its line in the list of rooms."""
    await page.say(type="watch", room="support", thread="")
    history = await page.hear("history")
    threads = [frame["thread"] for frame in page.heard if frame["type"] == "thread"]
    return [post.get("text", "") for post in history["posts"]], threads[-1]


async def test_answers_that_tell_of_nobody_stay(rig: Rig) -> None:
    """What the bot answered to others stays when a contact of a few common words is forgotten."""
    contact, chat = await rig.contact()
    for number, text in enumerate(("2", "help", LINE)):
        await contact.say(type="message", client_id=f"message-{number}", text=text)
        await contact.hear("ack")
    made_up = f"Visitor {chat.chat_id[-4:].upper()}"
    help_text = "2 commands: /claim, /help — write « bonjour »"
    for text in (help_text, f"#K7 {made_up} waits", f"not recognised: {LINE}", f"of {made_up}x"):
        await rig.plugin.send(rig.message(SUPPORT, text, style=PostStyle.NOTICE))
    page = await (await rig.browser()).open_desk()
    await rig.plugin.erase([chat])
    texts, listed = await general(page)
    assert texts == [help_text, "", "", f"of {made_up}x"]
    assert listed["excerpt"] == f"of {made_up}x"


async def test_list_shows_the_last_post_that_is_left(tmp_path: Path) -> None:
    """After the last post went, the room shows the one before, also after a restart; then nothing."""
    async with running(tmp_path) as rig:
        _, chat = await rig.contact()
        _, other = await rig.contact()
        page = await (await rig.browser()).open_desk()
        await rig.plugin.send(rig.message(SUPPORT, f"{other.chat_id} waits"))
        await rig.plugin.send(rig.message(SUPPORT, f"{chat.chat_id} waits"))
        await rig.plugin.erase([chat])
        documents = rig.host.documents
        assert (await general(page))[1]["excerpt"] == f"{other.chat_id} waits"
        assert chat.chat_id not in repr(documents.texts)
    async with running(tmp_path, documents=documents) as rig:
        page = await (await rig.browser()).open_desk()
        assert page.heard[-1]["rooms"][0]["threads"][0]["excerpt"] == f"{other.chat_id} waits"
        await rig.plugin.erase([other])
        assert (await page.hear("rooms"))["rooms"][0]["threads"] == []


async def test_contact_of_another_platform_is_known_by_their_thread(rig: Rig) -> None:
    """A thread tells what its contact was called; colleagues' words and names in it are not theirs."""
    thread = SUPPORT.thread(await rig.plugin.open_thread(SUPPORT, title="Camille Sagan · sms", key="k"))
    await rig.plugin.send(rig.message(thread, LINE, author="Camille Sagan"))
    await rig.plugin.send(rig.message(thread, "we open at nine in the morning", author="Bob"))
    kept = ["Bob has two chats", "we open at nine in the morning"]
    for text in (*kept, "Camille Sagan waits", LINE):
        await rig.plugin.send(rig.message(SUPPORT, text))
    page = await (await rig.browser()).open_desk()
    await rig.plugin.erase([thread])
    texts, listed = await general(page)
    assert texts == [*kept, "", ""]
    assert listed["excerpt"] == kept[-1]
