"""What the API tells of one Twilio account: itself, its senders, its messages and its templates."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulators.twilio_messages import Answer, Content, Message, MessageBook, Refusal

_PARTS = {"twilio/quick-reply": "actions", "twilio/list-picker": "items"}

Names = Mapping[str, str]
"""The parts of a path that have names."""


@dataclass(slots=True, kw_only=True)
class Account:
    """The account, as its API shows it; each method is one call.

    Attributes:
        account_sid: its id.
        number: its sender, with the channel's prefix.
        book: its messages.
        status: how it is.
        sender_status: how its sender is.
        callback_url: where its sender delivers, as the console shows it.
        typing: the messages that were shown a typing indicator on.
    """

    account_sid: str
    number: str
    book: MessageBook
    status: str = "active"
    sender_status: str = "ONLINE"
    callback_url: str = ""
    typing: list[str] = field(default_factory=list)

    def account(self, _names: Names, _given: Mapping[str, str]) -> Answer:
        """The account itself."""
        return {"sid": self.account_sid, "status": self.status, "type": "Full"}

    def messages(self, _names: Names, given: Mapping[str, str]) -> Answer:
        """A page of its messages."""
        return self.book.page(given)

    def delete(self, names: Names, _given: Mapping[str, str]) -> None:
        """Delete a message with its files."""
        if self.book.messages.pop(names["sid"], None) is None:
            raise Refusal(404, 20404, "The requested resource was not found")

    def files(self, names: Names, _given: Mapping[str, str]) -> Answer:
        """The files of a message."""
        message = self.message(names["sid"])
        root = f"/2010-04-01/Accounts/{self.account_sid}/Messages/{message.sid}/Media"
        files = [
            {"sid": file.sid, "content_type": file.mime_type, "uri": f"{root}/{file.sid}.json"}
            for file in message.files
        ]
        return {"media_list": files, "page": 0, "page_size": 50, "next_page_uri": None, "uri": f"{root}.json"}

    def senders(self, _names: Names, given: Mapping[str, str]) -> Answer:
        """The WhatsApp senders."""
        if given.get("Channel") != "whatsapp":
            raise Refusal(400, 20001, "Channel is wanted")
        sender = {
            "sid": self.book.sid("XE"),
            "sender_id": self.number,
            "status": self.sender_status,
            "webhook": {"callback_url": self.callback_url, "callback_method": "POST"},
        }
        return {"meta": {"key": "senders", "next_page_url": None}, "senders": [sender]}

    def show_typing(self, _names: Names, given: Mapping[str, str]) -> Answer:
        """Show that somebody writes."""
        message = self.book.messages.get(given.get("messageId", ""))
        if given.get("channel") != "whatsapp" or message is None or not message.is_inbound:
            raise Refusal(400, 20001, "The message is none of a contact's")
        self.typing.append(message.sid)
        return {"success": True}

    def content(self, names: Names, _given: Mapping[str, str]) -> Answer:
        """A content template."""
        sid = names["sid"]
        content = self.book.contents.get(sid)
        if content is None:
            raise Refusal(404, 20404, "The requested resource was not found")
        return {
            "sid": sid,
            "friendly_name": "menu",
            "language": "en",
            "variables": {"1": "x"},
            "types": dict(content.types),
        }

    def make_content(self, _names: Names, given: Mapping[str, Any]) -> Answer:
        """Make a content template."""
        types = given.get("types")
        if not self.book.takes_contents:
            raise Refusal(403, 60003, "No more templates can be made")
        if set(given) - {"friendly_name", "language", "variables", "types"} or not given.get("language"):
            raise Refusal(400, 60002, "A template has a name, a language, variables and types")
        if not isinstance(types, dict) or len(types) != 1 or not set(types) <= set(_PARTS):
            raise Refusal(400, 60002, "A template has one type that is known")
        ((kind, content),) = types.items()
        if not content.get("body") or not 0 < len(content.get(_PARTS[kind], ())) <= 10:
            raise Refusal(400, 60002, "A template has a text, and 1 to 10 buttons")
        sid = self.book.sid("HX")
        self.book.contents[sid] = Content(types=types)
        return {"sid": sid, **given}

    def message(self, sid: str) -> Message:
        """A message; raises `Refusal` when there is none."""
        message = self.book.messages.get(sid)
        if message is None:
            raise Refusal(404, 20404, "The requested resource was not found")
        return message
