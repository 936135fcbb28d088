"""What goes to team chats outside of a turn: lines of the bot's own, and cards."""

from datetime import datetime
from typing import Any

from bot.api import ChatRef, Choice, PostStyle
from bot.model import Action, Ledger, OutboxItem, Record
from bot.rulebook import Rulebook


def put(ledger: Ledger, action: Action, chat: ChatRef, now: datetime, **fields: Any) -> OutboxItem:
    """Add an item to a record's outbox."""
    number = ledger.take_number()
    item = OutboxItem(number=number, action=action, chat=chat.whole, created_at=now, **fields)
    ledger.outbox[number] = item
    return item


def tell(
    record: Record, number: int, text: str, now: datetime, rules: Rulebook, *, again: tuple[int, ...] = ()
) -> None:
    """Tell the team of a conversation something; the general section, when it has no thread yet.

    Args:
        record: the record.
        number: the conversation.
        text: what to say.
        now: the time.
        rules: config.toml.
        again: the replies that a button below offers to send again.
    """
    conversation = record.conversations.get(number)
    if conversation is None:
        return
    if conversation.room is None:
        put(record, Action.POST, rules.inbox.chat, now, text=text, style=PostStyle.NOTICE)
        return
    choices: tuple[Choice, ...] = ()
    if again:
        label = rules.wording("button.again")
        choices = (Choice(choice_id=f"{conversation.code} again {again[0]}", label=label),)
    put(
        record,
        Action.POST,
        conversation.room,
        now,
        conversation=number,
        text=text,
        style=PostStyle.NOTICE,
        choices=choices,
        quotes=again[0] if again else 0,
    )


def refresh_card(record: Record, number: int, now: datetime) -> None:
    """Bring the card of a conversation up to date, or make it."""
    conversation = record.conversations.get(number)
    if conversation is None or conversation.room is None:
        return
    thread = record.contact.thread_in(conversation.room)
    card_id = thread.card_id if thread else ""
    put(
        record,
        Action.CARD,
        conversation.room,
        now,
        conversation=number,
        style=PostStyle.CARD,
        target=card_id,
    )
