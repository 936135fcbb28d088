"""The platforms as their people see them: they outlive the bot, and fail as they are told to."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count
from random import Random

from bot.api import (
    Capabilities,
    ChatGone,
    ChatRef,
    DeliveryRejected,
    OutgoingMessage,
    ThreadGone,
    WindowShut,
)


class Trouble(StrEnum):
    """What a call meets.

    Attributes:
        RATE_LIMITED: a pause of some seconds.
        UNREACHABLE: nothing was done, and the connection is broken.
        DROPPED: it was done, and the answer was lost.
        LOST: it was not done, and nobody knows.
        REJECTED: it is refused for good.
        SHUT: the reply window is shut, whatever the bot knows of it.
        GONE: the chat takes nothing any more, this time.
    """

    RATE_LIMITED = "rate_limited"
    UNREACHABLE = "unreachable"
    DROPPED = "dropped"
    LOST = "lost"
    REJECTED = "rejected"
    SHUT = "shut"
    GONE = "gone"


REFUSALS = {
    Trouble.REJECTED: DeliveryRejected,
    Trouble.SHUT: WindowShut,
    Trouble.GONE: ChatGone,
}
"""What says for certain that a message is not there and will not be."""


@dataclass(slots=True, kw_only=True)
class Shown:
    """A message as a chat shows it.

    Attributes:
        platform_id: the platform's.
        message: as it was last edited.
        first: as it was sent.
        at: when, by the loop's clock.
    """

    platform_id: str
    message: OutgoingMessage
    first: OutgoingMessage
    at: float

    @property
    def record_id(self) -> str:
        """The record that it was sent for."""
        return self.first.message_id.rpartition(".")[0]


@dataclass(slots=True, kw_only=True)
class Thread:
    """One thread of a team chat."""

    chat: ChatRef
    key: str
    is_closed: bool = False
    is_lost: bool = False


@dataclass(slots=True, kw_only=True)
class Platform:
    """One account, and everybody on it.

    Attributes:
        capabilities: what it can do.
        clock: the time, in UTC.
        wrote_at: when people last wrote, by chat; the reply window counts from there.
        random: how long calls take.
        shown: what people see, oldest first.
        threads: by id.
        troubles: what the next calls meet, by chat.
        refused: what was refused for good, or turned out later not to have arrived.
        doubted: what was sent without the bot knowing how it ended, oldest first.
    """

    capabilities: Capabilities
    random: Random
    clock: Callable[[], datetime]
    wrote_at: dict[str, datetime] = field(default_factory=dict)
    shown: list[Shown] = field(default_factory=list)
    threads: dict[str, Thread] = field(default_factory=dict)
    troubles: dict[str, deque[Trouble]] = field(default_factory=dict)
    refused: list[OutgoingMessage] = field(default_factory=list)
    doubted: list[OutgoingMessage] = field(default_factory=list)
    _ids: "dict[str, count[int]]" = field(default_factory=dict)

    def fail_next(self, chat_id: str, *troubles: Trouble) -> None:
        """Let the next calls for a chat meet these troubles."""
        self.troubles.setdefault(chat_id, deque()).extend(troubles)

    def in_chat(self, chat: ChatRef) -> list[Shown]:
        """What a chat shows, threads included."""
        return [each for each in self.shown if each.first.chat.whole == chat]

    def find(self, chat: ChatRef, platform_id: str) -> Shown | None:
        """A message of a chat; those of two chats may have the same id."""
        return next((each for each in self.in_chat(chat.whole) if each.platform_id == platform_id), None)

    def new_id(self, name: str) -> str:
        """An id that nothing of this name has had."""
        return str(next(self._ids.setdefault(name, count(1))))

    def lose(self, shown: Shown) -> None:
        """Let a message turn out not to have arrived."""
        self.shown.remove(shown)
        self.refused.append(shown.first)

    def take(self, message: OutgoingMessage) -> str:
        """Show a message, and return its id."""
        if self.capabilities.idempotent:
            for each in self.shown:
                if each.first.message_id == message.message_id:
                    return each.platform_id
        self.writable(message.chat)
        if not (message.template or self._is_open(message.chat)):
            raise WindowShut("they have not written for too long")
        platform_id = f"p{self.new_id(message.chat.address)}"
        at = asyncio.get_running_loop().time()
        self.shown.append(Shown(platform_id=platform_id, message=message, first=message, at=at))
        return platform_id

    def writable(self, chat: ChatRef) -> None:
        """Refuse a thread that is lost."""
        if chat.thread_id is not None and self.threads[chat.thread_id].is_lost:
            raise ThreadGone("the thread was deleted")

    def _is_open(self, chat: ChatRef) -> bool:
        window, wrote_at = self.capabilities.reply_window, self.wrote_at.get(chat.chat_id)
        return window is None or (wrote_at is not None and self.clock() - wrote_at < window)


def room_abilities(*, idempotent: bool) -> Capabilities:
    """What a platform with team chats can do."""
    return Capabilities(
        text_limit=4000,
        choices=10,
        group_chats=True,
        threads=True,
        edits=True,
        deletes=True,
        reactions=True,
        marks=True,
        quotes=True,
        idempotent=idempotent,
    )


def town_of(
    random: Random, clock: Callable[[], datetime], *, idempotent_rooms: bool, findable: bool, paid: bool
) -> dict[str, Platform]:
    """All platforms, by channel."""
    day = timedelta(hours=24)
    able = {
        "shop": Capabilities(text_limit=400, choices=3, edits=True, findable=findable),
        "mail": Capabilities(text_limit=400, idempotent=True),
        "desk": room_abilities(idempotent=idempotent_rooms),
        "group": replace(room_abilities(idempotent=not idempotent_rooms), threads=False, findable=findable),
        "phone": Capabilities(
            text_limit=400,
            choices=0 if paid else 3,
            quotes=True,
            idempotent=idempotent_rooms and not paid,
            findable=findable,
            reply_window=day,
            wake_template="wake",
            is_paid=paid,
        ),
    }
    return {name: Platform(capabilities=each, random=random, clock=clock) for name, each in able.items()}
