"""People on pages of the web chat: what they do, and what stands on their screens."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Self, TypeVar

from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType

from tests.journeys.house import DESK_KEY
from tests.journeys.process import PATIENCE_S

Frame = dict[str, Any]
_T = TypeVar("_T")
_LONGEST_FRAME = 0  # no limit: the history of a long chat is one frame
_NUMBERS = count(1)


class Gone(Exception):
    """The server has closed the connection."""


class Refused(Exception):
    """The server did not take a frame.

    Attributes:
        frame: its answer.
    """

    def __init__(self, frame: Frame) -> None:
        super().__init__(str(frame))
        self.frame = frame


@dataclass(slots=True, kw_only=True)
class Screen:
    """A connected page, and what it shows.

    Attributes:
        socket: its connection.
        posts: each post by its place, then by its id, in the order in which they came.
        threads: each thread of each room that the page lists, by room and thread.
        answers: acknowledgements and errors by the id of the frame they answer.
        rooms: the rooms that the page lists, by id.
        faults: refusals of frames that had no id.
        chat_id: the contact whose page it is.
        name: of the person whose page it is.
        is_greeted: the server has said what there is.
        pongs: how many pings were answered.
    """

    socket: ClientWebSocketResponse
    posts: dict[tuple[str, str], dict[str, Frame]] = field(default_factory=dict)
    threads: dict[tuple[str, str], Frame] = field(default_factory=dict)
    answers: dict[str, Frame] = field(default_factory=dict)
    rooms: list[str] = field(default_factory=list)
    faults: list[Frame] = field(default_factory=list)
    chat_id: str = ""
    name: str = ""
    is_greeted: bool = False
    pongs: int = 0

    async def until(self, find: Callable[[Self], _T | None], *, patience_s: float = PATIENCE_S) -> _T:
        """Take in what comes until `find` finds something on the screen."""
        async with asyncio.timeout(patience_s):
            while (found := find(self)) is None:
                message = await self.socket.receive()
                if message.type is not WSMsgType.TEXT:
                    raise Gone(f"the connection was closed with {self.socket.close_code}")
                self._take(message.json())
        return found

    async def act(self, kind: str, *, client_id: str = "", **values: Any) -> Frame:
        """Send a frame, and give its acknowledgement.

        Raises:
            Refused: the server answered that it was not done.
        """
        client_id = client_id or f"client-{next(_NUMBERS)}"
        self.answers.pop(client_id, None)
        await self.socket.send_json({"type": kind, "client_id": client_id, **values})
        answer = await self.until(lambda screen: screen.answers.get(client_id))
        if answer["type"] == "error":
            raise Refused(answer)
        return answer

    async def refuses(self) -> Frame:
        """Wait until one more frame without an id of its own is refused."""
        before = len(self.faults)
        return await self.until(lambda screen: next(iter(screen.faults[before:]), None))

    async def settle(self) -> None:
        """Take in everything that was on its way."""
        before = self.pongs
        await self.socket.send_json({"type": "ping"})
        await self.until(lambda screen: screen.pongs > before or None)

    def _take(self, frame: Frame) -> None:
        place = (frame.get("room", ""), frame.get("thread", ""))
        match frame["type"]:
            case "hello":
                self.chat_id, self.name = frame.get("chat", ""), frame["name"]
            case "name":
                self.name = frame["name"]
            case "pong":
                self.pongs += 1
            case "post":
                self.posts.setdefault(place, {})[frame["post"]["id"]] = frame["post"]
            case "history":
                older = {post["id"]: post for post in frame["posts"]}
                self.posts[place] = older | self.posts.get(place, {})
                self.is_greeted = True
            case "rooms":
                self.rooms = [room["id"] for room in frame["rooms"]]
                self.threads = {
                    (room["id"], thread["id"]): thread
                    for room in frame["rooms"]
                    for thread in room["threads"]
                }
                self.is_greeted = True
            case "thread":
                self.threads[frame["room"], frame["thread"]["id"]] = frame["thread"]
            case "error" if not frame["client_id"]:
                self.faults.append(frame)
            case "ack" | "error":
                self.answers[frame["client_id"]] = frame
                if frame["type"] == "ack":
                    self.posts.setdefault(place, {})[frame["post"]["id"]] = frame["post"]


@dataclass(slots=True, kw_only=True)
class Contact:
    """Somebody on the chat page.

    Attributes:
        stack: closes their pages.
        session: their browser's cookies.
        url: the server.
        screen: their page.
    """

    stack: AsyncExitStack
    session: ClientSession
    url: str
    screen: Screen

    @property
    def address(self) -> str:
        """Who they are to the bot."""
        return f"webchat:{self.screen.chat_id}"

    @property
    def posts(self) -> list[Frame]:
        """What stands on the page, in order."""
        return list(self.screen.posts.get((self.screen.chat_id, ""), {}).values())

    @property
    def answers(self) -> list[str]:
        """The texts that were written to them, in order."""
        return [post["text"] for post in self.posts if post["side"] == "bot"]

    async def write(self, text: str, *, client_id: str = "", **values: Any) -> Frame:
        """Write a message; gives its acknowledgement."""
        return await self.screen.act("message", client_id=client_id, text=text, **values)

    async def reads(self, text: str) -> Frame:
        """Wait until a post with this text is written to them."""

        def find(_: Screen) -> Frame | None:
            return next((post for post in self.posts if post["side"] == "bot" and text in post["text"]), None)

        return await self.screen.until(find)

    async def return_to(self, url: str) -> None:
        """Connect again, perhaps to another process; the page shows what it has then."""
        self.url = url
        self.screen = await self.window()

    async def window(self) -> Screen:
        """Open the same chat in one more window."""
        return await connected(self.stack, self.session, f"{self.url}/chat/socket", origin=self.url)


@dataclass(slots=True, kw_only=True)
class Member:
    """Somebody in the team rooms."""

    session: ClientSession
    url: str
    screen: Screen

    async def thread(self, room: str, title: str) -> "Thread":
        """Wait until a room lists an open thread with this in its title, and open it."""

        def find(screen: Screen) -> str | None:
            return next(
                (
                    thread["id"]
                    for (listed, _), thread in screen.threads.items()
                    if listed == room and thread["id"] and title in thread["title"]
                ),
                None,
            )

        return await self.open(room, await self.screen.until(find))

    async def open(self, room: str, thread_id: str = "") -> "Thread":
        """Look at a thread, or at a room's general section; posts of others are not seen any more."""
        self.screen.posts.pop((room, thread_id), None)
        await self.screen.socket.send_json({"type": "watch", "room": room, "thread": thread_id})
        await self.screen.until(lambda screen: screen.posts.get((room, thread_id), None) is not None or None)
        return Thread(member=self, room=room, thread_id=thread_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A thread as its member sees it."""

    member: Member
    room: str
    thread_id: str

    @property
    def posts(self) -> list[Frame]:
        """What stands in it, in order."""
        return list(self.member.screen.posts.get((self.room, self.thread_id), {}).values())

    @property
    def texts(self) -> list[str]:
        """The texts of the posts, the card's aside."""
        return [post.get("text", "") for post in self.posts if post.get("style") != "card"]

    @property
    def is_closed(self) -> bool:
        """Whether the room lists it as closed."""
        return bool(self.member.screen.threads[self.room, self.thread_id]["closed"])

    async def shows(self, text: str) -> Frame:
        """Wait until a post holds `text`."""

        def find(_: Screen) -> Frame | None:
            return next((post for post in self.posts if text in post.get("text", "")), None)

        return await self.member.screen.until(find)

    async def card(self, *texts: str) -> Frame:
        """Wait until the card holds all of `texts`."""

        def find(_: Screen) -> Frame | None:
            cards = (post for post in self.posts if post.get("style") == "card")
            return next((card for card in cards if all(text in card["text"] for text in texts)), None)

        return await self.member.screen.until(find)

    async def write(self, text: str) -> Frame:
        """Write in it; gives the post."""
        answer = await self.member.screen.act("message", text=text, room=self.room, thread=self.thread_id)
        return dict(answer["post"])

    async def press(self, label: str) -> str:
        """Press the button with this label on the card; gives the notice."""
        card = await self.card()
        chosen = next(choice for choice in card["choices"] if label in choice["label"])
        answer = await self.member.screen.act(
            "press",
            message_id=card["id"],
            choice_id=chosen["id"],
            room=self.room,
            thread=self.thread_id,
        )
        return str(answer["notice"])

    async def marked(self, post: Frame, mark: str) -> None:
        """Wait until one of its posts has this mark."""
        place = (self.room, self.thread_id)
        await self.member.screen.until(
            lambda screen: screen.posts[place][post["id"]].get("mark") == mark or None
        )

    async def closes(self, *, is_closed: bool = True) -> None:
        """Wait until it is closed, or open again."""
        await self.member.screen.until(lambda _: self.is_closed == is_closed or None)


class People:
    """Who comes to one server; everybody leaves at the end.

    Args:
        url: where it listens.
        stack: closes what they opened.
    """

    def __init__(self, url: str, stack: AsyncExitStack) -> None:
        self.url = url
        self._stack = stack

    async def browser(self) -> ClientSession:
        """A browser of somebody's own."""
        return await self._stack.enter_async_context(ClientSession(cookie_jar=CookieJar(unsafe=True)))

    async def contact(self, name: str = "") -> Contact:
        """Somebody who opens the chat page, and says their name if they have one."""
        session = await self.browser()
        async with session.get(f"{self.url}/chat/") as page:
            assert page.status == 200
        screen = await connected(self._stack, session, f"{self.url}/chat/socket", origin=self.url)
        contact = Contact(stack=self._stack, session=session, url=self.url, screen=screen)
        if name:
            await contact.screen.socket.send_json({"type": "name", "name": name})
            await contact.screen.settle()
        return contact

    async def member(self, name: str = "Ann") -> Member:
        """Somebody who comes into the team rooms with the key."""
        session = await self.browser()
        async with session.post(
            f"{self.url}/desk/enter", json={"key": DESK_KEY, "name": name}, headers={"Origin": self.url}
        ) as entered:
            assert entered.status == 200
        screen = await connected(self._stack, session, f"{self.url}/desk/socket", origin=self.url)
        return Member(session=session, url=self.url, screen=screen)


@asynccontextmanager
async def people(url: str) -> AsyncIterator[People]:
    """Let people come to a server."""
    async with AsyncExitStack() as stack:
        yield People(url, stack)


async def connected(stack: AsyncExitStack, session: ClientSession, url: str, *, origin: str) -> Screen:
    """Connect a page, and wait until the server has greeted it."""
    socket = await session.ws_connect(url, headers={"Origin": origin}, max_msg_size=_LONGEST_FRAME)
    stack.push_async_callback(socket.close)
    screen = Screen(socket=socket)
    await screen.until(lambda screen: screen.is_greeted or None)
    return screen
