"""Each refusal of the platform is the contract's error that says what to do next."""

from datetime import timedelta

import pytest
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, TelegramError

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
    Wording,
)
from plugins.telegram.errors import failure
from plugins.telegram.plugin import WORDS
from plugins.telegram.request import AnswerLost, Limited, NotReached, ServerFailed, TurnedAway

SAY = Wording(WORDS, "en")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), ChatGone),
        (Forbidden("Forbidden: user is deactivated"), ChatGone),
        (Forbidden("Forbidden: bot was kicked from the supergroup chat"), ChatGone),
        (Forbidden("Forbidden: something new"), ChatGone),
        (BadRequest("Bad Request: chat not found"), ChatGone),
        (BadRequest("Bad Request: not enough rights to send text messages to the chat"), ChatGone),
        (BadRequest("Bad Request: CHAT_WRITE_FORBIDDEN"), ChatGone),
        (BadRequest("Bad Request: business connection not found"), ChatGone),
        (BadRequest("Bad Request: message thread not found"), ThreadGone),
        (BadRequest("Bad Request: TOPIC_DELETED"), ThreadGone),
        (BadRequest("Bad Request: TOPIC_ID_INVALID"), ThreadGone),
        (BadRequest("Bad Request: message is too long"), DeliveryRejected),
        (BadRequest("Bad Request: can't parse entities"), DeliveryRejected),
        (ChatMigrated(-1009), ChatMoved),
        (InvalidToken("Unauthorized"), ConfigurationError),
        (InvalidToken("Not Found"), DeliveryRejected),
        (Conflict("Conflict: terminated by other getUpdates request"), ConfigurationError),
        (Conflict("Conflict: can't use getUpdates method while webhook is active"), ConfigurationError),
        (Limited(timedelta(seconds=5)), RateLimited),
        (NotReached("no connection"), ConnectionFailed),
        (ServerFailed(500), ConnectionFailed),
        (ServerFailed(502), ConnectionFailed),
        (TurnedAway(413), DeliveryRejected),
        (ServerFailed(504), DeliveryUncertain),
        (AnswerLost("silence"), DeliveryUncertain),
        (TelegramError("Invalid server response"), DeliveryUncertain),
        (KeyError("message_id"), DeliveryUncertain),
    ],
    ids=str,
)
def test_error(error: Exception, expected: type[PluginError]) -> None:
    """An error of the SDK, or of an answer that it cannot read, is exactly one of the contract's."""
    found = failure(error, SAY)
    assert isinstance(found, expected)
    assert not isinstance(found, ChatGone) or expected is ChatGone
    assert str(found)


def test_words_for_people() -> None:
    """The reasons that teams read are plain, and name no method."""
    assert (
        str(failure(Forbidden("Forbidden: bot was blocked by the user"), SAY))
        == "the contact has blocked the bot"
    )
    assert "20 MB" in str(failure(BadRequest("Bad Request: file is too big"), SAY))
