"""What each error of the Bot API means: the contract's errors, made from the SDK's; pure.

Descriptions are matched without regard to case, since the SDK changes it. They hold no token, but the
SDK's error for a wrong token may, so that one's words are never used.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    TelegramError,
)

from bot.api import (
    ChatGone,
    ChatMoved,
    ConfigurationError,
    ConnectionFailed,
    DeliveryRejected,
    DeliveryUncertain,
    PluginError,
    RateLimited,
    ThreadGone,
)
from plugins.telegram.request import Limited, NotReached, ServerFailed, TurnedAway

Say = Callable[..., str]
"""Gives words for people: a key, and what fills the placeholders."""

_GONE: Mapping[str, str] = {
    "bot was blocked by the user": "blocked",
    "user is deactivated": "deactivated",
    "bot can't initiate conversation": "never_wrote",
    "bot was kicked": "removed",
    "bot is not a member": "not_in_group",
    "group chat was deleted": "group_deleted",
    "chat not found": "no_chat",
    "peer_id_invalid": "no_chat",
    "not enough rights to send text messages": "may_not_write",
    "have no rights to send a message": "may_not_write",
    "chat_write_forbidden": "may_not_write",
    "chat_restricted": "may_not_write",
    "business connection not found": "business_gone",
    "business_connection_invalid": "business_gone",
    "business_peer_invalid": "business_gone",
}
"""Descriptions of 400 and 403 after which a chat takes nothing, with the key of what people are told."""

_NO_THREAD = ("message thread not found", "topic_deleted", "topic_id_invalid", "topic not found")
_PLAIN: Mapping[str, str] = {
    "file is too big": "file_too_big",
    "message can't be deleted": "too_old",
    "message is too long": "text_too_long",
    "caption is too long": "text_too_long",
    "voice_messages_forbidden": "no_voice",
    "can't be edited": "no_edit",
}


class Refused(DeliveryRejected):
    """A refusal, with the platform's own words for it.

    Attributes:
        words: its description, in lower case.
    """

    def __init__(self, reason: str, *, words: str = "") -> None:
        super().__init__(reason)
        self.words = words


class ServerTrouble(ConnectionFailed):
    """The platform answered with an error of its own, and has done nothing."""


def failure(error: Exception, say: Say) -> PluginError:
    """The contract's error for whatever a call of the SDK raised.

    Args:
        error: what it raised.
        say: gives the words for people by their key.
    """
    words = str(error).lower()
    match error:
        case Limited(pause=pause):
            return RateLimited(say("pause"), retry_after=pause)
        case ChatMigrated(new_chat_id=new_chat_id):
            return ChatMoved(say("moved"), new_chat_id=str(new_chat_id))
        case InvalidToken() if "not found" in words:
            # Also what a server says of a method that it does not know.
            return Refused(say("unknown_method"), words=words)
        case InvalidToken():
            return ConfigurationError(say("bad_token"))
        case Conflict():
            return ConfigurationError(say("other_webhook" if "webhook" in words else "other_program"))
        case NotReached():
            return ConnectionFailed(say("unreachable"))
        case ServerFailed(status=HTTPStatus.GATEWAY_TIMEOUT as status):
            return DeliveryUncertain(say("server_error", status=int(status)))
        case ServerFailed(status=status):
            return ServerTrouble(say("server_error", status=status))
        case TurnedAway(status=status):
            return Refused(say("server_error", status=status))
        case Forbidden():
            return ChatGone(_told(_GONE, words, say))
        case BadRequest():
            return _bad_request(words, say)
        case TelegramError():
            return DeliveryUncertain(say("no_answer"))
        case _:
            # The call went well, and the SDK could not read what came back.
            return DeliveryUncertain(say("unreadable"))


def _bad_request(words: str, say: Say) -> PluginError:
    if any(each in words for each in _NO_THREAD):
        return ThreadGone(say("thread_gone"))
    if any(part in words for part in _GONE):
        return ChatGone(_told(_GONE, words, say))
    return Refused(_told(_PLAIN, words, say), words=words)


def _told(table: Mapping[str, str], words: str, say: Say) -> str:
    """What a description means, in words for people; the platform's own where none are known."""
    key = next((key for part, key in table.items() if part in words), "")
    return say(key) if key else say("refused", words=words)
