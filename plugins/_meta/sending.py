"""Sending one message: its file first where it must be put on the platform, and by the right rule."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from aiolimiter import AsyncLimiter

from bot.api import (
    ChatRef,
    DeliveryReceipt,
    DeliveryRejected,
    DeliveryUncertain,
    Host,
    MediaFile,
    Origin,
    OutgoingMessage,
    PluginError,
    RateLimited,
    WindowShut,
)
from plugins._meta.client import GraphClient
from plugins._meta.failures import Refused
from plugins._meta.network import Network
from plugins._meta.sent import Sent, SentMessage
from plugins._meta.underway import UnderWay
from plugins._meta.usage import Usage
from plugins._meta.writing import file_line, write_attachment, write_message, write_reaction

HEAVY_PER_SECOND = 10
"""Sound and films that the API takes from one account (Messenger Platform, Rate limiting)."""

_HEAVY = frozenset({"audio", "video"})


class Sending:
    """What sends for one account.

    Args:
        host: holds the files.
        client: makes the calls.
        network: what the platform takes.
        sent: told what was sent.
        under_way: told what is being sent.
        usage: whether the allowance lasts.
        has_human_agent: a person may answer after the window has shut.
        clock: the time now.
    """

    def __init__(
        self,
        host: Host,
        client: GraphClient,
        network: Network,
        *,
        sent: Sent,
        under_way: UnderWay,
        usage: Usage,
        has_human_agent: bool,
        clock: Callable[[], datetime],
    ) -> None:
        self._host = host
        self._client = client
        self._network = network
        self._sent = sent
        self._under_way = under_way
        self._usage = usage
        self._has_human_agent = has_human_agent
        self._clock = clock
        self._heavy = AsyncLimiter(HEAVY_PER_SECOND, 1)

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        """Send one message; raises as the contract's `send`."""
        self._refuse_when_full()
        chat_id = message.chat.chat_id
        try:
            mid = await self._by_any_way(message)
        except DeliveryUncertain:
            # It stays under way: its echo, or a look at the conversation, will tell.
            raise
        except PluginError:
            self._under_way.end(chat_id, message.message_id)
            raise
        (await self._sent.to(chat_id)).note(SentMessage(mid, message.message_id, self._clock()))
        self._under_way.end(chat_id, message.message_id)
        return DeliveryReceipt(message_id=message.message_id, platform_id=mid)

    def text_of(self, message: OutgoingMessage) -> str:
        """What people read of a message; empty for a file that is sent as one."""
        media = message.media
        if media is None:
            return message.text
        is_file = bool(self._network.wire_type(media))
        return "" if is_file else file_line(media, self._host.media.link(media))

    async def react(self, chat: ChatRef, mid: str, emoji: str) -> None:
        """Set or take away our reaction; raises as the contract's `react`."""
        self._refuse_when_full()
        await self._client.send(write_reaction(chat.chat_id, mid, emoji))

    async def act(self, chat: ChatRef, *actions: str) -> None:
        """Show what is done about a chat (`mark_seen`, `typing_on`); raises as the contract's `typing`."""
        self._refuse_when_full()
        for action in actions:
            await self._client.bot.send_action(chat.chat_id, action)

    async def say(self, chat: ChatRef, text: str) -> None:
        """Show a line that the bot does not count as a message; raises as `send`."""
        self._refuse_when_full()
        answer = await self._client.bot.send_text_message(chat.chat_id, text)
        mid = self._client.id_in(answer, "message_id")
        (await self._sent.to(chat.chat_id)).note(SentMessage(mid, "", self._clock()))

    async def _by_any_way(self, message: OutgoingMessage) -> str:
        """Send, with what the platform offers when it refuses the first way for certain."""
        is_late = message.is_late and self._may_be_late(message)
        attachment = None if message.media is None else await self._attachment(message.media)
        try:
            return await self._post(message, attachment, is_late=is_late)
        except WindowShut:
            # Our clock may be behind the platform's, at the very end of the window.
            if is_late or not self._may_be_late(message):
                raise
            return await self._post(message, attachment, is_late=True)
        except Refused as error:
            if message.media is not None and attachment is not None and error.is_about_a_link:
                # The platform cannot reach us; it takes the file by hand.
                uploaded = await self._uploaded(message.media, str(attachment["type"]))
                return await self._post(message, uploaded, is_late=is_late)
            if message.reply_to and error.is_about_fields:
                # What it quotes may be gone; the words are worth more than the quote.
                return await self._post(replace(message, reply_to=""), attachment, is_late=is_late)
            raise

    async def _post(
        self, message: OutgoingMessage, attachment: dict[str, Any] | None, *, is_late: bool
    ) -> str:
        text = self.text_of(message)
        if message.media is not None and attachment is None and not self._host.public_url:
            reason = self._client.say("file_kind", title=self._network.title, kind=message.media.mime_type)
            raise DeliveryRejected(reason)
        if attachment is not None and attachment["type"] in _HEAVY:
            await self._heavy.acquire()
        self._under_way.begin(message.chat.chat_id, message.message_id, text)
        body = write_message(
            message,
            attachment=attachment,
            text=text,
            is_tagged=is_late,
            has_metadata=self._network.echoes_metadata,
        )
        return self._client.id_in(await self._client.send(body), "message_id")

    async def _attachment(self, media: MediaFile) -> dict[str, Any] | None:
        """The file as the platform takes it; None for a kind that it does not."""
        wire_type = self._network.wire_type(media)
        if not wire_type:
            return None
        if self._host.public_url:
            return write_attachment(wire_type, url=self._host.media.link(media))
        return await self._uploaded(media, wire_type)

    async def _uploaded(self, media: MediaFile, wire_type: str) -> dict[str, Any]:
        try:
            attachment_id = await self._client.upload(
                self._host.media.read(media),
                wire_type=wire_type,
                file_name=media.file_name,
                mime_type=media.mime_type,
                platform=self._network.platform,
            )
        except FileNotFoundError as error:
            raise DeliveryRejected(self._client.say("file_erased")) from error
        return write_attachment(wire_type, attachment_id=attachment_id)

    def _may_be_late(self, message: OutgoingMessage) -> bool:
        """Whether the rule for people's answers covers a message: never what a program wrote."""
        return message.origin is Origin.HUMAN and self._has_human_agent

    def _refuse_when_full(self) -> None:
        pause = self._usage.pause()
        if pause > timedelta(0):
            raise RateLimited(self._client.say("allowance"), retry_after=pause, whole_channel=True)
