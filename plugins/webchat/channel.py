"""The parts of the open channel that both sides share, and how a new post reaches the pages that show it."""

from dataclasses import dataclass
from typing import Any

from bot.api import ChatRef, Host
from plugins.webchat.attempts import AttemptLimit
from plugins.webchat.guards import Clock
from plugins.webchat.history import History, Slice
from plugins.webchat.pages import Pages
from plugins.webchat.posts import Post, view
from plugins.webchat.rooms import Rooms
from plugins.webchat.sessions import Sessions
from plugins.webchat.sockets import Hub, Socket
from plugins.webchat.threads import Thread

DESK_AUDIENCE = "desk"

_VISITOR = {
    "en": "Visitor",
    "fr": "Visiteur",
    "es": "Visitante",
    "it": "Visitatore",
    "pt": "Visitante",
    "de": "Besucher",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """The web chat while it is connected.

    Attributes:
        host: the bot.
        sessions: who somebody is.
        history: what was posted.
        rooms: the threads of the team rooms.
        hub: the connected pages.
        pages: what they are made of.
        key_tries: wrong desk keys per address.
        uploads: uploads per address.
        sites: the sites that may show the contact's page, as origins.
        has_own_key: config.toml names the desk key; nobody gets in without showing it.
        clock: the time now, in UTC.
        began_ms: when it was connected, as `now_ms`.
    """

    host: Host
    sessions: Sessions
    history: History
    rooms: Rooms
    hub: Hub
    pages: Pages
    key_tries: AttemptLimit
    uploads: AttemptLimit
    sites: tuple[str, ...]
    has_own_key: bool
    clock: Clock
    began_ms: int

    def now_ms(self) -> int:
        """The time now, in milliseconds since 1970, UTC."""
        return round(self.clock().timestamp() * 1000)

    def chat(self, chat_id: str, thread_id: str = "") -> ChatRef:
        """A chat of this channel; an empty `thread_id` is the chat itself."""
        return ChatRef(self.host.channel, chat_id, thread_id or None)

    def is_room(self, chat: ChatRef) -> bool:
        """Whether `chat` is a team room or a thread in one, and not a contact's chat."""
        return chat.thread_id is not None or any(
            team.chat.chat_id == chat.chat_id for team in self.host.team_chats()
        )

    async def is_contact(self, chat_id: str) -> bool:
        """Whether a contact ever wrote from this chat, and was not erased since."""
        return await self.contact_name(chat_id) is not None

    async def contact_name(self, chat_id: str) -> str | None:
        """The name that the contact gave, maybe empty; None for a chat that nobody wrote from."""
        kept = await self.host.documents.read(contact_document(chat_id))
        return None if kept is None else str(kept["name"])

    async def posted(self, chat: ChatRef, post: Post, *, is_silent: bool = False) -> None:
        """Show a new post to whoever looks at its chat, and that there is one to the whole team."""
        self.changed(chat, post)
        if self.is_room(chat):
            thread = await self.rooms.touch(chat.chat_id, chat.thread_id or "", post, is_silent=is_silent)
            if thread is not None:
                self.thread_changed(chat.chat_id, thread)

    def changed(self, chat: ChatRef, post: Post) -> None:
        """Show a post, new or changed, to whoever looks at its chat."""
        self.hub.push(self.audience(chat), {"type": "post", **place(chat), "post": view(post)})

    def thread_changed(self, room: str, thread: Thread) -> None:
        """Show the whole team how a thread is now."""
        self.hub.push(DESK_AUDIENCE, {"type": "thread", "room": room, "thread": thread.view()})

    async def rooms_frame(self) -> dict[str, Any]:
        """Every room with its latest threads, as config.toml names them now, for the team's pages."""
        rooms = []
        for team in self.host.team_chats():
            threads = await self.rooms.board(team.chat.chat_id)
            views = [thread.view() for thread in threads]
            rooms.append({"id": team.chat.chat_id, "title": team.title, "threads": views})
        return {
            "type": "rooms",
            "rooms": rooms,
            "canned": [{"name": name, "text": text} for name, text in self.host.canned().items()],
            "commands": [
                {"name": command.name, "text": command.description} for command in self.host.commands()
            ],
            "now": self.now_ms(),
        }

    async def typed(self, chat: ChatRef, name: str) -> None:
        """Somebody writes in this chat: their colleagues see it, and the other side where it can."""
        if chat.thread_id:
            self.hub.push(self.audience(chat), {"type": "typing", **place(chat), "name": name})
        await self.host.typing(chat)

    async def show_typing(self, chat: ChatRef) -> None:
        """Show that somebody on the other side writes: a contact to the team, by the thread's title."""
        frame = {"type": "typing", **place(chat)}
        if chat.thread_id:
            thread = await self.rooms.find(chat.chat_id, chat.thread_id)
            frame["name"] = thread.title.partition(" · ")[0] if thread else ""
        self.hub.push(self.audience(chat), frame)

    def audience(self, chat: ChatRef) -> str:
        """Who looks at `chat`."""
        if self.is_room(chat):
            return f"thread {chat.chat_id} {chat.thread_id or ''}"
        return contact_audience(chat.chat_id)


def contact_audience(chat_id: str) -> str:
    """The pages of one contact."""
    return f"contact {chat_id}"


def contact_document(chat_id: str) -> str:
    """The name of the document on one contact."""
    return f"contact-{chat_id}"


def place(chat: ChatRef) -> dict[str, Any]:
    """Where a frame belongs, for a page that shows several chats."""
    return {"room": chat.chat_id, "thread": chat.thread_id or ""}


def push_history(socket: Socket, chat: ChatRef, posts: Slice, *, is_latest: bool) -> None:
    """Send a page a piece of the log."""
    socket.push(
        {
            "type": "history",
            "room": chat.chat_id,
            "thread": chat.thread_id or "",
            "posts": [view(post) for post in posts.posts],
            "before": posts.before,
            "latest": is_latest,
        }
    )


def visitor(chat_id: str, language: str) -> str:
    """What the team calls a contact who gave no name."""
    return f"{_VISITOR.get(language, _VISITOR['en'])} {chat_id[-4:].upper()}"
