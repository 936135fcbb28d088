"""Instagram's facts, and the plugin made with them."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from bot.api import Host, MediaFile, MediaKind, TextUnit
from plugins._meta.network import FILE_BYTES, IMAGE_BYTES, Network, format_of
from plugins._meta.plugin import GraphPlugin, Pace
from plugins.instagram.settings import Settings

_WIRE_TYPES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "image": frozenset({"image/jpeg", "image/png", "image/gif"}),
        "audio": frozenset(
            {"audio/aac", "audio/m4a", "audio/x-m4a", "audio/mp4", "audio/wav", "audio/x-wav"}
        ),
        "video": frozenset({"video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"}),
        "file": frozenset({"application/pdf"}),
    }
)
_FIELDS = frozenset(
    {
        "messages",
        "messaging_postbacks",
        "messaging_seen",
        "message_reactions",
        "messaging_referral",
        "messaging_handover",
        "standby",
        "message_edit",
    }
)


def wire_type(media: MediaFile) -> str:
    """What Instagram calls a file; it takes these formats alone (Instagram messaging, Send messages)."""
    mime_type = format_of(media)
    found = next((name for name, types in _WIRE_TYPES.items() if mime_type in types), "")
    return "" if found == "image" and media.size_bytes > IMAGE_BYTES else found


def _account_ids(me: Mapping[str, Any]) -> frozenset[str]:
    """The professional account behind a page's token, or the account itself where it logs in without one."""
    linked = me.get("instagram_business_account")
    if isinstance(linked, dict):
        return frozenset({str(linked.get("id"))})
    return frozenset({str(me["user_id"])} if me.get("user_id") else ())


NETWORK = Network(
    title="Instagram",
    object_name="instagram",
    platform="instagram",
    account_key="account_id",
    text_limit=1000,
    text_unit=TextUnit.BYTES,
    # By format rather than kind: what is not taken goes as a link, so voice and sound are files here.
    media=MappingProxyType(
        {
            MediaKind.PHOTO: IMAGE_BYTES,
            MediaKind.VIDEO: FILE_BYTES,
            MediaKind.ANIMATION: IMAGE_BYTES,
            MediaKind.DOCUMENT: FILE_BYTES,
        }
    ),
    wire_type=wire_type,
    account_fields=("id,name,instagram_business_account{id,username}", "user_id,username"),
    account_ids=_account_ids,
    subscription_node="me",
    subscribed_fields=_FIELDS,
    essential_fields=frozenset({"messages", "messaging_postbacks"}),
    permissions=(
        frozenset({"instagram_manage_messages"}),
        frozenset({"instagram_business_manage_messages"}),
    ),
    profile_fields=("name", "username", "profile_pic"),
)


class Instagram(GraphPlugin):
    """A professional account's chats.

    Args:
        settings: its table in config.toml.
        host: the bot.
        clock: the time now, in UTC.
        pace: time limits.
    """

    def __init__(
        self, settings: Settings, host: Host, *, clock: Callable[[], datetime], pace: Pace | None = None
    ) -> None:
        super().__init__(settings, host, network=NETWORK, clock=clock, pace=pace or Pace())


def create_plugin(settings: Settings, host: Host) -> Instagram:
    """Make the channel; nothing is read or asked before `connect`."""
    return Instagram(settings, host, clock=lambda: datetime.now(UTC))
