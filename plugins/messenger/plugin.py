"""Messenger's facts, and the plugin made with them."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from bot.api import Host, MediaFile, MediaKind, TextUnit
from plugins._meta.network import FILE_BYTES, IMAGE_BYTES, Network, format_of
from plugins._meta.plugin import GraphPlugin, Pace
from plugins.messenger.settings import Settings

_PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_FIELDS = frozenset(
    {
        "messages",
        "message_echoes",
        "messaging_postbacks",
        "message_reactions",
        "message_edits",
        "message_reads",
        "message_deliveries",
        "messaging_referrals",
        "messaging_optins",
        "messaging_handovers",
        "standby",
        "messaging_policy_enforcement",
    }
)


def wire_type(media: MediaFile) -> str:
    """What Messenger calls a file; what it cannot show or play is a file (Send API, Attachments)."""
    mime_type = format_of(media)
    if media.kind is MediaKind.DOCUMENT:
        return "file"
    if mime_type in _PICTURES:
        return "image"
    family = mime_type.partition("/")[0]
    return family if family in {"audio", "video"} else "file"


def _account_ids(me: Mapping[str, Any]) -> frozenset[str]:
    return frozenset({str(me["id"])} if me.get("id") else ())


NETWORK = Network(
    title="Messenger",
    object_name="page",
    platform="messenger",
    account_key="page_id",
    text_limit=2000,
    text_unit=TextUnit.CHARACTERS,
    media=MappingProxyType(
        {
            MediaKind.PHOTO: IMAGE_BYTES,
            MediaKind.VIDEO: FILE_BYTES,
            MediaKind.VOICE: FILE_BYTES,
            MediaKind.AUDIO: FILE_BYTES,
            MediaKind.ANIMATION: IMAGE_BYTES,
            MediaKind.DOCUMENT: FILE_BYTES,
        }
    ),
    wire_type=wire_type,
    account_fields=("id,name",),
    account_ids=_account_ids,
    subscription_node="{account_id}",
    subscribed_fields=_FIELDS,
    essential_fields=frozenset({"messages", "messaging_postbacks", "message_echoes"}),
    permissions=(frozenset({"pages_messaging", "pages_manage_metadata"}),),
    profile_fields=("first_name", "last_name", "profile_pic"),
    optional_profile_fields=("locale",),
    echoes_metadata=True,
    reactions=True,
)


class Messenger(GraphPlugin):
    """A page's chats.

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


def create_plugin(settings: Settings, host: Host) -> Messenger:
    """Make the channel; nothing is read or asked before `connect`."""
    return Messenger(settings, host, clock=lambda: datetime.now(UTC))
