"""Who caused an event: contacts, members, admins without a name, and those who are nobody here; pure."""

from typing import Any

from bot.api import Sender
from plugins.telegram.content import Payload


def sender_of(user: Payload, *, is_outsider: bool = False) -> Sender:
    """A person, or another program, as the platform describes them."""
    first_name = str(user.get("first_name", ""))
    return Sender(
        sender_id=_id(user["id"]),
        name=" ".join(filter(None, (first_name, str(user.get("last_name", ""))))),
        first_name=first_name,
        username=str(user.get("username", "")),
        language=str(user.get("language_code", ""))[:2].lower(),
        is_bot=bool(user.get("is_bot", False)),
        is_outsider=is_outsider,
    )


def writer_of(message: Payload, *, is_outsider: bool = False) -> Sender | None:
    """Who wrote a message in a group.

    An admin may write in the group's own name: `from` is a stand-in then, and `sender_chat` the group. A
    person may also write as a channel of theirs, and a linked channel's posts appear by themselves; nobody
    can say whose those are. https://core.telegram.org/bots/api#message

    Returns:
        None for what no person wrote.
    """
    return _in_the_name_of(message, "sender_chat", message.get("from"), is_outsider=is_outsider)


def reactor_of(reaction: Payload, *, is_outsider: bool = False) -> Sender | None:
    """Who reacted to a message, in the same way."""
    return _in_the_name_of(reaction, "actor_chat", reaction.get("user"), is_outsider=is_outsider)


def _in_the_name_of(event: Payload, key: str, user: Any, *, is_outsider: bool) -> Sender | None:
    speaker = event.get(key)
    if not speaker:
        return sender_of(user, is_outsider=is_outsider) if user else None
    if speaker["id"] != event["chat"]["id"] or event.get("is_automatic_forward"):
        return None
    name = event.get("author_signature") or speaker.get("title") or ""
    return Sender(sender_id=_id(speaker["id"]), name=str(name), is_anonymous=True)


def _id(value: Any) -> str:
    if not isinstance(value, int):
        raise TypeError("an id is a number")
    return str(value)
