"""A complete host in memory that records what a plugin tells it, and fails when told to."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote
from uuid import uuid4

from aiohttp import ClientSession, web

from bot.api import (
    ChatRef,
    DeliveryReceipt,
    DeliveryRejected,
    Event,
    MediaFile,
    MediaKind,
    Reception,
    Sibling,
    TeamChat,
    TeamCommand,
)

READ_SIZE = 64 * 1024
MEDIA_LIMIT_BYTES = 20 * 1024 * 1024


@dataclass(slots=True, kw_only=True)
class MemoryDocuments:
    """A plugin's documents, kept as the JSON text that a disk would hold.

    Attributes:
        texts: the JSON text of each document by its name.
        error: what `write` and `delete` raise while it is set.
    """

    texts: dict[str, str] = field(default_factory=dict)
    error: OSError | None = None

    async def read(self, name: str) -> dict[str, Any] | None:
        """The object, or None."""
        text = self.texts.get(name)
        if text is None:
            return None
        value: dict[str, Any] = json.loads(text)
        return value

    async def write(self, name: str, value: dict[str, Any]) -> None:
        """Replace the object; what JSON cannot hold is refused, as a disk would."""
        text = json.dumps(value)
        if self.error is not None:
            raise self.error
        self.texts[name] = text

    async def delete(self, name: str) -> None:
        """Erase the object, if there is one."""
        if self.error is not None:
            raise self.error
        self.texts.pop(name, None)

    async def names(self, prefix: str = "") -> list[str]:
        """The names that begin with `prefix`, in order."""
        return sorted(name for name in self.texts if name.startswith(prefix))


@dataclass(slots=True, kw_only=True)
class FolderMedia:
    """Files in one folder, with plain links that `serve` answers.

    Attributes:
        folder: where the files are; it exists.
        public_url: the server that serves the links, without a slash at the end.
        limit_bytes: the largest file that is kept.
        owners: the chat each file belongs to, by its `media_id`.
    """

    folder: Path
    public_url: str
    limit_bytes: int = MEDIA_LIMIT_BYTES
    owners: dict[str, ChatRef] = field(default_factory=dict)

    async def save(
        self, owner: ChatRef, chunks: AsyncIterator[bytes], *, kind: MediaKind, file_name: str, mime_type: str
    ) -> MediaFile:
        """Keep a file that belongs to the chat `owner`."""
        content = bytearray()
        async for chunk in chunks:
            content += chunk
            if len(content) > self.limit_bytes:
                raise DeliveryRejected(f"the file is larger than {self.limit_bytes} bytes")
        media_id = uuid4().hex
        await asyncio.to_thread((self.folder / media_id).write_bytes, bytes(content))
        self.owners[media_id] = owner
        return MediaFile(
            kind=kind,
            media_id=media_id,
            file_name=file_name or media_id,
            mime_type=mime_type or "application/octet-stream",
            size_bytes=len(content),
        )

    async def keep(
        self, owner: ChatRef, content: bytes, *, kind: MediaKind, file_name: str, mime_type: str
    ) -> MediaFile:
        """Keep a file whose content is at hand."""

        async def chunks() -> AsyncIterator[bytes]:
            yield content

        return await self.save(owner, chunks(), kind=kind, file_name=file_name, mime_type=mime_type)

    async def read(self, media: MediaFile) -> AsyncIterator[bytes]:
        """The file's content, in pieces."""
        if not media.is_held:
            raise FileNotFoundError("the file is not held here")
        content = await asyncio.to_thread((self.folder / media.media_id).read_bytes)
        for start in range(0, len(content), READ_SIZE):
            yield content[start : start + READ_SIZE]

    def link(self, media: MediaFile) -> str:
        """A link under `public_url`; here it is neither signed nor expires."""
        return f"{self.public_url}/media/{quote(media.media_id)}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer `GET /media/<media_id>`, for platforms that fetch by URL."""
        path = self.folder / Path(unquote(request.path)).name
        if path.name not in self.owners:
            raise web.HTTPNotFound
        return web.Response(body=await asyncio.to_thread(path.read_bytes))


class RecordingHost:
    """What the bot offers to one plugin, with everything the plugin did in lists.

    Attributes:
        events: the events that were stored, in order, each once.
        attempts: every call of `receive`, in the order the calls began, whatever became of them.
        reports: every later receipt.
        failures: what `failed` was told.
        counts: how often `count` was told each name.
        receive_error: what `receive` and `report` raise while it is set.
        notice: the line `receive` answers with.
        chats: the team chats that config.toml would have on this channel.
        ready_texts: the canned replies that config.toml would have, by name.
        alerts: every line that `alert` was told.
        typed: every chat that `typing` was told of.
        others: what `siblings` answers.
    """

    def __init__(
        self,
        *,
        channel: str,
        http: ClientSession,
        folder: Path,
        public_url: str = "http://127.0.0.1",
        business: str = "Maison Dupont",
        language: str = "en",
        media_limit_bytes: int = MEDIA_LIMIT_BYTES,
    ) -> None:
        self.channel = channel
        self.business = business
        self.language = language
        self.http = http
        self.public_url = public_url
        self.base_url = public_url or "http://127.0.0.1"
        self.media_limit_bytes = media_limit_bytes
        self.media = FolderMedia(folder=folder, public_url=public_url, limit_bytes=media_limit_bytes)
        self.documents = MemoryDocuments()
        self.others: Sequence[Sibling] = ()
        self.events: list[Event] = []
        self.attempts: list[Event] = []
        self.reports: list[DeliveryReceipt] = []
        self.failures: list[Exception] = []
        self.counts: Counter[str] = Counter()
        self.receive_error: OSError | None = None
        self.notice = ""
        self.is_refused = False
        self.chats: list[TeamChat] = []
        self.ready_texts: dict[str, str] = {}
        self.alerts: list[str] = []
        self.typed: list[ChatRef] = []
        self._seen: set[tuple[ChatRef, str]] = set()
        self._held: dict[ChatRef, asyncio.Event] = {}
        self._watchers: list[asyncio.Event] = []

    async def receive(self, event: Event) -> Reception:
        """Record an event; a held chat waits, and an event that its chat has seen is not recorded again."""
        self.attempts.append(event)
        self._changed()
        if (gate := self._held.get(event.chat.whole)) is not None:
            await gate.wait()
        if self.receive_error is not None:
            raise self.receive_error
        key = (event.chat.whole, event.event_id)
        is_new = key not in self._seen
        if is_new:
            self._seen.add(key)
            self.events.append(event)
            self._changed()
        return Reception(is_new=is_new, notice=self.notice, is_refused=self.is_refused)

    async def report(self, receipt: DeliveryReceipt) -> None:
        """Record what the platform says later of a message."""
        if self.receive_error is not None:
            raise self.receive_error
        self.reports.append(receipt)
        self._changed()

    def siblings(self) -> Sequence[Sibling]:
        """The other channels of this platform; there are none."""
        return self.others

    def team_chats(self) -> Sequence[TeamChat]:
        """The chats of `chats`."""
        return tuple(self.chats)

    def commands(self) -> Sequence[TeamCommand]:
        """Two commands, as examples of all."""
        return (
            TeamCommand(name="claim", description="take the conversation"),
            TeamCommand(name="close", description="close it"),
        )

    def canned(self) -> Mapping[str, str]:
        """The texts of `ready_texts`."""
        return dict(self.ready_texts)

    async def typing(self, chat: ChatRef) -> None:
        """Record that somebody writes."""
        self.typed.append(chat)
        self._changed()

    async def alert(self, text: str) -> None:
        """Record a line for the inbox."""
        self.alerts.append(text)
        self._changed()

    def failed(self, error: Exception) -> None:
        """Record that the connection broke."""
        self.failures.append(error)
        self._changed()

    def count(self, event: str) -> None:
        """Count an event that the plugin leaves alone."""
        self.counts[event] += 1
        self._changed()

    def hold(self, chat: ChatRef) -> None:
        """Let `receive` wait for events of this chat until `release`."""
        self._held.setdefault(chat.whole, asyncio.Event())

    def release(self, chat: ChatRef) -> None:
        """Let the held events of this chat be stored."""
        if (gate := self._held.pop(chat.whole, None)) is not None:
            gate.set()

    async def until(
        self, holds: Callable[["RecordingHost"], bool], *, patience: timedelta = timedelta(seconds=10)
    ) -> bool:
        """Wait for something to be recorded.

        Args:
            holds: asked with this host now, and again each time something was recorded.
            patience: how long to wait.

        Returns:
            Whether it came to hold in time.
        """
        watcher = asyncio.Event()
        self._watchers.append(watcher)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(patience.total_seconds()):
                    while not holds(self):
                        watcher.clear()
                        await watcher.wait()
            return holds(self)
        finally:
            self._watchers.remove(watcher)

    def _changed(self) -> None:
        for watcher in self._watchers:
            watcher.set()
