"""The threads of the rooms: made once, changed live, and there after a restart."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.api import (
    ChatGone,
    ChatRef,
    ThreadGone,
    ThreadState,
)
from tests.plugins.webchat.rig import CHANNEL, SALES, SUPPORT, Rig, running, thread_of, watch


async def test_threads_open_once_per_key(rig: Rig) -> None:
    """The same key gives the same thread, another key or room another, also after it was closed."""
    first = await rig.plugin.open_thread(SUPPORT, title="A", key="k")
    await rig.plugin.close_thread(SUPPORT.thread(first))
    assert await rig.plugin.open_thread(SUPPORT, title="B", key="k") == first
    assert await rig.plugin.open_thread(SUPPORT, title="A", key="other") != first
    assert await rig.plugin.open_thread(SALES, title="A", key="k") != first


async def test_threads_change_live(rig: Rig) -> None:
    """A new, renamed, closed or reopened thread shows at once on every member's page."""
    page = await (await rig.browser()).open_desk()
    thread = await thread_of(rig)
    seen = [(await page.hear("thread"))["thread"]]
    await rig.plugin.rename_thread(thread, title="K7 Camille Martin")
    seen.append((await page.hear("thread"))["thread"])
    await rig.plugin.close_thread(thread)
    seen.append((await page.hear("thread"))["thread"])
    await rig.plugin.reopen_thread(thread)
    seen.append((await page.hear("thread"))["thread"])
    assert [view["title"] for view in seen] == ["K7 Camille", *["K7 Camille Martin"] * 3]
    assert [view["closed"] for view in seen] == [False, False, True, False]


async def test_activity_reaches_members_who_look_elsewhere(rig: Rig) -> None:
    """A post in a thread that is not open shows as its excerpt and number, not as the whole post."""
    thread = await thread_of(rig)
    page = await (await rig.browser()).open_desk()
    await watch(page, SALES)
    await rig.plugin.send(rig.message(thread, "une\nligne  longue " + "x" * 400, author="Camille"))
    frames = await page.silent()
    assert [frame["type"] for frame in frames] == ["thread"]
    view = frames[0]["thread"]
    assert view["posts"] == 1
    assert view["excerpt"].startswith("une ligne longue xxx")
    assert len(view["excerpt"]) == 160


async def test_silent_posts_are_not_counted_as_unread(rig: Rig) -> None:
    """A silent post is shown without asking for attention."""
    thread = await thread_of(rig)
    page = await (await rig.browser()).open_desk()
    loud = rig.message(thread, "one")
    await rig.plugin.send(loud)
    quiet = type(loud)(message_id="quiet", chat=thread, origin=loud.origin, text="two", silent=True)
    await rig.plugin.send(quiet)
    views = [frame["thread"] for frame in await page.silent()]
    assert [(view["posts"], view["excerpt"]) for view in views] == [(1, "one"), (1, "two")]


async def test_missing_places_raise_what_the_contract_says(rig: Rig) -> None:
    """A room that is gone is ChatGone, a thread that is gone is ThreadGone."""
    with pytest.raises(ChatGone):
        await rig.plugin.open_thread(ChatRef(CHANNEL, "nobody"), title="x", key="x")
    with pytest.raises(ChatGone):
        await rig.plugin.send(rig.message(ChatRef(CHANNEL, "nobody"), "x"))
    with pytest.raises(ThreadGone):
        await rig.plugin.send(rig.message(SUPPORT.thread("nothing"), "x"))
    with pytest.raises(ThreadGone):
        await rig.plugin.close_thread(SUPPORT.thread("nothing"))
    with pytest.raises(ThreadGone):
        await rig.plugin.rename_thread(SUPPORT, title="general")


async def test_threads_survive_a_restart(tmp_path: Path) -> None:
    """Rooms, threads, their order and their posts are there after a restart."""
    async with running(tmp_path) as rig:
        older = await thread_of(rig, key="a", title="A")
        await thread_of(rig, key="b", title="B")
        rig.clock.advance(timedelta(minutes=1))
        await rig.plugin.send(rig.message(older, "bonjour"))
        await rig.plugin.disconnect()
        documents = rig.host.documents
    async with running(tmp_path, documents=documents) as rig:
        page = await (await rig.browser()).open_desk()
        threads = page.heard[-1]["rooms"][0]["threads"]
        assert [(view["title"], view["posts"], view["excerpt"]) for view in threads] == [
            ("A", 1, "bonjour"),
            ("B", 0, ""),
        ]
        assert await watch(page, older) == ["bonjour"]


async def test_erased_thread_is_gone(rig: Rig) -> None:
    """Erasing a thread removes its posts and itself, and the pages show so."""
    thread = await thread_of(rig)
    await rig.plugin.send(rig.message(thread, "private words"))
    page = await (await rig.browser()).open_desk()
    await watch(page, thread)
    await rig.plugin.erase([thread])
    await page.hear("erased")
    rooms = (await page.hear("rooms"))["rooms"]
    assert rooms[0]["threads"] == []
    assert "private words" not in repr(rig.host.documents.texts)
    assert "Camille" not in repr(rig.host.documents.texts)
    with pytest.raises(ThreadGone):
        await rig.plugin.send(rig.message(thread, "again"))


async def test_links_lead_to_the_thread(tmp_path: Path) -> None:
    """A link names the room and the thread, whatever characters they have."""
    async with running(tmp_path, public_url="https://chat.example") as rig:
        assert rig.plugin.thread_link(SUPPORT.thread("ab12")) == "https://chat.example/desk/#support/ab12"
        odd = ChatRef(CHANNEL, "équipe/1")
        assert rig.plugin.thread_link(odd) == "https://chat.example/desk/#%C3%A9quipe%2F1"


async def test_state_of_a_thread_shows_on_every_page(rig: Rig) -> None:
    """How the bot says a thread stands shows at once in the list, with the beginning of the wait."""
    thread = await thread_of(rig)
    page = await (await rig.browser()).open_desk()
    await rig.plugin.send(rig.message(thread, "bonjour", author="Camille"))
    asked_ms = (await page.hear("thread"))["thread"]["waiting"]
    assert asked_ms == round(rig.clock.now.timestamp() * 1000)
    rig.clock.advance(timedelta(minutes=5))
    for state, waiting in (
        (ThreadState.WAITING, asked_ms),
        (ThreadState.ANSWERED, 0),
        (ThreadState.CLOSED, 0),
    ):
        await rig.plugin.show_state(thread, state)
        assert (await page.hear("thread"))["thread"]["waiting"] == waiting
    with pytest.raises(ThreadGone):
        await rig.plugin.show_state(SUPPORT.thread("nothing"), ThreadState.WAITING)
