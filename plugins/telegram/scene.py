"""What is known of an update beside what it says, and what reading it gives; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.api import ChatRef, Event
from plugins.telegram.content import Payload
from plugins.telegram.errors import Say

MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
"""What reading raises when an update is not as it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whose updates these are.

    Attributes:
        channel: the channel's name.
        bot_id: the bot's own id.
        username: the bot's, without a leading @.
    """

    channel: str
    bot_id: int
    username: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is known of the place and the person of an update, beside the update itself.

    Attributes:
        account: whose update it is.
        event_id: of the event.
        say: gives words for people by their key.
        now: the time, for what the platform gives no time of.
        is_team: it happened in a team chat.
        is_outsider: whoever caused it is no member there.
        owner: the owner of the business account that it was written to, or empty.
    """

    account: Account
    event_id: str
    now: datetime
    say: Say
    is_team: bool = False
    is_outsider: bool = False
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an update says.

    Attributes:
        events: for the bot.
        left_alone: what it is, when there is nothing in it for the bot.
    """

    events: Sequence[Event] = ()
    left_alone: str = ""


def place_of(message: Payload, scene: Scene) -> ChatRef:
    """Where a message stands; a topic counts only when the platform says that it is one."""
    chat = ChatRef(scene.account.channel, contact_id(message["chat"]["id"], scene.owner))
    if scene.is_team and message.get("is_topic_message"):
        return chat.thread(str(whole(message["message_thread_id"])))
    return chat


def own_thread(message: Payload) -> int | None:
    """The thread of a contact's own in which they wrote to the bot; an answer goes there too."""
    return whole(message["message_thread_id"]) if message.get("is_topic_message") else None


def contact_id(chat_id: Any, owner: str) -> str:
    """A contact's id; one who writes to a business account is another than who writes to the bot."""
    return f"{whole(chat_id)}@{owner}" if owner else str(whole(chat_id))


def moment(seconds: Any) -> datetime:
    """A time of the platform's."""
    return datetime.fromtimestamp(whole(seconds), UTC)


def whole(value: Any) -> int:
    """An id or a number; raises `TypeError` for what is none."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("it is no whole number")
    return value
