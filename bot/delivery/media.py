"""What a file becomes on a platform that does not take its kind or its size."""

from collections.abc import Mapping
from dataclasses import replace

from bot.api import Capabilities, MediaFile, MediaKind

_NEAREST: Mapping[MediaKind, tuple[MediaKind, ...]] = {
    MediaKind.PHOTO: (MediaKind.DOCUMENT,),
    MediaKind.VIDEO: (MediaKind.DOCUMENT,),
    MediaKind.VOICE: (MediaKind.AUDIO, MediaKind.DOCUMENT),
    MediaKind.AUDIO: (MediaKind.DOCUMENT,),
    MediaKind.DOCUMENT: (),
    MediaKind.ANIMATION: (MediaKind.VIDEO, MediaKind.PHOTO, MediaKind.DOCUMENT),
    MediaKind.VIDEO_NOTE: (MediaKind.VIDEO, MediaKind.DOCUMENT),
    MediaKind.STICKER: (MediaKind.PHOTO, MediaKind.VIDEO, MediaKind.DOCUMENT),
}
_CONTENT: Mapping[MediaKind, str] = {
    MediaKind.PHOTO: "image/",
    MediaKind.VIDEO: "video/",
    MediaKind.AUDIO: "audio/",
}
"""What the content must be to pass as another kind: an animation may be an image or a video, say."""

_MEGABYTE = 1_000_000


def fit(media: MediaFile, sizes: Mapping[MediaKind, int]) -> MediaFile | None:
    """`media` as the nearest kind that a platform takes at its size, or None.

    Args:
        media: the file.
        sizes: the largest file of each kind, in bytes, as in `Capabilities.media`.
    """
    for kind in (media.kind, *_NEAREST[media.kind]):
        if kind is not media.kind and not media.mime_type.startswith(_CONTENT.get(kind, "")):
            continue
        if media.size_bytes <= sizes.get(kind, -1):
            return media if kind is media.kind else replace(media, kind=kind)
    return None


def takes_caption(media: MediaFile, capabilities: Capabilities) -> bool:
    """Whether words can stand beside it on a platform."""
    return media.kind not in capabilities.uncaptioned


def size_in_words(size_bytes: int | None) -> str:
    """A size as people read it; empty when it is not known."""
    if size_bytes is None:
        return ""
    if size_bytes < _MEGABYTE:
        return f"{max(1, round(size_bytes / 1000))} kB"
    return f"{size_bytes / _MEGABYTE:.1f} MB"
