"""Twilio's messages and their rules: who may be written to, when, with what, and how they are listed."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count
from typing import Any
from urllib.parse import urlencode, urlsplit

Answer = dict[str, Any]
Parameters = Mapping[str, Sequence[str]]

WINDOW = timedelta(hours=24)
BODY_LIMIT = 1600
KNOWN = frozenset(
    {"To", "From", "Body", "MediaUrl", "StatusCallback", "ContentSid", "ContentVariables", "PersistentAction"}
)
_VARIABLE = re.compile(r"\{\{(\w+)\}\}")


class Refusal(Exception):
    """An error answer: HTTP status, Twilio's code, and its words."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.answer: Answer = {
            "code": code,
            "message": message,
            "more_info": f"https://www.twilio.com/docs/errors/{code}",
            "status": status,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A content template: its types as the Content API shows them, and whether WhatsApp approved it."""

    types: Mapping[str, Any]
    is_approved: bool = False


@dataclass(slots=True, kw_only=True)
class File:
    """A file of a message: its content and type, and how often it is not there yet."""

    sid: str
    content: bytes
    mime_type: str
    missing_for: int = 0


@dataclass(slots=True, kw_only=True)
class Message:
    """One message, inbound or outbound.

    Attributes:
        external_id: the sender's other address, where they have two.
        late_error: the code that it fails with once it is on its way, or 0.
        choices: label and id of each button that people see.
    """

    sid: str
    sender: str
    recipient: str
    body: str
    at: datetime
    is_inbound: bool
    status: str
    error_code: int = 0
    late_error: int = 0
    status_callback: str = ""
    content_sid: str = ""
    external_id: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    files: list[File] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class MessageBook:
    """All messages of one account, and what decides about new ones.

    Attributes:
        account_sid: the account.
        senders: the addresses it may send from.
        now: the clock, which a test moves.
        contents: its content templates by SID.
        takes_contents: whether new templates can be made.
        refused: per recipient, a code with which a message is refused at once.
        failing: per recipient, a code with which a message fails later.
        messages: everything, oldest first.
    """

    account_sid: str
    senders: set[str]
    now: Callable[[], datetime]
    contents: dict[str, Content] = field(default_factory=dict)
    takes_contents: bool = True
    refused: dict[str, int] = field(default_factory=dict)
    failing: dict[str, int] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    _wrote_at: dict[tuple[str, str], datetime] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: count(1))

    def sid(self, prefix: str) -> str:
        """A new id."""
        return f"{prefix}{next(self._numbers):032x}"

    def create(self, given: Parameters) -> Message:
        """Take an outbound message; raises `Refusal` when a rule is broken."""
        if unknown := set(given) - KNOWN:
            raise Refusal(400, 20001, f"Unknown parameters: {sorted(unknown)}")
        to, sender = _one(given, "To"), _one(given, "From")
        body, callback = _one(given, "Body"), _one(given, "StatusCallback")
        if not re.fullmatch(r"whatsapp:[^\s:]{2,140}", to):
            raise Refusal(400, 21211, f"Invalid 'To' Phone Number: {to}")
        if sender not in self.senders:
            raise Refusal(400, 63007, "Channel did not find a sender with this From address")
        if callback and not _is_public_form(callback):
            raise Refusal(400, 21609, "The 'StatusCallback' URL is not a valid URL")
        if len(body.encode("utf-16-le")) // 2 > BODY_LIMIT:
            raise Refusal(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        if (code := self.refused.get(to)) is not None:
            raise Refusal(400, code, "This recipient is refused")
        message = Message(
            sid=self.sid("SM"),
            sender=sender,
            recipient=to,
            body=body,
            at=self.now(),
            is_inbound=False,
            status="queued",
            status_callback=callback,
            content_sid=_one(given, "ContentSid"),
            late_error=self.failing.get(to, 0),
        )
        media = given.get("MediaUrl", ())
        if message.content_sid:
            if body or media:
                raise Refusal(400, 21654, "ContentSid goes without Body and MediaUrl")
            self._render(message, _one(given, "ContentVariables"))
        elif not body and not media:
            raise Refusal(400, 21619, "A text message body, media or content must be specified")
        if len(media) > 1:
            raise Refusal(400, 21623, "Number of media files exceeds the allowed limit of 1")
        content = self.contents.get(message.content_sid)
        if not (content and content.is_approved) and not self.is_open(sender, to):
            message.late_error = message.late_error or 63016
        self.messages[message.sid] = message
        return message

    def hear(
        self, sender: str, recipient: str, body: str, files: Sequence[File] = (), *, external_id: str = ""
    ) -> Message:
        """Take an inbound message, which opens the window for each address of its sender."""
        message = Message(
            sid=self.sid("MM" if files else "SM"),
            sender=sender,
            recipient=recipient,
            body=body,
            at=self.now(),
            is_inbound=True,
            status="received",
            external_id=external_id,
            files=list(files),
        )
        self._wrote_at[sender, recipient] = self._wrote_at[external_id, recipient] = message.at
        self.messages[message.sid] = message
        return message

    def is_open(self, sender: str, contact: str) -> bool:
        """Whether this contact wrote to this sender within the last 24 hours."""
        wrote_at = self._wrote_at.get((contact, sender))
        return wrote_at is not None and self.now() - wrote_at < WINDOW

    def forget_windows(self) -> None:
        """Shut every window, as a day without a word does."""
        self._wrote_at.clear()

    def page(self, query: Mapping[str, str]) -> Answer:
        """One page of the list, newest first, as the account asks for it."""
        if unknown := set(query) - {"To", "From", "DateSent>", "DateSent<", "PageSize", "Page", "PageToken"}:
            raise Refusal(400, 20001, f"Unknown parameters: {sorted(unknown)}")
        after, before = _moment(query.get("DateSent>")), _moment(query.get("DateSent<"))
        found = [
            message
            for message in reversed(self.messages.values())
            if query.get("To", message.recipient) == message.recipient
            and query.get("From", message.sender) == message.sender
            and (after is None or message.at.replace(microsecond=0) >= after)
            and (before is None or message.at <= before)
        ]
        size, number = int(query.get("PageSize", "50")), int(query.get("Page", "0"))
        shown = found[number * size : (number + 1) * size]
        root = f"/2010-04-01/Accounts/{self.account_sid}/Messages.json"
        following = {**query, "Page": str(number + 1), "PageToken": "PA1"}
        is_last = (number + 1) * size >= len(found)
        return {
            "messages": [self.listed(message) for message in shown],
            "page": number,
            "page_size": size,
            "next_page_uri": None if is_last else f"{root}?{urlencode(following)}",
            "uri": root,
        }

    def listed(self, message: Message) -> Answer:
        """A message as the API shows it: nothing in it tells its callback."""
        direction = "inbound" if message.is_inbound else "outbound-api"
        at = format_datetime(message.at.astimezone(UTC).replace(microsecond=0))
        return {
            "sid": message.sid,
            "account_sid": self.account_sid,
            "from": message.sender,
            "to": message.recipient,
            "body": message.body,
            "status": message.status,
            "direction": direction,
            "num_media": str(len(message.files)),
            "num_segments": "1",
            "error_code": message.error_code or None,
            "error_message": None,
            "date_created": at,
            "date_sent": None if message.status == "queued" else at,
            "date_updated": at,
            "uri": f"/2010-04-01/Accounts/{self.account_sid}/Messages/{message.sid}.json",
        }

    def shown(self, contact: str) -> list[Message]:
        """What a contact sees of ours, oldest first."""
        return [each for each in self.messages.values() if not each.is_inbound and each.recipient == contact]

    def _render(self, message: Message, variables: str) -> None:
        content = self.contents.get(message.content_sid)
        if content is None:
            raise Refusal(400, 21655, "The ContentSid is invalid")
        try:
            values = json.loads(variables or "{}")
        except json.JSONDecodeError:
            values = None
        if not isinstance(values, dict) or not all(
            isinstance(each, str) and each for each in values.values()
        ):
            raise Refusal(400, 21656, "The ContentVariables parameter is invalid")
        whole = json.dumps(dict(content.types))
        if missing := set(_VARIABLE.findall(whole)) - set(values):
            raise Refusal(400, 21656, f"The ContentVariables parameter lacks {sorted(missing)}")

        def fill(text: str) -> str:
            return _VARIABLE.sub(lambda match: str(values[match[1]]), text)

        (kind,) = content.types.values()
        message.body = fill(kind["body"])
        buttons = kind.get("actions") or kind.get("items") or []
        message.choices = tuple(
            (fill(each.get("title") or each.get("item")), fill(each["id"])) for each in buttons
        )


def _one(given: Parameters, name: str) -> str:
    values = given.get(name, ("",))
    if len(values) != 1:
        raise Refusal(400, 20001, f"{name} is given {len(values)} times")
    return values[0]


def _is_public_form(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "_" not in (parts.hostname or "")


def _moment(text: str | None) -> datetime | None:
    """A date, or a date and time, in UTC."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError as error:
        raise Refusal(400, 20001, "DateSent is no date") from error
