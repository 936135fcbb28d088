"""The webhook's events as the bot's own; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.api import (
    ButtonPressed,
    ChatRef,
    Event,
    IncomingMessage,
    MessageDeleted,
    MessageEdited,
    ReactionChanged,
    Sender,
    Wording,
)
from plugins._meta.attachments import read_attachments, story_file
from plugins._meta.places import IsOurs
from plugins._meta.reported import Echo, Enforcement, LeftAlone, Receipts
from plugins._meta.writing import choice_of

_REACTIONS: Mapping[str, str] = {
    "love": "❤️",
    "smile": "😆",
    "wow": "😮",
    "sad": "😢",
    "angry": "😠",
    "like": "👍",
    "dislike": "👎",
}
_CONTROL = ("pass_thread_control", "take_thread_control", "request_thread_control", "app_roles")


class Malformed(ValueError):
    """An event that does not say what its kind needs."""


Read = Event | Echo | Receipts | Enforcement | LeftAlone


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What reads events.

    Attributes:
        channel: the channel that received them.
        account_id: the account that they are about.
        say: the words for what has none.
        is_ours: where files may be fetched from.
    """

    channel: str
    account_id: str
    say: Wording
    is_ours: IsOurs

    def read(self, raw: Mapping[str, Any], sender: Sender | None = None) -> Read:
        """Make one event of one item of `messaging`.

        Args:
            raw: the item.
            sender: who the contact is, as far as it is known already.

        Raises:
            Malformed: something is missing or of the wrong type.
        """
        try:
            return self._read(raw, sender)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as error:
            raise Malformed("the event is incomplete") from error

    def _read(self, raw: Mapping[str, Any], sender: Sender | None) -> Read:
        at = sent_at(raw)
        if (policy := raw.get("policy_enforcement")) is not None:
            return Enforcement(
                action=str(policy.get("action", "")), reason=str(policy.get("reason", "")), at=at
            )
        if any(name in raw for name in _CONTROL):
            return LeftAlone(name="thread_control")
        chat_id = chat_id_of(raw, self.account_id)
        if not chat_id:
            raise Malformed("the event is about nobody")
        chat = ChatRef(self.channel, chat_id)
        if _is_by(raw, self.account_id):
            # What the account itself does is told by its echoes; the rest is no news.
            message = raw.get("message") or {}
            is_echo = bool(message) and not message.get("is_deleted")
            return self._echo(message, chat, at) if is_echo else LeftAlone(name="own_event")
        who = sender or Sender(sender_id=chat_id)
        if (message := raw.get("message")) is not None:
            return self._message(raw, message, chat, who, at)
        if (postback := raw.get("postback")) is not None:
            return self._postback(postback, chat, who, at)
        if (reaction := raw.get("reaction")) is not None:
            return _reaction(reaction, chat, who, at)
        if (edit := raw.get("message_edit")) is not None:
            return MessageEdited(
                event_id=f"edit:{_id(edit, 'mid')}:{edit.get('num_edit', int(at.timestamp() * 1000))}",
                chat=chat,
                sender=who,
                sent_at=at,
                message_id=_id(edit, "mid"),
                text=str(edit["text"]),
            )
        if (read := raw.get("read")) is not None:
            return _receipts(read, chat_id, is_read=True)
        if (delivery := raw.get("delivery")) is not None:
            return _receipts(delivery, chat_id, is_read=False)
        for name in ("referral", "optin"):
            if (opened := raw.get(name)) is not None:
                ref = str(opened.get("ref") or "")
                return self._opened(ref, chat, who, at) if ref else LeftAlone(name=name)
        return LeftAlone(name="unknown_event")

    def _message(
        self, raw: Mapping[str, Any], message: Mapping[str, Any], chat: ChatRef, who: Sender, at: datetime
    ) -> Read:
        mid, text = _id(message, "mid"), str(message.get("text") or "")
        if message.get("is_deleted"):
            # The platform's terms want what was taken back erased here too.
            return MessageDeleted(
                event_id=f"deleted:{mid}", chat=chat, sender=who, sent_at=at, message_id=mid, must_erase=True
            )
        choice = choice_of(str((message.get("quick_reply") or {}).get("payload") or ""))
        if choice:
            return ButtonPressed(event_id=mid, chat=chat, sender=who, sent_at=at, choice_id=choice)
        return self._incoming(
            raw,
            message,
            text,
            IncomingMessage(event_id=mid, chat=chat, sender=who, sent_at=at, text=text, message_id=mid),
        )

    def _echo(self, message: Mapping[str, Any], chat: ChatRef, at: datetime) -> Echo:
        return Echo(
            chat_id=chat.chat_id,
            mid=_id(message, "mid"),
            sent_at=at,
            text=str(message.get("text") or ""),
            file=_first_type(message),
            app_id=str(message.get("app_id") or ""),
            metadata=str(message.get("metadata") or ""),
        )

    def _incoming(
        self, raw: Mapping[str, Any], message: Mapping[str, Any], text: str, bare: IncomingMessage
    ) -> IncomingMessage:
        say, mid = self.say, bare.message_id
        carried = read_attachments(
            message.get("attachments") or (), mid=mid, text=text, say=say, is_ours=self.is_ours
        )
        reply_to = message.get("reply_to") or {}
        story = reply_to.get("story")
        files = tuple(carried.files)
        if isinstance(story, dict):
            carried.notes.append(say("story_reply"))
            files += story_file(str(story.get("url") or ""), mid, self.is_ours)
        text = text or carried.text
        is_empty = not (text or files or carried.location or carried.notes)
        if message.get("is_unsupported") or is_empty:
            carried.notes.append(say("unsupported"))
        referral = message.get("referral") or raw.get("referral") or {}
        return replace(
            bare,
            text=text,
            reply_to=str(reply_to.get("mid") or ""),
            attachments=files,
            location=carried.location,
            unsupported=" · ".join(carried.notes),
            start_payload=str(referral.get("ref") or ""),
        )

    def _postback(
        self, postback: Mapping[str, Any], chat: ChatRef, who: Sender, at: datetime
    ) -> ButtonPressed | IncomingMessage:
        payload, title = str(postback.get("payload") or ""), str(postback.get("title") or "")
        mid = str(postback.get("mid") or "")
        event_id = mid or f"postback:{int(at.timestamp() * 1000)}:{payload}"
        if choice := choice_of(payload):
            return ButtonPressed(event_id=event_id, chat=chat, sender=who, sent_at=at, choice_id=choice)
        ref = str((postback.get("referral") or {}).get("ref") or "")
        # A button of the page's own, as "Get started": what it says is what the contact said.
        return IncomingMessage(
            event_id=event_id,
            chat=chat,
            sender=who,
            sent_at=at,
            text=title,
            message_id=mid,
            unsupported="" if title else self.say("opened_link", what=ref or payload),
            start_payload=ref or payload,
        )

    def _opened(self, ref: str, chat: ChatRef, who: Sender, at: datetime) -> IncomingMessage:
        return IncomingMessage(
            event_id=f"referral:{int(at.timestamp() * 1000)}:{ref}",
            chat=chat,
            sender=who,
            sent_at=at,
            unsupported=self.say("opened_link", what=ref),
            start_payload=ref,
        )


def chat_id_of(raw: Mapping[str, Any], account_id: str) -> str:
    """The contact in an event, whether they or the account caused it; empty where nobody is named."""
    for side in ("sender", "recipient"):
        person = raw.get(side)
        person_id = person.get("id") if isinstance(person, dict) else None
        if isinstance(person_id, str) and person_id and person_id != account_id:
            return person_id
    return ""


def time_in(raw: Mapping[str, Any]) -> float | None:
    """The time in an event, as a number; in changes of a field it may be one in quotes."""
    value = raw.get("timestamp")
    if isinstance(value, str) and value.isdecimal() and len(value) < 20:
        return float(value)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def sent_at(raw: Mapping[str, Any]) -> datetime:
    """When it happened, in UTC; the platform counts milliseconds, and in some events seconds."""
    value = time_in(raw)
    if value is None:
        raise TypeError("a time is a number")
    return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)


def _reaction(reaction: Mapping[str, Any], chat: ChatRef, who: Sender, at: datetime) -> ReactionChanged:
    mid, action = _id(reaction, "mid"), reaction["action"]
    emoji = str(reaction.get("emoji") or _REACTIONS.get(str(reaction.get("reaction")), "👍"))
    return ReactionChanged(
        event_id=f"reaction:{mid}:{int(at.timestamp() * 1000)}:{action}",
        chat=chat,
        sender=who,
        sent_at=at,
        message_id=mid,
        emoji="" if action == "unreact" else emoji,
    )


def _is_by(raw: Mapping[str, Any], account_id: str) -> bool:
    """Whether the account caused an event; its own messages are marked so, whatever their sender."""
    message, author = raw.get("message"), raw.get("sender")
    is_echo = isinstance(message, dict) and bool(message.get("is_echo"))
    return is_echo or (isinstance(author, dict) and author.get("id") == account_id)


def _first_type(message: Mapping[str, Any]) -> str:
    for item in message.get("attachments") or ():
        return str(item.get("type") or "file")
    return ""


def _receipts(raw: Mapping[str, Any], chat_id: str, *, is_read: bool) -> Receipts:
    mids = raw.get("mids") or ([raw["mid"]] if "mid" in raw else [])
    watermark = raw.get("watermark")
    until = None if watermark is None else sent_at({"timestamp": watermark})
    if not mids and until is None:
        raise Malformed("a receipt is for something")
    return Receipts(chat_id=chat_id, is_read=is_read, mids=tuple(map(str, mids)), until=until)


def _id(raw: Mapping[str, Any], name: str) -> str:
    value = raw[name]
    if not isinstance(value, str) or not value:
        raise Malformed("an id is a text, and not empty")
    return value
