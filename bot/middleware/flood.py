"""A contact who writes faster than people read is kept and shown, and the bot stays quiet."""

from dataclasses import dataclass
from datetime import timedelta

from bot.api import ButtonPressed, IncomingMessage
from bot.model import Status
from bot.placing import forward, show
from bot.turn import Decision, Next, Turn

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """The layer; `messages_per_minute` is the most that the bot answers."""

    messages_per_minute: int

    async def __call__(self, turn: Turn, call_next: Next) -> None:
        """Count the minute's messages, and let those within the limit pass."""
        if not isinstance(turn.event, (IncomingMessage, ButtonPressed)):
            await call_next(turn)
            return
        minute_at, count = turn.contact.minute_at, turn.contact.minute_count
        if minute_at is None or not timedelta(0) <= turn.now - minute_at < _MINUTE:
            minute_at, count = turn.now, 0
        count += 1
        turn.record.change_contact(minute_at=minute_at, minute_count=count)
        if count <= self.messages_per_minute or turn.conversation.status is not Status.PENDING:
            # Where the bot has no conversation, it is people who read.
            await call_next(turn)
            return
        turn.handled_by = "flood"
        turn.decision = Decision.QUIET
        message = turn.record.messages[turn.message]
        turn.change(settle_at=None, unsettled=())
        if turn.conversation.room is None:
            show(turn, turn.rules.inbox, silent=True)
        else:
            forward(turn, message, silent=True)
        if count == self.messages_per_minute + 1:
            turn.tell(turn.rules.wording("notice.flood", name=turn.contact.display_name), silent=True)
