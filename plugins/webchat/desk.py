"""The team's side: the rooms at `/desk/`, behind the desk key."""

import logging
from dataclasses import dataclass
from typing import Annotated

from aiohttp import web
from pydantic import StringConstraints, TypeAdapter, ValidationError

from bot.api import ChatRef, Sender
from plugins.webchat.channel import DESK_AUDIENCE, Channel, push_history
from plugins.webchat.files import answer_upload, send_media
from plugins.webchat.frames import (
    DESK_FRAMES,
    FrameRefused,
    OlderFrame,
    PingFrame,
    SearchFrame,
    TypingFrame,
    WatchFrame,
    parse,
)
from plugins.webchat.guards import SAFETY_HEADERS, address_of, is_at_home, is_own_origin, refusal
from plugins.webchat.pages import not_found
from plugins.webchat.paths import below, folder
from plugins.webchat.search import Search
from plugins.webchat.sessions import Member, NotOurs
from plugins.webchat.sockets import Socket
from plugins.webchat.text import clean_name
from plugins.webchat.writing import Author, Writing

_logger = logging.getLogger(__name__)

# A name that is somebody's in every language that the pages speak.
_NEWCOMER = "Alex"
_SOCKETS = 500
_ENTRY_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """What somebody who wants to come in writes."""

    key: Annotated[str, StringConstraints(max_length=512, strip_whitespace=True)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]


_ENTRY: TypeAdapter[_Entry] = TypeAdapter(_Entry)


class DeskSide:
    """What members reach."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._writing = Writing(channel)

    async def get(self, request: web.Request) -> web.StreamResponse:
        """Answer a GET below `/desk/`."""
        channel = self._channel
        what, slash, rest = below(request.path, "desk", channel.host.channel).partition("/")
        if what == "assets":
            return channel.pages.asset(request, rest)
        if what == channel.host.channel and not slash:
            return web.Response(status=308, headers={**SAFETY_HEADERS, "Location": f"{request.path}/"})
        try:
            member = channel.sessions.member(request)
        except NotOurs:
            if what == "tour" and self.may_tour(request):
                return self._tour(None)
            return self._door(request, status=403, is_cookie_broken=True)
        if what == "tour" and not slash:
            if self.may_tour(request):
                return self._tour(member)
            return web.Response(status=303, headers={**SAFETY_HEADERS, "Location": "./"})
        if what == "" and not rest:
            return self._door(request, status=200) if member is None else self._rooms()
        if member is None:
            return refusal(403, "no_session", "Open the team rooms with the key first.")
        if what == "session" and not rest:
            return web.Response(status=204)
        if what == "socket" and not rest:
            return await self._socket(request, member)
        if what == "media":
            return await self._media(request)
        return not_found()

    async def post(self, request: web.Request) -> web.StreamResponse:
        """Answer a POST below `/desk/`: coming in, leaving, an upload."""
        if not is_own_origin(request, self._channel.host.public_url):
            return refusal(403, "wrong_origin", "This can be done from the team rooms' own page only.")
        match below(request.path, "desk", self._channel.host.channel):
            case "enter":
                return await self._enter(request)
            case "leave":
                response = web.Response(status=204)
                self._channel.sessions.drop_member(response)
                return response
            case "upload":
                return await self._upload(request)
            case _:
                return not_found()

    def _door(self, request: web.Request, *, status: int, is_cookie_broken: bool = False) -> web.Response:
        host = self._channel.host
        values = {
            "business": host.business,
            "why_state": "" if is_cookie_broken else "hidden",
            "tour_state": "" if self.may_tour(request) else "hidden",
        }
        response = self._channel.pages.page("door.html", host.language, values, status=status)
        if is_cookie_broken:
            self._channel.sessions.drop_member(response)
        return response

    def _rooms(self, *, is_tour: bool = False) -> web.Response:
        host = self._channel.host
        values = {
            "business": host.business,
            "upload_limit": str(host.media_limit_bytes),
            "chat": folder("chat", host.channel),
            "tour": "tour" if is_tour else "",
        }
        frames = "'self'" if is_tour else "'none'"
        return self._channel.pages.page("desk.html", host.language, values, frames=frames)

    def may_tour(self, request: web.Request) -> bool:
        """Whether the page for newcomers opens without the key: to the person at this very machine only.

        They could read the key in the log or in `data/`, and nobody chose one yet; where one was chosen,
        or people are to come in from elsewhere, the door is the only way in.
        """
        channel = self._channel
        return not channel.has_own_key and not channel.host.public_url and is_at_home(request)

    def _tour(self, member: Member | None) -> web.Response:
        """The rooms with a contact's page beside them; who has no name yet is given one."""
        response = self._rooms(is_tour=True)
        if member is None:
            self._channel.sessions.begin_member(response, _NEWCOMER)
        return response

    async def _enter(self, request: web.Request) -> web.Response:
        if (request.content_length or 0) > _ENTRY_BYTES:
            return refusal(413, "too_large", "A key and a name are shorter than this.")
        try:
            entry = _ENTRY.validate_json(await request.read())
        except ValidationError:
            return refusal(400, "entry", "The key and a name of at most 60 characters are needed.")
        name = clean_name(entry.name)
        if not name:
            return refusal(400, "entry", "The key and a name of at most 60 characters are needed.")
        tries, address = self._channel.key_tries, address_of(request)
        # Nothing is awaited between asking and counting, so tries sent all at once are counted all.
        if pause := tries.pause_left(address):
            return refusal(429, "too_many_tries", "Too many wrong keys; wait a minute.", retry_after=pause)
        if not self._channel.sessions.is_desk_key(entry.key):
            tries.record(address)
            _logger.warning("a wrong desk key was tried from %s", address)
            return refusal(403, "wrong_key", "This is not the key.")
        tries.forget(address)
        response = web.json_response({"name": name})
        self._channel.sessions.begin_member(response, name)
        return response

    async def _upload(self, request: web.Request) -> web.Response:
        try:
            member = self._channel.sessions.member(request)
        except NotOurs:
            member = None
        if member is None:
            return refusal(403, "no_session", "Open the team rooms with the key first.")
        room, thread = request.query.get("room", ""), request.query.get("thread", "")
        try:
            chat = await room_chat(self._channel, room, thread)
        except FrameRefused as refused:
            return refusal(404, refused.code, str(refused))
        return await answer_upload(request, self._channel, chat)

    async def _media(self, request: web.Request) -> web.StreamResponse:
        query = request.query
        try:
            chat = await room_chat(self._channel, query.get("room", ""), query.get("thread", ""))
        except FrameRefused:
            return not_found()
        async with self._channel.history.turn(chat) as log:
            post = await log.find(query.get("id", ""))
        if post is None or post.media is None:
            return not_found()
        return await send_media(request, self._channel.host, post.media)

    async def _socket(self, request: web.Request, member: Member) -> web.StreamResponse:
        channel = self._channel
        if not is_own_origin(request, channel.host.public_url):
            return refusal(403, "wrong_origin", "The team rooms can be reached from their own page only.")
        if channel.hub.size(DESK_AUDIENCE) >= _SOCKETS:
            return refusal(429, "too_many", "The team rooms are open in too many windows.")
        connection = _Connection(channel, self._writing, member)
        with channel.hub.joined(DESK_AUDIENCE, connection.socket):
            try:
                return await connection.socket.serve(request, connection.begin, connection.handle)
            finally:
                connection.look_away()


class _Connection:
    """One page of a member."""

    def __init__(self, channel: Channel, writing: Writing, member: Member) -> None:
        self.socket = Socket()
        self._channel = channel
        self._writing = writing
        self._member = member
        self._author = Author(
            sender=Sender(
                sender_id=member.member_id, name=member.name, first_name=member.name.partition(" ")[0]
            ),
            key_prefix=f"{member.member_id}-",
        )
        self._search = Search(channel)
        self._watched: str | None = None

    async def begin(self) -> None:
        """Greet the page with the rooms and their threads."""
        self.socket.push({"type": "hello", "id": self._member.member_id, "name": self._member.name})
        self.socket.push(await self._channel.rooms_frame())

    async def handle(self, text: str) -> None:
        """Act on one frame."""
        frame = parse(DESK_FRAMES, text)
        match frame:
            case PingFrame():
                self.socket.push({"type": "pong"})
            case TypingFrame():
                chat = await room_chat(self._channel, frame.room, frame.thread)
                await self._channel.typed(chat, self._member.name)
            case SearchFrame():
                self.socket.push(await self._search.frame(frame.query))
            case WatchFrame():
                await self._watch(await room_chat(self._channel, frame.room, frame.thread))
            case OlderFrame():
                chat = await room_chat(self._channel, frame.room, frame.thread)
                async with self._channel.history.turn(chat) as log:
                    push_history(self.socket, chat, await log.older(frame.before), is_latest=False)
            case _:
                chat = await room_chat(self._channel, frame.room, frame.thread)
                self.socket.push(await self._writing.act(chat, self._author, frame))

    async def _watch(self, chat: ChatRef) -> None:
        self.look_away()
        async with self._channel.history.turn(chat) as log:
            # Inside the turn no post can come between the history and what follows it live.
            posts = await log.latest()
            if (thread := await self._channel.rooms.find(chat.chat_id, chat.thread_id or "")) is not None:
                frame = {"type": "thread", "room": chat.chat_id, "thread": thread.view()}
                self.socket.push(frame)
            push_history(self.socket, chat, posts, is_latest=True)
            self._watched = self._channel.audience(chat)
            self._channel.hub.join(self._watched, self.socket)

    def look_away(self) -> None:
        """Hear no more of the thread that was open."""
        if self._watched is not None:
            self._channel.hub.leave(self._watched, self.socket)
            self._watched = None


async def room_chat(channel: Channel, room: str, thread: str) -> ChatRef:
    """The room's general section, or one of its threads.

    Raises:
        FrameRefused: there is no such room, or no such thread in it.
    """
    if all(team.chat.chat_id != room for team in channel.host.team_chats()):
        raise FrameRefused("no_room", "There is no such room.")
    if thread and await channel.rooms.find(room, thread) is None:
        raise FrameRefused("gone", "This thread is gone.")
    return channel.chat(room, thread)
