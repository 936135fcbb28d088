"""The log of a chat: its pages, its ids, its memory."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.api import ChatRef
from plugins.webchat.history import History
from plugins.webchat.posts import Post, Side
from tests.conformance.host import MemoryDocuments
from tests.plugins.webchat.rig import CHANNEL, Rig, running

CHAT = ChatRef("webchat", "0123456789abcdef")


@dataclass(slots=True)
class CountedDocuments(MemoryDocuments):
    """Documents that tell which of them were read.

    Attributes:
        reads: the names, in order.
    """

    reads: list[str] = field(default_factory=list)

    async def read(self, name: str) -> dict[str, Any] | None:
        self.reads.append(name)
        return await MemoryDocuments.read(self, name)


async def fill(history: History, count: int, *, chat: ChatRef = CHAT, text: str = "") -> list[str]:
    """Append posts `0`, `1`, …; gives their ids."""
    ids = []
    for number in range(count):
        async with history.turn(chat) as log:
            post_id = await log.new_id(f"key-{number}")
            await log.append(Post(post_id=post_id, at_ms=number, side=Side.BOT, text=text or str(number)))
            ids.append(post_id)
    return ids


async def test_page_shows_the_last_hundred_and_asks_for_older(rig: Rig) -> None:
    """A page gets the last posts at once, and the rest piece by piece, each post once and in order."""
    browser = await rig.browser()
    page = await browser.open_chat()
    await page.say(type="message", client_id="message-1", text="begin")
    await page.hear("ack")
    chat = rig.host.events[-1].chat
    for number in range(260):
        await rig.plugin.send(rig.message(chat, str(number)))
    again = await browser.open_chat()
    history = again.heard[-1]
    assert history["latest"] is True
    assert 100 <= len(history["posts"]) <= 150
    texts = [post["text"] for post in history["posts"]]
    while history["before"]:
        await again.say(type="older", before=history["before"])
        history = await again.hear("history")
        assert history["latest"] is False
        texts = [post["text"] for post in history["posts"]] + texts
    assert texts == ["begin", *map(str, range(260))]


async def test_pages_stay_small() -> None:
    """However long a log is, no document of it grows beyond a page."""
    documents = MemoryDocuments()
    await fill(History(documents), 180)
    await fill(History(documents), 12, chat=CHAT.thread("long"), text="x" * 20_000)
    assert max(len(text) for text in documents.texts.values()) < 70_000
    assert max(text.count("post_id") for text in documents.texts.values()) == 50


async def test_every_post_is_found_again() -> None:
    """A post is found by its id wherever it stands, also by a process that never saw it."""
    documents = MemoryDocuments()
    ids = await fill(History(documents), 120)
    async with History(documents, cached_pages=1).turn(CHAT) as log:
        found = [await log.find(post_id) for post_id in ids]
        assert [post.text for post in found if post is not None] == [str(number) for number in range(120)]


async def test_ids_that_name_nothing_find_nothing() -> None:
    """An id that somebody made up is no post, and no error."""
    history = History(MemoryDocuments())
    await fill(history, 3)
    async with history.turn(CHAT) as log:
        for made_up in (
            "",
            ".",
            "0",
            "0.",
            "-1.key-9",
            "x.key-9",
            "99999999999.key-9",
            "²." + "x",
            "5.nothing",
        ):
            assert await log.find(made_up) is None


async def test_id_on_the_wrong_page_is_still_found() -> None:
    """An id whose page changed between two attempts at the same message leads to the post."""
    history = History(MemoryDocuments())
    await fill(history, 60)
    async with history.turn(CHAT) as log:
        found = await log.find("1.key-3")
        assert found is not None
        assert found.post_id == "0.key-3"


async def test_id_whose_page_was_not_needed_is_still_found() -> None:
    """An id for a page that the disk refused leads to the post also when the page before had room again."""
    documents = MemoryDocuments()
    history = History(documents)
    (full_id,) = await fill(history, 1, text="x" * 40_000)
    async with history.turn(CHAT) as log:
        promised_id = await log.new_id("moved")
        documents.error = OSError("disk full")
        with pytest.raises(OSError, match="disk full"):
            await log.append(Post(post_id=promised_id, at_ms=1, side=Side.BOT))
        documents.error = None
        full = await log.find(full_id)
        assert full is not None
        await log.replace([full.taken_back()])
        kept_id = await log.new_id("moved")
        await log.append(Post(post_id=kept_id, at_ms=1, side=Side.BOT))
        found = await log.find(promised_id)
    assert (promised_id, kept_id) == ("1.moved", "0.moved")
    assert found is not None
    assert found.post_id == kept_id


async def test_looking_for_nothing_costs_the_same_in_a_long_log() -> None:
    """An id that names nothing is looked for on the few pages where its post could be, and no further."""
    documents = CountedDocuments()
    await fill(History(documents), 1_000)
    async with History(documents, cached_pages=1).turn(CHAT) as log:
        for made_up in ("0.nothing", "5.nothing", "19.nothing", "20.nothing", "99.nothing", "-1.nothing"):
            documents.reads.clear()
            assert await log.find(made_up) is None
            assert len(documents.reads) <= 6


async def test_many_posts_are_found_with_one_read_a_page() -> None:
    """Many ids at once cost each of their pages once, in whatever order they come, whatever they name."""
    documents = CountedDocuments()
    ids = await fill(History(documents), 200)
    wanted = [each for number in range(50) for each in (*ids[number::50], f"{number % 4}.nothing-{number}")]
    async with History(documents, cached_pages=1).turn(CHAT) as log:
        documents.reads.clear()
        found = await log.find_all(wanted)
    assert [post.post_id for post in found] == [each for each in wanted if "nothing" not in each]
    assert len(documents.reads) == 4


async def test_page_cannot_make_the_whole_log_be_read(tmp_path: Path) -> None:
    """Whatever ids a contact's page makes up, few documents are read for a frame or a request of it."""
    documents = CountedDocuments()
    async with running(tmp_path, documents=documents) as rig:
        browser = await rig.browser()
        page = await browser.open_chat()
        await fill(History(documents), 300, chat=ChatRef(CHANNEL, page.heard[0]["chat"]), text="x" * 40_000)
        documents.reads.clear()
        await page.say(
            type="seen", message_ids=[f"9.nothing-{number}" for number in range(200)], state="read"
        )
        assert await page.silent() == []
        assert len(documents.reads) <= 2
        await page.say(type="message", client_id="message-1", text="this one", reply_to="99.nothing")
        assert (await page.hear("error"))["code"] == "gone"
        async with browser.session.get(f"{rig.url}/chat/media/199.nothing") as answer:
            assert answer.status == 404
        assert len(documents.reads) < 20


async def test_turns_follow_each_other() -> None:
    """Two turns of one chat never overlap; turns of two chats do."""
    history = History(MemoryDocuments())
    begun, may_end = asyncio.Event(), asyncio.Event()
    order: list[str] = []

    async def slow() -> None:
        async with history.turn(CHAT):
            begun.set()
            await may_end.wait()
            order.append("slow")

    async def quick(chat: ChatRef, name: str) -> None:
        async with history.turn(chat):
            order.append(name)

    async with asyncio.TaskGroup() as group:
        group.create_task(slow())
        await begun.wait()
        group.create_task(quick(CHAT, "same"))
        await quick(CHAT.thread("other"), "other")
        may_end.set()
    assert order == ["other", "slow", "same"]


async def test_refused_write_changes_nothing() -> None:
    """A post that the disk refuses is not there afterwards, and its id is free again."""
    documents = MemoryDocuments()
    history = History(documents)
    await fill(history, 50)
    documents.error = OSError("disk full")
    async with history.turn(CHAT) as log:
        post_id = await log.new_id("refused")
        try:
            await log.append(Post(post_id=post_id, at_ms=1, side=Side.BOT))
        except OSError:
            documents.error = None
        assert documents.error is None
        assert await log.find(post_id) is None
        assert len((await log.latest()).posts) == 50
        assert await log.new_id("refused") == post_id


async def test_memory_is_bounded() -> None:
    """Logs that nobody looks at leave memory, and are read again."""
    history = History(MemoryDocuments(), cached_pages=8)
    for number in range(50):
        await fill(history, 2, chat=ChatRef("webchat", str(number)))
    assert len(history._pages._posts) == 8
    assert len(history._pages._heads) == 8
    assert len(history._locks) == 0
    async with history.turn(ChatRef("webchat", "0")) as log:
        assert [post.text for post in (await log.latest()).posts] == ["0", "1"]


async def test_erase_leaves_no_document() -> None:
    """An erased log is gone from disk and memory, and can begin again."""
    documents = MemoryDocuments()
    history = History(documents)
    await fill(history, 120)
    async with history.turn(CHAT) as log:
        await log.erase()
        assert log.is_empty
    assert documents.texts == {}
    await fill(history, 1)
    async with history.turn(CHAT) as log:
        assert not log.is_empty
        assert len((await log.latest()).posts) == 1
