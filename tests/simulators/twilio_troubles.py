"""The troubles that the simulated Twilio can make."""

from enum import StrEnum

from tests.simulators.twilio_messages import Refusal


class Trouble(StrEnum):
    """What Twilio can do instead of answering the next call well.

    Attributes:
        RATE_LIMITED: 429 with `Retry-After`; nothing was done.
        SERVER_ERROR: 500 with a body; nothing was done.
        HANG: nothing was done and no answer comes.
        GARBAGE: the call was carried out, and the answer is a page of HTML.
        EMPTY: the call was carried out, and the answer is an object with nothing in it.
        DROP: the connection is closed after the call was carried out.
        REJECTED: 400 for the content.
        CHAT_GONE: 400, the contact has opted out.
        WRONG_TOKEN: 401, as after the token was changed.
    """

    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    HANG = "hang"
    GARBAGE = "garbage"
    EMPTY = "empty"
    DROP = "drop"
    REJECTED = "rejected"
    CHAT_GONE = "chat_gone"
    WRONG_TOKEN = "wrong_token"


_REFUSALS = {
    Trouble.RATE_LIMITED: (429, 20429, "Too Many Requests"),
    Trouble.SERVER_ERROR: (500, 20500, "Internal Server Error"),
    Trouble.REJECTED: (400, 63013, "This message violates the channel's policy"),
    Trouble.CHAT_GONE: (400, 21610, "Attempt to send to unsubscribed recipient"),
    Trouble.WRONG_TOKEN: (401, 20003, "Authenticate"),
}


def refuse(trouble: Trouble | None) -> None:
    """Raise the refusal that a trouble is, if it is one."""
    if trouble in _REFUSALS:
        raise Refusal(*_REFUSALS[trouble])
