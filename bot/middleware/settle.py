"""People write in bursts: the bot waits for the pause, and takes what came as one message."""

from dataclasses import dataclass
from datetime import timedelta

from bot.api import ButtonPressed, IncomingMessage
from bot.middleware.answers import silent_until
from bot.model import Direction, Progress
from bot.turn import Next, Turn

_LONGEST_IN_SETTLES = 6
"""A burst is taken after this many times `settle` even when it does not end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """The layer; `settle` is the pause that ends a burst, zero for none."""

    settle: timedelta

    async def __call__(self, turn: Turn, call_next: Next) -> None:
        """Collect the burst, and pass its words on when it is over."""
        conversation = turn.conversation
        event = turn.event
        if isinstance(event, ButtonPressed):
            turn.text = turn.record.messages[turn.message].text
            turn.change(settle_at=None, unsettled=())
            await call_next(turn)
            return
        if isinstance(event, IncomingMessage):
            burst = (*conversation.unsettled, turn.message)
            goes_on = bool(conversation.unsettled) and conversation.is_early
            turn.change(unsettled=burst, is_early=goes_on or _is_early(turn, event))
            if self.settle and not event.start_payload:
                first = turn.record.messages[burst[0]].at
                settle_at = min(turn.now + self.settle, first + self.settle * _LONGEST_IN_SETTLES)
                # The silence that `menu_timeout` waits for is over.
                turn.change(settle_at=settle_at, menu_due_at=None)
                turn.handled_by = "settle"
                return
        lines = [turn.record.messages[number] for number in turn.conversation.unsettled]
        left = [line for line in lines if not line.is_deleted]
        turn.text = "\n".join(line.text for line in left if line.text)
        turn.change(settle_at=None)
        if lines and not left and turn.conversation.welcomed_at is not None:
            turn.handled_by = "taken_back"
            turn.change(unsettled=(), menu_due_at=silent_until(turn))
            return
        await call_next(turn)


def _is_early(turn: Turn, event: IncomingMessage) -> bool:
    """Whether it was written before the welcome can have been read."""
    welcomed_at = turn.conversation.welcomed_at
    if welcomed_at is None:
        return False
    unsent = turn.record.newest(
        lambda line: (
            line.conversation == turn.conversation.number
            and line.direction is Direction.OUTGOING
            and line.progress is Progress.PENDING
            and line.at == welcomed_at
        )
    )
    return unsent is not None or event.sent_at < welcomed_at
