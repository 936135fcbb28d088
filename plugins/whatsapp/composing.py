"""An outgoing message as the parameters of Twilio's `messages.create`; pure."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from urllib.parse import quote

from bot.api import Capabilities, DeliveryRejected, MediaFile, MediaKind, OutgoingMessage, TextUnit, Wording
from plugins.whatsapp.addresses import address_of
from plugins.whatsapp.menus import Menu
from plugins.whatsapp.settings import Settings

TEXT_LIMIT = 1600
"""Twilio refuses more (error 21617)."""

REPLY_WINDOW = timedelta(hours=24)
SANDBOX = "+14155238886"

_CAPTION_LIMIT = 1024
_UNCAPTIONED = frozenset({MediaKind.DOCUMENT, MediaKind.VOICE, MediaKind.AUDIO, MediaKind.STICKER})
"""WhatsApp drops the words beside these."""

_MEGABYTE = 1024 * 1024
_IMAGE_LIMIT = 5 * _MEGABYTE
_FILE_LIMIT = 16 * _MEGABYTE
_STICKER_LIMIT = 500 * 1024
# What WhatsApp shows (twilio.com/docs/whatsapp/guidance-whatsapp-media-messages).
_SHOWN_TYPES = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/webp",
        "audio/ogg",
        "audio/amr",
        "audio/3gpp",
        "audio/aac",
        "audio/mpeg",
        "audio/mp4",
        "video/mp4",
        "video/3gpp",
        "application/pdf",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "text/vcard",
        "text/plain",
    }
)
_SENDS_PER_SECOND = 80
_POSTS_PER_MINUTE = 10  # one message in six seconds to one person


def capabilities_of(settings: Settings, menu: Menu | None) -> Capabilities:
    """What WhatsApp can do through Twilio (twilio.com/docs/whatsapp/key-concepts)."""
    sizes = dict.fromkeys(MediaKind, _FILE_LIMIT) | {
        MediaKind.PHOTO: _IMAGE_LIMIT,
        MediaKind.STICKER: _STICKER_LIMIT,
    }
    return Capabilities(
        text_limit=TEXT_LIMIT,
        # Twilio does not say what it counts; this is never less than characters.
        text_unit=TextUnit.UTF16,
        caption_limit=_CAPTION_LIMIT,
        uncaptioned=_UNCAPTIONED,
        choices=menu.most if menu else 0,
        choice_label_limit=menu.shape.kind.label_limit if menu else 20,
        media=MappingProxyType(sizes),
        typing=True,
        findable=True,
        reply_window=REPLY_WINDOW,
        posts_per_minute=_POSTS_PER_MINUTE,
        sends_per_second=1 if settings.number == SANDBOX else _SENDS_PER_SECOND,
        templates=frozenset(settings.content_sids),
        wake_template=settings.wake_name,
        is_paid=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    """What turns messages into parameters.

    Attributes:
        settings: the channel's table.
        menu: the template that shows a menu, or None.
        status_url: where Twilio reports what becomes of a message.
        link: where a file can be fetched.
        wording: what errors and stand-ins say.
    """

    settings: Settings
    menu: Menu | None
    status_url: str
    link: Callable[[MediaFile], str]
    wording: Wording

    def parameters(self, message: OutgoingMessage) -> Mapping[str, object]:
        """The parameters that send a message.

        Raises:
            DeliveryRejected: it cannot be sent as it is.
        """
        return {
            "to": address_of(message.chat.chat_id),
            "from_": address_of(self.settings.number),
            "status_callback": f"{self.status_url}?id={quote(message.message_id, safe='')}",
            **self._content(message),
        }

    def is_rendered(self, message: OutgoingMessage) -> bool:
        """Whether Twilio makes the text itself, from a template."""
        return bool(message.template or self._menu_sid(message))

    def body(self, message: OutgoingMessage) -> str:
        """The text that Twilio is given, and lists afterwards."""
        media = message.media
        if media is None or is_shown(media):
            return message.text
        line = self.wording("file_link", name=media.file_name, link=self.link(media))
        return f"{message.text}\n{line}" if message.text else line

    def _content(self, message: OutgoingMessage) -> Mapping[str, object]:
        if message.template:
            return self._template(message)
        if self.menu is not None and (content_sid := self._menu_sid(message)):
            return {
                "content_sid": content_sid,
                "content_variables": self.menu.variables(message.text, message.choices),
            }
        body = self.body(message)
        content: dict[str, object] = {"body": body} if body else {}
        if message.media is not None and is_shown(message.media):
            content["media_url"] = [self.link(message.media)]
        return content

    def _menu_sid(self, message: OutgoingMessage) -> str:
        """The template that shows the message with its buttons; empty when none can, or there are none."""
        if self.menu is None or message.media is not None:
            return ""
        return self.menu.sid_for(message.text, message.choices)

    def _template(self, message: OutgoingMessage) -> Mapping[str, object]:
        content_sid = self.settings.content_sids.get(message.template)
        if content_sid is None:
            raise DeliveryRejected(self.wording("no_template", name=message.template))
        # WhatsApp refuses line breaks and runs of spaces in what fills a template.
        values = [" ".join(value.split()) for value in message.values]
        for position, value in enumerate(values, start=1):
            if not value:
                raise DeliveryRejected(
                    self.wording("empty_variable", name=message.template, position=position)
                )
        if not values:
            return {"content_sid": content_sid}
        variables = {str(position): value for position, value in enumerate(values, start=1)}
        return {
            "content_sid": content_sid,
            "content_variables": json.dumps(variables, ensure_ascii=False),
        }


def is_shown(media: MediaFile) -> bool:
    """Whether WhatsApp takes a file of this type; others go as a link."""
    return media.mime_type.partition(";")[0].strip().lower() in _SHOWN_TYPES
