"""What the bot offers to one plugin: intake, files, a memory of its own, and its part of config.toml."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from aiohttp import ClientSession

from bot.api.events import Event
from bot.api.values import ChatRef, DeliveryReceipt, MediaFile, MediaKind

if TYPE_CHECKING:
    from bot.api.plugin import ChannelSettings, Plugin


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamChat:
    """A team chat on this channel, as config.toml has it now."""

    chat: ChatRef
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamCommand:
    """A command of the team chats, for platforms that list them.

    Attributes:
        name: without its slash; lower-case letters.
        description: what it does, in the team's language, on one line.
    """

    name: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """What became of an event: it is on disk.

    Attributes:
        is_new: False for an event that had been received before; nothing was done.
        notice: a short line for the person who caused it (who pressed a button), or empty.
        is_refused: it was an edit, and it was not taken, now or when it was received before: where the
            platform can, what was edited keeps its old words, as the other side does.
    """

    is_new: bool = True
    notice: str = ""
    is_refused: bool = False


class Media(Protocol):
    """The files that the bot holds."""

    async def save(
        self, owner: ChatRef, chunks: AsyncIterator[bytes], *, kind: MediaKind, file_name: str, mime_type: str
    ) -> MediaFile:
        """Keep a file that belongs to the chat `owner`; it is on disk when this returns.

        Raises:
            DeliveryRejected: it is larger than `limits.media_mb`.
        """
        ...

    def read(self, media: MediaFile) -> AsyncIterator[bytes]:
        """The file's content, in pieces.

        Raises:
            FileNotFoundError: the file was erased.
        """
        ...

    def link(self, media: MediaFile) -> str:
        """A signed link under `public_url` (or this server's own address) that expires."""
        ...


class Documents(Protocol):
    """A plugin's own durable memory: small JSON objects by name."""

    async def read(self, name: str) -> dict[str, Any] | None:
        """The object, or None."""
        ...

    async def write(self, name: str, value: dict[str, Any]) -> None:
        """Replace the object; it is on disk when this returns.

        Raises:
            OSError: the disk refuses; the old object stays.
        """
        ...

    async def delete(self, name: str) -> None:
        """Erase the object, if there is one."""
        ...

    async def names(self, prefix: str = "") -> list[str]:
        """The names that begin with `prefix`, in order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sibling:
    """Another enabled channel of the same platform.

    Attributes:
        settings: its table in config.toml.
        plugin: what serves it, or None while it is not connected.
    """

    settings: "ChannelSettings"
    plugin: "Plugin | None"


class Host(Protocol):
    """What the bot offers to one plugin.

    Attributes:
        channel: the name of the channel's table in config.toml.
        business: the business's name, for pages that people see.
        language: the language of config.toml.
        http: the shared client session; ask it with a timeout.
        public_url: how platforms reach this server, without a slash at the end; may be empty.
        base_url: the same for people who follow a link: `public_url`, or where this server listens.
        media: files.
        documents: the plugin's own memory.
    """

    @property
    def channel(self) -> str: ...
    @property
    def business(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def http(self) -> ClientSession: ...
    @property
    def public_url(self) -> str: ...
    @property
    def base_url(self) -> str: ...
    @property
    def media(self) -> Media: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def media_limit_bytes(self) -> int: ...

    async def receive(self, event: Event) -> Reception:
        """Store an event and what was decided on it; only then may the platform be told.

        Raises:
            OSError: the disk refuses; do not acknowledge, the platform will deliver again.
        """
        ...

    async def report(self, receipt: DeliveryReceipt) -> None:
        """Store what a platform says later of a message; raises as `receive`."""
        ...

    def siblings(self) -> Sequence[Sibling]:
        """The other channels of this platform, for what one address receives for several accounts."""
        ...

    def team_chats(self) -> Sequence[TeamChat]:
        """The team chats on this channel, as config.toml has them now; the inbox is one of them."""
        ...

    def commands(self) -> Sequence[TeamCommand]:
        """The commands that a team chat understands."""
        ...

    def canned(self) -> Mapping[str, str]:
        """The canned replies by name, in the team's language, with their placeholders as they are."""
        ...

    async def typing(self, chat: ChatRef) -> None:
        """Tell that a contact writes in their chat, or a member in a thread; the other side may show it."""
        ...

    async def alert(self, text: str) -> None:
        """Post a line in the inbox, for what people must see to: a right that was lost, a token that ends."""
        ...

    def failed(self, error: Exception) -> None:
        """Report that the connection broke outside a call; the channel is connected again."""
        ...

    def count(self, event: str) -> None:
        """Count something that the platform sent and the plugin leaves alone, under this name."""
        ...
