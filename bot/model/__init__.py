"""The words of the product as values: contacts, conversations, messages, and the records that hold them."""

from bot.model.conversation import (
    INBOX,
    Contact,
    Conversation,
    Direction,
    Message,
    Post,
    Progress,
    Status,
    Thread,
)
from bot.model.names import one_line, plain_name
from bot.model.outbox import Action, File, ItemState, OutboxItem, Urgency
from bot.model.record import HOUSE, SEEN_KEPT, House, Ledger, Record, record_id_of

__all__ = [
    "HOUSE",
    "INBOX",
    "SEEN_KEPT",
    "Action",
    "Contact",
    "Conversation",
    "Direction",
    "File",
    "House",
    "ItemState",
    "Ledger",
    "Message",
    "OutboxItem",
    "Post",
    "Progress",
    "Record",
    "Status",
    "Thread",
    "Urgency",
    "one_line",
    "plain_name",
    "record_id_of",
]
