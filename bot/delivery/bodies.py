"""The parts that one item becomes: its words cut to fit, its files, and what stands above and before them."""

from dataclasses import dataclass, replace

from bot.api import Capabilities, Location, MediaFile, SharedContact
from bot.delivery.graphemes import shorten
from bot.delivery.media import takes_caption
from bot.delivery.splitting import split

_SHORTEST_LIMIT = 4  # units: any one character fits
_HEADING_LIMIT = 160
"""What is kept free for a heading, in the platform's units: always the same, so that a text is cut the same
way each time, also when the contact has another name by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What one message says.

    Attributes:
        text: its words, or the caption of its file.
        media: its file.
        location: a place, which is then all of it.
        shared_contact: a contact card, likewise.
    """

    text: str = ""
    media: MediaFile | None = None
    location: Location | None = None
    shared_contact: SharedContact | None = None


def text_limit(capabilities: Capabilities) -> int:
    """The longest text of one message, in the platform's units."""
    return max(capabilities.text_limit, _SHORTEST_LIMIT)


def bodies_of(
    text: str,
    others: list[Body],
    capabilities: Capabilities,
    *,
    heading: str = "",
    mark: str = "",
    is_marked: bool = False,
    first: int = 0,
) -> list[Body]:
    """Cut, caption, mark and head.

    Args:
        text: all the words.
        others: the files and what else is no text, in order.
        capabilities: the platform's.
        heading: stands above every part that has words, and above a file without; or empty.
        mark: what stands before a repeat; room is kept for it either way, so that the parts are the same.
        is_marked: it is a repeat.
        first: the part that is sent first now, where the mark goes.
    """
    length = capabilities.text_unit.length
    head = f"{shorten(heading, _room_above(capabilities))}\n" if heading else ""
    above = _room_above(capabilities) + 1 if heading else 0
    limit, parts = text_limit(capabilities) - above, list(others)
    caption_limit = capabilities.caption_limit - above
    if text and parts and _takes(parts[0], capabilities) and length(mark + text) <= caption_limit:
        parts[0] = replace(parts[0], text=text)
    elif text:
        fits = length(mark + text if is_marked else text) <= limit
        room = limit if fits else limit - length(mark)
        # What a part of files only cannot say stands before them, when there is a heading to be said.
        words = [Body(text=part) for part in split(text, room, capabilities.text_unit)]
        parts = [*words, *parts] if heading else [*parts, *words]
    if is_marked:
        parts = _with_mark(parts, mark, first, capabilities, caption_limit)
    return _with_heading(parts, head, capabilities) if head else parts


def one(text: str, capabilities: Capabilities) -> str:
    """`text`, or as much of its beginning as one message holds."""
    unit, limit = capabilities.text_unit, text_limit(capabilities)
    if unit.length(text) <= limit:
        return text
    room = max(limit - unit.length("…"), 1)
    return (split(text, room, unit) or ("",))[0] + "…"


def _room_above(capabilities: Capabilities) -> int:
    return min(_HEADING_LIMIT, text_limit(capabilities) // 4)


def _takes(body: Body, capabilities: Capabilities) -> bool:
    """Whether words can stand beside the file of a part."""
    return body.media is not None and takes_caption(body.media, capabilities)


def _with_mark(
    bodies: list[Body], mark: str, first: int, capabilities: Capabilities, caption_limit: int
) -> list[Body]:
    """Put `mark` on the first part from `first` on that has room for words."""
    for number, body in enumerate(bodies):
        if number < first:
            continue
        if body.text:
            bodies[number] = replace(body, text=mark + body.text)
            return bodies
        if _takes(body, capabilities) and 0 < capabilities.text_unit.length(mark.strip()) <= caption_limit:
            bodies[number] = replace(body, text=mark.strip())
            return bodies
    return [*bodies, Body(text=mark.strip())] if bodies and mark else bodies


def _with_heading(bodies: list[Body], head: str, capabilities: Capabilities) -> list[Body]:
    """Put `head` above every part that has room for words; a first one that has not gets one before it."""
    headed: list[Body] = []
    for body in bodies:
        has_room = _takes(body, capabilities) and capabilities.text_unit.length(head) <= (
            capabilities.caption_limit
        )
        if body.text:
            headed.append(replace(body, text=head + body.text))
        elif has_room:
            headed.append(replace(body, text=head.rstrip()))
        else:
            headed += [body] if headed else [Body(text=head.rstrip()), body]
    return headed
