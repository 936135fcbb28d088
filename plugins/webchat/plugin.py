"""The web chat as the bot sees it: the contract, and the channel's life from `connect` to `disconnect`."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from urllib.parse import quote

from aiohttp import web

from bot.api import (
    Capabilities,
    ChatRef,
    ConnectionFailed,
    DeliveryReceipt,
    Finding,
    Host,
    Mark,
    MediaKind,
    OutgoingMessage,
    Plugin,
    Route,
    ThreadState,
)
from plugins.webchat.attempts import AttemptLimit
from plugins.webchat.channel import DESK_AUDIENCE, Channel
from plugins.webchat.contact import ContactSide
from plugins.webchat.desk import DeskSide
from plugins.webchat.guards import SAFETY_HEADERS, Clock, refusal
from plugins.webchat.history import History
from plugins.webchat.pages import Pages
from plugins.webchat.paths import folder
from plugins.webchat.posting import Posting
from plugins.webchat.rooms import Rooms
from plugins.webchat.sessions import Keys, Sessions, load_keys
from plugins.webchat.settings import Settings
from plugins.webchat.sockets import Hub
from plugins.webchat.words import Words

_logger = logging.getLogger(__name__)

_SHORTEST_KEY = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """The channel while it is connected, and its three sides."""

    channel: Channel
    contacts: ContactSide
    desk: DeskSide
    posting: Posting


class WebChat(Plugin):
    """A channel whose platform is this process itself.

    Args:
        settings: its table in config.toml.
        host: the bot.
        clock: the time now, in UTC.
        tidy_every: the pause between two looks at what is to be written and shown.
    """

    def __init__(
        self,
        settings: Settings,
        host: Host,
        *,
        clock: Clock,
        tidy_every: timedelta = timedelta(seconds=5),
    ) -> None:
        super().__init__(host)
        self._settings = settings
        self._clock = clock
        self._tidy_every = tidy_every
        self._open: _Open | None = None

    @property
    def capabilities(self) -> Capabilities:
        """All that a page can show."""
        limit = self.host.media_limit_bytes
        return Capabilities(
            text_limit=20_000,
            caption_limit=20_000,
            choices=30,
            choice_label_limit=64,
            media=MappingProxyType(dict.fromkeys(MediaKind, limit)),
            group_chats=True,
            threads=True,
            edits=True,
            deletes=True,
            reactions=True,
            marks=True,
            quotes=True,
            typing=True,
            thread_states=True,
            idempotent=True,
        )

    async def connect(self) -> None:
        """Read the keys and the pages; say where the team rooms are."""
        configured = self._settings.desk_key.get_secret_value()
        try:
            keys = await load_keys(self.host.documents, configured)
        except OSError as error:
            raise ConnectionFailed("the keys of the web chat could not be kept") from error
        channel = self._channel(keys, await Pages.load())
        self._open = _Open(
            channel=channel,
            contacts=ContactSide(channel),
            desk=DeskSide(channel),
            posting=Posting(channel),
        )
        desk = folder("desk", self.host.channel)
        if not configured:
            # The one place where a key is logged: a newcomer has no other way in.
            _logger.info("the team rooms are at %s%s#key=%s", self.host.base_url, desk, keys.desk)
            if not self.host.public_url:
                _logger.info("to try both sides, open %s%stour at this machine", self.host.base_url, desk)
        else:
            _logger.info("the team rooms are at %s%s", self.host.base_url, desk)

    async def listen(self) -> None:
        """Keep the boards on disk, and the pages' list of rooms as config.toml has it."""
        channel = self._opened().channel
        shown = self._lists()
        while True:
            await asyncio.sleep(self._tidy_every.total_seconds())
            try:
                await channel.rooms.flush()
                if (now := self._lists()) != shown:
                    channel.hub.push(DESK_AUDIENCE, await channel.rooms_frame())
                    shown = now
            except OSError:
                # What is lost is the order of a list; a post that cannot be kept is refused elsewhere.
                _logger.warning("the boards of the team rooms could not be written; trying again")

    async def disconnect(self) -> None:
        """Close the connections of all pages; they connect again by themselves."""
        opened, self._open = self._open, None
        if opened is not None:
            opened.channel.hub.end()
            try:
                await opened.channel.rooms.flush()
            except OSError:
                _logger.warning("the boards of the team rooms could not be written")

    def routes(self) -> Sequence[Route]:
        """The contact's page and the team rooms."""
        chat, desk = folder("chat", self.host.channel), folder("desk", self.host.channel)
        return (
            Route(method="GET", path=chat.removesuffix("/"), handler=_add_slash),
            Route(method="GET", path=desk.removesuffix("/"), handler=_add_slash),
            Route(method="GET", path=chat, handler=self._get_chat),
            Route(method="POST", path=chat, handler=self._post_chat),
            Route(method="GET", path=desk, handler=self._get_desk),
            Route(method="POST", path=desk, handler=self._post_desk),
        )

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        """Log a message once, however often it is sent, and show it to the connected pages."""
        post = await self._opened().posting.send(message)
        return DeliveryReceipt(message_id=message.message_id, platform_id=post.post_id)

    async def edit(self, chat: ChatRef, platform_id: str, message: OutgoingMessage) -> None:
        """Give a post another text and other buttons."""
        await self._opened().posting.edit(chat, platform_id, message)

    async def delete(self, chat: ChatRef, platform_id: str) -> None:
        """Take a post back."""
        await self._opened().posting.delete(chat, platform_id)

    async def react(self, chat: ChatRef, platform_id: str, emoji: str) -> None:
        """Show one emoji on a post, or none."""
        await self._opened().posting.change(chat, platform_id, lambda post: replace(post, reaction=emoji))

    async def mark(self, chat: ChatRef, platform_id: str, mark: Mark) -> None:
        """Show on a member's post how far it has come."""
        await self._opened().posting.change(chat, platform_id, lambda post: replace(post, mark=mark))

    async def open_thread(self, chat: ChatRef, *, title: str, key: str) -> str:
        """Make the thread of `key`, or find it."""
        return await self._opened().posting.open_thread(chat, title=title, key=key)

    async def close_thread(self, chat: ChatRef) -> None:
        """Close a thread."""
        await self._opened().posting.change_thread(chat, lambda thread: replace(thread, is_closed=True))

    async def reopen_thread(self, chat: ChatRef) -> None:
        """Open a closed thread again."""
        await self._opened().posting.change_thread(chat, lambda thread: replace(thread, is_closed=False))

    async def rename_thread(self, chat: ChatRef, *, title: str) -> None:
        """Give a thread another title."""
        await self._opened().posting.change_thread(chat, lambda thread: replace(thread, title=title))

    async def show_state(self, chat: ChatRef, state: ThreadState) -> None:
        """Show in the list of threads who waits, and since when."""
        opened = self._opened()
        now_ms = opened.channel.now_ms()
        await opened.posting.change_thread(chat, lambda thread: thread.in_state(state, now_ms))

    def thread_link(self, chat: ChatRef) -> str:
        """Where the thread opens in the team rooms' page."""
        thread = f"/{quote(chat.thread_id, safe='')}" if chat.thread_id else ""
        desk = folder("desk", self.host.channel)
        return f"{self.host.base_url}{desk}#{quote(chat.chat_id, safe='')}{thread}"

    async def typing(self, chat: ChatRef) -> None:
        """Show for some seconds that somebody writes."""
        await self._opened().channel.show_typing(chat)

    def home(self, request: web.Request) -> str:
        """The customer's page and the team's side by side, for the person at this very machine."""
        is_open = self._open is not None and self._open.desk.may_tour(request)
        return folder("desk", self.host.channel) + "tour" if is_open else ""

    async def erase(self, chats: Sequence[ChatRef]) -> None:
        """Remove the logs of these chats and threads, and what else is kept on them."""
        # Also asked of a channel that is off: what it keeps lies in this process's own folder.
        closed = Posting(self._channel(Keys(signing="", desk=""), Pages({}, Words({}))))
        await (self._open.posting if self._open is not None else closed).erase(chats)

    async def check(self) -> Sequence[Finding]:
        """Look at the desk key, and at what frames on other sites need."""
        findings = [self._key_finding()]
        if self._settings.sites:
            is_https = self.host.public_url.startswith("https://")
            advice = "browsers keep no session in a frame over http; set server.public_url to https://…"
            findings.append(
                Finding(what="sites that show the chat", is_ok=is_https, advice="" if is_https else advice)
            )
        return findings

    def _key_finding(self) -> Finding:
        key = self._settings.desk_key.get_secret_value()
        what = "key of the team rooms"
        if not key:
            advice = 'one is made and logged at start; write desk_key = "…" to choose it yourself'
            return Finding(what=what, is_ok=True, advice=advice)
        if len(key) < _SHORTEST_KEY:
            advice = f"desk_key can be guessed; write at least {_SHORTEST_KEY} characters"
            return Finding(what=what, is_ok=False, advice=advice)
        return Finding(what=what, is_ok=True)

    def _channel(self, keys: Keys, pages: Pages) -> Channel:
        minute = timedelta(minutes=1)
        return Channel(
            host=self.host,
            sessions=Sessions(
                keys, is_secure=self.host.public_url.startswith("https://"), channel=self.host.channel
            ),
            history=History(self.host.documents),
            rooms=Rooms(self.host.documents),
            hub=Hub(),
            pages=pages,
            key_tries=AttemptLimit(limit=5, pause=minute, clock=self._clock),
            uploads=AttemptLimit(limit=100, pause=minute, clock=self._clock),
            sites=self._settings.sites,
            has_own_key=bool(self._settings.desk_key.get_secret_value()),
            clock=self._clock,
            began_ms=round(self._clock().timestamp() * 1000),
        )

    def _lists(self) -> tuple[object, ...]:
        """What the pages list of config.toml, to see whether it changed."""
        return tuple(self.host.team_chats()), dict(self.host.canned()), tuple(self.host.commands())

    def _opened(self) -> _Open:
        if self._open is None:
            raise ConnectionFailed("the web chat is not connected")
        return self._open

    async def _get_chat(self, request: web.Request) -> web.StreamResponse:
        return _closed() if self._open is None else await self._open.contacts.get(request)

    async def _post_chat(self, request: web.Request) -> web.StreamResponse:
        return _closed() if self._open is None else await self._open.contacts.post(request)

    async def _get_desk(self, request: web.Request) -> web.StreamResponse:
        return _closed() if self._open is None else await self._open.desk.get(request)

    async def _post_desk(self, request: web.Request) -> web.StreamResponse:
        return _closed() if self._open is None else await self._open.desk.post(request)


def create_plugin(settings: Settings, host: Host) -> WebChat:
    """Make the channel; nothing is read or written before `connect`."""
    return WebChat(settings, host, clock=lambda: datetime.now(UTC))


def _closed() -> web.Response:
    return refusal(503, "closed", "The chat starts or stops just now; try again in a moment.")


async def _add_slash(request: web.Request) -> web.StreamResponse:
    return web.Response(status=308, headers={**SAFETY_HEADERS, "Location": f"{request.path}/"})
