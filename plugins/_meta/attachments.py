"""What a message carries besides its text, as the bot's own values; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.api import Attachment, Location, MediaKind, Wording
from plugins._meta.places import IsOurs

THUMBS_UP = frozenset({369239263222822, 369239343222814, 369239383222810})
"""The ids of the three sizes of the one sticker that says no more than yes."""

HEART = "❤️"

_KINDS: Mapping[str, MediaKind] = {
    "image": MediaKind.PHOTO,
    "video": MediaKind.VIDEO,
    "audio": MediaKind.VOICE,
    "file": MediaKind.DOCUMENT,
    "sticker": MediaKind.STICKER,
    "reel": MediaKind.VIDEO,
    "ig_reel": MediaKind.VIDEO,
    # A story or a post may be a picture or a film; the platform does not say which.
    "story": MediaKind.DOCUMENT,
    "ig_story": MediaKind.DOCUMENT,
    "story_mention": MediaKind.DOCUMENT,
    "media": MediaKind.DOCUMENT,
    "post": MediaKind.DOCUMENT,
    "ig_post": MediaKind.DOCUMENT,
    "share": MediaKind.DOCUMENT,
}
_SHARED = frozenset({"reel", "ig_reel", "post", "ig_post", "share", "story", "ig_story", "media"})


@dataclass(slots=True)
class Carried:
    """What was found, in the order it stands in the message.

    Attributes:
        files: what can be fetched.
        location: a place.
        text: what is words in the end: a heart.
        notes: what can be neither, in words.
    """

    files: list[Attachment]
    location: Location | None
    text: str
    notes: list[str]


def read_attachments(raw: Sequence[Any], *, mid: str, text: str, say: Wording, is_ours: IsOurs) -> Carried:
    """Read the `attachments` of a message; what makes no sense is named, never dropped.

    Args:
        raw: the list.
        mid: the message's id, by which a link that has ended is asked for again.
        text: the message's text, which may hold a shared link already.
        say: the words for what has none.
        is_ours: whether files may be fetched from an address.
    """
    carried = Carried(files=[], location=None, text="", notes=[])
    for index, item in enumerate(raw):
        if isinstance(item, dict):
            _add(carried, item, index, mid=mid, text=text, say=say, is_ours=is_ours)
        else:
            carried.notes.append(say("unsupported"))
    return carried


def remote_id(mid: str, index: int, url: str) -> str:
    """What a file is downloaded by: the message and its place there, and the link it had."""
    return f"{mid} {index} {url}"


def story_file(url: str, mid: str, is_ours: IsOurs) -> tuple[Attachment, ...]:
    """The story that a message answers, while its link lasts."""
    if not url or not is_ours(url):
        return ()
    return (Attachment(kind=MediaKind.DOCUMENT, remote_id=remote_id(mid, -1, url), file_name="story"),)


def _add(
    carried: Carried,
    item: Mapping[str, Any],
    index: int,
    *,
    mid: str,
    text: str,
    say: Wording,
    is_ours: IsOurs,
) -> None:
    name = str(item.get("type", ""))
    payload = item.get("payload")
    payload = payload if isinstance(payload, dict) else {}
    url, title = _text(payload.get("url")), _text(payload.get("title")) or _text(item.get("title"))
    if name == "location":
        carried.location = _location(payload, title)
        if carried.location is None:
            carried.notes.append(say("unsupported"))
        return
    if name == "like_heart":
        carried.text += HEART
        return
    if name == "fallback":
        link = url or _text(item.get("url"))
        if not link or link not in text:
            carried.notes.append(say("shared", what=" ".join(filter(None, (title, link)))))
        return
    kind = _KINDS.get(name)
    if kind is not None and url and is_ours(url):
        if payload.get("sticker_id"):
            kind = MediaKind.STICKER
        carried.files.append(_file(kind, name, payload, remote_id(mid, index, url)))
        if name == "story_mention":
            carried.notes.append(say("story_mention"))
        elif name in _SHARED:
            carried.notes.append(say("shared", what=title or say("post")))
        return
    carried.notes.append(_named(name, title, url if name in _SHARED else "", say))


def _file(kind: MediaKind, name: str, payload: Mapping[str, Any], file_id: str) -> Attachment:
    if payload.get("sticker_id") in THUMBS_UP:
        return Attachment(kind=kind, remote_id=file_id, file_name="👍")
    given = _text(payload.get("name")) or _text(payload.get("file_name"))
    return Attachment(kind=kind, remote_id=file_id, file_name=given or ("story" if "story" in name else ""))


def _named(name: str, title: str, url: str, say: Wording) -> str:
    """In words what no file, place or text can carry; a page's address is for everybody, so it may stand."""
    match name:
        case "appointment_booking":
            return say("booking")
        case "template":
            return " ".join(filter(None, (say("template"), title)))
        case "story_mention":
            return say("story_mention")
        case _ if name in _SHARED:
            return say("shared", what=" ".join(filter(None, (title, url))) or say("post"))
        case _:
            return " ".join(filter(None, (say("unsupported"), f"({name})" if name else "")))


def _location(payload: Mapping[str, Any], title: str) -> Location | None:
    place = payload.get("coordinates")
    if not isinstance(place, dict):
        return None
    latitude, longitude = place.get("lat"), place.get("long")
    if isinstance(latitude, int | float) and isinstance(longitude, int | float):
        return Location(latitude=float(latitude), longitude=float(longitude), title=title)
    return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
