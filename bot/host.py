"""What the bot offers to one plugin: intake, files, memory, and its part of config.toml."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from aiohttp import ClientSession

from bot.api import (
    ChatRef,
    DeliveryReceipt,
    Documents,
    Event,
    Media,
    MediaFile,
    MediaKind,
    Plugin,
    Reception,
    Sibling,
    TeamChat,
    TeamCommand,
)
from bot.desk.showing import team_commands
from bot.metrics import Metrics
from bot.model import HOUSE, record_id_of
from bot.rulebook import Rulebook
from bot.store import Index, MediaStore


class HostMedia:
    """The files, as plugins see them: a file belongs to the contact in whose chat or thread it was sent."""

    def __init__(
        self, *, store: MediaStore, index: Index, rules: Callable[[], Rulebook], base_url: Callable[[], str]
    ) -> None:
        self._store = store
        self._index = index
        self._rules = rules
        self._base_url = base_url

    async def save(
        self, owner: ChatRef, chunks: AsyncIterator[bytes], *, kind: MediaKind, file_name: str, mime_type: str
    ) -> MediaFile:
        """As in `bot.api.Media`."""
        return await self._store.save(
            self._record_id(owner),
            chunks,
            kind=kind,
            file_name=file_name,
            mime_type=mime_type,
            limit_bytes=self._rules().settings.limits.media_bytes,
        )

    def read(self, media: MediaFile) -> AsyncIterator[bytes]:
        """As in `bot.api.Media`."""
        return self._store.read(media)

    def link(self, media: MediaFile) -> str:
        """As in `bot.api.Media`."""
        return f"{self._base_url()}/media/{self._store.token(media)}"

    def _record_id(self, owner: ChatRef) -> str:
        if self._rules().room_at(owner) is None:
            return record_id_of(owner)
        return (self._index.record_of_thread(owner) if owner.thread_id else None) or HOUSE


class Receives(Protocol):
    """Where events and later receipts go."""

    async def receive(self, event: Event) -> Reception:
        """As in `bot.api.Host`."""
        ...

    async def report(self, receipt: DeliveryReceipt) -> None:
        """As in `bot.api.Host`."""
        ...

    async def announce(self, text: str) -> None:
        """Post an alert in the general section of the inbox."""
        ...


def _none(_channel: str) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What the hosts of all channels have in common.

    Attributes:
        receiver: takes events.
        rules: config.toml as it is now.
        http: the client session.
        media: the files.
        metrics: counters.
        base_url: how people reach this server.
        typing: shows on the other side that somebody writes.
        plugin_of: a channel's plugin, while it is connected.
    """

    receiver: Receives
    rules: Callable[[], Rulebook]
    http: ClientSession
    media: Media
    metrics: Metrics
    base_url: Callable[[], str]
    typing: Callable[[ChatRef], Awaitable[None]]
    plugin_of: Callable[[str], Plugin | None] = _none


class ChannelHost:
    """The bot as one plugin sees it; implements `bot.api.Host`."""

    def __init__(
        self, channel: str, *, shared: Shared, documents: Documents, failed: Callable[[Exception], None]
    ) -> None:
        self._channel = channel
        self._shared = shared
        self._documents = documents
        self._failed = failed

    @property
    def channel(self) -> str:
        """The name of the channel's table."""
        return self._channel

    @property
    def business(self) -> str:
        """The business's name."""
        return self._shared.rules().settings.business

    @property
    def language(self) -> str:
        """The language of config.toml."""
        return self._shared.rules().settings.language

    @property
    def http(self) -> ClientSession:
        """The shared client session."""
        return self._shared.http

    @property
    def public_url(self) -> str:
        """How platforms reach this server."""
        return self._shared.rules().settings.server.public_url

    @property
    def base_url(self) -> str:
        """How people reach this server."""
        return self._shared.base_url()

    @property
    def media(self) -> Media:
        """Files."""
        return self._shared.media

    @property
    def documents(self) -> Documents:
        """The plugin's own memory."""
        return self._documents

    @property
    def media_limit_bytes(self) -> int:
        """The largest file that is kept."""
        return self._shared.rules().settings.limits.media_bytes

    async def receive(self, event: Event) -> Reception:
        """As in `bot.api.Host`."""
        reception = await self._shared.receiver.receive(event)
        if reception.is_new:
            self._shared.metrics.message_received(self._channel)
        return reception

    async def report(self, receipt: DeliveryReceipt) -> None:
        """As in `bot.api.Host`."""
        await self._shared.receiver.report(receipt)

    def siblings(self) -> Sequence[Sibling]:
        """As in `bot.api.Host`."""
        settings = self._shared.rules().settings
        platform = settings.plugin_of(self._channel)
        return [
            Sibling(settings=channel, plugin=self._shared.plugin_of(name))
            for name, channel in settings.channels.items()
            if channel.enabled and name != self._channel and settings.plugin_of(name) == platform
        ]

    def team_chats(self) -> Sequence[TeamChat]:
        """As in `bot.api.Host`."""
        rules = self._shared.rules()
        return [
            TeamChat(chat=room.chat, title=rules.team_name(room.team))
            for room in rules.rooms.values()
            if room.chat.channel == self._channel
        ]

    def commands(self) -> Sequence[TeamCommand]:
        """As in `bot.api.Host`."""
        return team_commands(self._shared.rules().wording)

    def canned(self) -> Mapping[str, str]:
        """As in `bot.api.Host`."""
        settings = self._shared.rules().settings
        return {
            name: text.in_language(settings.language, settings.language)
            for name, text in settings.canned.items()
        }

    async def typing(self, chat: ChatRef) -> None:
        """As in `bot.api.Host`."""
        await self._shared.typing(chat)

    async def alert(self, text: str) -> None:
        """As in `bot.api.Host`."""
        await self._shared.receiver.announce(text)

    def failed(self, error: Exception) -> None:
        """As in `bot.api.Host`."""
        self._failed(error)

    def count(self, event: str) -> None:
        """As in `bot.api.Host`."""
        self._shared.metrics.event_ignored(self._channel, event)
