"""The facts in which the platforms behind the Graph API differ, as one value a platform."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.api import MediaFile, MediaKind, TextUnit


def format_of(media: MediaFile) -> str:
    """A file's MIME type without its parameters, in lower case."""
    return media.mime_type.partition(";")[0].strip().lower()


MEGABYTE = 1024 * 1024

IMAGE_BYTES = 8 * MEGABYTE
"""The largest picture that is fetched from a link (Messenger Platform, Send API, attachments)."""

FILE_BYTES = 25 * MEGABYTE
"""The largest file of any other kind (the same page)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """One platform behind the Graph API.

    Attributes:
        title: what people call it.
        object_name: the `object` of its webhooks.
        platform: what the Conversations API and uploads call it.
        account_key: the key of config.toml that names the account.
        text_limit: the longest text, in `text_unit`.
        text_unit: what `text_limit` counts.
        media: the largest file of each kind, in bytes.
        wire_type: the attachment type (`image`, `audio`, `video`, `file`) of a file; empty: it is not taken.
        account_fields: what `GET /me` is asked for; further sets are tried where the first is not known.
        account_ids: the account's ids in the answer, the configured one among them.
        subscription_node: whose `subscribed_apps` is looked at; `{account_id}` is filled in.
        subscribed_fields: the events that the app is subscribed to there.
        essential_fields: those without which nothing works.
        permissions: what the token must be allowed: all of one of these sets.
        profile_fields: what a profile is asked for.
        optional_profile_fields: what is asked for too, until it is refused.
        echoes_metadata: `message.metadata` is taken, and comes back in the echo.
        reactions: we may react to a message with any emoji.
    """

    title: str
    object_name: str
    platform: str
    account_key: str
    text_limit: int
    text_unit: TextUnit
    media: Mapping[MediaKind, int]
    wire_type: Callable[[MediaFile], str]
    account_fields: tuple[str, ...]
    account_ids: Callable[[Mapping[str, Any]], frozenset[str]]
    subscription_node: str
    subscribed_fields: frozenset[str]
    essential_fields: frozenset[str]
    permissions: tuple[frozenset[str], ...]
    profile_fields: tuple[str, ...]
    optional_profile_fields: tuple[str, ...] = field(default=())
    echoes_metadata: bool = False
    reactions: bool = False
