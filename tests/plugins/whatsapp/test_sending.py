"""What is sent is what Twilio wants, and what people then see on WhatsApp."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.api import (
    ChatRef,
    Choice,
    ConnectionFailed,
    DeliveryRejected,
    MediaFile,
    MediaKind,
    RateLimited,
)
from tests.conformance.host import MemoryDocuments
from tests.plugins.whatsapp.harness import CHANNEL, MENU
from tests.plugins.whatsapp.rig import BOB_CHAT, OURS, Rig, running
from tests.simulators.twilio_contents import list_picker, quick_reply, text_template
from tests.simulators.twilio_messages import Content
from tests.simulators.twilio_troubles import Trouble

WELCOME = "Bienvenue !\n1. Support\n2. Ventes"
CHOICES = (Choice(choice_id="a:1", label="Support"), Choice(choice_id="a:2", label="Ventes"))
REMINDER, WAKE = "HX" + "b" * 32, "HX" + "c" * 32


async def file_of(rig: Rig, kind: MediaKind, name: str, mime_type: str, size: int = 100) -> MediaFile:
    """A file that the bot holds."""
    return await rig.host.media.keep(BOB_CHAT, b"x" * size, kind=kind, file_name=name, mime_type=mime_type)


async def test_text(rig: Rig) -> None:
    """A text goes from our number to the chat's id, and asks for callbacks that carry our own id."""
    message = await rig.sent(rig.message("Hello *Bob*\n\nyours"))
    assert (message.sender, message.recipient) == (OURS, "whatsapp:+33687654321")
    assert message.body == "Hello *Bob*\n\nyours"
    assert message.status_callback == f"{rig.host.public_url}/webhooks/{CHANNEL}/status?id=record.1"


async def test_ids_with_odd_characters(rig: Rig) -> None:
    """An id of ours comes back from a callback as it was, whatever is in it."""
    message_id = "whatsapp-1&b=2 é/+.7-1"
    message = await rig.sent(rig.message("Hello", message_id=message_id))
    assert await rig.platform.hooks.tell(message, "delivered") == 200
    assert [receipt.message_id for receipt in rig.host.reports] == [message_id]


async def test_item_8_text_limit(rig: Rig) -> None:
    """The longest text is one that Twilio takes, however it counts; one unit more is refused for good."""
    limit = rig.plugin.capabilities.text_limit
    assert limit == 1600
    for text in ("x" * limit, "😀" * (limit // 2)):
        await rig.sent(rig.message(text))
        with pytest.raises(DeliveryRejected, match="21617"):
            await rig.plugin.send(rig.message(text + "x"))


async def test_item_14_spacing(rig: Rig) -> None:
    """A member is written to at most every six seconds on average, and the sender as fast as it may."""
    assert rig.plugin.capabilities.posts_per_minute == 10
    assert rig.plugin.capabilities.sends_per_second == 80


async def test_item_15_sandbox_is_slow(tmp_path: Path) -> None:
    """The sandbox's number is written from no faster than Twilio lets it."""
    async with running(tmp_path, is_connected=False, number="+1 415 523 8886") as rig:
        assert rig.plugin.capabilities.sends_per_second == 1


async def test_item_5_and_18_windows(tmp_path: Path) -> None:
    """The bot is told that a window is 24 hours long, which templates open a shut one, and which wakes."""
    async with running(tmp_path, wake_template=WAKE, templates={"reminder": REMINDER}) as rig:
        able = rig.plugin.capabilities
    assert able.reply_window == timedelta(hours=24)
    assert able.human_window is None
    assert able.templates == {"reminder", "wake"}
    assert able.wake_template == "wake"
    assert able.is_paid


async def test_template_in_a_shut_window(tmp_path: Path) -> None:
    """A template with its variables by position reaches who has not written for a day; a text does not."""
    contents = {REMINDER: Content(types=text_template("Hello {{1}}, {{2}}!"), is_approved=True)}
    async with running(tmp_path, contents=contents, templates={"reminder": REMINDER}) as rig:
        rig.clock.advance(timedelta(hours=25))
        values = ("Bob", "your bike\n is   ready")
        sent = await rig.sent(rig.message("reminder", template="reminder", values=values))
        text = await rig.sent(rig.message("your bike is ready"))
    assert (sent.body, sent.late_error) == ("Hello Bob, your bike is ready!", 0)
    assert text.late_error == 63016


async def test_templates_that_cannot_be_sent(tmp_path: Path) -> None:
    """An unknown template, one with an empty variable, and one that is not filled, are refused for good."""
    contents = {REMINDER: Content(types=text_template("Hello {{1}}!"), is_approved=True)}
    async with running(tmp_path, contents=contents, templates={"reminder": REMINDER, "lost": WAKE}) as rig:
        for template, values, words in (
            ("none", (), "no template named none"),
            ("reminder", (" ",), "variable 1"),
            ("reminder", (), "21656"),
            ("lost", (), "21655"),
        ):
            with pytest.raises(DeliveryRejected, match=words):
                await rig.plugin.send(rig.message("x", template=template, values=values))
    # What only the account's owner can mend is told to the inbox, each cause once.
    assert len(rig.host.alerts) == 2
    assert all("template" in alert for alert in rig.host.alerts)


@pytest.mark.parametrize("types", [quick_reply(buttons=3), list_picker(items=10)])
async def test_menu_as_buttons(tmp_path: Path, types: dict[str, object]) -> None:
    """A menu of up to as many answers as the template has buttons is shown with them, its text as it is."""
    async with running(tmp_path, contents={MENU: Content(types=types)}, menu_content=MENU) as rig:
        most = rig.plugin.capabilities.choices
        choices = tuple(Choice(choice_id=f"a:{number}", label=f"Label {number}") for number in range(most))
        for count in range(1, most + 1):
            sent = await rig.sent(rig.message(WELCOME, choices=choices[:count]))
            assert sent.body == WELCOME
            assert sent.choices == tuple((each.label, f"choice:{each.choice_id}") for each in choices[:count])
    assert most in {3, 10}


async def test_copies_of_the_menu_are_made_once(tmp_path: Path) -> None:
    """The copies with fewer buttons are made at the first start, and known at the next; of another, anew."""
    documents, other = MemoryDocuments(), "HX" + "d" * 32
    contents = {MENU: Content(types=quick_reply(buttons=3)), other: Content(types=quick_reply(buttons=2))}
    async with running(tmp_path, contents=contents, menu_content=MENU, documents=documents) as rig:
        assert len(rig.platform.book.contents) == 4
        for sid, count in ((MENU, 4), (other, 5), (other, 5)):
            async with running(
                tmp_path, platform=rig.platform, menu_content=sid, documents=documents
            ) as again:
                await again.sent(again.message(WELCOME, choices=CHOICES[:1]))
                assert len(rig.platform.book.contents) == count


async def test_copies_while_the_disk_refuses(tmp_path: Path) -> None:
    """The copies are of use also where they cannot be noted."""
    documents = MemoryDocuments(error=OSError("no space left on device"))
    contents = {MENU: Content(types=quick_reply(buttons=3))}
    async with running(tmp_path, contents=contents, menu_content=MENU, documents=documents) as rig:
        assert (await rig.sent(rig.message(WELCOME, choices=CHOICES))).choices


async def test_copies_that_cannot_be_made(tmp_path: Path) -> None:
    """Where a copy is refused there are no buttons at all, rather than some that are missing."""
    contents = {MENU: Content(types=quick_reply(buttons=3))}
    async with running(tmp_path, contents=contents, menu_content=MENU, is_connected=False) as rig:
        rig.platform.book.takes_contents = False
        await rig.plugin.connect()
        assert rig.plugin.capabilities.choices == 0
        assert not (await rig.sent(rig.message(WELCOME, choices=CHOICES))).choices


async def test_menu_with_a_long_text(tmp_path: Path) -> None:
    """A menu whose text is longer than buttons may have is its numbered text."""
    contents = {MENU: Content(types=quick_reply(buttons=2))}
    async with running(tmp_path, contents=contents, menu_content=MENU) as rig:
        sent = await rig.sent(rig.message(WELCOME + "x" * 1024, choices=CHOICES))
    assert (sent.choices, sent.content_sid) == ((), "")


async def test_no_menu_without_a_template(rig: Rig) -> None:
    """Without a template for menus the bot is told that there are no buttons."""
    assert rig.plugin.capabilities.choices == 0
    assert not (await rig.sent(rig.message(WELCOME, choices=CHOICES))).choices


@pytest.mark.parametrize(
    ("kind", "name", "mime_type"),
    [
        (MediaKind.PHOTO, "a.jpg", "image/jpeg"),
        (MediaKind.VOICE, "a.ogg", "audio/ogg; codecs=opus"),
        (MediaKind.VIDEO, "a.mp4", "video/mp4"),
        (MediaKind.DOCUMENT, "a.pdf", "application/pdf"),
        (MediaKind.STICKER, "a.webp", "image/webp"),
    ],
)
async def test_item_9_files_that_whatsapp_shows(rig: Rig, kind: MediaKind, name: str, mime_type: str) -> None:
    """A file of a type that WhatsApp shows is fetched from our signed link, one file a message."""
    media = await file_of(rig, kind, name, mime_type)
    sent = await rig.sent(rig.message(media=media))
    assert [file.content for file in sent.files] == [b"x" * 100]
    assert (sent.body, sent.late_error) == ("", 0)


async def test_item_9_caption(rig: Rig) -> None:
    """A photo's caption goes with it; the bot is told beside which files WhatsApp drops the words."""
    media = await file_of(rig, MediaKind.PHOTO, "a.jpg", "image/jpeg")
    sent = await rig.sent(rig.message("like this one", media=media))
    assert (sent.body, len(sent.files)) == ("like this one", 1)
    able = rig.plugin.capabilities
    assert able.caption_limit == 1024
    assert able.uncaptioned >= {MediaKind.DOCUMENT, MediaKind.VOICE, MediaKind.AUDIO}


@pytest.mark.parametrize("caption", ["", "the archive"])
async def test_item_9_other_files_go_as_a_link(rig: Rig, caption: str) -> None:
    """A file of a type that WhatsApp does not take goes as a link that says what it is."""
    media = await file_of(rig, MediaKind.DOCUMENT, "a.zip", "application/zip")
    sent = await rig.sent(rig.message(caption, media=media))
    line = f"a.zip: {rig.host.media.link(media)}"
    assert sent.body == (f"{caption}\n{line}" if caption else line)
    assert not sent.files


async def test_item_9_sizes(rig: Rig) -> None:
    """The bot is told how large a file of each kind may be: 5 MB a photo, 16 MB anything else."""
    sizes = rig.plugin.capabilities.media
    assert set(sizes) == set(MediaKind)
    assert sizes[MediaKind.PHOTO] == 5 * 1024 * 1024
    assert sizes[MediaKind.DOCUMENT] == 16 * 1024 * 1024


async def test_rate_limit_of_one_contact(rig: Rig) -> None:
    """A pause that WhatsApp asks for with one contact is not one of the whole channel."""
    rig.platform.book.refused[f"whatsapp:{BOB_CHAT.chat_id}"] = 63017
    with pytest.raises(RateLimited) as one:
        await rig.plugin.send(rig.message("Hello"))
    rig.platform.book.refused[f"whatsapp:{BOB_CHAT.chat_id}"] = 63018
    with pytest.raises(RateLimited) as all_chats:
        await rig.plugin.send(rig.message("Hello"))
    assert not one.value.whole_channel
    assert all_chats.value.whole_channel
    assert all_chats.value.retry_after >= timedelta(seconds=30)


async def test_no_call_is_repeated(rig: Rig) -> None:
    """A call that failed is made once: whether to repeat it is not the SDK's decision."""
    rig.platform.fail_next(Trouble.SERVER_ERROR)
    with pytest.raises(Exception, match="fault of its own"):
        await rig.plugin.send(rig.message("Hello"))
    assert [method for method, path, _ in rig.platform.calls if path.endswith("Messages.json")] == ["POST"]


async def test_typing(rig: Rig) -> None:
    """The typing indicator is shown on the contact's last message; without one nothing is asked."""
    await rig.plugin.typing(BOB_CHAT)
    assert not rig.platform.account.typing
    await rig.hear("one")
    last = await rig.hear("two")
    for chat_id in (last.chat.chat_id, "+33612345678"):
        await rig.plugin.typing(ChatRef(CHANNEL, chat_id))
    assert rig.platform.account.typing == [last.message_id] * 2


async def test_nothing_is_sent_before_connecting(tmp_path: Path) -> None:
    """A channel that is not connected says so."""
    async with running(tmp_path, is_connected=False) as rig:
        with pytest.raises(ConnectionFailed):
            await rig.plugin.send(rig.message("Hello"))


async def test_variables_are_json(tmp_path: Path) -> None:
    """What fills a template is a JSON text of texts, quotes and accents included."""
    contents = {REMINDER: Content(types=text_template("{{1}}"), is_approved=True)}
    async with running(tmp_path, contents=contents, templates={"reminder": REMINDER}) as rig:
        sent = await rig.sent(rig.message("x", template="reminder", values=('l\'été "bleu"',)))
        (given,) = [given for method, path, given in rig.platform.calls if method == "POST"]
    assert sent.body == 'l\'été "bleu"'
    assert json.loads(given["ContentVariables"][0]) == {"1": 'l\'été "bleu"'}
