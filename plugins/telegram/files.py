"""Files on their way to a chat: by reference where the platform has them, else uploaded.

https://core.telegram.org/bots/api#sending-files
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from telegram import InputFile, Message

from bot.api import Attachment, DeliveryRejected, Host, MediaFile, MediaKind, OutgoingMessage
from plugins.telegram.client import Client
from plugins.telegram.content import file_id_for
from plugins.telegram.errors import Refused
from plugins.telegram.outgoing import entities, upload_name

_NO_SUCH_FILE = ("wrong file", "wrong remote file", "file_reference", "failed to get http url", "wrong type")
"""Refusals of a file that is named by reference; the same file can still be uploaded."""

_NOT_AS_IT_IS: Mapping[MediaKind, tuple[str, ...]] = {
    MediaKind.VOICE: ("voice_messages_forbidden",),
    MediaKind.VIDEO_NOTE: ("voice_messages_forbidden", "video_messages_forbidden"),
    MediaKind.PHOTO: ("photo_invalid", "image_process_failed", "invalid dimensions", "too big for a photo"),
    MediaKind.STICKER: ("sticker", "webp"),
}
"""Refusals of a kind; the same file can still be sent as a document."""


class Files:
    """What sends files.

    Args:
        client: makes calls.
        host: reads files.
        bot_id: the bot's own id; a reference is of use to one bot alone.
    """

    def __init__(self, client: Client, host: Host, *, bot_id: int) -> None:
        self._client = client
        self._host = host
        self._bot_id = bot_id

    async def send(self, message: OutgoingMessage, media: MediaFile, where: dict[str, Any]) -> Message:
        """Send a file: by reference when it came from here, else its content, at last as a document."""
        where = {**where, "caption": message.text or None, "caption_entities": entities(message)}
        if file_id := _reference(media, media.source, self._bot_id):
            try:
                return await self._call(media.kind, file_id, where)
            except Refused as error:
                if not any(words in error.words for words in _NO_SUCH_FILE):
                    raise
        if not media.is_held:
            raise DeliveryRejected(self._client.say("file_gone"))
        try:
            content = b"".join([piece async for piece in self._host.media.read(media)])
        except FileNotFoundError as error:
            raise DeliveryRejected(self._client.say("file_erased")) from error
        file = await asyncio.to_thread(InputFile, content, filename=upload_name(media.file_name))
        kind = media.kind
        if message.text and kind in {MediaKind.STICKER, MediaKind.VIDEO_NOTE}:
            kind = MediaKind.DOCUMENT  # the platform shows no words beside these
        try:
            return await self._call(kind, file, where)
        except Refused as error:
            if not any(words in error.words for words in _NOT_AS_IT_IS.get(kind, ())):
                raise
        return await self._call(MediaKind.DOCUMENT, file, where)

    async def _call(self, kind: MediaKind, file: InputFile | str, where: dict[str, Any]) -> Message:
        bot = self._client.bot
        bare = {key: value for key, value in where.items() if not key.startswith("caption")}
        match kind:
            case MediaKind.PHOTO:
                call = bot.send_photo(photo=file, **where)
            case MediaKind.VIDEO:
                call = bot.send_video(video=file, supports_streaming=True, **where)
            case MediaKind.VOICE:
                call = bot.send_voice(voice=file, **where)
            case MediaKind.AUDIO:
                call = bot.send_audio(audio=file, **where)
            case MediaKind.ANIMATION:
                call = bot.send_animation(animation=file, **where)
            case MediaKind.VIDEO_NOTE:
                call = bot.send_video_note(video_note=file, **bare)
            case MediaKind.STICKER:
                call = bot.send_sticker(sticker=file, **bare)
            case _:
                call = bot.send_document(document=file, disable_content_type_detection=True, **where)
        return await self._client.act(call)


def _reference(media: MediaFile, source: Attachment | None, bot_id: int) -> str:
    """The id by which the file can be sent again as the kind that it was, or empty."""
    if source is None or source.kind is not media.kind:
        return ""
    return file_id_for(bot_id, source.remote_id)
