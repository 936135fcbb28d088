"""The words of the product as values: contacts, conversations, messages, and the records that hold them."""

from bot.model.conversation import (
    INBOX,
    LIST,
    Contact,
    Conversation,
    Status,
    Thread,
    Timer,
    list_room,
)
from bot.model.message import Direction, Message, Post, Progress
from bot.model.names import one_line, plain_name
from bot.model.outbox import Action, File, ItemState, OutboxItem, Urgency
from bot.model.record import HOUSE, SEEN_KEPT, Board, House, Ledger, Member, Record, Wanted, record_id_of

__all__ = [
    "HOUSE",
    "INBOX",
    "LIST",
    "SEEN_KEPT",
    "Action",
    "Board",
    "Contact",
    "Conversation",
    "Direction",
    "File",
    "House",
    "ItemState",
    "Ledger",
    "Member",
    "Message",
    "OutboxItem",
    "Post",
    "Progress",
    "Record",
    "Status",
    "Thread",
    "Timer",
    "Urgency",
    "Wanted",
    "list_room",
    "one_line",
    "plain_name",
    "record_id_of",
]
