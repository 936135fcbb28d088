"""The contract of a platform plugin, and what the bot offers it.

A plugin is a package under `plugins/` whose name is the platform's. It exports `Settings`, a pydantic
model of its table in config.toml, and `create_plugin(settings, host)`, which does no I/O. It imports
`bot.api` and nothing else of the bot, translates, and decides nothing.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from aiohttp import web
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationInfo, model_validator

from bot.api.capabilities import Capabilities
from bot.api.errors import Unsupported
from bot.api.host import Host
from bot.api.values import (
    Attachment,
    ChatRef,
    DeliveryReceipt,
    Mark,
    OutgoingMessage,
    ThreadState,
)


class ChannelSettings(BaseModel):
    """What every channel's table may say; a plugin's `Settings` adds its own keys.

    Attributes:
        enabled: whether the channel is started.
        plugin: the platform, when the table's name is not it.
        needed: the keys that must not be empty once the channel is enabled.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    needed: ClassVar[tuple[str, ...]] = ()

    enabled: bool = False
    plugin: str = ""

    def lacking(self) -> tuple[str, ...]:
        """The needed keys that are empty."""
        return tuple(key for key in self.needed if not _plain(getattr(self, key)))

    def address_fault(self, chat_id: str) -> str:
        """Why an address of config.toml names no chat of this platform, "; " and what to write; or empty."""
        del chat_id
        return ""

    @model_validator(mode="after")
    def _is_filled_in(self, info: ValidationInfo) -> Self:
        """Refuse an enabled channel that cannot be connected, where config.toml as a whole is known."""
        is_known = info.context is not None and not info.context.get("unresolved")
        if is_known and self.enabled and (lacking := self.lacking()):
            are, them = ("is", "it") if len(lacking) == 1 else ("are", "them")
            raise ValueError(f"{', '.join(lacking)} {are} empty; write {them}, or enabled = false")
        return self


def _plain(value: object) -> object:
    plain = value.get_secret_value() if isinstance(value, SecretStr) else value
    return plain.strip() if isinstance(plain, str) else plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One HTTP path that a plugin serves.

    Attributes:
        method: `GET`, `POST`, ….
        path: an exact path; or, when it ends with `/`, everything below it too.
        handler: an aiohttp handler. It returns within a second, after the event is stored.
    """

    method: str
    path: str
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of `check --connect`: what was looked at, whether it is right, and what to do if not."""

    what: str
    is_ok: bool
    advice: str = ""


class Plugin(ABC):
    """One connected account of one platform.

    The bot calls `connect` once, then `listen` in a task of its own, then any of the rest: at most one call
    at a time per chat, or `Capabilities.posts_at_once` of them in a group chat. When any of them raises
    `ConnectionFailed`, the bot disconnects the plugin, makes a new one after a pause, and connects that.
    """

    def __init__(self, host: Host) -> None:
        self.host = host

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities:
        """What the platform can do; constant once connected."""

    def abilities(self, chat: ChatRef) -> Capabilities:
        """What the platform can do in one chat, where chats differ: a group may be without threads."""
        return self.capabilities

    @abstractmethod
    async def connect(self) -> None:
        """Prove that the settings are right, and be ready to send.

        Raises:
            ConfigurationError: credentials or rights are wrong; the channel stays down until a reload.
            ConnectionFailed: not reachable now; tried again.
        """

    @abstractmethod
    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        """Send one message.

        Returns:
            A receipt with the platform's id.

        Raises:
            RateLimited: not now.
            ConnectionFailed: nothing was sent; a repeat is safe.
            DeliveryUncertain: it may have arrived.
            DeliveryRejected: refused for good.
            WindowShut: the chat's reply window is shut.
            ChatGone: the chat does not take it.
            ThreadGone: the thread is gone.
            ChatMoved: the chat has a new id.
        """

    async def listen(self) -> None:
        """Receive events until cancelled, for platforms that are asked; others return at once."""

    async def disconnect(self) -> None:
        """Let go of everything; called once, also after a failed `connect`."""

    def routes(self) -> Sequence[Route]:
        """The HTTP paths this plugin serves, the same for the plugin's whole life."""
        return ()

    async def edit(self, chat: ChatRef, platform_id: str, message: OutgoingMessage) -> None:
        """Replace text and buttons of a message of ours; raises as `send`. Unchanged content is no error."""
        raise Unsupported("this platform cannot edit messages")

    async def delete(self, chat: ChatRef, platform_id: str) -> None:
        """Take a message of ours back; raises as `send`. A message that is gone already is no error."""
        raise Unsupported("this platform cannot delete messages")

    async def react(self, chat: ChatRef, platform_id: str, emoji: str) -> None:
        """Set our one reaction on a message, or take it away when `emoji` is empty; raises as `send`."""
        raise Unsupported("this platform has no reactions")

    async def mark(self, chat: ChatRef, platform_id: str, mark: Mark) -> None:
        """Show on a member's message how far it has come; raises as `send`."""
        raise Unsupported("this platform cannot mark messages")

    async def show_state(self, chat: ChatRef, state: ThreadState) -> None:
        """Show on a thread, from outside, how it stands; raises as `send`."""
        raise Unsupported("this platform cannot show how a thread stands")

    async def open_thread(self, chat: ChatRef, *, title: str, key: str) -> str:
        """Make a thread in a group chat.

        Args:
            chat: the group.
            title: at most 128 characters.
            key: ours; a platform that can returns the same thread for the same key.

        Returns:
            The platform's id of the thread. Raises as `send`.
        """
        raise Unsupported("this platform has no threads")

    async def close_thread(self, chat: ChatRef) -> None:
        """Close a thread; raises as `send`. A thread that is closed already is no error."""

    async def reopen_thread(self, chat: ChatRef) -> None:
        """Open a closed thread again; raises as `send`. A thread that is open already is no error."""

    async def rename_thread(self, chat: ChatRef, *, title: str) -> None:
        """Give a thread a new title; raises as `send`."""

    def thread_link(self, chat: ChatRef) -> str:
        """A link to a thread that its members can follow, or empty."""
        return ""

    def home(self, request: web.Request) -> str:
        """The path of the page that whoever asks for the front page should see first, or empty."""
        return ""

    async def typing(self, chat: ChatRef) -> None:
        """Show in a chat, or in a thread, that somebody on the other side writes; raises as `send`."""

    async def find_sent(self, message: OutgoingMessage) -> DeliveryReceipt | None:
        """Look whether a message whose send was uncertain arrived.

        Returns:
            Its receipt, or None: it did not arrive, and may be sent again.

        Raises:
            Unsupported: the platform cannot be asked.
        """
        raise Unsupported("this platform cannot be asked for sent messages")

    def download(self, attachment: Attachment) -> AsyncIterator[bytes]:
        """The content of a file that is still on the platform, in pieces.

        Raises:
            DeliveryRejected: it cannot be had: gone, too large, refused.
            ConnectionFailed: not now.
        """
        raise Unsupported("this platform has no files")

    async def erase(self, chats: Sequence[ChatRef]) -> None:
        """Erase what the platform's side holds of these chats and threads, where it can."""

    async def check(self) -> Sequence[Finding]:
        """Ask the platform whether credentials and rights are right; sends nothing to anybody."""
        return ()


CreatePlugin = Callable[[Any, Host], Plugin]
SettingsByPlugin = Mapping[str, type[ChannelSettings]]
