"""Promises about what a platform delivers: it is acknowledged when, and only when, it is stored."""

import asyncio
from datetime import timedelta
from http import HTTPStatus

from bot.api import (
    Attachment,
    ButtonPressed,
    ChatRef,
    Choice,
    MediaFile,
    Plugin,
    PluginError,
)
from tests.conformance.harness import Delivery
from tests.conformance.observing import is_success, next_event, only_shown, received
from tests.conformance.rig import Rig, need

REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
TOO_LARGE = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


class ReceivingPromises:
    """What intake counts on."""

    async def test_message_becomes_an_event(self, rig: Rig) -> None:
        """A message that somebody writes is received with who, where, when and what."""
        async with rig.connected():
            event = await received(rig, rig.said("Bonjour *à tous* <b>\n– 👋"))
        assert event.text == "Bonjour *à tous* <b>\n– 👋", f"the text is {event.text!r}"
        assert event.chat == rig.harness.chat, f"the chat is {event.chat}"
        assert event.event_id, "the event has no id"
        assert event.message_id, "the message has no id, so nothing can answer it"
        assert event.sender.sender_id, "the sender has no id"
        assert not event.sender.is_bot, "a person is taken for a program"
        assert event.sent_at.utcoffset() == timedelta(0), f"the time is not in UTC: {event.sent_at!r}"

    async def test_messages_have_their_own_events(self, rig: Rig) -> None:
        """Two messages with the same words are two events, in the order they were written."""
        async with rig.connected():
            first = await received(rig, rig.said())
            second = await received(rig, rig.said())
        assert first.event_id != second.event_id, "two messages have one event id"
        assert first.message_id != second.message_id, "two messages have one message id"

    async def test_contacts_have_their_own_chats(self, rig: Rig) -> None:
        """Two people's messages come from two chats and two senders."""
        async with rig.connected():
            first = await received(rig, rig.said())
            second = await received(rig, rig.said(chat=rig.harness.other_chat))
        assert first.chat != second.chat, "two people share a chat"
        assert first.sender.sender_id != second.sender.sender_id, "two people are one sender"

    async def test_redelivery_has_the_same_event_id(self, rig: Rig) -> None:
        """What the platform delivers twice is acknowledged twice and recognised as one."""
        async with rig.connected():
            said = rig.said()
            await received(rig, said)
            status = await rig.within(rig.harness.deliver(said), "a redelivery")
        assert is_success(status), f"a redelivery was answered with {status}"
        ids = {event.event_id for event in rig.host.attempts}
        assert len(ids) == 1, "a redelivery has another event id"
        assert len(rig.host.events) == 1, "a redelivery was stored again"

    async def test_acknowledged_only_once_stored(self, rig: Rig) -> None:
        """While the event is being stored the platform has no answer yet."""
        async with rig.connected():
            rig.host.hold(rig.harness.chat)
            delivery = asyncio.create_task(rig.harness.deliver(rig.said()))
            try:
                await _attempted(rig, rig.harness.chat)
                early, _ = await asyncio.wait({delivery}, timeout=rig.harness.grace.total_seconds())
            finally:
                rig.host.release(rig.harness.chat)
                status = await rig.within(delivery, "a delivery, once stored,")
        assert not early, "the platform was told that the event arrived before it was stored"
        assert is_success(status), f"a stored event was answered with {status}"

    async def test_not_acknowledged_when_the_disk_refuses(self, rig: Rig) -> None:
        """An event that could not be stored is answered with an error, and received when it comes again."""
        async with rig.connected():
            said = rig.said()
            rig.host.receive_error = OSError("no space left on device")
            status = await rig.within(rig.harness.deliver(said), "a delivery")
            assert rig.host.attempts, "the event never reached the host"
            assert status >= HTTPStatus.INTERNAL_SERVER_ERROR, f"a lost event was answered with {status}"
            rig.host.receive_error = None
            await received(rig, said)

    async def test_forged_delivery_is_refused(self, rig: Rig) -> None:
        """A delivery with a wrong signature is refused and received by nobody."""
        await _expect_refused(rig, Delivery.FORGED, REFUSED)

    async def test_unsigned_delivery_is_refused(self, rig: Rig) -> None:
        """A delivery without a signature is refused and received by nobody."""
        await _expect_refused(rig, Delivery.UNSIGNED, REFUSED)

    async def test_malformed_delivery_is_refused(self, rig: Rig) -> None:
        """A delivery that makes no sense is a bad request and received by nobody."""
        await _expect_refused(rig, Delivery.MALFORMED, (HTTPStatus.BAD_REQUEST,))

    async def test_oversized_delivery_is_refused(self, rig: Rig) -> None:
        """A delivery over the limit is refused and received by nobody."""
        await _expect_refused(rig, Delivery.OVERSIZED, TOO_LARGE)

    async def test_unknown_delivery_is_counted(self, rig: Rig) -> None:
        """A delivery of a type that the plugin does not know is acknowledged and counted."""
        rig.need_delivery(Delivery.UNKNOWN)
        async with rig.connected():
            delivery = rig.harness.deliver(rig.said(), Delivery.UNKNOWN)
            status = await rig.within(delivery, "an unknown delivery")
            assert is_success(status), f"an unknown delivery was answered with {status}"
            assert not rig.host.attempts, "an unknown delivery was received"
            assert rig.host.counts.total() == 1, (
                f"an unknown delivery was counted so: {dict(rig.host.counts)}"
            )

    async def test_chats_do_not_block_each_other(self, rig: Rig) -> None:
        """While one chat's event is being stored, another chat's is received."""
        async with rig.connected():
            rig.host.hold(rig.harness.chat)
            deliveries = [asyncio.create_task(rig.harness.deliver(rig.said()))]
            try:
                await _attempted(rig, rig.harness.chat)
                other = rig.said(chat=rig.harness.other_chat)
                deliveries.append(asyncio.create_task(rig.harness.deliver(other)))
                await _attempted(rig, rig.harness.other_chat)
            finally:
                rig.host.release(rig.harness.chat)
                statuses = await rig.within(asyncio.gather(*deliveries), "deliveries, once stored,")
        assert all(map(is_success, statuses)), f"the deliveries were answered with {statuses}"

    async def test_message_in_a_thread_names_it(self, rig: Rig) -> None:
        """A message has its thread if, and only if, it was written in one."""
        rig.need_delivery(Delivery.IN_THREAD)
        async with rig.connected() as plugin:
            need(plugin.capabilities.threads, "threads")
            group = rig.need_group()
            thread = group.thread(
                await rig.within(plugin.open_thread(group, title="A", key="a"), "open_thread")
            )
            inside = await received(rig, rig.said(chat=thread), Delivery.IN_THREAD)
            outside = await received(rig, rig.said(chat=group))
        assert inside.chat == thread, f"the chat is {inside.chat}"
        assert outside.chat == group, f"the chat is {outside.chat}"

    async def test_pressed_button_comes_back(self, rig: Rig) -> None:
        """A pressed button is received with its choice, and the host's notice is shown to who pressed it."""
        async with rig.connected() as plugin:
            need(plugin.capabilities.choices, "choices")
            choice = Choice(choice_id="team:support:" + "x" * 51, label="Support")
            receipt = await rig.taken(plugin, rig.message(choices=(choice,)))
            shown = await only_shown(rig)
            rig.host.notice = "Noted"
            press = rig.harness.press(rig.harness.chat, shown, shown.choice_ids[0], key="press")
            notice = await rig.within(press, "pressing a button")
            event = await next_event(rig, 1)
        assert isinstance(event, ButtonPressed), f"a pressed button is received as {type(event).__name__}"
        assert event.choice_id == choice.choice_id, f"the choice is {event.choice_id!r}"
        assert event.chat == rig.harness.chat, f"the chat is {event.chat}"
        assert event.message_id in {"", receipt.platform_id}, "the button is on another message"
        assert event.sent_at.utcoffset() == timedelta(0), f"the time is not in UTC: {event.sent_at!r}"
        assert notice == rig.host.notice, f"who pressed the button reads {notice!r}"

    async def test_file_can_be_fetched(self, rig: Rig) -> None:
        """A file that somebody sends is received with the message, and can be had whole."""
        rig.need_delivery(Delivery.WITH_FILE)
        content = bytes(range(256)) * 1000
        async with rig.connected() as plugin:
            event = await received(rig, rig.said(file=content), Delivery.WITH_FILE)
            assert len(event.attachments) == 1, f"the message has {len(event.attachments)} files"
            fetched = await rig.within(_content(rig, plugin, event.attachments[0]), "download")
            assert fetched == content, "the file is not what was sent"


async def _attempted(rig: Rig, chat: ChatRef) -> None:
    came = await rig.host.until(
        lambda host: any(event.chat == chat for event in host.attempts), patience=rig.harness.patience
    )
    assert came, f"nothing was received from {chat}"


async def _expect_refused(rig: Rig, delivery: Delivery, statuses: tuple[HTTPStatus, ...]) -> None:
    rig.need_delivery(delivery)
    async with rig.connected():
        status = await rig.within(rig.harness.deliver(rig.said(), delivery), f"a delivery that is {delivery}")
        assert status in statuses, f"a delivery that is {delivery} was answered with {status}"
        assert not rig.host.attempts, f"a delivery that is {delivery} was received"
        await received(rig, rig.said())


async def _content(rig: Rig, plugin: Plugin, file: Attachment | MediaFile) -> bytes:
    try:
        pieces = rig.host.media.read(file) if isinstance(file, MediaFile) else plugin.download(file)
        return b"".join([piece async for piece in pieces])
    except PluginError as error:
        raise AssertionError(f"the file cannot be had: {error!r}") from error
