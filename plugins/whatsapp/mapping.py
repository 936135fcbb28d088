"""Twilio's forms and listed messages as events; pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.api import (
    Attachment,
    ButtonPressed,
    ChatRef,
    IncomingMessage,
    Location,
    MediaKind,
    ReactionChanged,
    Sender,
)
from plugins.whatsapp.addresses import Identity, chat_id_of, identity
from plugins.whatsapp.listing import Listed, ListedFile
from plugins.whatsapp.menus import choice_in

Form = Mapping[str, str]
HeardEvent = IncomingMessage | ButtonPressed | ReactionChanged
"""What somebody may have done."""

MOST_FILES = 10

_PLAIN = frozenset({"", "text", "image", "audio", "video", "document", "sticker", "contacts", "location"})
_ANSWERS = frozenset({"button", "interactive", "list", "reaction"})
_KINDS: Mapping[str, MediaKind] = {
    "image": MediaKind.PHOTO,
    "video": MediaKind.VIDEO,
    "audio": MediaKind.AUDIO,
    "voice": MediaKind.VOICE,
    "document": MediaKind.DOCUMENT,
    "contacts": MediaKind.DOCUMENT,
    "sticker": MediaKind.STICKER,
}
_VCARD = frozenset({"text/vcard", "text/x-vcard", "text/directory"})
_FILE_NAME = re.compile(r"[^\n/\\]{1,200}\.[A-Za-z0-9]{1,5}")


class Malformed(ValueError):
    """A form that does not say what every message says."""


def own_number(form: Form) -> str:
    """The number that a form is for, in its canonical spelling; empty when it is for none of WhatsApp."""
    return chat_id_of(form.get("To", ""))


def read_message(channel: str, form: Form, at: datetime) -> HeardEvent:
    """Make an event of a webhook's form.

    Twilio tells no time, so an event has the time of its arrival.

    Args:
        channel: the channel that received it.
        form: `From` is a WhatsApp address.
        at: the time, in UTC.

    Raises:
        Malformed: it has no id, no sender, or numbers that are none.
    """
    sid = form.get("MessageSid") or form.get("SmsMessageSid") or form.get("SmsSid") or ""
    who = identity(
        form.get("From", ""), external_id=form.get("ExternalUserId", ""), wa_id=form.get("WaId", "")
    )
    if not sid or who is None:
        raise Malformed("a message has an id and a sender")
    chat = ChatRef(channel, who.chat_id)
    sender = _sender(who, form.get("ProfileName", ""))
    message_type = form.get("MessageType", "").lower()
    quoted = form.get("OriginalRepliedMessageSid", "")
    if choice := choice_in(form.get("ButtonPayload", "")) or choice_in(form.get("ListId", "")):
        return ButtonPressed(
            event_id=sid, chat=chat, sender=sender, sent_at=at, choice_id=choice, message_id=quoted
        )
    text = form.get("Body", "")
    if message_type == "reaction" and quoted:
        return ReactionChanged(
            event_id=sid, chat=chat, sender=sender, sent_at=at, message_id=quoted, emoji=text
        )
    text = text or form.get("ButtonText", "") or form.get("ListTitle", "")
    files = _files(form, message_type)
    location = _location(form)
    if message_type == "document" and len(files) == 1 and _FILE_NAME.fullmatch(text):
        # A document without a caption has its own name for a text.
        (file,) = files
        files, text = (_named(file, text),), ""
    return IncomingMessage(
        event_id=sid,
        chat=chat,
        sender=sender,
        sent_at=at,
        text=text,
        message_id=sid,
        reply_to=quoted,
        quotes_us=bool(quoted)
        and chat_id_of(form.get("OriginalRepliedMessageSender", "")) == own_number(form),
        attachments=files,
        location=location,
        unsupported=_unsupported(form, message_type, has_content=bool(text or files or location)),
    )


def read_listed(channel: str, message: Listed, files: Sequence[ListedFile]) -> IncomingMessage | None:
    """Make an event of a message that was never delivered, as Twilio lists it.

    The list has less than the form had: no profile, no place, no quote and no button.

    Returns:
        None when it is not from WhatsApp.
    """
    who = identity(message.sender)
    if who is None:
        return None
    attachments = tuple(
        Attachment(kind=kind_of(file.mime_type), remote_id=file.url, mime_type=file.mime_type)
        for file in files
    )
    return IncomingMessage(
        event_id=message.sid,
        chat=ChatRef(channel, who.chat_id),
        sender=_sender(who, ""),
        sent_at=message.at,
        text=message.body,
        message_id=message.sid,
        attachments=attachments,
        unsupported="" if message.body or attachments else "?",
    )


def chats_of(event: HeardEvent) -> tuple[str, ...]:
    """Every id of the chat that something happened in."""
    return (event.chat.chat_id, *event.sender.aliases)


def kind_of(mime_type: str, message_type: str = "") -> MediaKind:
    """What a file is to people, by what WhatsApp calls the message, else by the file's type."""
    plain = mime_type.partition(";")[0].strip().lower()
    if message_type == "audio" or (plain.startswith("audio/") and not message_type):
        return MediaKind.VOICE if plain in {"audio/ogg", "audio/amr"} else MediaKind.AUDIO
    if message_type in _KINDS:
        return _KINDS[message_type]
    if plain in _VCARD:
        return MediaKind.DOCUMENT
    return _KINDS.get(plain.partition("/")[0], MediaKind.DOCUMENT)


def _sender(who: Identity, name: str) -> Sender:
    name = " ".join(name.split())
    return Sender(
        sender_id=who.chat_id,
        name=name,
        first_name=name.partition(" ")[0],
        phone=who.phone,
        aliases=who.aliases,
    )


def _files(form: Form, message_type: str) -> tuple[Attachment, ...]:
    count = form.get("NumMedia", "0") or "0"
    if not count.isdecimal() or int(count) > MOST_FILES:
        raise Malformed("the number of files is none")
    files = []
    for number in range(int(count)):
        url = form.get(f"MediaUrl{number}", "")
        mime_type = form.get(f"MediaContentType{number}", "")
        if not url:
            raise Malformed("a file has no address")
        kind = kind_of(mime_type, message_type)
        name = "contact.vcf" if mime_type.partition(";")[0] in _VCARD else ""
        files.append(Attachment(kind=kind, remote_id=url, file_name=name, mime_type=mime_type))
    return tuple(files)


def _named(file: Attachment, name: str) -> Attachment:
    return Attachment(kind=file.kind, remote_id=file.remote_id, file_name=name, mime_type=file.mime_type)


def _location(form: Form) -> Location | None:
    latitude, longitude = form.get("Latitude", ""), form.get("Longitude", "")
    if not latitude and not longitude:
        return None
    try:
        degrees = float(latitude), float(longitude)
    except ValueError as error:
        raise Malformed("a place has two numbers") from error
    if not (abs(degrees[0]) <= 90 and abs(degrees[1]) <= 180):
        raise Malformed("a place is on the earth")
    return Location(
        latitude=degrees[0],
        longitude=degrees[1],
        title=form.get("Label", ""),
        address=form.get("Address", ""),
    )


def _unsupported(form: Form, message_type: str, *, has_content: bool) -> str:
    """What a message is that nothing else carries; Twilio's own word, for it may be one of tomorrow's."""
    if message_type in _PLAIN:
        # It was written, so it is shown, also when there is nothing in it.
        return "" if has_content else message_type or "?"
    if message_type in _ANSWERS and has_content:
        return ""
    details = form.get("InteractiveData") or form.get("FlowData") or ""
    return f"{message_type}: {details[:500]}" if details else message_type
