"""A channel on the loopback platform, from connecting to disconnecting."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Sequence

import msgspec
from aiohttp import web

from bot.api import (
    Attachment,
    Capabilities,
    ChatRef,
    ConfigurationError,
    DeliveryReceipt,
    DeliveryRejected,
    Event,
    Finding,
    Host,
    Mark,
    MediaFile,
    OutgoingMessage,
    Plugin,
    Route,
    ThreadState,
)
from tests.platforms.loopback.client import LoopbackClient, Refused, id_in
from tests.platforms.loopback.mapping import Malformed, read_event, write_message
from tests.platforms.loopback.settings import Settings

SIGNATURE_HEADER = "X-Loopback-Signature"


class LoopbackPlugin(Plugin):
    """One account of the loopback platform."""

    def __init__(self, settings: Settings, host: Host) -> None:
        super().__init__(host)
        self.settings = settings
        self._capabilities = settings.capabilities
        self._secret = settings.secret.get_secret_value().encode()
        self.client = LoopbackClient(
            host.http,
            api_url=settings.api_url,
            token=settings.token.get_secret_value(),
            timeout_s=settings.timeout_s,
        )

    @property
    def capabilities(self) -> Capabilities:
        """What the settings say."""
        return self._capabilities

    async def connect(self) -> None:
        """Ask the platform who we are."""
        await self.client.ask("me", {})

    async def check(self) -> Sequence[Finding]:
        """Whether the token is right."""
        try:
            await self.client.ask("me", {})
        except ConfigurationError as error:
            return (Finding(what="token", is_ok=False, advice=str(error)),)
        return (Finding(what="token", is_ok=True),)

    def routes(self) -> Sequence[Route]:
        """The webhook."""
        return (Route(method="POST", path=f"/webhooks/{self.host.channel}", handler=self.webhook),)

    async def webhook(self, request: web.Request) -> web.StreamResponse:
        """Take one signed event; 200 once it is stored."""
        body = await request.read()
        if not self.is_signed(request, body):
            return web.Response(status=403)
        try:
            event = self.read(body)
        except Malformed:
            return web.Response(status=400)
        if event is None:
            self.host.count("unknown")
            return web.Response()
        try:
            notice = await self.store(event)
        except OSError:
            return web.Response(status=503)
        if not notice:
            return web.Response()
        return web.Response(body=msgspec.json.encode({"notice": notice}), content_type="application/json")

    def read(self, body: bytes) -> Event | DeliveryReceipt | None:
        """What a webhook's body says; raises `Malformed`."""
        return read_event(self.host.channel, body)

    async def store(self, event: Event | DeliveryReceipt) -> str:
        """Hand the event to the bot, and return the line for whoever caused it."""
        if isinstance(event, DeliveryReceipt):
            await self.host.report(event)
            return ""
        return (await self.host.receive(event)).notice

    def is_signed(self, request: web.Request, body: bytes) -> bool:
        """Whether the platform itself wrote this body."""
        expected = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        given = request.headers.get(SIGNATURE_HEADER, "")
        return hmac.compare_digest(given.encode(errors="replace"), expected.encode())

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        """Send one message, its file first."""
        file = "" if message.media is None else await self.upload(message.media)
        answer = await self.client.act("send", write_message(message, file=file))
        return DeliveryReceipt(message_id=message.message_id, platform_id=id_in(answer, "post"))

    async def upload(self, media: MediaFile) -> str:
        """The platform's id of a file, which it may have had all along."""
        if not media.is_held and media.source is not None:
            return media.source.remote_id
        try:
            content = b"".join([piece async for piece in self.host.media.read(media)])
        except FileNotFoundError as error:
            raise DeliveryRejected("the file was erased") from error
        return await self.client.upload(content, file_name=media.file_name)

    async def edit(self, chat: ChatRef, platform_id: str, message: OutgoingMessage) -> None:
        """Replace a message's text and buttons."""
        if not self._capabilities.edits:
            await super().edit(chat, platform_id, message)
        try:
            await self.client.act("edit", write_message(message) | {"post": platform_id})
        except Refused as error:
            if error.word != "not_modified":
                raise

    async def delete(self, chat: ChatRef, platform_id: str) -> None:
        """Take a message back."""
        if not self._capabilities.deletes:
            await super().delete(chat, platform_id)
        try:
            await self.client.act("delete", {"chat": chat.chat_id, "post": platform_id})
        except Refused as error:
            if error.word != "no_post":
                raise

    async def react(self, chat: ChatRef, platform_id: str, emoji: str) -> None:
        """Set or take away our reaction."""
        if not self._capabilities.reactions:
            await super().react(chat, platform_id, emoji)
        await self.client.act("react", {"chat": chat.chat_id, "post": platform_id, "emoji": emoji})

    async def mark(self, chat: ChatRef, platform_id: str, mark: Mark) -> None:
        """Show how far a message has come."""
        if not self._capabilities.marks:
            await super().mark(chat, platform_id, mark)
        await self.client.act("mark", {"chat": chat.chat_id, "post": platform_id, "mark": mark.value})

    async def show_state(self, chat: ChatRef, state: ThreadState) -> None:
        """Show how a thread stands."""
        if not self._capabilities.thread_states:
            await super().show_state(chat, state)
        await self._change_thread("show_state", chat, state=state.value)

    async def open_thread(self, chat: ChatRef, *, title: str, key: str) -> str:
        """Make a thread, or find the one of this key."""
        if not self._capabilities.threads:
            return await super().open_thread(chat, title=title, key=key)
        answer = await self.client.act("open_thread", {"chat": chat.chat_id, "title": title, "key": key})
        return id_in(answer, "thread")

    async def close_thread(self, chat: ChatRef) -> None:
        """Close a thread."""
        await self._change_thread("close_thread", chat)

    async def reopen_thread(self, chat: ChatRef) -> None:
        """Open a thread again."""
        await self._change_thread("reopen_thread", chat)

    async def rename_thread(self, chat: ChatRef, *, title: str) -> None:
        """Give a thread a new title."""
        await self._change_thread("rename_thread", chat, title=title)

    def thread_link(self, chat: ChatRef) -> str:
        """Where a thread would be."""
        return f"{self.settings.api_url}/{chat.chat_id}/{chat.thread_id}" if chat.thread_id else ""

    async def typing(self, chat: ChatRef) -> None:
        """Show that somebody writes."""
        if self._capabilities.typing:
            await self.client.ask("typing", {"chat": chat.chat_id})

    async def find_sent(self, message: OutgoingMessage) -> DeliveryReceipt | None:
        """Ask for a message by our id of it."""
        if not self._capabilities.findable:
            return await super().find_sent(message)
        answer = await self.client.ask("find", {"id": message.message_id})
        if not answer.get("found", True):
            return None
        return DeliveryReceipt(message_id=message.message_id, platform_id=id_in(answer, "post"))

    def download(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """The content of a file that somebody sent."""
        return self.client.download(attachment.remote_id)

    async def _change_thread(self, method: str, chat: ChatRef, **values: str) -> None:
        body = {"chat": chat.chat_id, "thread": chat.thread_id, **values}
        try:
            await self.client.act(method, body)
        except Refused as error:
            if error.word != "not_modified":
                raise


def create_plugin(settings: Settings, host: Host) -> Plugin:
    """Make the plugin of one channel."""
    return LoopbackPlugin(settings, host)
