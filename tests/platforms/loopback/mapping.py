"""Loopback's payloads and the bot's values, each made from the other; pure."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from bot.api import (
    Attachment,
    ButtonPressed,
    ChatMovedTo,
    ChatRef,
    DeliveryReceipt,
    EchoReceived,
    Event,
    IncomingMessage,
    MediaKind,
    MessageDeleted,
    MessageEdited,
    OutgoingMessage,
    ReachabilityChanged,
    ReactionChanged,
    ReceiptState,
    Sender,
    ThreadChanged,
)


class Malformed(ValueError):
    """A payload that does not say what its type needs."""


def read_event(channel: str, body: bytes) -> Event | DeliveryReceipt | None:
    """Make an event of a webhook's payload.

    Args:
        channel: the channel that received it.
        body: the JSON text.

    Returns:
        The event or receipt, or None for a type that is not known here.

    Raises:
        Malformed: something is missing or of the wrong type.
    """
    try:
        return _read(channel, msgspec.json.decode(body))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise Malformed("the payload is incomplete") from error


def write_message(message: OutgoingMessage, *, file: str = "") -> dict[str, Any]:
    """The body of `send` and, without its `id`, of `edit`."""
    body: dict[str, Any] = {
        "id": message.message_id,
        "chat": message.chat.chat_id,
        "text": message.text,
        "choices": [{"id": choice.choice_id, "label": choice.label} for choice in message.choices],
    }
    if message.chat.thread_id is not None:
        body["thread"] = message.chat.thread_id
    if message.reply_to:
        body["reply_to"] = message.reply_to
    if file:
        body["file"] = file
    if message.location is not None:
        body["place"] = {"latitude": message.location.latitude, "longitude": message.location.longitude}
    if message.shared_contact is not None:
        body["card"] = {"name": message.shared_contact.name, "phone": message.shared_contact.phone}
    return body


def _read(channel: str, payload: dict[str, Any]) -> Event | DeliveryReceipt | None:
    kind = payload["type"]
    if kind == "receipt":
        return DeliveryReceipt(
            message_id=payload["id"],
            state=ReceiptState(payload["state"]),
            reason=payload.get("reason", ""),
        )
    event_id = _text(payload["event"])
    chat = ChatRef(channel, _text(payload["chat"]), payload.get("thread") or None)
    sent_at = datetime.fromtimestamp(payload["at"], UTC)
    match kind:
        case "message":
            return IncomingMessage(
                event_id=event_id,
                chat=chat,
                sender=_sender(payload),
                sent_at=sent_at,
                text=payload.get("text", ""),
                message_id=payload["message"],
                reply_to=payload.get("reply_to", ""),
                attachments=tuple(_attachment(file) for file in payload.get("files", ())),
                unsupported=payload.get("unsupported", ""),
                album_id=payload.get("album", ""),
                start_payload=payload.get("start", ""),
            )
        case "button":
            return ButtonPressed(
                event_id=event_id,
                chat=chat,
                sender=_sender(payload),
                sent_at=sent_at,
                choice_id=payload["choice"],
                message_id=payload.get("message", ""),
            )
        case "edit":
            return MessageEdited(
                event_id=event_id,
                chat=chat,
                sender=_sender(payload),
                sent_at=sent_at,
                message_id=payload["message"],
                text=payload["text"],
            )
        case "delete":
            return MessageDeleted(
                event_id=event_id,
                chat=chat,
                sender=_sender(payload),
                sent_at=sent_at,
                message_id=payload["message"],
                must_erase=payload.get("must_erase", False),
            )
        case "reaction":
            return ReactionChanged(
                event_id=event_id,
                chat=chat,
                sender=_sender(payload),
                sent_at=sent_at,
                message_id=payload["message"],
                emoji=payload["emoji"],
            )
        case "echo":
            return EchoReceived(
                event_id=event_id,
                chat=chat,
                sent_at=sent_at,
                message_id=payload["message"],
                outgoing_id=payload.get("id", ""),
                text=payload.get("text", ""),
            )
        case "thread":
            return ThreadChanged(
                event_id=event_id,
                chat=chat,
                sender=_sender(payload),
                sent_at=sent_at,
                is_closed=payload["is_closed"],
            )
        case "reachability":
            return ReachabilityChanged(
                event_id=event_id,
                chat=chat,
                sent_at=sent_at,
                is_reachable=payload["is_reachable"],
                reason=payload.get("reason", ""),
            )
        case "moved":
            return ChatMovedTo(
                event_id=event_id, chat=chat, sent_at=sent_at, new_chat_id=_text(payload["new_chat"])
            )
        case _:
            return None


def _sender(payload: dict[str, Any]) -> Sender:
    sender = payload["sender"]
    return Sender(
        sender_id=_text(sender["id"]),
        name=sender.get("name", ""),
        first_name=sender.get("first_name", ""),
        username=sender.get("username", ""),
        phone=sender.get("phone", ""),
        language=sender.get("language", ""),
        is_bot=sender.get("is_bot", False),
        is_anonymous=sender.get("is_anonymous", False),
    )


def _attachment(file: dict[str, Any]) -> Attachment:
    return Attachment(
        kind=MediaKind(file["kind"]),
        remote_id=_text(file["file"]),
        file_name=file.get("name", ""),
        mime_type=file.get("mime", ""),
        size_bytes=file.get("size"),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise Malformed("an id is a text, and not empty")
    return value
