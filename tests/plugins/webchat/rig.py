"""A web chat on a real server, and pages that speak with it as a browser would."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType, web
from pydantic import SecretStr

from bot.api import ChatRef, Choice, MediaFile, Origin, OutgoingMessage, PostStyle, TeamChat
from plugins.webchat import Settings, WebChat
from tests.conformance.host import MEDIA_LIMIT_BYTES, MemoryDocuments, RecordingHost
from tests.serving import serving

CHANNEL = "webchat"
DESK_KEY = "correct-horse-battery"
SUPPORT = ChatRef(CHANNEL, "support")
SALES = ChatRef(CHANNEL, "ventes")
PATIENCE_SECONDS = 10


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, span: timedelta) -> None:
        self.now += span


class Page:
    """The socket of one page: what it hears, by type."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.heard: list[dict[str, Any]] = []

    async def say(self, **frame: Any) -> None:
        await self.socket.send_json(frame)

    async def hear(self, kind: str) -> dict[str, Any]:
        """The next frame of this type; what came before it is passed over, and stays in `heard`."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                frame: dict[str, Any] = await self.socket.receive_json()
                self.heard.append(frame)
                if frame["type"] == kind:
                    return frame

    async def silent(self) -> list[dict[str, Any]]:
        """What comes before the answer to a ping: everything that was on its way."""
        start = len(self.heard)
        await self.say(type="ping")
        await self.hear("pong")
        return self.heard[start:-1]

    async def closed(self) -> int:
        """Wait until the server closes, and give its code."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (message := await self.socket.receive()).type not in {
                WSMsgType.CLOSE,
                WSMsgType.CLOSED,
                WSMsgType.CLOSING,
            }:
                assert message.type is not WSMsgType.ERROR
        assert self.socket.close_code is not None
        return self.socket.close_code


class Browser:
    """Somebody's browser: cookies, and the pages it opens."""

    def __init__(self, session: ClientSession, url: str) -> None:
        self.session = session
        self.url = url
        self.origin = url

    async def open_chat(self) -> Page:
        """Load the contact's page and connect its socket; its first frames are in `heard`."""
        async with self.session.get(f"{self.url}/chat/") as answer:
            assert answer.status == 200
        return await self.connect("/chat/socket", until="history")

    async def enter(self, name: str = "Ann", key: str = DESK_KEY) -> int:
        """Show the desk key; gives the status."""
        async with self.session.post(
            f"{self.url}/desk/enter", json={"key": key, "name": name}, headers={"Origin": self.origin}
        ) as answer:
            return answer.status

    async def open_desk(self, name: str = "Ann") -> Page:
        """Come in with the key, and connect the rooms' socket."""
        assert await self.enter(name) == 200
        return await self.connect("/desk/socket", until="rooms")

    async def connect(self, path: str, *, until: str) -> Page:
        socket = await self.session.ws_connect(
            f"{self.url}{path}", headers={"Origin": self.origin}, max_msg_size=0
        )
        page = Page(socket)
        await page.hear(until)
        return page

    async def upload(
        self, path: str, content: bytes, mime_type: str = "image/png"
    ) -> tuple[int, dict[str, Any]]:
        async with self.session.post(
            f"{self.url}{path}",
            data=content,
            headers={"Origin": self.origin, "Content-Type": mime_type},
        ) as answer:
            return answer.status, await answer.json()


@dataclass(slots=True, kw_only=True)
class Rig:
    """A running web chat."""

    host: RecordingHost
    plugin: WebChat
    url: str
    clock: Clock
    stack: AsyncExitStack
    count: int = 0

    async def browser(self, **headers: str) -> Browser:
        session = ClientSession(cookie_jar=CookieJar(unsafe=True), headers=headers)
        return Browser(await self.stack.enter_async_context(session), self.url)

    async def contact(self) -> tuple[Page, ChatRef]:
        """A new contact who has written once, and their chat."""
        page = await (await self.browser()).open_chat()
        await page.say(type="message", client_id="first-message", text="bonjour")
        await page.hear("ack")
        return page, self.host.events[-1].chat

    def message(
        self,
        chat: ChatRef,
        text: str = "",
        *,
        message_id: str = "",
        choices: tuple[Choice, ...] = (),
        media: MediaFile | None = None,
        reply_to: str = "",
        style: PostStyle = PostStyle.MESSAGE,
        author: str = "",
        origin: Origin = Origin.BOT,
        silent: bool = False,
    ) -> OutgoingMessage:
        self.count += 1
        return OutgoingMessage(
            message_id=message_id or f"out-{self.count}",
            chat=chat,
            origin=origin,
            text=text,
            choices=choices,
            media=media,
            reply_to=reply_to,
            style=style,
            author=author,
            silent=silent,
        )


@asynccontextmanager
async def running(
    folder: Path,
    *,
    documents: MemoryDocuments | None = None,
    desk_key: str = DESK_KEY,
    public_url: str = "",
    media_limit_bytes: int = MEDIA_LIMIT_BYTES,
    port: int = 0,
    tidy_every: timedelta = timedelta(minutes=5),
    language: str = "en",
    sites: tuple[str, ...] = (),
    channel: str = CHANNEL,
) -> AsyncIterator[Rig]:
    """Start a web chat on a port of its own."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(ClientSession())
        host = RecordingHost(
            channel=channel,
            http=http,
            folder=folder,
            public_url=public_url,
            media_limit_bytes=media_limit_bytes,
            language=language,
        )
        host.chats = [TeamChat(chat=SUPPORT, title="Support"), TeamChat(chat=SALES, title="Ventes")]
        if documents is not None:
            host.documents = documents
        clock = Clock()
        settings = Settings(enabled=True, desk_key=SecretStr(desk_key), sites=sites)
        plugin = WebChat(settings, host, clock=clock, tidy_every=tidy_every)
        app = web.Application()
        for route in plugin.routes():
            tail = "{tail:.*}" if route.path.endswith("/") else ""
            app.router.add_route(route.method, route.path + tail, route.handler)
        url = await stack.enter_async_context(serving(app, port=port))
        await plugin.connect()
        stack.push_async_callback(plugin.disconnect)
        yield Rig(host=host, plugin=plugin, url=url, clock=clock, stack=stack)


async def thread_of(rig: Rig, key: str = "contact-1", title: str = "K7 Camille") -> ChatRef:
    """A thread in the support's room."""
    return SUPPORT.thread(await rig.plugin.open_thread(SUPPORT, title=title, key=key))


async def watch(page: Page, chat: ChatRef) -> list[str]:
    """Open a thread; gives the texts that it begins with."""
    await page.say(type="watch", room=chat.chat_id, thread=chat.thread_id or "")
    history = await page.hear("history")
    return [post.get("text", "") for post in history["posts"]]
