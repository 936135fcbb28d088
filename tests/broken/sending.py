"""Plugins that send something else, somewhere else, or one chat at a time."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from html import escape

from bot.api import (
    DeliveryReceipt,
    DeliveryRejected,
    Host,
    Location,
    MediaFile,
    MediaKind,
    Origin,
    OutgoingMessage,
    ReceiptState,
    SharedContact,
)
from tests.broken.variant import Broken, altering
from tests.platforms.loopback import LoopbackPlugin, Settings


class Nameless(LoopbackPlugin):
    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        return replace(await super().send(message), platform_id="")


class Misaddressed(LoopbackPlugin):
    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        return replace(await super().send(message), message_id="another")


class FailureReturning(LoopbackPlugin):
    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        return replace(await super().send(message), state=ReceiptState.FAILED)


class LastThread(LoopbackPlugin):
    """Keeps where a message goes in one place for all."""

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        self.chat = message.chat
        await asyncio.sleep(0)
        return await super().send(replace(message, chat=self.chat))


class Holding(LoopbackPlugin):
    """Sends what the bot holds, and nothing else."""

    async def upload(self, media: MediaFile) -> str:
        return await super().upload(replace(media, source=None))


def rounded(message: OutgoingMessage) -> Location | None:
    """A place to the nearest degree."""
    place = message.location
    return place and replace(place, latitude=round(place.latitude), longitude=round(place.longitude))


def numberless(message: OutgoingMessage) -> SharedContact | None:
    """A card without its number."""
    return message.shared_contact and replace(message.shared_contact, phone="")


class Thrifty(LoopbackPlugin):
    """Takes the same words for the same message."""

    def __init__(self, settings: Settings, host: Host) -> None:
        super().__init__(settings, host)
        self._sent: dict[str, DeliveryReceipt] = {}

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        if message.text not in self._sent:
            self._sent[message.text] = await super().send(message)
        return replace(self._sent[message.text], message_id=message.message_id)


class Miscounting(LoopbackPlugin):
    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        if len(message.text.encode()) > self.capabilities.text_limit:
            raise DeliveryRejected("the text is too long")
        return await super().send(message)


class HumansOnly(LoopbackPlugin):
    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        if message.origin is Origin.BOT:
            raise DeliveryRejected("only people may write")
        return await super().send(message)


class StickerHating(LoopbackPlugin):
    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        if message.media is not None and message.media.kind is MediaKind.STICKER:
            raise DeliveryRejected("stickers are childish")
        return await super().send(message)


class HalfReading(LoopbackPlugin):
    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        media = message.media
        if media is None:
            return await super().send(message)

        async def half(file: MediaFile) -> AsyncIterator[bytes]:
            async for piece in self.host.media.read(file):
                yield piece[: len(piece) // 2]

        content = b"".join([piece async for piece in half(media)])
        file = await self.client.upload(content, file_name=media.file_name)
        body = {"id": message.message_id, "chat": message.chat.chat_id, "text": message.text, "file": file}
        answer = await self.client.act("send", body)
        return DeliveryReceipt(message_id=message.message_id, platform_id=answer["post"])


class OneAtATime(LoopbackPlugin):
    def __init__(self, settings: Settings, host: Host) -> None:
        super().__init__(settings, host)
        self._lock = asyncio.Lock()

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        async with self._lock:
            return await super().send(message)


BROKEN = (
    Broken(promise="test_receipt_names_both_ids", reason="names another message", create=Nameless),
    Broken(promise="test_receipt_names_both_ids", reason="for another message", create=Misaddressed),
    Broken(promise="test_receipt_names_both_ids", reason="an error, not a receipt", create=FailureReturning),
    Broken(promise="test_messages_have_their_own_ids", reason="two messages in order", create=Thrifty),
    Broken(
        promise="test_text_is_shown_as_written",
        reason="people read",
        create=altering(text=lambda message: escape(message.text)),
    ),
    Broken(promise="test_text_at_the_limit_is_taken", reason="is not taken", create=Miscounting),
    Broken(
        promise="test_text_at_the_limit_is_taken",
        reason="was shortened",
        create=altering(text=lambda message: message.text[:500]),
    ),
    Broken(promise="test_both_origins_are_sent", reason="origin BOT is not taken", create=HumansOnly),
    Broken(
        promise="test_choices_are_shown_in_order",
        reason="people see",
        create=altering(choices=lambda message: message.choices[::-1]),
    ),
    Broken(
        promise="test_every_declared_kind_of_file_is_sent",
        reason="a sticker is not taken",
        create=StickerHating,
    ),
    Broken(
        promise="test_every_declared_kind_of_file_is_sent", reason="did not arrive whole", create=HalfReading
    ),
    Broken(
        promise="test_a_file_is_sent_again_by_reference",
        reason="a file by reference is not taken",
        create=Holding,
    ),
    Broken(
        promise="test_a_place_is_shown",
        reason="people see the place",
        create=altering(location=rounded),
    ),
    Broken(
        promise="test_a_contact_card_is_shown",
        reason="people see the card",
        create=altering(shared_contact=numberless),
    ),
    Broken(
        promise="test_posts_to_threads_are_taken_together",
        reason="the threads show",
        create=LastThread,
    ),
    Broken(
        promise="test_a_quote_is_shown",
        reason="the quotes shown are",
        create=altering(reply_to=lambda _: ""),
    ),
    Broken(
        promise="test_a_message_stays_in_its_chat_and_thread",
        reason="not in its thread",
        create=altering(chat=lambda message: message.chat.whole),
    ),
    Broken(
        promise="test_chats_do_not_wait_for_each_other", reason="waited for the held one", create=OneAtATime
    ),
)
