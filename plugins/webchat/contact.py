"""The contact's side: the page at `/chat/`, its socket, its files, and the script that embeds it."""

from dataclasses import replace

from aiohttp import web

from bot.api import DeliveryReceipt, ReceiptState, Sender
from plugins.webchat.channel import Channel, contact_audience, contact_document, push_history, visitor
from plugins.webchat.files import answer_upload, send_media
from plugins.webchat.frames import (
    CONTACT_FRAMES,
    FrameRefused,
    NameFrame,
    OlderFrame,
    PingFrame,
    SeenFrame,
    TypingFrame,
    parse,
)
from plugins.webchat.guards import SAFETY_HEADERS, is_own_origin, language_of, refusal
from plugins.webchat.pages import not_found
from plugins.webchat.paths import below
from plugins.webchat.posts import Post
from plugins.webchat.sessions import NotOurs
from plugins.webchat.sockets import Socket
from plugins.webchat.text import clean_name
from plugins.webchat.writing import Author, Writing

_SOCKETS_PER_CONTACT = 20


class ContactSide:
    """What contacts reach."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._writing = Writing(channel)

    async def get(self, request: web.Request) -> web.StreamResponse:
        """Answer a GET below `/chat/`."""
        channel = self._channel
        what, slash, name = below(request.path, "chat", channel.host.channel).partition("/")
        if what == "assets":
            return channel.pages.asset(request, name)
        if what == "embed.js" and not slash:
            return channel.pages.embed_script(language_of(request, channel.host.language))
        if what == channel.host.channel and not slash:
            return web.Response(status=308, headers={**SAFETY_HEADERS, "Location": f"{request.path}/"})
        try:
            chat_id = self._channel.sessions.contact_id(request)
        except NotOurs:
            return self._refused(request)
        if what == "" and not name:
            return self._page(request, is_new=chat_id is None)
        if chat_id is None:
            return refusal(403, "no_session", "Open the chat page first; it needs a cookie.")
        if what == "session" and not name:
            return web.Response(status=204)
        if what == "socket" and not name:
            return await self._socket(request, chat_id)
        if what == "media" and name:
            return await self._media(request, chat_id, name)
        return not_found()

    async def post(self, request: web.Request) -> web.StreamResponse:
        """Answer a POST below `/chat/`: an upload."""
        if below(request.path, "chat", self._channel.host.channel) != "upload":
            return not_found()
        if not is_own_origin(request, self._channel.host.public_url):
            return refusal(403, "wrong_origin", "Files can be sent from the chat page only.")
        try:
            chat_id = self._channel.sessions.contact_id(request)
        except NotOurs:
            return self._refused(request)
        if chat_id is None:
            return refusal(403, "no_session", "Open the chat page first; it needs a cookie.")
        return await answer_upload(request, self._channel, self._channel.chat(chat_id))

    def _page(self, request: web.Request, *, is_new: bool) -> web.Response:
        host = self._channel.host
        is_framed = "framed" in request.query
        values = {
            "business": host.business,
            "initial": host.business[:1].upper(),
            "upload_limit": str(host.media_limit_bytes),
            "framed": "framed" if is_framed else "",
        }
        response = self._channel.pages.page(
            "chat.html", language_of(request, host.language), values, frame_ancestors=self._ancestors
        )
        if is_new:
            self._channel.sessions.begin_contact(response, is_framed=is_framed)
        return response

    def _refused(self, request: web.Request) -> web.Response:
        """The answer to a cookie that is not ours: it is cleared, and the page offers to start afresh."""
        host = self._channel.host
        response = self._channel.pages.page(
            "refused.html",
            language_of(request, host.language),
            {"business": host.business},
            status=403,
            frame_ancestors=self._ancestors,
        )
        self._channel.sessions.drop_contact(response)
        return response

    @property
    def _ancestors(self) -> str:
        return " ".join(("'self'", *self._channel.sites))

    async def _socket(self, request: web.Request, chat_id: str) -> web.StreamResponse:
        channel = self._channel
        if not is_own_origin(request, channel.host.public_url):
            return refusal(403, "wrong_origin", "The chat can be reached from its own page only.")
        windows = f"windows {chat_id}"
        if channel.hub.size(windows) >= _SOCKETS_PER_CONTACT:
            return refusal(429, "too_many", "This chat is open in too many windows.")
        connection = _Connection(
            channel, self._writing, chat_id, language=language_of(request, channel.host.language)
        )
        with channel.hub.joined(windows, connection.socket):
            try:
                return await connection.socket.serve(request, connection.begin, connection.handle)
            finally:
                channel.hub.leave(contact_audience(chat_id), connection.socket)

    async def _media(self, request: web.Request, chat_id: str, post_id: str) -> web.StreamResponse:
        async with self._channel.history.turn(self._channel.chat(chat_id)) as log:
            post = await log.find(post_id)
        if post is None or post.media is None:
            return not_found()
        return await send_media(request, self._channel.host, post.media)


class _Connection:
    """One page of a contact."""

    def __init__(self, channel: Channel, writing: Writing, chat_id: str, *, language: str) -> None:
        self.socket = Socket()
        self._channel = channel
        self._writing = writing
        self._chat = channel.chat(chat_id)
        self._language = language

    async def begin(self) -> None:
        """Greet the page with the latest posts."""
        name = await self._channel.contact_name(self._chat.chat_id) or ""
        async with self._channel.history.turn(self._chat) as log:
            # Inside the turn no post can come between the history and what follows it live.
            self.socket.push({"type": "hello", "name": name, "chat": self._chat.chat_id})
            push_history(self.socket, self._chat, await log.latest(), is_latest=True)
            self._channel.hub.join(contact_audience(self._chat.chat_id), self.socket)

    async def handle(self, text: str) -> None:
        """Act on one frame."""
        frame = parse(CONTACT_FRAMES, text)
        match frame:
            case PingFrame():
                self.socket.push({"type": "pong"})
            case TypingFrame():
                name = await self._channel.contact_name(self._chat.chat_id)
                if name is not None:
                    shown = name or visitor(self._chat.chat_id, self._channel.host.language)
                    await self._channel.typed(self._chat, shown)
            case OlderFrame():
                async with self._channel.history.turn(self._chat) as log:
                    push_history(self.socket, self._chat, await log.older(frame.before), is_latest=False)
            case SeenFrame():
                await self._seen(frame)
            case NameFrame():
                name = clean_name(frame.name)
                await self._keep_name(name)
                self._channel.hub.push(contact_audience(self._chat.chat_id), {"type": "name", "name": name})
            case _:
                self.socket.push(await self._writing.act(self._chat, await self._author(), frame))

    async def _author(self) -> Author:
        name = await self._channel.contact_name(self._chat.chat_id)
        if name is None:
            # The bot may answer as soon as it has the message, so the chat has to be known before.
            name = ""
            await self._keep_name(name)
        first_name = name.partition(" ")[0]
        sender = Sender(
            sender_id=self._chat.chat_id,
            name=name or visitor(self._chat.chat_id, self._channel.host.language),
            first_name=first_name,
            language=self._language,
        )
        return Author(sender=sender)

    async def _keep_name(self, name: str) -> None:
        try:
            await self._channel.host.documents.write(contact_document(self._chat.chat_id), {"name": name})
        except OSError as error:
            raise FrameRefused("not_kept", "This could not be kept yet.", may_retry=True) from error

    async def _seen(self, frame: SeenFrame) -> None:
        state = ReceiptState(frame.state)
        changed: list[Post] = []
        async with self._channel.history.turn(self._chat) as log:
            try:
                for post in await log.find_all(frame.message_ids):
                    if post.is_seen_before(state):
                        receipt = DeliveryReceipt(
                            message_id=post.message_id, state=state, platform_id=post.post_id
                        )
                        await self._channel.host.report(receipt)
                        changed.append(replace(post, seen=state))
                await log.replace(changed)
            except OSError as error:
                # The page says it again when it connects again; a receipt twice changes nothing.
                raise FrameRefused("not_kept", "This could not be kept yet.", may_retry=True) from error
