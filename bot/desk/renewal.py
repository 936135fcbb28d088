"""What becomes of a conversation's thread: it is made, or somebody deletes it and it is made again."""

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from bot.api import ChatRef, PostStyle
from bot.desk import refused
from bot.model import Action, Direction, ItemState, Message, OutboxItem, Post, Record, Thread
from bot.notices import put, refresh_card
from bot.rulebook import Rulebook

_LOST_WITH_THE_THREAD = frozenset(
    {
        Action.EDIT,
        Action.DELETE,
        Action.MARK,
        Action.REACT,
        Action.CLOSE_THREAD,
        Action.REOPEN_THREAD,
        Action.RENAME_THREAD,
        Action.THREAD_STATE,
    }
)


def opened(
    record: Record, item: OutboxItem, thread_id: str, now: datetime, *, link_of: Callable[[ChatRef], str]
) -> None:
    """Remember the contact's thread, and link to it from the thread that the conversation left for it."""
    thread = record.change_thread(item.chat, thread_id=thread_id, card_id="", is_closed=False)
    conversation = record.conversations.get(item.conversation)
    if conversation is not None and conversation.room == item.chat:
        _link(record, item.conversation, thread, link_of(thread.chat.thread(thread.thread_id)), now)


def lost(record: Record, item: OutboxItem, now: datetime, rules: Rulebook) -> None:
    """Forget the thread; post the card and the last lines anew, and the item itself behind them."""
    record.change_thread(item.chat, thread_id="", card_id="", is_closed=False)
    conversation = record.conversations.get(item.conversation)
    if conversation is None or item.action in _LOST_WITH_THE_THREAD:
        return
    if conversation.room != item.chat:
        # What was still to be said where the conversation is not is worth a new thread only when it is
        # words that stand nowhere else: the inbox has them because the team's chat refused them.
        is_worth_it = item.action is Action.POST and item.style is PostStyle.MESSAGE
        room = conversation.room
        if is_worth_it and not (room is not None and refused.stands_in(record, item, room)):
            _behind(record, item)
        return
    waiting = _waiting_after(record, item)
    refresh_card(record, item.conversation, now)
    refused.post_last_lines(record, item, now, rules, silent=True)
    behind = [item] if item.action is Action.POST else []
    for each in (*behind, *waiting):
        _behind(record, each)


def _link(record: Record, number: int, thread: Thread, link: str, now: datetime) -> None:
    passed_on = record.newest(lambda line: line.conversation == number and line.direction is Direction.EVENT)
    if not link or passed_on is None:
        return
    text = f"{passed_on.text} {link}"
    for item in list(record.outbox.values()):
        is_it = item.style is PostStyle.NOTICE and passed_on.number in item.messages
        if item.action is Action.POST and is_it and item.chat != thread.chat:
            record.outbox[item.number] = replace(item, text=text)
    for post in _elsewhere(passed_on, thread.chat):
        put(
            record,
            Action.EDIT,
            post.chat,
            now,
            conversation=number,
            text=text,
            style=PostStyle.NOTICE,
            target=post.platform_id,
            thread_id=post.chat.thread_id or "",
        )


def _behind(record: Record, item: OutboxItem) -> None:
    """Put an item behind what was added, also after a restart, which goes by the numbers."""
    record.outbox.pop(item.number, None)
    number = record.take_number()
    record.outbox[number] = replace(item, number=number, quotes=0, thread_id="", parts_sent=0)


def _waiting_after(record: Record, item: OutboxItem) -> list[OutboxItem]:
    """The posts that were to follow an item into the contact's thread, in their order."""
    return [
        other
        for number, other in sorted(record.outbox.items())
        if number > item.number
        and other.action is Action.POST
        and other.chat == item.chat
        and other.conversation == item.conversation
        and other.state is ItemState.PENDING
        and not other.thread_id
    ]


def _elsewhere(line: Message, chat: ChatRef) -> tuple[Post, ...]:
    return tuple(post for post in line.posts if post.chat.whole != chat)
