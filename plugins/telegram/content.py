"""What a message of the Bot API says, in the bot's values; pure.

Field names and kinds: https://core.telegram.org/bots/api#message
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.api import Attachment, Location, MediaKind, SharedContact

Payload = Mapping[str, Any]

_FILES: tuple[tuple[str, MediaKind], ...] = (
    ("animation", MediaKind.ANIMATION),  # before the document that comes beside it
    ("photo", MediaKind.PHOTO),
    ("video", MediaKind.VIDEO),
    ("voice", MediaKind.VOICE),
    ("audio", MediaKind.AUDIO),
    ("video_note", MediaKind.VIDEO_NOTE),
    ("sticker", MediaKind.STICKER),
    ("document", MediaKind.DOCUMENT),
)
_MIME_TYPES: Mapping[MediaKind, str] = {
    MediaKind.PHOTO: "image/jpeg",
    MediaKind.VOICE: "audio/ogg",
    MediaKind.VIDEO_NOTE: "video/mp4",
}
"""What the platform does not say of the kinds that it makes itself."""

_ENVELOPE = frozenset(
    {
        *("message_id", "message_thread_id", "is_topic_message", "from", "sender_chat", "chat", "date"),
        *("sender_boost_count", "sender_business_bot", "sender_tag", "business_connection_id", "via_bot"),
        *("direct_messages_topic", "forward_origin", "forward_from", "forward_date", "forward_from_chat"),
        *("forward_sender_name", "forward_signature", "forward_from_message_id", "is_automatic_forward"),
        *("reply_to_message", "external_reply", "quote", "reply_to_story", "reply_to_checklist_task_id"),
        *("edit_date", "has_protected_content", "is_from_offline", "is_paid_post", "media_group_id"),
        *("author_signature", "paid_star_count", "text", "entities", "caption", "caption_entities"),
        *("link_preview_options", "suggested_post_info", "effect_id", "show_caption_above_media"),
        *("has_media_spoiler", "reply_markup"),
    }
)
_SERVICE_PARTS = ("chat_created", "video_chat_", "forum_topic_", "suggested_post_", "chat_owner_", "boost_")
_SERVICE = frozenset(
    {
        *("new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo"),
        *("message_auto_delete_timer_changed", "migrate_to_chat_id", "migrate_from_chat_id"),
        *("pinned_message", "connected_website", "write_access_allowed", "proximity_alert_triggered"),
        *("chat_background_set", "checklist_tasks_done", "checklist_tasks_added", "giveaway_created"),
        *("giveaway_completed", "users_shared", "chat_shared", "direct_message_price_changed"),
        *("paid_message_price_changed", "successful_payment", "refunded_payment", "web_app_data"),
    }
)


def service_kind(message: Payload) -> str:
    """The name of what a service message reports, or empty for a message that somebody wrote."""
    for key in message:
        if key in _SERVICE or any(part in key for part in _SERVICE_PARTS):
            return key
    return ""


def text_of(message: Payload) -> str:
    """The text or caption, with the address of each link that is hidden behind words."""
    text = message.get("text") or message.get("caption") or ""
    if not isinstance(text, str):
        raise TypeError("the text is no text")
    entities = message.get("entities") or message.get("caption_entities") or ()
    # Offsets count UTF-16 units: https://core.telegram.org/bots/api#messageentity
    units = text.encode("utf-16-le", "surrogatepass")
    for end, address in sorted(_hidden_links(entities, units), reverse=True):
        units = units[:end] + f" ({address})".encode("utf-16-le") + units[end:]
    return units.decode("utf-16-le", "replace")


def _hidden_links(entities: Any, units: bytes) -> Iterator[tuple[int, str]]:
    for entity in entities:
        if entity.get("type") != "text_link" or not isinstance(entity.get("url"), str):
            continue
        begin, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
        if not 0 <= begin < end <= len(units):
            continue
        shown = units[begin:end].decode("utf-16-le", "replace")
        if _bare(shown) != _bare(entity["url"]):
            yield end, entity["url"]


def _bare(address: str) -> str:
    return address.strip().casefold().removeprefix("https://").removeprefix("http://").rstrip("/")


def attachments_of(message: Payload, bot_id: int) -> tuple[Attachment, ...]:
    """The file of a message, if it has one; an album's files come as messages of their own."""
    for key, kind in _FILES:
        found = message.get(key)
        if not found:
            continue
        file = max(found, key=lambda size: size["width"] * size["height"]) if key == "photo" else found
        return (
            Attachment(
                kind=kind,
                remote_id=remote_id(bot_id, file["file_id"]),
                file_name=_file_name(file),
                mime_type=_mime_type(file, kind),
                size_bytes=file.get("file_size"),
            ),
        )
    return ()


def remote_id(bot_id: int, file_id: str) -> str:
    """An attachment's id: a file's id is of use to one bot alone."""
    if not isinstance(file_id, str):
        raise TypeError("the id of a file is a text")
    return f"{bot_id}/{file_id}"


def file_id_for(bot_id: int, remote_id: str) -> str:
    """The id by which this bot can send a file again, or empty: it is another's file."""
    owner, _, file_id = remote_id.partition("/")
    return file_id if owner == str(bot_id) else ""


def _file_name(file: Payload) -> str:
    return str(file.get("file_name") or file.get("title") or "")


def _mime_type(file: Payload, kind: MediaKind) -> str:
    if kind is MediaKind.STICKER:
        if file.get("is_animated"):
            return "application/x-tgsticker"
        return "video/webm" if file.get("is_video") else "image/webp"
    return str(file.get("mime_type") or _MIME_TYPES.get(kind, ""))


def location_of(message: Payload) -> Location | None:
    """The place that a message is, if it is one."""
    venue = message.get("venue") or {}
    place = message.get("location") or venue.get("location")
    if not place:
        return None
    return Location(
        latitude=float(place["latitude"]),
        longitude=float(place["longitude"]),
        title=str(venue.get("title", "")),
        address=str(venue.get("address", "")),
    )


def shared_contact_of(message: Payload) -> SharedContact | None:
    """The contact card that a message is, if it is one."""
    card = message.get("contact")
    if not card:
        return None
    name = " ".join(filter(None, (card.get("first_name"), card.get("last_name"))))
    return SharedContact(name=name, phone=str(card.get("phone_number", "")))


def line_of(message: Payload) -> str:
    """What a message is, in a line, when nothing else can carry it; empty for one that has other content."""
    for key in message:
        match key, message[key]:
            case "poll", {"question": question, "options": options}:
                return f"poll: {question} ({' / '.join(str(option['text']) for option in options)})"
            case "dice", {"emoji": emoji, "value": value}:
                return f"{emoji} {value}"
            case "checklist", {"title": title, "tasks": tasks}:
                return f"checklist: {title} ({' / '.join(str(task['text']) for task in tasks)})"
            case "game" | "invoice", {"title": title}:
                return f"{key}: {title}"
    carried = {"location", "venue", "contact", *(key for key, _ in _FILES)}
    if message.get("text") or message.get("caption") or carried & message.keys():
        return ""
    others = [key for key in message if key not in _ENVELOPE]
    return others[0].replace("_", " ") if others else "empty message"
