"""The outermost layer: a fault in any other must not lose the message."""

import logging

from bot.actions import begin, give
from bot.api import ButtonPressed, IncomingMessage
from bot.middleware.transcript import record_incoming
from bot.model import INBOX, SEEN_KEPT, Status
from bot.placing import forward
from bot.turn import Decision, Due, Next, Turn

log = logging.getLogger(__name__)


async def rescue(turn: Turn, call_next: Next) -> None:
    """Show the message to a person as it came when another layer fails."""
    try:
        await call_next(turn)
    except Exception:
        log.exception("a layer failed on an event of %s; the message goes to a person", turn.record.record_id)
        turn.start_over()
        turn.handled_by = "rescue"
        turn.decision = Decision.QUIET
        _show_to_people(turn)


def _show_to_people(turn: Turn) -> None:
    event, current = turn.event, turn.record.current
    if isinstance(event, Due) and (current is None or current.status is not Status.PENDING):
        return
    if isinstance(event, (IncomingMessage, ButtonPressed)):
        if current is None or current.status is Status.CLOSED:
            begin(turn)
        record_incoming(turn, event)
        turn.record.change_contact(seen=(*turn.contact.seen[-SEEN_KEPT + 1 :], event.event_id))
    elif not isinstance(event, Due):
        return
    if turn.contact.is_blocked:
        turn.change(settle_at=None, menu_due_at=None, unsettled=())
        return
    if turn.conversation.status is Status.OPEN:
        forward(turn, turn.record.messages[turn.message])
    else:
        give(turn, INBOX)
    turn.tell(turn.rules.wording("notice.trouble"))
