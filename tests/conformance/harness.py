"""What the author of a plugin supplies to have it tested: the platform's simulator, and how to drive it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import ModuleType

from bot.api import ChannelSettings, ChatRef, Location, Mark, SharedContact, TeamChat


class Failure(StrEnum):
    """A way in which a platform fails; a harness declares those it can produce.

    Attributes:
        RATE_LIMITED: asks for a pause.
        SERVER_ERROR: answers with an error of its own, and has done nothing.
        HANG: takes the call and never answers.
        DROP: carries the call out and breaks the connection before it answers.
        GARBAGE: carries the call out and answers something that makes no sense.
        REJECTED: refuses the message for good.
        CHAT_GONE: the chat is gone or closed to us.
        THREAD_GONE: the thread is gone.
        CHAT_MOVED: the chat has a new id.
        REVOKED: the credentials are not right any more.
        WRONG_CREDENTIALS: `wrong_settings` has credentials that were never right.
        UNREACHABLE: nobody listens, for `unreachable_settings` and after `go_dark`.
        SLOW: `hold` makes calls for one chat wait.
    """

    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    HANG = "hang"
    DROP = "drop"
    GARBAGE = "garbage"
    REJECTED = "rejected"
    CHAT_GONE = "chat_gone"
    THREAD_GONE = "thread_gone"
    CHAT_MOVED = "chat_moved"
    REVOKED = "revoked"
    WRONG_CREDENTIALS = "wrong_credentials"
    UNREACHABLE = "unreachable"
    SLOW = "slow"


class Delivery(StrEnum):
    """A way in which something reaches the plugin; a harness declares those its platform has.

    Attributes:
        GENUINE: as the platform delivers it.
        FORGED: the same with a wrong signature, key or cookie.
        UNSIGNED: the same with none.
        MALFORMED: well signed, but the body is cut or is not what it should be.
        UNKNOWN: well signed and well formed, of a type the plugin does not know.
        OVERSIZED: well signed, and larger than 5 MiB.
        WITH_FILE: genuine, and `Said.file` comes with it.
        IN_THREAD: genuine, written in a thread of the group.
    """

    GENUINE = "genuine"
    FORGED = "forged"
    UNSIGNED = "unsigned"
    MALFORMED = "malformed"
    UNKNOWN = "unknown"
    OVERSIZED = "oversized"
    WITH_FILE = "with_file"
    IN_THREAD = "in_thread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something that a person writes on the platform.

    Attributes:
        key: what the platform makes its own ids from: the same key is the same message again.
        chat: where, with the thread.
        text: what.
        file: the content of a file sent with it, or None.
    """

    key: str
    chat: ChatRef
    text: str = "Hello"
    file: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One message of the plugin's as the people of a chat see it.

    Attributes:
        platform_id: the platform's id, as receipts name it.
        text: exactly what people read.
        choices: the labels of its buttons.
        choice_ids: what the buttons send back.
        thread_id: the thread it stands in, or None.
        reply_to: the platform's id of the message it quotes, or empty.
        file: the content of its file, or None.
        location: the place that it shows, or None.
        shared_contact: the contact card that it is, or None.
    """

    platform_id: str
    text: str
    choices: tuple[str, ...] = ()
    choice_ids: tuple[str, ...] = ()
    thread_id: str | None = None
    reply_to: str = ""
    file: bytes | None = None
    location: Location | None = None
    shared_contact: SharedContact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOn:
    """What the people of a chat see on one of their messages.

    Attributes:
        reaction: our reaction, or empty.
        mark: the mark, or None.
    """

    reaction: str = ""
    mark: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownThread:
    """One thread as the members of a group see it."""

    thread_id: str
    title: str
    is_open: bool


class Harness(ABC):
    """One instance of a platform, and the ways to make it do what platforms do.

    What a platform lacks is declared, never tested for by name: `failures`, `deliveries` and the plugin's
    own capabilities decide which promises apply, and only those call the methods they name.

    Attributes:
        package: the plugin's package, with `Settings` and `create_plugin`.
        channel: the channel's name; every `ChatRef` here is on it.
        chat: a contact's chat in which the contact has just written.
        other_chat: another contact's.
        group: a team's group chat, where the platform has them, else None.
        team_chats: what `Host.team_chats` answers.
        secrets: everything in `settings()` that nobody may ever read.
        wrong_secrets: the credentials in `wrong_settings()`.
        failures: what `fail_next` and the settings below can produce.
        deliveries: what `deliver` can do.
        retry_after: the pause that `RATE_LIMITED` names.
        moved_to: the new id that `CHAT_MOVED` names.
        patience: how long anything may take before it counts as never.
        grace: how long the suite watches that something does not happen.
    """

    package: ModuleType
    channel: str
    chat: ChatRef
    other_chat: ChatRef
    group: ChatRef | None = None
    team_chats: Sequence[TeamChat] = ()
    secrets: Sequence[str] = ()
    wrong_secrets: Sequence[str] = ()
    failures: frozenset[Failure] = frozenset()
    deliveries: frozenset[Delivery] = frozenset({Delivery.GENUINE})
    retry_after: timedelta = timedelta(0)
    moved_to: str = ""
    patience: timedelta = timedelta(seconds=10)
    grace: timedelta = timedelta(seconds=0.1)

    @abstractmethod
    def settings(self) -> ChannelSettings:
        """Settings that are right; timeouts in them are short."""

    @abstractmethod
    async def deliver(self, said: Said, delivery: Delivery = Delivery.GENUINE) -> int:
        """Let the platform deliver something, in one of the declared ways.

        Returns:
            The HTTP status the plugin answered. A platform that is asked for its events returns 200 once
            the plugin confirmed this one, and 503 when the plugin asked for it again.
        """

    @abstractmethod
    async def shown(self, chat: ChatRef) -> Sequence[Shown]:
        """The plugin's messages in a chat and all its threads, oldest first."""

    def wrong_settings(self) -> ChannelSettings:
        """Settings with credentials that are not right; for `WRONG_CREDENTIALS`."""
        raise NotImplementedError("override wrong_settings: the harness declares WRONG_CREDENTIALS")

    def unreachable_settings(self) -> ChannelSettings:
        """Settings that lead to a port where nobody listens; for `UNREACHABLE`."""
        raise NotImplementedError("override unreachable_settings: the harness declares UNREACHABLE")

    async def go_dark(self) -> None:
        """Close the platform's connections and let nobody listen any more; for `UNREACHABLE`."""
        raise NotImplementedError("override go_dark: the harness declares UNREACHABLE")

    def fail_next(self, failure: Failure) -> None:
        """Let the platform fail the next call; for the failures that are answers to a call."""
        raise NotImplementedError(f"override fail_next: the harness declares {failure.name}")

    def hold(self, chat: ChatRef) -> None:
        """Let calls for this chat wait until `release`; for `SLOW`."""
        raise NotImplementedError("override hold: the harness declares SLOW")

    def release(self, chat: ChatRef) -> None:
        """Let calls for this chat go on; for `SLOW`."""
        raise NotImplementedError("override release: the harness declares SLOW")

    async def press(self, chat: ChatRef, shown: Shown, choice_id: str, *, key: str) -> str:
        """Let somebody press a button; for platforms with choices.

        Returns:
            The line that was shown to whoever pressed it, or empty.
        """
        raise NotImplementedError("override press: the plugin declares choices")

    async def shown_on(self, chat: ChatRef, message_id: str) -> ShownOn:
        """What stands on a message that somebody wrote; for platforms with reactions or marks."""
        raise NotImplementedError("override shown_on: the plugin declares reactions or marks")

    async def threads(self, group: ChatRef) -> Sequence[ShownThread]:
        """The threads of a group; for platforms with threads."""
        raise NotImplementedError("override threads: the plugin declares threads")
