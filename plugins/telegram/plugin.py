"""Telegram as the bot sees it: the contract, and the channel's life from `connect` to `disconnect`."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.api import (
    Attachment,
    Capabilities,
    ChatRef,
    ConnectionFailed,
    DeliveryReceipt,
    Finding,
    Host,
    Languages,
    Mark,
    OutgoingMessage,
    Plugin,
    Route,
    ThreadGone,
    ThreadState,
    Wording,
)
from plugins.telegram import account, checklist
from plugins.telegram.business import Business
from plugins.telegram.care import Care
from plugins.telegram.client import Client
from plugins.telegram.content import Payload, file_id_for
from plugins.telegram.files import Files
from plugins.telegram.intake import Intake
from plugins.telegram.members import Members
from plugins.telegram.outgoing import CAPABILITIES, MARKS
from plugins.telegram.polling import Polling
from plugins.telegram.rooms import Rooms
from plugins.telegram.scene import Account
from plugins.telegram.sending import Sending
from plugins.telegram.settings import Settings
from plugins.telegram.threads import Threads
from plugins.telegram.timing import Timing
from plugins.telegram.troubles import Troubles
from plugins.telegram.webhook import Webhook, secret_of

WORDS = Languages(Path(__file__).parent / "words")
_WITHOUT_THREADS = replace(CAPABILITIES, threads=False, thread_states=False, posts_at_once=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """The channel while it is connected."""

    me: Payload
    intake: Intake
    sending: Sending


class Telegram(Plugin):
    """One bot.

    Args:
        settings: its table in config.toml.
        host: the bot's core.
        timing: time limits and rates.
        clock: the time now, in UTC.
        monotonic: a clock in seconds.
    """

    def __init__(
        self,
        settings: Settings,
        host: Host,
        *,
        timing: Timing,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(host)
        self._settings = settings
        self._timing = timing
        self._clock = clock
        self._monotonic = monotonic
        token = settings.token.get_secret_value()
        self._client = Client(
            host.http,
            api_url=settings.api_url,
            token=token,
            timing=timing,
            wording=Wording(WORDS, host.language),
        )
        self._rooms = Rooms(self._client, host, clock)
        self._threads = Threads(self._client, self._rooms, timing=timing, monotonic=monotonic)
        self._business = Business(self._client, host.documents)
        self._care = Care(self._client, host, self._rooms, look_s=timing.look_s)
        self._webhook = Webhook(
            host, secret_of(token), lambda: self._open.intake.take if self._open else None
        )
        self._troubles = Troubles()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._open: _Open | None = None

    @property
    def capabilities(self) -> Capabilities:
        """All that the platform can do."""
        return CAPABILITIES

    def abilities(self, chat: ChatRef) -> Capabilities:
        """The same without topics, but in a group where the bot can make them."""
        if self._rooms.has_threads(chat.chat_id):
            return CAPABILITIES
        return _WITHOUT_THREADS

    async def connect(self) -> None:
        """Prove the token, say how updates come, and look at the team chats."""
        await self._client.prepare()
        try:
            await self._rooms.load()
            await self._business.load()
        except OSError as error:
            raise ConnectionFailed(self._client.say("not_read")) from error
        me = await account.of(self._client)
        if self._settings.mode == "polling":
            await account.be_asked(self._client)
        else:
            await account.be_called(
                self._client,
                public_url=self.host.public_url,
                channel=self.host.channel,
                secret=secret_of(self._settings.token.get_secret_value()),
            )
        await self._care.arrive(me)
        whose = Account(channel=self.host.channel, bot_id=me["id"], username=str(me.get("username", "")))
        self._open = _Open(
            me=me,
            intake=Intake(
                whose,
                self.host,
                self._client,
                rooms=self._rooms,
                members=Members(self._client, keep_s=self._timing.member_s, monotonic=self._monotonic),
                threads=self._threads,
                business=self._business,
                tries=self._timing.tries,
                clock=self._clock,
                spawn=self._spawn,
            ),
            sending=Sending(
                client=self._client,
                files=Files(self._client, self.host, bot_id=me["id"]),
                rooms=self._rooms,
                threads=self._threads,
                business=self._business,
                bot_id=me["id"],
                spawn=self._spawn,
            ),
        )

    async def listen(self) -> None:
        """Take updates, when the platform is to be asked for them; follow the team chats of config.toml."""
        opened = self._opened()
        tasks = {asyncio.create_task(self._care.watch(opened.me))}
        if self._settings.mode == "polling":
            polling = Polling(
                self._client,
                self.host,
                opened.intake.take,
                timing=self._timing,
                monotonic=self._monotonic,
            )
            tasks.add(asyncio.create_task(polling.run()))
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def disconnect(self) -> None:
        """Let go of what still runs; updates wait at the platform meanwhile."""
        self._open = None
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def routes(self) -> Sequence[Route]:
        """The webhook."""
        if self._settings.mode == "polling":
            return ()
        path = f"/webhooks/{self.host.channel}"
        return (Route(method="POST", path=path, handler=self._webhook.answer),)

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        """Send one message."""
        sending = self._opened().sending
        return await self._troubles.face(message.message_id, sending.send(message))

    async def edit(self, chat: ChatRef, platform_id: str, message: OutgoingMessage) -> None:
        """Replace text and buttons."""
        sending = self._opened().sending
        await self._troubles.face(f"edit {chat} {platform_id}", sending.edit(chat, platform_id, message))

    async def delete(self, chat: ChatRef, platform_id: str) -> None:
        """Take a message back, within two days."""
        sending = self._opened().sending
        await self._troubles.face(f"delete {chat} {platform_id}", sending.delete(chat, platform_id))

    async def react(self, chat: ChatRef, platform_id: str, emoji: str) -> None:
        """Set or take away the bot's reaction."""
        sending = self._opened().sending
        await self._troubles.face(f"react {chat} {platform_id}", sending.react(chat, platform_id, emoji))

    async def mark(self, chat: ChatRef, platform_id: str, mark: Mark) -> None:
        """Show how far a message has come, by a reaction."""
        await self.react(chat, platform_id, MARKS[mark])

    async def show_state(self, chat: ChatRef, state: ThreadState) -> None:
        """Show by a topic's icon how it stands."""
        self._opened()
        await self._troubles.face(f"show {chat}", self._threads.show_state(chat, state))

    async def open_thread(self, chat: ChatRef, *, title: str, key: str) -> str:
        """Make a topic."""
        self._opened()
        return await self._troubles.face(f"open {chat} {key}", self._threads.open(chat, title=title, key=key))

    async def close_thread(self, chat: ChatRef) -> None:
        """Close a topic."""
        self._opened()
        await self._troubles.face(f"close {chat}", self._threads.close(chat))

    async def reopen_thread(self, chat: ChatRef) -> None:
        """Open a topic again."""
        self._opened()
        await self._troubles.face(f"reopen {chat}", self._threads.reopen(chat))

    async def rename_thread(self, chat: ChatRef, *, title: str) -> None:
        """Give a topic another title."""
        self._opened()
        await self._troubles.face(f"rename {chat}", self._threads.rename(chat, title=title))

    def thread_link(self, chat: ChatRef) -> str:
        """Where a topic opens in the apps of the group's members."""
        chat_id = self._rooms.now(chat.chat_id)
        if not chat_id.startswith("-100"):
            return ""
        thread = f"/{chat.thread_id}" if chat.thread_id else ""
        return f"https://t.me/c/{chat_id.removeprefix('-100')}{thread}"

    async def typing(self, chat: ChatRef) -> None:
        """Show that somebody writes."""
        await self._opened().sending.typing(chat)

    def download(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """The content of a file, of up to 20 MB."""
        bot_id = self._open.me["id"] if self._open else 0
        file_id = file_id_for(bot_id, attachment.remote_id) or attachment.remote_id.partition("/")[2]
        return self._client.download(file_id or attachment.remote_id)

    async def erase(self, chats: Sequence[ChatRef]) -> None:
        """Delete the contact's topics; what stands in the contact's own chat is the contact's."""
        await self._client.prepare()
        await self._rooms.load()
        for chat in chats:
            if chat.thread_id is not None:
                try:
                    await self._threads.erase(
                        ChatRef(chat.channel, self._rooms.now(chat.chat_id), chat.thread_id)
                    )
                except ThreadGone:
                    continue

    async def check(self) -> Sequence[Finding]:
        """Look at the token, the webhook, and the bot's rights in every team chat."""
        await self._client.prepare()
        await self._rooms.load()
        me = await account.of(self._client)
        webhook = await self._client.look("getWebhookInfo")
        is_wanted = self._settings.mode == "webhook"
        say = self._client.say
        findings = [checklist.of_bot(me, say), *checklist.of_webhook(webhook, say, is_wanted=is_wanted)]
        if is_wanted and not self.host.public_url:
            findings.append(Finding(what=say("check_no_url"), is_ok=False, advice=say("needs_url")))
        return [*findings, *await self._care.look(me)]

    def _opened(self) -> _Open:
        if self._open is None:
            raise ConnectionFailed("the channel is not connected")
        return self._open

    def _spawn(self, call: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(call)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def create_plugin(settings: Settings, host: Host) -> Telegram:
    """Make the channel; nothing is read or written before `connect`."""
    return Telegram(settings, host, timing=Timing(), clock=lambda: datetime.now(UTC))
