"""What a member meets in the team rooms at /desk/."""

import pytest

from bot.api import (
    ButtonPressed,
    Choice,
    IncomingMessage,
    Mark,
    PostStyle,
    TeamChat,
)
from tests.plugins.webchat.rig import SALES, SUPPORT, Rig, thread_of, watch

BUTTONS = (Choice(choice_id="transfer", label="Transfer"), Choice(choice_id="close", label="Close"))


async def test_rooms_are_the_team_chats(rig: Rig) -> None:
    """The page lists every team chat of config.toml with its threads."""
    await thread_of(rig)
    page = await (await rig.browser()).open_desk()
    rooms = page.heard[-1]["rooms"]
    assert [(room["id"], room["title"]) for room in rooms] == [("support", "Support"), ("ventes", "Ventes")]
    assert [thread["title"] for thread in rooms[0]["threads"]] == ["K7 Camille"]


async def test_thread_shows_card_transcript_and_style(rig: Rig) -> None:
    """A thread shows its card with buttons, who said what, and what kind of post each is."""
    thread = await thread_of(rig)
    await rig.plugin.send(rig.message(thread, "Camille · fr", choices=BUTTONS, style=PostStyle.CARD))
    await rig.plugin.send(rig.message(thread, "Ma machine fuit", author="Camille"))
    await rig.plugin.send(rig.message(thread, "Transféré", style=PostStyle.NOTICE))
    page = await (await rig.browser()).open_desk()
    await page.say(type="watch", room="support", thread=thread.thread_id)
    card, words, notice = (await page.hear("history"))["posts"]
    assert card["style"] == "card"
    assert [choice["label"] for choice in card["choices"]] == ["Transfer", "Close"]
    assert (words["author"], words["text"]) == ("Camille", "Ma machine fuit")
    assert notice["style"] == "notice"


async def test_member_answers_in_a_thread(rig: Rig) -> None:
    """What a member writes in a thread reaches the bot with room, thread and name, and every colleague."""
    thread = await thread_of(rig)
    ann = await (await rig.browser()).open_desk("Ann Lee")
    bob = await (await rig.browser()).open_desk("Bob")
    await watch(ann, thread)
    await watch(bob, thread)
    await ann.say(
        type="message", client_id="message-1", text="Bonjour", room="support", thread=thread.thread_id
    )
    ack = await ann.hear("ack")
    event = rig.host.events[-1]
    assert isinstance(event, IncomingMessage)
    assert event.chat == thread
    assert event.message_id == ack["post"]["id"]
    assert (event.sender.name, event.sender.first_name) == ("Ann Lee", "Ann")
    assert event.sender.sender_id == ann.heard[0]["id"]
    shown = (await bob.hear("post"))["post"]
    assert (shown["author"], shown["text"], shown["by"]) == ("Ann Lee", "Bonjour", event.sender.sender_id)


async def test_an_edit_that_is_refused(rig: Rig) -> None:
    """An edit that the bot does not take leaves the post as it was, live and after a reload."""
    thread = await thread_of(rig)
    page = await (await rig.browser()).open_desk()
    place = {"room": "support", "thread": thread.thread_id}
    await page.say(type="message", client_id="message-1", text="Bonjour", **place)
    post = (await page.hear("ack"))["post"]
    rig.host.is_refused = True
    await page.say(type="edit", client_id="edit-one", message_id=post["id"], text="// secret", **place)
    assert (await page.hear("ack"))["post"] == post
    assert await watch(page, thread) == ["Bonjour"]


async def test_member_writes_in_the_general_section(rig: Rig) -> None:
    """What a member writes in the general section has no thread."""
    page = await (await rig.browser()).open_desk()
    await page.say(type="message", client_id="message-1", text="/queue", room="ventes", thread="")
    await page.hear("ack")
    assert rig.host.events[-1].chat == SALES


async def test_members_ids_never_collide(rig: Rig) -> None:
    """Two members whose pages use the same id send two messages."""
    pages = [await (await rig.browser()).open_desk(name) for name in ("Ann", "Bob")]
    for page in pages:
        await page.say(type="message", client_id="message-1", text="moi", room="support")
        await page.hear("ack")
    assert len({event.event_id for event in rig.host.events}) == 2
    assert await watch(pages[0], SUPPORT) == ["moi", "moi"]


async def test_button_on_a_card(rig: Rig) -> None:
    """A pressed button reaches the bot as the member's, and the bot's line reaches that member alone."""
    thread = await thread_of(rig)
    receipt = await rig.plugin.send(rig.message(thread, "Camille", choices=BUTTONS, style=PostStyle.CARD))
    ann = await (await rig.browser()).open_desk("Ann")
    bob = await (await rig.browser()).open_desk("Bob")
    rig.host.notice = "Transféré à Ventes"
    await ann.say(
        type="press",
        client_id="press-one",
        message_id=receipt.platform_id,
        choice_id="transfer",
        room="support",
        thread=thread.thread_id,
    )
    assert (await ann.hear("ack"))["notice"] == "Transféré à Ventes"
    event = rig.host.events[-1]
    assert isinstance(event, ButtonPressed)
    assert (event.chat, event.choice_id, event.message_id) == (thread, "transfer", receipt.platform_id)
    assert event.sender.name == "Ann"
    assert "ack" not in [frame["type"] for frame in await bob.silent()]


async def test_card_is_edited_in_place(rig: Rig) -> None:
    """An edit replaces text and buttons where the post stands, live and after a reload."""
    thread = await thread_of(rig)
    card = rig.message(thread, "open", choices=BUTTONS, style=PostStyle.CARD)
    receipt = await rig.plugin.send(card)
    await rig.plugin.send(rig.message(thread, "after"))
    page = await (await rig.browser()).open_desk()
    assert await watch(page, thread) == ["open", "after"]
    await rig.plugin.edit(thread, receipt.platform_id, rig.message(thread, "closed", style=PostStyle.CARD))
    shown = (await page.hear("post"))["post"]
    assert (shown["id"], shown["text"], shown.get("choices")) == (receipt.platform_id, "closed", None)
    assert await watch(page, thread) == ["closed", "after"]


@pytest.mark.parametrize("mark", list(Mark))
async def test_mark_shows_on_the_members_own_post(rig: Rig, mark: Mark) -> None:
    """How far a reply has come shows on the reply itself."""
    thread = await thread_of(rig)
    page = await (await rig.browser()).open_desk()
    await watch(page, thread)
    await page.say(type="message", client_id="message-1", text="Oui", room="support", thread=thread.thread_id)
    post = (await page.hear("ack"))["post"]
    await rig.plugin.mark(thread, post["id"], mark)
    shown = (await page.hear("post"))["post"]
    assert (shown["id"], shown["mark"]) == (post["id"], mark)


async def test_reaction_and_deletion(rig: Rig) -> None:
    """A reaction shows and goes; a deleted post loses its words everywhere."""
    thread = await thread_of(rig)
    receipt = await rig.plugin.send(rig.message(thread, "secret words"))
    page = await (await rig.browser()).open_desk()
    await watch(page, thread)
    await rig.plugin.react(thread, receipt.platform_id, "👍")
    assert (await page.hear("post"))["post"]["reaction"] == "👍"
    await rig.plugin.react(thread, receipt.platform_id, "")
    assert "reaction" not in (await page.hear("post"))["post"]
    for _ in range(2):
        await rig.plugin.delete(thread, receipt.platform_id)
    assert (await page.hear("post"))["post"]["deleted"] is True
    assert await page.silent() == []
    log = [text for name, text in rig.host.documents.texts.items() if name.startswith("log-")]
    assert "secret words" not in repr(log)


@pytest.mark.parametrize(("room", "thread"), [("nobody", ""), ("support", "nothing"), ("", "")])
async def test_member_reaches_rooms_only(rig: Rig, room: str, thread: str) -> None:
    """A member can neither read nor write where no team room is, and so in no contact's chat."""
    page = await (await rig.browser()).open_desk()
    for frame in (
        {"type": "watch"},
        {"type": "older", "before": 1},
        {"type": "message", "client_id": "message-1", "text": "x"},
    ):
        await page.say(**frame, room=room, thread=thread)
        assert (await page.hear("error"))["retry"] is False
    assert rig.host.events == []


async def test_members_cannot_open_a_contacts_chat(rig: Rig) -> None:
    """A contact's own chat is not to be had through the rooms."""
    _, chat = await rig.contact()
    page = await (await rig.browser()).open_desk()
    await page.say(type="watch", room=chat.chat_id, thread="")
    assert (await page.hear("error"))["code"] == "no_room"


async def test_new_rooms_show_without_a_reload(rig: Rig) -> None:
    """A page that connects after a reload of config.toml has the new rooms."""
    browser = await rig.browser()
    await browser.open_desk()
    rig.host.chats = [TeamChat(chat=SALES, title="Sales")]
    page = await browser.connect("/desk/socket", until="rooms")
    assert [room["title"] for room in page.heard[-1]["rooms"]] == ["Sales"]


async def test_rooms_bring_ready_replies_and_commands(rig: Rig) -> None:
    """The page gets the canned replies and the commands of the bot, as config.toml has them now."""
    rig.host.ready_texts = {"hello": "Hello, {team} here."}
    page = await (await rig.browser()).open_desk()
    frame = page.heard[-1]
    assert frame["canned"] == [{"name": "hello", "text": "Hello, {team} here."}]
    assert {"name": "claim", "text": "take the conversation"} in frame["commands"]
    assert frame["now"] == round(rig.clock.now.timestamp() * 1000)
