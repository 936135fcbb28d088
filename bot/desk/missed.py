"""What one member of a list was not shown: the others have it, or get it, or else the inbox does."""

from datetime import datetime

from msgspec.structs import replace

from bot.api import ChatRef, DeliveryReceipt, PostStyle
from bot.desk import refused
from bot.duty import Duty
from bot.model import LIST, Action, OutboxItem, Post, Record
from bot.notices import put
from bot.rulebook import Rulebook
from bot.transcript import lines


def member(record: Record, item: OutboxItem, reason: str, now: datetime, rules: Rulebook) -> None:
    """See to what one member of a list was not shown: the others have it, or else the inbox gets it."""
    _doubt(record, item)
    conversation = record.conversations.get(item.conversation)
    if conversation is None or item.template or conversation.room is None:
        return
    room = conversation.room
    if item.style is PostStyle.MESSAGE and not _others_have(record, item, room, rules):
        refused.chat_gone(record, replace(item, chat=room), reason, now, rules)


def _doubt(record: Record, item: OutboxItem) -> None:
    """Count what a member may have got, before it could not be repeated, as shown: else it came unmarked."""
    if item.is_repeat:
        _count(record, item)


def _count(record: Record, item: OutboxItem) -> None:
    """Count a post as shown, though nobody knows it."""
    if item.style is not PostStyle.MESSAGE:
        return
    for number in item.messages:
        if (line := record.messages.get(number)) is not None:
            record.change_message(number, posts=(*line.posts, Post(item.chat, "", item.number)))


def _others_have(record: Record, item: OutboxItem, room: ChatRef, rules: Rulebook) -> bool:
    """Whether another member has, or will get, what a post carries."""
    coming = {
        number
        for other in record.outbox.values()
        if other.action is Action.POST and other.chat != item.chat and rules.is_in(room, other.chat)
        for number in other.messages
    }
    there = {
        number
        for number in item.messages
        if (line := record.messages.get(number))
        and any(
            post.platform_id and post.chat.whole != item.chat and rules.is_in(room, post.chat)
            for post in line.posts
        )
    }
    return set(item.messages) <= coming | there


def asleep(record: Record, item: OutboxItem, duty: Duty) -> None:
    """Give a post anew to the list, once it is known that its member cannot be written to."""
    duty.sleeps(item.chat)
    duty.misses(item.chat)
    _doubt(record, item)
    record.outbox.pop(item.number, None)
    conversation = record.conversations.get(item.conversation)
    if conversation is not None and conversation.room is not None and conversation.room.channel == LIST:
        number = record.take_number()
        record.outbox[number] = replace(
            item, number=number, chat=conversation.room, parts_sent=0, attempts=0, is_repeat=False
        )


def withdraw(record: Record, now: datetime, rules: Rulebook) -> bool:
    """Take back what waits for people whom config.toml no longer has in the list; those who are in it get it.

    Returns:
        Whether anything waited.
    """
    waiting = [item for item in record.outbox.values() if _is_for_nobody(record, item, rules)]
    for item in waiting:
        del record.outbox[item.number]
        # It may be on its way just now, and arrive after all.
        _count(record, item)
    for item in waiting:
        room = record.conversations[item.conversation].room
        if item.style is not PostStyle.MESSAGE or room is None or refused.stands_in(record, item, room):
            continue
        number = record.take_number()
        record.outbox[number] = replace(
            item, number=number, chat=room, created_at=now, parts_sent=0, attempts=0, not_before=None
        )
    return bool(waiting)


def _is_for_nobody(record: Record, item: OutboxItem, rules: Rulebook) -> bool:
    """Whether a post is for somebody who is in no list now, or shows them what is no team's of theirs."""
    conversation = record.conversations.get(item.conversation)
    is_alone = item.chat.channel != LIST and rules.room_at(item.chat) is None
    if item.action is not Action.POST or conversation is None or not is_alone:
        return False
    if not rules.lists_of(item.chat):
        return True
    room = conversation.room
    return item.style is PostStyle.MESSAGE and (room is None or not rules.is_in(room, item.chat))


def late(record: Record, receipt: DeliveryReceipt, now: datetime, rules: Rulebook, duty: Duty) -> None:
    """Take back that a member was shown something, when their platform reports it only later."""
    sent_as = int(receipt.message_id.rpartition(".")[2].partition("-")[0])
    on_its_way = record.outbox.get(sent_as)
    if on_its_way is not None and on_its_way.action is Action.POST and rules.lists_of(on_its_way.chat):
        # The report is here before the platform's answer is.
        _missed(record, on_its_way, receipt, now, rules=rules, duty=duty)
        return
    found = [line for line in record.messages.values() if any(post.item == sent_as for post in line.posts)]
    if not sent_as or not found:
        return
    chat = next(post.chat.whole for post in found[0].posts if post.item == sent_as)
    duty.misses(chat)
    for line in found:
        record.change_message(line.number, posts=tuple(post for post in line.posts if post.item != sent_as))
    item = put(
        record,
        Action.POST,
        chat,
        now,
        conversation=found[-1].conversation,
        text=lines(found, record.contact, rules.wording),
        messages=tuple(line.number for line in found),
        author=record.contact.display_name,
    )
    _missed(record, item, receipt, now, rules=rules, duty=duty)


def _missed(
    record: Record, item: OutboxItem, receipt: DeliveryReceipt, now: datetime, *, rules: Rulebook, duty: Duty
) -> None:
    """Do with a post what is done when its platform refuses it at once."""
    if receipt.is_window_shut:
        asleep(record, item, duty)
    else:
        duty.misses(item.chat)
        del record.outbox[item.number]
        member(record, item, receipt.reason, now, rules)
