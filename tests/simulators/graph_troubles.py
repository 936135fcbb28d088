"""What the Graph API can do instead of answering well, and how it says so."""

from enum import StrEnum

import msgspec

from tests.simulators.graph_rules import Refusal, Rules


class Trouble(StrEnum):
    """What the platform can do instead of answering the next call of `/me` or `/me/messages` well.

    Attributes:
        RATE_LIMITED: code 613 with the minutes until access is regained.
        SERVER_ERROR: 500 with code 2; nothing was done.
        HANG: nothing was done and no answer comes.
        GARBAGE: the call was carried out, and the answer is a page of HTML.
        DROP: the connection is closed after the call was carried out.
        VANISH: the connection is closed before anything was done.
        REJECTED: 400 with code 100.
        UNAVAILABLE: code 551, the person takes no messages.
        SHUT: the window is shut, whatever the clock says.
        REVOKED: code 190 with a message that repeats the token, as the real one does.
        UNREACHABLE_LINK: the file could not be fetched from its link.
        RESTRICTED: the account is restricted for a while.
        BLOCKED: what the account does is blocked.
    """

    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    HANG = "hang"
    GARBAGE = "garbage"
    DROP = "drop"
    VANISH = "vanish"
    REJECTED = "rejected"
    UNAVAILABLE = "unavailable"
    SHUT = "shut"
    REVOKED = "revoked"
    UNREACHABLE_LINK = "unreachable_link"
    RESTRICTED = "restricted"
    BLOCKED = "blocked"


AFTERWARDS = frozenset({Trouble.DROP, Trouble.GARBAGE})
"""The troubles that come once the call was carried out."""


def refusal_of(trouble: Trouble, rules: Rules, *, token: str, regain_minutes: int) -> Refusal:
    """The answer that a trouble is."""
    match trouble:
        case Trouble.RATE_LIMITED:
            use = [
                {
                    "type": "messenger",
                    "call_count": 100,
                    "estimated_time_to_regain_access": regain_minutes,
                }
            ]
            headers = {"X-Business-Use-Case-Usage": msgspec.json.encode({"1": use}).decode()}
            return Refusal(
                400, 613, "(#613) Calls to this api have exceeded the rate limit.", headers=headers
            )
        case Trouble.REJECTED:
            return Refusal(400, 100, "(#100) Invalid parameter")
        case Trouble.UNAVAILABLE:
            return Refusal(400, 551, "(#551) This person isn't available right now.", subcode=1545041)
        case Trouble.SHUT:
            subcode = rules.window_subcode
            return Refusal(403, 10, "(#10) This message is sent outside of allowed window.", subcode=subcode)
        case Trouble.REVOKED:
            return Refusal(400, 190, f"Error validating access token {token}", subcode=463)
        case Trouble.UNREACHABLE_LINK:
            return Refusal(400, 100, "(#100) Failed to fetch the file from the url", subcode=2018008)
        case Trouble.RESTRICTED:
            return Refusal(403, 10, "(#10) The Page is temporarily restricted", subcode=1893063)
        case Trouble.BLOCKED:
            return Refusal(
                403, 368, "The action attempted has been deemed abusive or is otherwise disallowed"
            )
        case _:
            return Refusal(500, 2, "An unexpected error has occurred. Please retry your request later.")
