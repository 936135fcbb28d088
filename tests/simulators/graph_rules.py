"""What the Send API takes and what it refuses, as strictly as its documentation says it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

Answer = dict[str, Any]

WINDOW = timedelta(hours=24)
HUMAN_WINDOW = timedelta(days=7)
IMAGE_BYTES = 8 * 1024 * 1024
FILE_BYTES = 25 * 1024 * 1024

_TOP_KEYS = frozenset(
    {"recipient", "messaging_type", "tag", "message", "sender_action", "payload", "reply_to"}
)
_MESSAGE_KEYS = frozenset({"text", "attachment", "quick_replies", "metadata"})
_QUICK_REPLY_KEYS = frozenset({"content_type", "title", "payload"})
_TYPES = frozenset({"image", "audio", "video", "file"})
_ACTIONS = frozenset({"typing_on", "typing_off", "mark_seen", "react", "unreact"})


class Refusal(Exception):
    """An answer other than a good one."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        *,
        subcode: int = 0,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self.answer: Answer = {
            "error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1b2C3"}
        }
        if subcode:
            self.answer["error"]["error_subcode"] = subcode


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What differs between the platforms.

    Attributes:
        object_name: the `object` of webhooks.
        platform: the word for it in calls.
        text_limit: the longest text, as `length` counts.
        window_subcode: what a shut window is called.
        formats: the MIME types of each attachment type; a type that is absent takes any.
        has_metadata: `metadata` is taken and echoed.
        any_reaction: the account may react with any emoji.
        profile_fields: what may be asked of a person.
        optional_fields: what needs a permission of its own.
    """

    object_name: str
    platform: str
    text_limit: int
    length: Callable[[str], int]
    window_subcode: int
    formats: Mapping[str, frozenset[str]] = field(default_factory=dict)
    has_metadata: bool = False
    any_reaction: bool = False
    profile_fields: frozenset[str] = frozenset()
    optional_fields: frozenset[str] = frozenset()


PAGE = Rules(
    object_name="page",
    platform="messenger",
    text_limit=2000,
    length=len,
    window_subcode=2018278,
    formats={"image": frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})},
    has_metadata=True,
    any_reaction=True,
    profile_fields=frozenset({"first_name", "last_name", "profile_pic"}),
    optional_fields=frozenset({"locale"}),
)
INSTAGRAM = Rules(
    object_name="instagram",
    platform="instagram",
    text_limit=1000,
    length=lambda text: len(text.encode()),
    window_subcode=2534022,
    formats={
        "image": frozenset({"image/jpeg", "image/png", "image/gif"}),
        "audio": frozenset(
            {"audio/aac", "audio/m4a", "audio/x-m4a", "audio/mp4", "audio/wav", "audio/x-wav"}
        ),
        "video": frozenset({"video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"}),
        "file": frozenset({"application/pdf"}),
    },
    profile_fields=frozenset({"name", "username", "profile_pic"}),
)


def check_body(rules: Rules, body: Any) -> str:
    """Look at a body of `POST /me/messages`, and return the recipient's id.

    Raises:
        Refusal: it breaks a rule.
    """
    if not isinstance(body, dict) or set(body) - _TOP_KEYS:
        raise _wrong(f"unknown keys: {sorted(set(body) - _TOP_KEYS) if isinstance(body, dict) else body!r}")
    recipient = body.get("recipient")
    if not isinstance(recipient, dict) or set(recipient) != {"id"} or not isinstance(recipient["id"], str):
        raise _wrong("recipient must be an object with an id")
    if ("message" in body) == ("sender_action" in body):
        raise _wrong("exactly one of message and sender_action")
    if "sender_action" in body:
        _check_action(rules, body)
    else:
        _check_type(body)
        _check_message(rules, body["message"])
        if "reply_to" in body and set(body["reply_to"]) != {"mid"}:
            raise _wrong("reply_to names a mid")
    return str(recipient["id"])


def check_window(
    rules: Rules, body: Mapping[str, Any], *, last_at: datetime | None, now: datetime, is_approved: bool
) -> None:
    """Whether the person's last action allows the message.

    Raises:
        Refusal: it was too long ago, or the tag is not this app's to use.
    """
    is_tagged = body.get("messaging_type") == "MESSAGE_TAG"
    if is_tagged and not is_approved:
        raise Refusal(403, 100, "(#100) The tag needs a feature that the app does not have")
    longest = HUMAN_WINDOW if is_tagged else WINDOW
    if last_at is None or now - last_at >= longest:
        raise Refusal(
            403, 10, "(#10) This message is sent outside of allowed window.", subcode=rules.window_subcode
        )


def check_file(rules: Rules, kind: str, content: bytes, mime_type: str) -> None:
    """Whether a file may be an attachment of this type.

    Raises:
        Refusal: its format or its size is wrong.
    """
    formats = rules.formats.get(kind)
    if formats is not None and mime_type not in formats:
        raise Refusal(
            400, 100, f"(#100) Upload attachment failure: {kind} takes no {mime_type}", subcode=2534068
        )
    if kind in {"audio", "video"} and kind not in rules.formats and not mime_type.startswith(f"{kind}/"):
        raise Refusal(400, 100, f"(#100) Upload attachment failure: no {kind}", subcode=2534068)
    if len(content) > (IMAGE_BYTES if kind == "image" else FILE_BYTES):
        raise Refusal(400, 100, "(#100) Attachment size exceeds allowable limit")


def _check_type(body: Mapping[str, Any]) -> None:
    kind = body.get("messaging_type")
    if kind not in {"RESPONSE", "UPDATE", "MESSAGE_TAG"}:
        raise _wrong(f"messaging_type is required, not {kind!r}")
    if (kind == "MESSAGE_TAG") != ("tag" in body):
        raise _wrong("a tag belongs to MESSAGE_TAG, and MESSAGE_TAG to a tag")
    if "tag" in body and body["tag"] != "HUMAN_AGENT":
        raise _wrong(f"the tag {body['tag']!r} is not supported any more")


def _check_message(rules: Rules, message: Any) -> None:
    keys = _MESSAGE_KEYS if rules.has_metadata else _MESSAGE_KEYS - {"metadata"}
    if not isinstance(message, dict) or set(message) - keys:
        raise _wrong(f"invalid keys in param message: {message!r}"[:120])
    if ("text" in message) == ("attachment" in message):
        raise _wrong("a message is either a text or an attachment")
    if "text" in message:
        text = message["text"]
        if not isinstance(text, str) or not text.strip() or rules.length(text) > rules.text_limit:
            raise _wrong("Length of param message[text] must be less than or equal to the limit")
    else:
        _check_attachment(message["attachment"])
    replies = message.get("quick_replies", [])
    if not isinstance(replies, list) or len(replies) > 13:
        raise _wrong("at most 13 quick replies")
    for reply in replies:
        if set(reply) != _QUICK_REPLY_KEYS or reply["content_type"] != "text":
            raise _wrong("a quick reply has content_type, title and payload")
        if not 0 < len(reply["title"]) <= 20 or not 0 < len(reply["payload"]) <= 1000:
            raise _wrong("a quick reply's title has at most 20 characters, its payload 1000")
    if len(message.get("metadata", "")) > 1000:
        raise _wrong("metadata has at most 1000 characters")


def _check_attachment(attachment: Any) -> None:
    if not isinstance(attachment, dict) or set(attachment) != {"type", "payload"}:
        raise _wrong("an attachment has a type and a payload")
    payload = attachment["payload"]
    if attachment["type"] not in _TYPES or not isinstance(payload, dict):
        raise _wrong(f"no such type of attachment: {attachment['type']!r}")
    if set(payload) - {"url", "is_reusable"} and set(payload) != {"attachment_id"}:
        raise _wrong("a payload has a url, or an attachment_id")


def _check_action(rules: Rules, body: Mapping[str, Any]) -> None:
    action = body["sender_action"]
    if action not in _ACTIONS or set(body) - {"recipient", "sender_action", "payload"}:
        raise _wrong(f"no such sender_action: {action!r}")
    if (action in {"react", "unreact"}) != ("payload" in body):
        raise _wrong("a reaction has a payload, and nothing else has")
    if action == "react" and not rules.any_reaction and body["payload"].get("reaction") != "love":
        raise _wrong("the only reaction is love")


def _wrong(message: str) -> Refusal:
    return Refusal(400, 100, f"(#100) {message}")
