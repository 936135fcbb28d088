"""Updates of the Bot API as the bot's events; pure.

The platform adds fields and kinds at any time, so each update is read by itself, from plain JSON.
https://core.telegram.org/bots/api#update
"""

from bot.api import (
    ButtonPressed,
    ChatMovedTo,
    ChatRef,
    EchoReceived,
    IncomingMessage,
    MessageDeleted,
    MessageEdited,
    ReachabilityChanged,
    ReactionChanged,
    Sender,
    ThreadChanged,
)
from plugins.telegram.content import (
    Payload,
    attachments_of,
    line_of,
    location_of,
    service_kind,
    shared_contact_of,
    text_of,
)
from plugins.telegram.people import reactor_of, sender_of, writer_of
from plugins.telegram.scene import Reading, Scene, moment, place_of, whole

_GONE = frozenset({"left", "kicked"})


def read(kind: str, body: Payload, scene: Scene) -> Reading:
    """Read one update.

    Args:
        kind: the key of the update that says what it is.
        body: what stands there.
        scene: what else is known.

    Raises:
        Exception: one of `MALFORMED`.
    """
    match kind:
        case "message" | "business_message":
            return _message(body, scene)
        case "edited_message" | "edited_business_message":
            return _edit(body, scene)
        case "deleted_business_messages":
            return _deletions(body, scene)
        case "message_reaction":
            return _reaction(body, scene)
        case "callback_query":
            return _press(body, scene)
        case "my_chat_member":
            return _reachability(body, scene)
        case _:
            return Reading(left_alone=kind)


def _message(message: Payload, scene: Scene) -> Reading:
    chat, sent_at = place_of(message, scene), moment(message["date"])
    if service := service_kind(message):
        return _service(service, message, scene)
    sender = writer_of(message, is_outsider=scene.is_outsider) if scene.is_team else _contact(message)
    if sender is None:
        return Reading(left_alone="channel_post")
    if scene.owner and (sender.sender_id == scene.owner or "sender_business_bot" in message):
        return _echo(message, scene)
    text, start_payload = text_of(message), ""
    if text.startswith("/"):
        addressed = _command(text, scene.account.username)
        if addressed is None:
            return Reading(left_alone="command_for_another")
        text = addressed
        if not scene.is_team and (text == "/start" or text.startswith("/start ")):
            text, _, start_payload = text.partition(" ")
    event = IncomingMessage(
        event_id=scene.event_id,
        chat=chat,
        sender=sender,
        sent_at=sent_at,
        text=text,
        message_id=str(whole(message["message_id"])),
        reply_to=_reply_to(message),
        attachments=attachments_of(message, scene.account.bot_id),
        location=location_of(message),
        shared_contact=shared_contact_of(message),
        unsupported=line_of(message),
        album_id=str(message.get("media_group_id", "")),
        start_payload=start_payload.strip(),
    )
    return Reading(events=(event,))


def _contact(message: Payload) -> Sender | None:
    return sender_of(message["from"]) if message.get("from") else None


def _command(text: str, username: str) -> str | None:
    """A command without the name of the bot that it is for; None when that is another bot."""
    command, space, rest = text.partition(" ")
    name, at, addressee = command.partition("@")
    if not at or not addressee:
        return text
    return f"{name}{space}{rest}" if addressee.casefold() == username.casefold() else None


def _reply_to(message: Payload) -> str:
    """The message that this one answers; what stands in a topic seems to answer the topic's first line."""
    answered = message.get("reply_to_message")
    if not answered or "forum_topic_created" in answered:
        return ""
    is_root = answered["message_id"] == message.get("message_thread_id") and message.get("is_topic_message")
    return "" if is_root else str(whole(answered["message_id"]))


def _service(kind: str, message: Payload, scene: Scene) -> Reading:
    if scene.is_team and kind in {"forum_topic_closed", "forum_topic_reopened"}:
        if (message.get("from") or {}).get("id") == scene.account.bot_id:
            return Reading(left_alone=kind)
        sender = writer_of(message)
        if sender is not None:
            event = ThreadChanged(
                event_id=scene.event_id,
                chat=place_of(message, scene),
                sender=sender,
                sent_at=moment(message["date"]),
                is_closed=kind == "forum_topic_closed",
            )
            return Reading(events=(event,))
    moves = {"migrate_to_chat_id": ("chat", ""), "migrate_from_chat_id": ("", "chat")}
    if kind in moves:
        this, other = whole(message["chat"]["id"]), whole(message[kind])
        old, new = (this, other) if kind == "migrate_to_chat_id" else (other, this)
        moved = ChatMovedTo(
            event_id=scene.event_id,
            chat=ChatRef(scene.account.channel, str(old)),
            sent_at=moment(message["date"]),
            new_chat_id=str(new),
        )
        return Reading(events=(moved,))
    return Reading(left_alone=kind)


def _echo(message: Payload, scene: Scene) -> Reading:
    """A business's owner wrote by hand, or a program in the owner's name; ours is known already."""
    if (message.get("sender_business_bot") or {}).get("id") == scene.account.bot_id:
        return Reading(left_alone="own_message")
    event = EchoReceived(
        event_id=scene.event_id,
        chat=place_of(message, scene),
        sent_at=moment(message["date"]),
        message_id=str(whole(message["message_id"])),
        text=text_of(message) or line_of(message),
    )
    return Reading(events=(event,))


def _edit(message: Payload, scene: Scene) -> Reading:
    sender = writer_of(message, is_outsider=scene.is_outsider) if scene.is_team else _contact(message)
    if sender is None:
        return Reading(left_alone="channel_post")
    if scene.owner and sender.sender_id == scene.owner:
        return Reading(left_alone="own_message")
    event = MessageEdited(
        event_id=scene.event_id,
        chat=place_of(message, scene),
        sender=sender,
        sent_at=moment(message.get("edit_date", message["date"])),
        message_id=str(whole(message["message_id"])),
        text=text_of(message),
    )
    return Reading(events=(event,))


def _deletions(body: Payload, scene: Scene) -> Reading:
    chat = place_of(body, scene)
    return Reading(
        events=tuple(
            MessageDeleted(
                event_id=f"{scene.event_id}.{message_id}",
                chat=chat,
                sender=Sender(sender_id=str(whole(body["chat"]["id"]))),
                sent_at=scene.now,
                message_id=str(whole(message_id)),
            )
            for message_id in body["message_ids"]
        )
    )


def _reaction(body: Payload, scene: Scene) -> Reading:
    sender = reactor_of(body, is_outsider=scene.is_outsider)
    emojis = [each["emoji"] for each in body["new_reaction"] if each["type"] == "emoji"]
    if sender is None or (body["new_reaction"] and not emojis):
        return Reading(left_alone="reaction")
    event = ReactionChanged(
        event_id=scene.event_id,
        chat=place_of(body, scene),
        sender=sender,
        sent_at=moment(body["date"]),
        message_id=str(whole(body["message_id"])),
        emoji=str(emojis[-1]) if emojis else "",
    )
    return Reading(events=(event,))


def _press(query: Payload, scene: Scene) -> Reading:
    message, choice_id = query.get("message"), query.get("data")
    if not message or not choice_id:
        return Reading(left_alone="callback_query")
    event = ButtonPressed(
        event_id=scene.event_id,
        chat=place_of(message, scene),
        sender=sender_of(query["from"], is_outsider=scene.is_outsider),
        sent_at=scene.now,
        choice_id=str(choice_id),
        message_id=str(whole(message["message_id"])),
    )
    return Reading(events=(event,))


def _reachability(body: Payload, scene: Scene) -> Reading:
    was, now = body["old_chat_member"]["status"], body["new_chat_member"]["status"]
    if (was in _GONE) == (now in _GONE):
        return Reading(left_alone="my_chat_member")
    is_private = body["chat"]["type"] == "private"
    reason = scene.say("blocked" if is_private else "removed")
    event = ReachabilityChanged(
        event_id=scene.event_id,
        chat=place_of(body, scene),
        sent_at=moment(body["date"]),
        is_reachable=now not in _GONE,
        reason=reason if now in _GONE else "",
    )
    return Reading(events=(event,))
