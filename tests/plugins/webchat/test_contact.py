"""What a contact meets on the page at /chat/."""

import asyncio
from datetime import UTC

import pytest

from bot.api import (
    ButtonPressed,
    ChatGone,
    Choice,
    IncomingMessage,
    MessageDeleted,
    MessageEdited,
    ReceiptState,
)
from tests.plugins.webchat.rig import CHANNEL, Rig

MENU = (Choice(choice_id="one", label="Support"), Choice(choice_id="two", label="Ventes"))


async def test_message_reaches_the_bot_before_it_is_acknowledged(rig: Rig) -> None:
    """The page gets its acknowledgement only after the bot has stored the message."""
    page, chat = await rig.contact()
    rig.host.hold(chat)
    await page.say(type="message", client_id="second-message", text=" ma panne \n")
    assert await rig.host.until(lambda host: len(host.attempts) == 2)
    assert not any(frame.get("client_id") == "second-message" for frame in page.heard)
    rig.host.release(chat)
    ack = await page.hear("ack")
    assert ack["client_id"] == "second-message"
    assert ack["post"]["text"] == "ma panne"


async def test_message_says_who_and_when(rig: Rig) -> None:
    """The bot learns the chat, the name, the language, the time and the ids."""
    browser = await rig.browser(**{"Accept-Language": "ja, es-MX;q=0.9, en;q=0.8"})
    page = await browser.open_chat()
    await page.say(type="name", name="  Ann Lee ")
    await page.hear("name")
    await page.say(type="message", client_id="message-1", text="hola")
    ack = await page.hear("ack")
    (event,) = rig.host.events
    assert isinstance(event, IncomingMessage)
    assert event.event_id == "message-1"
    assert event.message_id == ack["post"]["id"]
    assert event.sent_at == rig.clock.now
    assert event.sent_at.tzinfo is UTC
    assert event.chat.channel == CHANNEL
    assert event.chat.thread_id is None
    assert len(event.chat.chat_id) == 16
    sender = event.sender
    assert (sender.sender_id, sender.name, sender.first_name) == (event.chat.chat_id, "Ann Lee", "Ann")
    assert sender.language == "es"


async def test_resent_message_is_one_message(rig: Rig) -> None:
    """A message that is sent again because its acknowledgement was lost is received and shown once."""
    browser = await rig.browser()
    page = await browser.open_chat()
    await page.say(type="message", client_id="message-1", text="bonjour")
    first = await page.hear("ack")
    await page.socket.close()
    again = await browser.open_chat()
    await again.say(type="message", client_id="message-1", text="bonjour")
    second = await again.hear("ack")
    assert second["post"] == first["post"]
    assert len(rig.host.attempts) == 1
    assert len(again.heard[1]["posts"]) == 1


async def test_two_windows_send_the_same_message_at_once(rig: Rig) -> None:
    """The same message from two windows at the same moment is received and shown once."""
    browser = await rig.browser()
    one = await browser.open_chat()
    await one.say(type="message", client_id="message-1", text="bonjour")
    await one.hear("ack")
    chat = rig.host.events[0].chat
    other = await browser.open_chat()
    rig.host.hold(chat)
    for page in (one, other):
        await page.say(type="message", client_id="message-2", text="oui")
    assert await rig.host.until(lambda host: len(host.attempts) == 2)
    rig.host.release(chat)
    acks = [await page.hear("ack") for page in (one, other)]
    assert acks[0]["post"] == acks[1]["post"]
    assert len(rig.host.events) == 2


async def test_refusing_disk_is_no_acknowledgement(rig: Rig) -> None:
    """While the bot cannot keep a message the page is told so, keeps it, and a later attempt is taken."""
    page, _ = await rig.contact()
    rig.host.receive_error = OSError("disk full")
    await page.say(type="message", client_id="message-2", text="encore")
    error = await page.hear("error")
    assert (error["client_id"], error["code"], error["retry"]) == ("message-2", "not_kept", True)
    rig.host.receive_error = None
    await page.say(type="message", client_id="message-2", text="encore")
    assert (await page.hear("ack"))["client_id"] == "message-2"
    assert len(rig.host.events) == 2


async def test_refusing_documents_are_no_acknowledgement(rig: Rig) -> None:
    """A message that the bot has and the log could not keep is tried again, and shown once then."""
    page, _ = await rig.contact()
    rig.host.documents.error = OSError("disk full")
    await page.say(type="message", client_id="message-2", text="encore")
    assert (await page.hear("error"))["retry"] is True
    rig.host.documents.error = None
    await page.say(type="message", client_id="message-2", text="encore")
    await page.hear("ack")
    assert len(rig.host.events) == 2


async def test_answer_never_overtakes_its_question(rig: Rig) -> None:
    """What the bot sends while a message is being received stands after that message."""
    page, chat = await rig.contact()
    rig.host.hold(chat)
    await page.say(type="message", client_id="message-2", text="question")
    assert await rig.host.until(lambda host: len(host.attempts) == 2)
    answer = asyncio.ensure_future(rig.plugin.send(rig.message(chat, "answer")))
    rig.host.release(chat)
    await answer
    posts = [(await page.hear("post"))["post"]["text"] for _ in range(2)]
    assert posts[-2:] == ["question", "answer"]


async def test_button_is_pressed(rig: Rig) -> None:
    """A pressed button reaches the bot with its message, and its notice reaches the page."""
    page, chat = await rig.contact()
    receipt = await rig.plugin.send(rig.message(chat, "Choisissez", choices=MENU))
    shown = await page.hear("post")
    while shown["post"]["text"] != "Choisissez":
        shown = await page.hear("post")
    assert shown["post"]["choices"] == [{"id": "one", "label": "Support"}, {"id": "two", "label": "Ventes"}]
    rig.host.notice = "Merci !"
    await page.say(type="press", client_id="press-one", message_id=receipt.platform_id, choice_id="two")
    ack = await page.hear("ack")
    assert ack["notice"] == "Merci !"
    assert ack["post"]["chosen"] == "two"
    event = rig.host.events[-1]
    assert isinstance(event, ButtonPressed)
    assert (event.choice_id, event.message_id, event.chat) == ("two", receipt.platform_id, chat)


async def test_button_that_is_gone_is_refused(rig: Rig) -> None:
    """A button that was taken away since does nothing but say so."""
    page, chat = await rig.contact()
    receipt = await rig.plugin.send(rig.message(chat, "Choisissez", choices=MENU))
    await rig.plugin.edit(chat, receipt.platform_id, rig.message(chat, "C'est fait"))
    await page.say(type="press", client_id="press-one", message_id=receipt.platform_id, choice_id="two")
    error = await page.hear("error")
    assert (error["code"], error["retry"]) == ("gone", False)
    assert len(rig.host.events) == 1


async def test_seen_is_reported_once_and_forward_only(rig: Rig) -> None:
    """What the page shows is reported as delivered, then as read, each once, however often it is said."""
    page, chat = await rig.contact()
    receipt = await rig.plugin.send(rig.message(chat, "Bienvenue", message_id="welcome"))
    for state in ("delivered", "delivered", "read", "delivered"):
        await page.say(type="seen", message_ids=[receipt.platform_id, "0.first-message", "7.x"], state=state)
    await page.silent()
    assert [(report.message_id, report.state) for report in rig.host.reports] == [
        ("welcome", ReceiptState.DELIVERED),
        ("welcome", ReceiptState.READ),
    ]


async def test_seen_is_said_again_when_it_was_not_kept(rig: Rig) -> None:
    """A receipt that the bot could not store is reported the next time the page says so."""
    page, chat = await rig.contact()
    receipt = await rig.plugin.send(rig.message(chat, "Bienvenue"))
    rig.host.receive_error = OSError("disk full")
    await page.say(type="seen", message_ids=[receipt.platform_id], state="read")
    assert (await page.hear("error"))["code"] == "not_kept"
    rig.host.receive_error = None
    await page.say(type="seen", message_ids=[receipt.platform_id], state="read")
    await page.silent()
    assert len(rig.host.reports) == 1


async def test_contact_edits_and_deletes_own_messages_only(rig: Rig) -> None:
    """A contact can change and take back what they wrote, and nothing else."""
    page, chat = await rig.contact()
    receipt = await rig.plugin.send(rig.message(chat, "Bienvenue"))
    own = rig.host.events[0]
    assert isinstance(own, IncomingMessage)
    await page.say(type="edit", client_id="edit-one", message_id=own.message_id, text="bonsoir")
    assert (await page.hear("ack"))["post"]["text"] == "bonsoir"
    await page.say(type="delete", client_id="delete-1", message_id=own.message_id)
    assert (await page.hear("ack"))["post"].get("text") is None
    edited, deleted = rig.host.events[1:]
    assert isinstance(edited, MessageEdited)
    assert (edited.text, edited.message_id) == ("bonsoir", own.message_id)
    assert isinstance(deleted, MessageDeleted)
    for kind in ("edit", "delete"):
        await page.say(type=kind, client_id=f"{kind}-other", message_id=receipt.platform_id, text="moi")
        assert (await page.hear("error"))["code"] == "not_yours"


async def test_quote_is_carried(rig: Rig) -> None:
    """An answer to a post names it to the bot and shows it on the page; an unknown one is refused."""
    page, chat = await rig.contact()
    receipt = await rig.plugin.send(rig.message(chat, "Quel modèle ?"))
    await page.say(type="message", client_id="message-2", text="Le bleu", reply_to=receipt.platform_id)
    ack = await page.hear("ack")
    assert ack["post"]["quote"] == {"id": receipt.platform_id, "author": "", "text": "Quel modèle ?"}
    event = rig.host.events[-1]
    assert isinstance(event, IncomingMessage)
    assert event.reply_to == receipt.platform_id
    await page.say(type="message", client_id="message-3", text="?", reply_to="0.nothing")
    assert (await page.hear("error"))["code"] == "gone"


async def test_every_window_shows_the_same(rig: Rig) -> None:
    """What happens in one window of a contact shows in the others, and in nobody else's."""
    browser = await rig.browser()
    one = await browser.open_chat()
    other = await browser.open_chat()
    stranger, _ = await rig.contact()
    await one.say(type="message", client_id="message-1", text="bonjour")
    assert (await other.hear("post"))["post"]["text"] == "bonjour"
    await rig.plugin.typing(rig.host.events[-1].chat)
    await other.hear("typing")
    assert [frame["type"] for frame in await stranger.silent()] == []


async def test_windows_are_limited(rig: Rig) -> None:
    """One contact cannot hold connections without end."""
    browser = await rig.browser()
    pages = [await browser.open_chat() for _ in range(20)]
    async with browser.session.get(f"{rig.url}/chat/socket", headers={"Origin": rig.url}) as answer:
        assert answer.status == 429
    await pages[0].socket.close()
    assert await browser.open_chat()


async def test_unknown_contact_is_gone(rig: Rig) -> None:
    """A chat that nobody ever wrote from cannot be written to."""
    _, chat = await rig.contact()
    with pytest.raises(ChatGone):
        await rig.plugin.send(rig.message(type(chat)(CHANNEL, "0123456789abcdef"), "Bonjour"))


async def test_erased_contact_leaves_nothing(rig: Rig) -> None:
    """Erasing a contact removes the log and the name, and the page goes blank."""
    page, chat = await rig.contact()
    await page.say(type="name", name="Secret Name")
    await page.hear("name")
    before = set(rig.host.documents.texts)
    await rig.plugin.erase([chat])
    await page.hear("erased")
    assert "bonjour" not in repr(rig.host.documents.texts)
    assert "Secret" not in repr(rig.host.documents.texts)
    assert before - set(rig.host.documents.texts)
    with pytest.raises(ChatGone):
        await rig.plugin.send(rig.message(chat, "Encore là ?"))
