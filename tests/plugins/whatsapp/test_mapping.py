"""Every type of message that Twilio posts becomes what it is to people; nothing of it is dropped."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.api import (
    Attachment,
    ButtonPressed,
    ChatRef,
    IncomingMessage,
    Location,
    MediaKind,
    ReactionChanged,
)
from plugins.whatsapp.listing import Listed, ListedFile
from plugins.whatsapp.mapping import HeardEvent, Malformed, kind_of, read_listed, read_message

PAYLOADS = Path(__file__).parent / "payloads"
CHAT = ChatRef("whatsapp", "FR.13491208655302741918")
NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
MEDIA = "https://api.twilio.com/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages/MM1/Media/ME0"


def read(name: str) -> HeardEvent:
    """The event of a payload; what all of them share is asserted here."""
    form = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))
    event = read_message("whatsapp", form, NOW)
    assert (event.event_id, event.chat, event.sent_at) == (form["MessageSid"], CHAT, NOW)
    assert (event.sender.name, event.sender.phone) == ("Ann Example", "+33612345678")
    return event


def message(name: str) -> IncomingMessage:
    """The message of a payload, which has its own id to be quoted by."""
    event = read(name)
    assert isinstance(event, IncomingMessage)
    assert event.message_id == event.event_id
    return event


def test_text() -> None:
    """A text is what was written, and nothing else."""
    heard = message("text")
    assert heard.text == "Bonjour, ma machine est en panne 👋"
    assert (heard.attachments, heard.location, heard.unsupported, heard.reply_to) == ((), None, "", "")


def test_item_12_quote() -> None:
    """A quoted message is named by the id under which it was sent or received."""
    assert message("quote").reply_to == "SM77"
    assert message("quote").quotes_us


def test_item_12_quote_of_their_own() -> None:
    """Who quotes what they wrote themselves quotes none of ours; without a quote nobody does."""
    form = json.loads((PAYLOADS / "quote.json").read_text(encoding="utf-8"))
    event = read_message("whatsapp", {**form, "OriginalRepliedMessageSender": form["From"]}, NOW)
    assert isinstance(event, IncomingMessage)
    assert (event.reply_to, event.quotes_us) == ("SM77", False)
    assert not message("text").quotes_us


@pytest.mark.parametrize(
    ("name", "kind", "mime_type", "file_name", "text"),
    [
        ("image", MediaKind.PHOTO, "image/jpeg", "", "comme sur la photo"),
        ("voice", MediaKind.VOICE, "audio/ogg", "", ""),
        ("audio", MediaKind.AUDIO, "audio/mpeg", "", ""),
        ("video", MediaKind.VIDEO, "video/mp4", "", ""),
        ("document", MediaKind.DOCUMENT, "application/pdf", "Facture 2026-05.pdf", ""),
        ("document_with_caption", MediaKind.DOCUMENT, "application/pdf", "", "voici la facture, merci"),
        ("sticker", MediaKind.STICKER, "image/webp", "", ""),
        ("contacts", MediaKind.DOCUMENT, "text/vcard", "contact.vcf", ""),
    ],
)
def test_files(name: str, kind: MediaKind, mime_type: str, file_name: str, text: str) -> None:
    """A file is what WhatsApp calls it; a text beside it is its caption, or a document's name."""
    heard = message(name)
    assert heard.attachments == (
        Attachment(kind=kind, remote_id=MEDIA, file_name=file_name, mime_type=mime_type),
    )
    assert heard.text == text
    assert not heard.unsupported


def test_place() -> None:
    """A place has its degrees, its name and its address."""
    assert message("location").location == Location(
        latitude=48.8584, longitude=2.2945, title="Tour Eiffel", address="5 avenue Anatole France, Paris"
    )


@pytest.mark.parametrize("name", ["button_of_a_menu", "item_of_a_list"])
def test_item_10_buttons_of_menus(name: str) -> None:
    """A button or list item of a menu of ours comes back with its choice, and the message it was on."""
    event = read(name)
    assert isinstance(event, ButtonPressed)
    assert (event.choice_id, event.message_id) == ("answer:1", "SM77")


@pytest.mark.parametrize(
    ("name", "text"), [("button_of_a_template", "Oui, demain"), ("item_of_another_list", "Rennes")]
)
def test_item_10_other_buttons_are_texts(name: str, text: str) -> None:
    """A button of a template that is no menu of ours is the text that stands on it."""
    assert message(name).text == text
    assert not message(name).unsupported


def test_form_of_a_flow() -> None:
    """What was filled into a form is shown as it came."""
    assert message("form_of_a_flow").unsupported == 'interactive: {"date":"2026-05-12"}'


def test_reaction() -> None:
    """A reaction is one, on the message that it names."""
    event = read("reaction")
    assert isinstance(event, ReactionChanged)
    assert (event.emoji, event.message_id) == ("👍", "SM77")


def test_reaction_to_nothing() -> None:
    """A reaction that names no message is the emoji that was written."""
    assert message("reaction_to_nothing").text == "👍"


@pytest.mark.parametrize(
    ("name", "text", "unsupported"),
    [("something_new", "", "hologram"), ("order", "2 articles", "order"), ("nothing", "", "text")],
)
def test_item_11_unknown_types(name: str, text: str, unsupported: str) -> None:
    """A type that nobody knows yet is shown by its name, with its text if it has one, and never dropped."""
    heard = message(name)
    assert (heard.text, heard.unsupported) == (text, unsupported)


@pytest.mark.parametrize(
    ("name", "text"), [("advertisement", "Je voudrais en savoir plus"), ("forwarded", "regardez")]
)
def test_more_than_a_text(name: str, text: str) -> None:
    """What came by an advertisement, or was forwarded, is a text like any other."""
    assert message(name).text == text
    assert not message(name).unsupported


def test_message_without_a_type() -> None:
    """A form from before message types were told is read by what is in it."""
    heard = read_message("whatsapp", {"MessageSid": "SM1", "From": "whatsapp:+33612345678"}, NOW)
    assert isinstance(heard, IncomingMessage)
    assert heard.unsupported == "?"


@pytest.mark.parametrize(
    ("mime_type", "kind"),
    [
        ("image/png", MediaKind.PHOTO),
        ("video/3gpp", MediaKind.VIDEO),
        ("audio/ogg; codecs=opus", MediaKind.VOICE),
        ("audio/mp4", MediaKind.AUDIO),
        ("text/vcard", MediaKind.DOCUMENT),
        ("application/zip", MediaKind.DOCUMENT),
        ("", MediaKind.DOCUMENT),
    ],
)
def test_kind_without_a_message_type(mime_type: str, kind: MediaKind) -> None:
    """Where WhatsApp's word is missing, the file's own type says what it is."""
    assert kind_of(mime_type) is kind


def test_senseless_form() -> None:
    """A form without an id or a sender makes no sense."""
    for form in ({"From": "whatsapp:+33612345678"}, {"MessageSid": "SM1"}):
        with pytest.raises(Malformed):
            read_message("whatsapp", form, NOW)


def listed(**more: object) -> Listed:
    """A message as Twilio lists it."""
    values: dict[str, object] = {
        "sid": "SM1",
        "sender": "whatsapp:+5215512345678",
        "recipient": "whatsapp:+33939000001",
        "body": "hola",
        "status": "received",
        "error_code": 0,
        "file_count": 0,
        "at": NOW,
        "is_inbound": True,
    }
    return Listed(**{**values, **more})  # type: ignore[arg-type]


def test_listed_message() -> None:
    """A message that was never delivered has its time, its words, its files, and its sender's one id."""
    files = [ListedFile(url="https://api.twilio.com/x", mime_type="image/jpeg")]
    heard = read_listed("whatsapp", listed(), files)
    assert heard is not None
    assert (heard.event_id, heard.message_id, heard.text, heard.sent_at) == ("SM1", "SM1", "hola", NOW)
    assert heard.chat == ChatRef("whatsapp", "+525512345678")
    assert heard.sender.aliases == ("+5215512345678",)
    assert heard.attachments == (
        Attachment(kind=MediaKind.PHOTO, remote_id="https://api.twilio.com/x", mime_type="image/jpeg"),
    )


def test_listed_message_with_nothing_in_it() -> None:
    """A place or a form, of which the list shows nothing, is not dropped."""
    heard = read_listed("whatsapp", listed(body=""), ())
    assert heard is not None
    assert heard.unsupported == "?"


def test_listed_message_of_another_platform() -> None:
    """What came to the same number by other ways is left alone."""
    assert read_listed("whatsapp", listed(sender="+33612345678"), ()) is None
