"""Plugins that acknowledge too early, believe anybody, or misread what they are given."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from uuid import uuid4

from aiohttp import web

from bot.api import Attachment, ButtonPressed, DeliveryReceipt, Event, Host, IncomingMessage
from tests.broken.variant import Broken
from tests.platforms.loopback import LoopbackPlugin, Settings
from tests.platforms.loopback.mapping import Malformed
from tests.platforms.loopback.plugin import SIGNATURE_HEADER

Received = Event | DeliveryReceipt | None


def misreading(change: Callable[[IncomingMessage], IncomingMessage]) -> type[LoopbackPlugin]:
    """A plugin that makes something else of each message."""

    class Misreading(LoopbackPlugin):
        def read(self, body: bytes) -> Received:
            event = super().read(body)
            return change(event) if isinstance(event, IncomingMessage) else event

    return Misreading


class Hasty(LoopbackPlugin):
    """Acknowledges first and stores later."""

    def __init__(self, settings: Settings, host: Host) -> None:
        super().__init__(settings, host)
        self._storing: set[asyncio.Task[str]] = set()

    async def store(self, event: Event | DeliveryReceipt) -> str:
        self._storing.add(asyncio.create_task(super().store(event)))
        return ""

    async def disconnect(self) -> None:
        await asyncio.gather(*self._storing)


class Optimistic(LoopbackPlugin):
    async def store(self, event: Event | DeliveryReceipt) -> str:
        with suppress(OSError):
            return await super().store(event)
        return ""


class Gullible(LoopbackPlugin):
    def is_signed(self, request: web.Request, body: bytes) -> bool:
        return SIGNATURE_HEADER in request.headers


class HalfGullible(LoopbackPlugin):
    def is_signed(self, request: web.Request, body: bytes) -> bool:
        return SIGNATURE_HEADER not in request.headers or super().is_signed(request, body)


class Shrugging(LoopbackPlugin):
    def read(self, body: bytes) -> Received:
        with suppress(Malformed):
            return super().read(body)
        return None


class Crashing(LoopbackPlugin):
    def read(self, body: bytes) -> Received:
        try:
            return super().read(body)
        except Malformed:
            raise web.HTTPInternalServerError from None


class Devouring(LoopbackPlugin):
    """Reads round the server's limit."""

    async def webhook(self, request: web.Request) -> web.StreamResponse:
        event = self.read(await request.content.read())
        if event is not None:
            await self.store(event)
        return web.Response()


class Strict(LoopbackPlugin):
    def read(self, body: bytes) -> Received:
        event = super().read(body)
        if event is None:
            raise Malformed("what is that?")
        return event


class Silent(LoopbackPlugin):
    async def webhook(self, request: web.Request) -> web.StreamResponse:
        event = self.read(await request.read())
        if event is not None:
            await self.store(event)
        return web.Response(status=HTTPStatus.OK)


class OneAtATime(LoopbackPlugin):
    def __init__(self, settings: Settings, host: Host) -> None:
        super().__init__(settings, host)
        self._lock = asyncio.Lock()

    async def store(self, event: Event | DeliveryReceipt) -> str:
        async with self._lock:
            return await super().store(event)


class Abbreviating(LoopbackPlugin):
    def read(self, body: bytes) -> Received:
        event = super().read(body)
        if isinstance(event, ButtonPressed):
            return replace(event, choice_id=event.choice_id[:20])
        return event


class Taciturn(LoopbackPlugin):
    async def store(self, event: Event | DeliveryReceipt) -> str:
        await super().store(event)
        return ""


class HalfFetching(LoopbackPlugin):
    async def download(self, attachment: Attachment) -> AsyncIterator[bytes]:
        async for piece in super().download(attachment):
            yield piece
            return


BROKEN = (
    Broken(
        promise="test_message_becomes_an_event",
        reason="not in UTC",
        create=misreading(lambda event: replace(event, sent_at=event.sent_at.replace(tzinfo=None))),
    ),
    Broken(
        promise="test_message_becomes_an_event",
        reason="the message has no id",
        create=misreading(lambda event: replace(event, message_id="")),
    ),
    Broken(
        promise="test_message_becomes_an_event",
        reason="the text is",
        create=misreading(lambda event: replace(event, text=event.text.replace("*", ""))),
    ),
    Broken(
        promise="test_messages_have_their_own_events",
        reason="nothing was received",
        create=misreading(lambda event: replace(event, event_id=event.text)),
    ),
    Broken(
        promise="test_contacts_have_their_own_chats",
        reason="one sender",
        create=misreading(
            lambda event: replace(event, sender=replace(event.sender, sender_id=event.sender.name))
        ),
    ),
    Broken(
        promise="test_contacts_have_their_own_chats",
        reason="share a chat",
        create=misreading(lambda event: replace(event, chat=replace(event.chat, chat_id="all"))),
    ),
    Broken(
        promise="test_redelivery_has_the_same_event_id",
        reason="another event id",
        create=misreading(lambda event: replace(event, event_id=uuid4().hex)),
    ),
    Broken(promise="test_acknowledged_only_once_stored", reason="before it was stored", create=Hasty),
    Broken(
        promise="test_not_acknowledged_when_the_disk_refuses", reason="answered with 200", create=Optimistic
    ),
    Broken(promise="test_forged_delivery_is_refused", reason="forged was answered with 200", create=Gullible),
    Broken(
        promise="test_unsigned_delivery_is_refused",
        reason="unsigned was answered with 200",
        create=HalfGullible,
    ),
    Broken(
        promise="test_malformed_delivery_is_refused",
        reason="malformed was answered with 200",
        create=Shrugging,
    ),
    Broken(
        promise="test_malformed_delivery_is_refused",
        reason="malformed was answered with 500",
        create=Crashing,
    ),
    Broken(
        promise="test_oversized_delivery_is_refused",
        reason="oversized was answered with 200",
        create=Devouring,
    ),
    Broken(promise="test_unknown_delivery_is_counted", reason="answered with 400", create=Strict),
    Broken(promise="test_unknown_delivery_is_counted", reason="was counted so", create=Silent),
    Broken(
        promise="test_chats_do_not_block_each_other", reason="nothing was received from", create=OneAtATime
    ),
    Broken(
        promise="test_message_in_a_thread_names_it",
        reason="the chat is loopback:team$",
        create=misreading(lambda event: replace(event, chat=event.chat.whole)),
    ),
    Broken(promise="test_pressed_button_comes_back", reason="the choice is", create=Abbreviating),
    Broken(promise="test_pressed_button_comes_back", reason="reads ''", create=Taciturn),
    Broken(promise="test_file_can_be_fetched", reason="not what was sent", create=HalfFetching),
)
