"""The outermost layer: a fault in any other must not lose the message."""

import logging

from bot.actions import begin, give
from bot.api import ButtonPressed, IncomingMessage, PostStyle
from bot.middleware.transcript import record_incoming
from bot.model import INBOX, SEEN_KEPT, Action, Status, Timer
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
    if isinstance(event, Due):
        if current is None:
            return
        came = _drop_due(turn)
        if current.status is not Status.PENDING:
            _say_left_out(turn, came)
            return
    elif isinstance(event, (IncomingMessage, ButtonPressed)):
        if current is None or current.status is Status.CLOSED:
            begin(turn)
        record_incoming(turn, event)
        turn.record.change_contact(seen=(*turn.contact.seen[-SEEN_KEPT + 1 :], event.event_id))
    else:
        return
    if turn.contact.is_blocked:
        turn.change(settle_at=None, menu_due_at=None, unsettled=())
        return
    if turn.conversation.status is Status.OPEN:
        forward(turn, turn.record.messages[turn.message])
    else:
        give(turn, INBOX)
    turn.tell(turn.rules.wording("notice.trouble"))


def _drop_due(turn: Turn) -> set[Timer]:
    """Drop the timers that have come due, which would come due for ever; and what would set them again."""
    conversation = turn.conversation
    came = {timer for timer, at in conversation.timers.items() if at <= turn.now}
    if not came:
        return came
    # What follows from how the conversation stands is counted from now.
    turn.change(
        timers={timer: at for timer, at in conversation.timers.items() if timer not in came},
        timed_from=turn.now,
    )
    if Timer.CLOSE in came:
        turn.change(close_by="")
    if Timer.WINDOW in came:
        turn.change(warned_at=turn.contact.last_inbound_at)
    return came


def _say_left_out(turn: Turn, came: set[Timer]) -> None:
    """Tell the team what it must look after itself; without a thread, the general section of the inbox."""
    if turn.contact.is_blocked or not came - {Timer.RATING}:
        return
    conversation = turn.conversation
    text = turn.rules.wording("notice.left_out", code=conversation.code)
    if conversation.room is None:
        turn.put(Action.POST, turn.rules.inbox.chat, text=text, style=PostStyle.NOTICE)
        return
    turn.tell(text, to_all=True)
    if Timer.SNOOZE in came:
        turn.refresh_card()
