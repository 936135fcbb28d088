"""Messages to contacts and posts in team chats: sent, changed and taken back by calls of the SDK.

https://core.telegram.org/bots/api#available-methods
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from telegram import Message

from bot.api import (
    ChatMoved,
    ChatRef,
    DeliveryReceipt,
    DeliveryRejected,
    OutgoingMessage,
    PluginError,
    PostStyle,
    RateLimited,
    ThreadGone,
)
from plugins.telegram.business import Business
from plugins.telegram.client import Client
from plugins.telegram.errors import Refused
from plugins.telegram.files import Files
from plugins.telegram.outgoing import entities, keyboard, link_preview, quote, reaction
from plugins.telegram.rooms import Rooms, number
from plugins.telegram.threads import Threads

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """Where a call goes, as parameters of the Bot API."""

    chat_id: int | str
    thread_id: int | None
    connection_id: str | None


@dataclass(slots=True, kw_only=True)
class Sending:
    """What sends.

    Attributes:
        client: makes calls.
        files: sends files.
        rooms: what is known of the groups.
        threads: opens a topic that was closed.
        business: connections to business accounts.
        bot_id: the bot's own id.
        spawn: runs in a task what nobody waits for.
    """

    client: Client
    files: Files
    rooms: Rooms
    threads: Threads
    business: Business
    bot_id: int
    spawn: Callable[[Any], None]

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        """Send one message; raises as `Plugin.send`."""
        target = self._target(message.chat)
        try:
            sent = await self._deliver(message, target)
        except ThreadGone:
            if target.thread_id is None or message.chat.thread_id is not None:
                raise
            # A thread of the contact's own, in their chat with the bot.
            self.threads.forget_own(message.chat)
            sent = await self._deliver(message, self._target(message.chat))
        except ChatMoved as error:
            with suppress(OSError):
                await self.rooms.follow(message.chat.chat_id, error.new_chat_id)
            raise
        except Refused as error:
            if "topic_closed" not in error.words:
                raise
            await self._open_again(message.chat)
            sent = await self._deliver(message, target)
        await self._must_stand_in_thread(message.chat, sent)
        if message.style is PostStyle.CARD and message.chat.thread_id is not None:
            self.spawn(self._pin(message.chat, sent.message_id))
        return DeliveryReceipt(message_id=message.message_id, platform_id=str(sent.message_id))

    async def edit(self, chat: ChatRef, platform_id: str, message: OutgoingMessage) -> None:
        """Replace text and buttons, or a file's caption and buttons."""
        target, bot, message_id = self._target(chat), self.client.bot, self._number(platform_id)
        where: dict[str, Any] = {
            "chat_id": target.chat_id,
            "message_id": message_id,
            "business_connection_id": target.connection_id,
            "reply_markup": keyboard(message.choices),
        }
        try:
            await self.client.act(
                bot.edit_message_text(
                    text=message.text,
                    entities=entities(message),
                    link_preview_options=link_preview(message),
                    **where,
                )
            )
        except Refused as error:
            if "not modified" in error.words:
                return
            if "no text in the message" not in error.words:
                raise
            await self._unless("not modified", bot.edit_message_caption(caption=message.text, **where))

    async def delete(self, chat: ChatRef, platform_id: str) -> None:
        """Take a message back."""
        target, bot, message_id = self._target(chat), self.client.bot, self._number(platform_id)
        if target.connection_id:
            call = bot.delete_business_messages(target.connection_id, [message_id])
        else:
            call = bot.delete_message(target.chat_id, message_id)
        await self._unless("message to delete not found", call)

    async def react(self, chat: ChatRef, platform_id: str, emoji: str) -> None:
        """Set or take away the bot's reaction."""
        target = self._target(chat)
        if target.connection_id:
            raise DeliveryRejected(self.client.say("no_reaction"))
        call = self.client.bot.set_message_reaction(
            target.chat_id, self._number(platform_id), reaction(emoji)
        )
        await self._unless("not modified", call)

    async def typing(self, chat: ChatRef) -> None:
        """Show for some seconds that somebody writes."""
        target = self._target(chat)
        await self.client.ask(
            self.client.bot.send_chat_action(
                target.chat_id,
                "typing",
                message_thread_id=target.thread_id,
                business_connection_id=target.connection_id,
            )
        )

    async def _unless(self, words: str, call: Awaitable[object]) -> None:
        """Await a call; a refusal with these words means that all is as it should be."""
        try:
            await self.client.act(call)
        except Refused as error:
            if words not in error.words:
                raise

    def _number(self, platform_id: str) -> int:
        if not platform_id.isdecimal():
            raise DeliveryRejected(self.client.say("no_message"))
        return int(platform_id)

    def _target(self, chat: ChatRef) -> _Target:
        chat_id, _, owner = chat.chat_id.partition("@") if chat.chat_id[0] != "@" else (chat.chat_id, "", "")
        return _Target(
            chat_id=number(chat_id),
            thread_id=self.threads.number_of(chat),
            connection_id=self.business.connection_of(owner) if owner else None,
        )

    async def _deliver(self, message: OutgoingMessage, target: _Target) -> Message:
        bot = self.client.bot
        where: dict[str, Any] = {
            "chat_id": target.chat_id,
            "message_thread_id": target.thread_id,
            "business_connection_id": target.connection_id,
            "disable_notification": message.silent or None,
            "reply_parameters": quote(message),
            "reply_markup": keyboard(message.choices),
        }
        if message.media is not None:
            return await self.files.send(message, message.media, where)
        if (place := message.location) is not None:
            at: dict[str, Any] = {"latitude": place.latitude, "longitude": place.longitude}
            if place.title and place.address:
                return await self.client.act(
                    bot.send_venue(title=place.title, address=place.address, **at, **where)
                )
            return await self.client.act(bot.send_location(**at, **where))
        if (card := message.shared_contact) is not None and card.phone:
            return await self.client.act(
                bot.send_contact(phone_number=card.phone, first_name=card.name or card.phone, **where)
            )
        text = message.text if card is None else card.name
        return await self.client.act(
            bot.send_message(
                text=text, entities=entities(message), link_preview_options=link_preview(message), **where
            )
        )

    async def _open_again(self, chat: ChatRef) -> None:
        try:
            if chat.thread_id is None:
                await self.client.act(self.client.bot.reopen_general_forum_topic(number(chat.chat_id)))
            else:
                await self.threads.reopen(chat)
        except RateLimited:
            raise
        except DeliveryRejected as error:
            raise ThreadGone(self.client.say("topic_closed")) from error

    async def _must_stand_in_thread(self, chat: ChatRef, sent: Message) -> None:
        """See to it that nothing of a contact's stands among others' unmarked.

        When a group's topics were turned off, the platform ignores the topic without a word.
        """
        if chat.thread_id is None or str(sent.message_thread_id) == chat.thread_id:
            return
        if await self.rooms.confirm_forum(chat.chat_id, self.bot_id):
            return
        try:
            await self.client.act(self.client.bot.delete_message(number(chat.chat_id), sent.message_id))
        except PluginError as error:
            _logger.warning(
                "%s: a post outside of its topic could not be taken back: %s", chat.channel, error
            )
        raise ThreadGone(self.client.say("no_topics"))

    async def _pin(self, chat: ChatRef, message_id: int) -> None:
        pin = self.client.bot.pin_chat_message
        for _ in range(2):
            try:
                await self.client.act(pin(number(chat.chat_id), message_id, disable_notification=True))
            except RateLimited as error:
                await asyncio.sleep(error.retry_after.total_seconds())
            except PluginError as error:
                # The card is good without; the checklist says what the bot may not do.
                _logger.debug("%s: a card was not pinned: %s", chat.channel, error)
                return
            else:
                return
