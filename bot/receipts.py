"""How far a reply has come, and the mark of it on the member's own post; it only moves forward."""

from datetime import datetime

from bot.api import DeliveryReceipt, Mark
from bot.model import Action, Message, Progress, Record
from bot.notices import put, tell
from bot.rulebook import Rulebook

_MARK_OF = {
    Progress.SENT: Mark.SENT,
    Progress.DELIVERED: Mark.DELIVERED,
    Progress.READ: Mark.READ,
    Progress.FAILED: Mark.FAILED,
    Progress.UNCERTAIN: Mark.UNCERTAIN,
}
_ORDER = (Progress.PENDING, Progress.SENT, Progress.DELIVERED, Progress.READ)
_ARRIVED = frozenset({Progress.DELIVERED, Progress.READ})


def progress(record: Record, number: int, reached: Progress, now: datetime, reason: str = "") -> bool:
    """Move the receipt of a transcript line, and mark the post that it was written in.

    Returns:
        Whether it moved.
    """
    line = record.messages.get(number)
    if line is None or not _moves(line, reached):
        return False
    record.change_message(number, progress=reached, reason=reason)
    if reached is not Progress.UNCERTAIN:
        record.drop_doubts(number)
    conversation = record.conversations.get(line.conversation)
    if reached is Progress.FAILED and conversation is not None:
        record.change_conversation(line.conversation, failed_sends=conversation.failed_sends + 1)
        not_answered(record, number)
    if not line.is_deleted:
        show(record, number, now)
    return True


def show(record: Record, number: int, now: datetime, mark: Mark | None = None) -> None:
    """Mark the post that a transcript line was written in: as far as it has come, or with another mark."""
    line = record.messages.get(number)
    if line is None or line.source is None or line.progress is None:
        return
    mark = mark or _MARK_OF.get(line.progress)
    if mark is not None:
        put(
            record,
            Action.MARK,
            line.source.chat,
            now,
            conversation=line.conversation,
            target=line.source.platform_id,
            thread_id=line.source.chat.thread_id or "",
            mark=mark,
        )


def not_answered(record: Record, number: int) -> None:
    """A reply did not arrive: the contact waits as before, unless another one did."""
    line = record.messages.get(number)
    conversation = record.conversations.get(line.conversation) if line is not None else None
    if line is None or conversation is None or not line.author or conversation.waiting_since is not None:
        return
    since = conversation.waited_since
    others = (
        other
        for other in record.in_conversation(line.conversation)
        if other.number != number and other.author and since is not None and other.at >= since
    )
    if since is not None and not any(other.progress in _ORDER for other in others):
        record.change_conversation(line.conversation, waiting_since=since)


def reported(record: Record, receipt: DeliveryReceipt, now: datetime, rules: Rulebook) -> None:
    """Write down what a platform said of a message after it had taken it, or even before it said so."""
    number = int(receipt.message_id.rpartition(".")[2].partition("-")[0])
    item = record.outbox.get(number)
    if item is not None:
        sent = item.messages if item.action is Action.SEND else ()
    else:
        line = record.newest(lambda line: line.sent_as == number)
        sent = (line.number,) if line else ()
    reached = Progress(receipt.state.value)
    for line_number in sent:
        if progress(record, line_number, reached, now, receipt.reason) and reached is Progress.FAILED:
            text = rules.wording("notice.failed", name=record.contact.display_name, reason=receipt.reason)
            conversation = record.messages[line_number].conversation
            tell(record, conversation, text, now, rules, again=(line_number,))


def _moves(line: Message, reached: Progress) -> bool:
    """Whether a line that stands somewhere can reach a state."""
    before = line.progress
    if before is None or before is reached:
        return False
    if before in _ORDER and reached in _ORDER:
        return _ORDER.index(reached) > _ORDER.index(before)
    if before is Progress.FAILED:
        # What failed is sent anew, or it stays failed: platforms report out of order.
        return False
    if reached is Progress.FAILED and before in _ARRIVED:
        # Of a text in several parts, one may fail after another arrived.
        return len(line.platform_ids) > 1
    return True
