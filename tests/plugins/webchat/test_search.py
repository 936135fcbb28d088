"""Finding threads by title, code and words."""

from typing import Any

from bot.api import ChatRef, PostStyle
from plugins.webchat.channel import Channel
from plugins.webchat.search import Search
from tests.plugins.webchat.rig import SALES, SUPPORT, Page, Rig


async def thread(rig: Rig, title: str, *texts: str, room: ChatRef = SUPPORT) -> ChatRef:
    """A thread with these posts."""
    place = room.thread(await rig.plugin.open_thread(room, title=title, key=title))
    for text in texts:
        await rig.plugin.send(rig.message(place, text, author="Camille"))
    return place


async def find(page: Page, query: str) -> dict[str, Any]:
    await page.say(type="search", query=query)
    return await page.hear("found")


def channel_of(rig: Rig) -> Channel:
    opened = rig.plugin._open
    assert opened is not None
    return opened.channel


async def test_threads_are_found_by_title_code_and_words(rig: Rig) -> None:
    """A member finds a thread by a part of its title, by the code on its card, or by any words in it."""
    camille = await thread(rig, "Camille Sagan · sms", "Ma machine à café fuit")
    await rig.plugin.send(rig.message(camille, "K7 · Camille", style=PostStyle.CARD))
    bob = await thread(rig, "Bob · mail", "Où est mon colis ?", room=SALES)
    page = await (await rig.browser()).open_desk()
    for query, found in (
        ("SAGAN", camille),
        ("k7", camille),
        ("cafe machine", camille),
        ("où colis", bob),
    ):
        hits = (await find(page, query))["hits"]
        assert [(hit["room"], hit["thread"]["id"]) for hit in hits] == [(found.chat_id, found.thread_id)]
    assert (await find(page, "nothing of that kind"))["hits"] == []
    assert (await find(page, "  "))["hits"] == []


async def test_hit_shows_the_words_and_where_they_stand(rig: Rig) -> None:
    """A hit shows the words around what was found, and names the post, however long ago it was posted."""
    place = await thread(rig, "Camille", "before " * 30 + "the needle is here" + " after" * 30)
    for number in range(150):
        await rig.plugin.send(rig.message(place, f"line {number}"))
    page = await (await rig.browser()).open_desk()
    answer = await find(page, "needle")
    (hit,) = answer["hits"]
    assert answer["query"] == "needle"
    assert "needle" in hit["excerpt"]
    assert len(hit["excerpt"]) < 140
    assert hit["post"].startswith("0.")


async def test_search_reads_so_much_and_no_more(rig: Rig) -> None:
    """A search reads a bounded part of the logs, the latest first, and says that there may be more."""
    await thread(rig, "old", "needle")
    rig.clock.advance(rig.plugin._tidy_every)
    new = await thread(rig, "new", *("straw" for _ in range(120)))
    answer = await Search(channel_of(rig), most_pages=2).frame("needle")
    assert (answer["hits"], answer["more"]) == ([], True)
    await rig.plugin.send(rig.message(new, "a needle"))
    answer = await Search(channel_of(rig), most_pages=1).frame("needle")
    assert [hit["thread"]["title"] for hit in answer["hits"]] == ["new"]


async def test_hits_are_bounded(rig: Rig) -> None:
    """However much is found, the page gets a list that a person can read."""
    for number in range(45):
        await thread(rig, f"Camille {number}")
    answer = await find(await (await rig.browser()).open_desk(), "camille")
    assert len(answer["hits"]) == 40
    assert answer["more"] is True


async def test_contacts_cannot_search(rig: Rig) -> None:
    """Searching belongs to the rooms; a contact's page is told that there is no such frame."""
    await thread(rig, "Camille", "private")
    page, _ = await rig.contact()
    await page.say(type="search", query="private")
    assert (await page.hear("error"))["code"] == "unknown"
