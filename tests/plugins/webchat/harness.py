"""The web chat as the conformance suite drives it: through the sockets and addresses of its own pages."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import ModuleType
from typing import Any

import msgspec
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError, web
from aiohttp.test_utils import make_mocked_request
from pydantic import SecretStr

from bot.api import ChatRef, Mark, Plugin, TeamChat
from plugins import webchat
from plugins.webchat import Settings
from plugins.webchat.sessions import CONTACT_COOKIE, MEMBER_COOKIE, Keys, Sessions
from tests.conformance.harness import Delivery, Harness, Said, Shown, ShownOn, ShownThread
from tests.conformance.host import RecordingHost
from tests.conformance.simulated import package_like

CHANNEL = "webchat"
SIGNING_KEY = "the-signing-key-of-the-conformance-tests"
DESK_KEY = "the-desk-key-of-the-conformance-tests"
STATUS_OF_ERROR = {"not_kept": 503, "malformed": 400, "unknown": 400, "too_large": 413}

Frame = dict[str, Any]


class WebChatHarness(Harness):
    """A web chat whose contacts and member have sessions already.

    Args:
        url: where the plugin is served.
        session: what pages ask with.
    """

    channel = CHANNEL
    group = ChatRef(CHANNEL, "support")
    team_chats = (TeamChat(chat=group, title="Support"),)
    secrets = (DESK_KEY, SIGNING_KEY)
    deliveries = frozenset(Delivery) - {Delivery.UNKNOWN}

    def __init__(self, url: str, session: ClientSession) -> None:
        self.package = self._package()
        self._url = url
        self._session = session
        self._sessions = Sessions(Keys(signing=SIGNING_KEY, desk=DESK_KEY), is_secure=False)
        self._cookies: dict[str, str] = {}
        self.chat = self._contact()
        self.other_chat = self._contact()
        entrance = web.Response()
        self._sessions.begin_member(entrance, "Ann")
        self._member = f"{MEMBER_COOKIE}={entrance.cookies[MEMBER_COOKIE].value}"

    def settings(self) -> Settings:
        """The key that the member has shown."""
        return Settings(enabled=True, desk_key=SecretStr(DESK_KEY))

    async def deliver(self, said: Said, delivery: Delivery = Delivery.GENUINE) -> int:
        """Write on a page; what the page is told becomes the status that a webhook would be given."""
        cookie = self._cookie(said.chat)
        frame = {**self._place(said.chat), "type": "message", "client_id": said.key, "text": said.text}
        match delivery:
            case Delivery.FORGED:
                cookie = cookie.replace("=", "=x", 1)
            case Delivery.UNSIGNED:
                cookie = "none=none"
            case Delivery.MALFORMED:
                frame = {"type": "message", "text": said.text}
            case Delivery.OVERSIZED:
                frame["text"] = "x" * (6 * 1024 * 1024)
            case _:
                pass
        if said.file is not None:
            frame["upload"] = await self._uploaded(said.chat, said.file)
        try:
            answer = await self._ask(said.chat, frame, cookie=cookie)
        except WSServerHandshakeError as refused:
            return refused.status
        except ConnectionError:
            assert delivery is Delivery.OVERSIZED  # cut while it was still being sent
            return STATUS_OF_ERROR["too_large"]
        return 200 if answer["type"] == "ack" else STATUS_OF_ERROR[answer["code"]]

    async def press(self, chat: ChatRef, shown: Shown, choice_id: str, *, key: str) -> str:
        """Press a button on a page."""
        frame = {"type": "press", "client_id": f"{key}-button", "message_id": shown.platform_id}
        answer = await self._ask(chat, {**self._place(chat), **frame, "choice_id": choice_id})
        return str(answer["notice"])

    async def shown(self, chat: ChatRef) -> Sequence[Shown]:
        """What pages show that people did not write themselves, and was not taken back."""
        places = [chat]
        if chat == self.group:
            places += [chat.thread(thread.thread_id) for thread in await self.threads(chat)]
        return [
            await self._shown(place, post)
            for place in places
            for post in await self._posts(place)
            if post["side"] == "bot" and not post.get("deleted")
        ]

    async def shown_on(self, chat: ChatRef, message_id: str) -> ShownOn:
        """What a page shows on one post."""
        (post,) = [post for post in await self._posts(chat) if post["id"] == message_id]
        mark = post.get("mark")
        return ShownOn(reaction=post.get("reaction", ""), mark=None if mark is None else Mark(mark))

    async def threads(self, group: ChatRef) -> Sequence[ShownThread]:
        """The threads that the member's page lists."""
        async with self._socket(group, self._member) as socket:
            (room,) = (await _hear(socket, "rooms"))["rooms"]
        return [
            ShownThread(thread_id=thread["id"], title=thread["title"], is_open=not thread["closed"])
            for thread in room["threads"]
            if thread["id"]
        ]

    def _package(self) -> ModuleType:
        """The plugin's package, for a host that remembers this harness's sessions."""

        def create_plugin(settings: Settings, host: RecordingHost) -> Plugin:
            kept = {"keys": {"signing": SIGNING_KEY}}
            kept |= {f"contact-{chat_id}": {"name": "Ann"} for chat_id in self._cookies}
            for name, value in kept.items():
                host.documents.texts.setdefault(name, msgspec.json.encode(value).decode())
            return webchat.create_plugin(settings, host)

        return package_like(webchat, create_plugin)

    def _contact(self) -> ChatRef:
        page = web.Response()
        self._sessions.begin_contact(page)
        cookie = f"{CONTACT_COOKIE}={page.cookies[CONTACT_COOKIE].value}"
        chat_id = self._sessions.contact_id(make_mocked_request("GET", "/", headers={"Cookie": cookie}))
        assert chat_id is not None
        self._cookies[chat_id] = cookie
        return ChatRef(CHANNEL, chat_id)

    def _is_room(self, chat: ChatRef) -> bool:
        return chat.whole == self.group

    def _cookie(self, chat: ChatRef) -> str:
        return self._member if self._is_room(chat) else self._cookies[chat.chat_id]

    def _place(self, chat: ChatRef) -> Frame:
        return {"room": chat.chat_id, "thread": chat.thread_id or ""} if self._is_room(chat) else {}

    @asynccontextmanager
    async def _socket(self, chat: ChatRef, cookie: str) -> AsyncIterator[ClientWebSocketResponse]:
        path = "/desk/socket" if self._is_room(chat) else "/chat/socket"
        headers = {"Origin": self._url, "Cookie": cookie}
        async with self._session.ws_connect(f"{self._url}{path}", headers=headers, max_msg_size=0) as socket:
            yield socket

    async def _ask(self, chat: ChatRef, frame: Frame, *, cookie: str = "") -> Frame:
        async with self._socket(chat, cookie or self._cookie(chat)) as socket:
            await socket.send_json(frame)
            return await _hear(socket, "ack", "error")

    async def _posts(self, chat: ChatRef) -> list[Frame]:
        async with self._socket(chat, self._cookie(chat)) as socket:
            if self._is_room(chat):
                await socket.send_json({"type": "watch", **self._place(chat)})
            return list((await _hear(socket, "history"))["posts"])

    async def _uploaded(self, chat: ChatRef, content: bytes) -> str:
        url = f"{self._url}/{'desk' if self._is_room(chat) else 'chat'}/upload"
        headers = {"Origin": self._url, "Cookie": self._cookie(chat), "Content-Type": "image/jpeg"}
        async with self._session.post(url, data=content, params=self._place(chat), headers=headers) as answer:
            return str((await answer.json())["upload"])

    async def _shown(self, chat: ChatRef, post: Frame) -> Shown:
        choices = post.get("choices", [])
        return Shown(
            platform_id=post["id"],
            text=post.get("text", ""),
            choices=tuple(choice["label"] for choice in choices),
            choice_ids=tuple(choice["id"] for choice in choices),
            thread_id=chat.thread_id,
            reply_to=post.get("quote", {}).get("id", ""),
            file=await self._file(chat, post["id"]) if "media" in post else None,
        )

    async def _file(self, chat: ChatRef, post_id: str) -> bytes:
        path = "/desk/media/" if self._is_room(chat) else f"/chat/media/{post_id}"
        params = {**self._place(chat), "id": post_id}
        headers = {"Cookie": self._cookie(chat)}
        async with self._session.get(f"{self._url}{path}", params=params, headers=headers) as answer:
            return await answer.read()


async def _hear(socket: ClientWebSocketResponse, *kinds: str) -> Frame:
    """The next frame of one of these types; a connection that is cut counts as a frame too large."""
    while True:
        message = await socket.receive()
        if message.type is not WSMsgType.TEXT:
            assert socket.close_code == 1009
            return {"type": "error", "code": "too_large"}
        frame: Frame = msgspec.json.decode(message.data)
        if frame["type"] in kinds:
            return frame


@asynccontextmanager
async def open_webchat(plugin_url: str) -> AsyncIterator[WebChatHarness]:
    """Open pages that speak with the plugin at `plugin_url`."""
    async with ClientSession() as session:
        yield WebChatHarness(plugin_url, session)
