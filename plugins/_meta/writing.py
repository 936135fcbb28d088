"""The bot's messages as payloads of the Send API; pure."""

from collections.abc import Mapping
from typing import Any

from bot.api import MediaFile, OutgoingMessage

CHOICE_PREFIX = "choice:"
"""Marks the payloads of our own quick replies; others, as of the page's automations, are plain words."""


def choice_of(payload: str) -> str:
    """The `choice_id` in a payload that came back; empty for one that is not ours."""
    return payload.removeprefix(CHOICE_PREFIX) if payload.startswith(CHOICE_PREFIX) else ""


def write_message(
    message: OutgoingMessage,
    *,
    attachment: Mapping[str, Any] | None = None,
    text: str = "",
    is_tagged: bool = False,
    has_metadata: bool = False,
) -> dict[str, Any]:
    """The body of `POST /me/messages`.

    Args:
        message: what to send.
        attachment: its file, already on the platform or to be fetched from a link.
        text: what to say in its place, where its own text is not what is sent.
        is_tagged: a person answers after the window has shut.
        has_metadata: our id of the message goes along, to come back in the echo.
    """
    content: dict[str, Any] = {}
    if attachment is not None:
        content["attachment"] = attachment
    else:
        content["text"] = text or message.text
    if message.choices:
        content["quick_replies"] = [
            {
                "content_type": "text",
                "title": choice.label,
                "payload": f"{CHOICE_PREFIX}{choice.choice_id}",
            }
            for choice in message.choices
        ]
    if has_metadata:
        content["metadata"] = message.message_id
    body: dict[str, Any] = {"recipient": {"id": message.chat.chat_id}, "message": content}
    if message.reply_to:
        body["reply_to"] = {"mid": message.reply_to}
    if is_tagged:
        body |= {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    return body


def write_attachment(wire_type: str, *, url: str = "", attachment_id: str = "") -> dict[str, Any]:
    """A file that the platform has, or fetches itself."""
    payload = {"attachment_id": attachment_id} if attachment_id else {"url": url, "is_reusable": False}
    return {"type": wire_type, "payload": payload}


def write_reaction(chat_id: str, mid: str, emoji: str) -> dict[str, Any]:
    """Our reaction to a message, or none (Messenger Platform, Sender actions)."""
    payload = {"message_id": mid, "reaction": emoji} if emoji else {"message_id": mid}
    action = "react" if emoji else "unreact"
    return {"recipient": {"id": chat_id}, "sender_action": action, "payload": payload}


def file_line(media: MediaFile, link: str) -> str:
    """A file as words, where the platform does not take its kind."""
    return f"📎 {media.file_name}: {link}"
