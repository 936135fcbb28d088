"""What a team chat does not take: the inbox shows it; what the inbox refuses stays in the transcript."""

from datetime import datetime

from msgspec.structs import replace

from bot.api import ChatRef, PostStyle
from bot.model import LIST, SEEN_KEPT, Action, Direction, Message, OutboxItem, Record, Status
from bot.notices import put, refresh_card, tell
from bot.rulebook import Rulebook
from bot.transcript import lines

LINES_AFTER_LOSS = 20
MOST_DOUBTS = 5
"""How often a post is made anew in the inbox after nobody knew whether it had arrived."""


def chat_gone(record: Record, item: OutboxItem, reason: str, now: datetime, rules: Rulebook) -> None:
    """Take the conversation to the inbox when its team's chat is gone, with its transcript."""
    inbox = rules.inbox.chat
    conversation = record.conversations.get(item.conversation)
    if item.chat == inbox or conversation is None:
        return
    if conversation.room != item.chat or conversation.status is Status.CLOSED:
        if item.action is Action.POST:
            post_refused(record, item, reason, now, rules)
        return
    record.change_conversation(item.conversation, room=inbox)
    thread = record.contact.thread_in(inbox)
    if thread is not None and thread.is_closed:
        record.change_thread(inbox, is_closed=False)
        put(
            record,
            Action.REOPEN_THREAD,
            inbox,
            now,
            conversation=item.conversation,
            thread_id=thread.thread_id,
        )
    refresh_card(record, item.conversation, now)
    alert = rules.wording(
        "notice.team_unreachable",
        team=rules.team_name(conversation.team),
        reason=reason,
        code=conversation.code,
    )
    put(
        record,
        Action.POST,
        inbox,
        now,
        conversation=item.conversation,
        text=alert,
        style=PostStyle.NOTICE,
    )
    post_last_lines(record, item, now, rules, silent=False)
    if item.action is Action.POST:
        move(record, item, rules)


def post_refused(record: Record, item: OutboxItem, reason: str, now: datetime, rules: Rulebook) -> None:
    """Show what people wrote in the inbox when a team chat refuses it, and say why it is missing there.

    A line of the bot's own is worth it only where the conversation itself is in the inbox.
    """
    inbox = rules.inbox.chat
    conversation = record.conversations.get(item.conversation)
    if item.chat == inbox or conversation is None:
        return
    is_in_inbox = conversation.room == inbox
    if item.style is not PostStyle.MESSAGE and not is_in_inbox:
        return
    text = rules.wording("notice.post_failed", chat=item.chat.address, reason=reason)
    if conversation.room == item.chat and item.chat.channel != LIST:
        put(
            record,
            Action.POST,
            item.chat,
            now,
            conversation=item.conversation,
            text=text,
            style=PostStyle.NOTICE,
        )
    elif not is_in_inbox:
        put(record, Action.POST, inbox, now, text=text, style=PostStyle.NOTICE)
    move(record, item, rules)


def post_doubted(record: Record, item: OutboxItem, now: datetime, rules: Rulebook) -> None:
    """See to it that what people wrote is shown somewhere when nobody knows, twice, whether it was posted.

    It goes to the inbox; in the inbox it is tried some more times, each of them marked as a repeat.
    """
    if item.chat != rules.inbox.chat:
        post_refused(record, item, rules.wording("delivery.no_channel"), now, rules)
    elif item.style is PostStyle.MESSAGE and item.attempts < MOST_DOUBTS:
        number = record.take_number()
        record.outbox[number] = replace(item, number=number, is_repeat=True, attempts=item.attempts + 1)


def reaction_refused(record: Record, item: OutboxItem, now: datetime, rules: Rulebook) -> None:
    """Say once in a conversation that the contact's platform shows no reactions."""
    said = f"no reactions {item.conversation}"
    if said not in record.contact.seen:
        record.change_contact(seen=(*record.contact.seen[-SEEN_KEPT + 1 :], said))
        text = rules.wording("notice.react_unsupported", name=record.contact.display_name)
        tell(record, item.conversation, text, now, rules)


def card_refused(record: Record, item: OutboxItem, reason: str, now: datetime, rules: Rulebook) -> None:
    """Make a card anew that cannot be changed any more; say in the inbox that one cannot be made."""
    thread = record.contact.thread_in(item.chat)
    conversation = record.conversations.get(item.conversation)
    if conversation is None or conversation.room != item.chat:
        return
    if thread is not None and thread.card_id:
        record.change_thread(item.chat, card_id="")
        refresh_card(record, item.conversation, now)
    elif item.chat != rules.inbox.chat:
        text = rules.wording("notice.post_failed", chat=item.chat.address, reason=reason)
        put(record, Action.POST, rules.inbox.chat, now, text=text, style=PostStyle.NOTICE)


def post_last_lines(
    record: Record, item: OutboxItem, now: datetime, rules: Rulebook, *, silent: bool
) -> None:
    """Post the end of the transcript where the conversation is now, without what stands there, or will."""
    room = record.conversations[item.conversation].room
    if room is None:
        return
    coming = _on_the_way(record, room) | set(item.messages if room == item.chat else ())
    known = [
        line
        for line in record.in_conversation(item.conversation)
        if line.number not in coming and not _stands_there(record, line, room)
    ]
    if not known:
        return
    text = lines(known, record.contact, rules.wording, most=LINES_AFTER_LOSS)
    shown = tuple(line.number for line in known[-LINES_AFTER_LOSS:] if line.direction is not Direction.EVENT)
    put(
        record,
        Action.POST,
        room,
        now,
        conversation=item.conversation,
        text=text,
        messages=shown,
        silent=silent,
    )


def _missing(record: Record, item: OutboxItem, room: ChatRef) -> list[int]:
    """The messages of a post that a team chat does not show, and will not."""
    coming = _on_the_way(record, room)
    return [
        number
        for number in item.messages
        if number not in coming
        and not (
            (line := record.messages.get(number)) and any(post.chat.whole == room for post in line.posts)
        )
    ]


def _stands_there(record: Record, line: Message, room: ChatRef) -> bool:
    """Whether a room shows a line; a thread that was lost and is not made anew yet shows nothing."""
    thread = record.contact.thread_in(room)
    is_lost = thread is None or not thread.thread_id
    return any(post.chat == room if is_lost else post.chat.whole == room for post in line.posts)


def stands_in(record: Record, item: OutboxItem, room: ChatRef) -> bool:
    """Whether a team chat shows all the messages that a post carries, or will."""
    return bool(item.messages) and not _missing(record, item, room)


def move(record: Record, item: OutboxItem, rules: Rulebook) -> None:
    """Send a post to the inbox: without the words that stand there already."""
    inbox = rules.inbox.chat
    is_shown = stands_in(record, item, inbox)
    if is_shown and not item.files:
        return
    text, messages = "" if is_shown else item.text, item.messages
    missing = _missing(record, item, inbox)
    if item.style is PostStyle.MESSAGE and not item.files and 0 < len(missing) < len(messages):
        # Part of a transcript: what the inbox has already would pass for new.
        left = [record.messages[number] for number in missing if number in record.messages]
        text, messages = lines(left, record.contact, rules.wording), tuple(missing)
    number = record.take_number()
    record.outbox[number] = replace(
        item,
        number=number,
        chat=inbox,
        text=text,
        messages=messages,
        quotes=0,
        thread_id="",
        attempts=0,
        parts_sent=0,
        not_before=None,
    )


def _on_the_way(record: Record, chat: ChatRef) -> set[int]:
    """The messages that wait to be posted in a team chat."""
    return {
        number
        for item in record.outbox.values()
        if item.chat == chat and item.action is Action.POST and item.style is PostStyle.MESSAGE
        for number in item.messages
    }
