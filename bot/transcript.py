"""The transcript as people read it: one line a message, in the team's language."""

from collections.abc import Iterable

from bot.model import Contact, Direction, Message, Progress, one_line
from bot.wording import Wording

MAP_LINK = "https://maps.google.com/?q={latitude:.6f},{longitude:.6f}"
_NOT_ARRIVED = {
    Progress.HELD: "line.held",
    Progress.FAILED: "line.failed",
    Progress.UNCERTAIN: "line.uncertain",
}
"""What the contact does not have, or perhaps not; a line that says nothing else was sent."""


def content(message: Message, wording: Wording) -> str:
    """Everything a message says, as text: its words, and a word for each thing that is no text."""
    parts = [message.text] if message.text else []
    parts.extend(wording(f"line.{file.kind}", name=file.file_name) for file in message.files)
    if message.location is not None:
        place = message.location
        link = MAP_LINK.format(latitude=place.latitude, longitude=place.longitude)
        title, address = one_line(place.title), one_line(place.address)
        parts.append(wording("line.location", title=title, address=address, link=link))
    if message.shared_contact is not None:
        card = message.shared_contact
        parts.append(wording("line.contact", name=one_line(card.name), phone=one_line(card.phone)))
    if message.unsupported:
        parts.append(wording("line.unsupported", what=one_line(message.unsupported)))
    if message.progress in _NOT_ARRIVED:
        parts.append(wording(_NOT_ARRIVED[message.progress]))
    if message.is_deleted:
        parts.append(wording("line.deleted"))
    elif message.is_edited:
        parts.append(wording("line.edited"))
    return " ".join(parts)


def line(message: Message, contact: Contact, wording: Wording) -> str:
    """One message as one line (of as many lines as its text has), with who wrote it."""
    # What follows the first line is set off: it must not pass for somebody else's.
    text = content(message, wording).replace("\n", "\n    ")
    match message.direction:
        case Direction.INCOMING:
            return wording("line.inbound", name=contact.display_name, text=text)
        case Direction.OUTGOING if message.author:
            return wording("line.agent", name=message.author, text=text)
        case Direction.OUTGOING:
            return wording("line.bot", text=text)
        case Direction.NOTE:
            return wording("line.note", name=message.author, text=text)
        case Direction.EVENT:
            return wording("line.event", text=text)


def excerpt(text: str, limit: int = 120) -> str:
    """The beginning of a text on one line, to remind the reader of it."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else f"{flat[: limit - 1]}…"


def lines(messages: Iterable[Message], contact: Contact, wording: Wording, *, most: int = 0) -> str:
    """A transcript, oldest first.

    Args:
        messages: what to show; when all are the contact's, they stand without a name before each.
        contact: whose transcript it is.
        wording: the reader's language.
        most: keep only so many of the latest, and say how many came before; 0: all.
    """
    messages = list(messages)
    if all(message.direction is Direction.INCOMING for message in messages):
        listed = [content(message, wording) for message in messages]
    else:
        listed = [line(message, contact, wording) for message in messages]
    if most and len(listed) > most:
        listed = [wording("line.more", count=len(listed) - most), *listed[-most:]]
    return "\n".join(listed)
