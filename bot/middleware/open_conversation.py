"""In an open conversation people talk: the message goes to the team, and the bot says nothing but "away"."""

from dataclasses import dataclass

from bot.actions import forward
from bot.api import ButtonPressed, IncomingMessage
from bot.away import is_away, say_away
from bot.model import Status, Timer
from bot.turn import Next, Turn

_ENDED_BY_A_MESSAGE = frozenset((Timer.SNOOZE, Timer.CLOSE))
"""What was put aside, or was to be closed, is not any more once the contact writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConversation:
    """The layer; `says_away`: a contact who writes to a team that is away is told so."""

    says_away: bool

    async def __call__(self, turn: Turn, call_next: Next) -> None:
        """Forward to the team that has the conversation."""
        current = turn.record.current
        if current is None or current.status is not Status.OPEN:
            await call_next(turn)
            return
        turn.handled_by = "open_conversation"
        if not isinstance(turn.event, (IncomingMessage, ButtonPressed)):
            return
        if current.waiting_since is None or not _ENDED_BY_A_MESSAGE.isdisjoint(current.timers):
            left = {timer: at for timer, at in current.timers.items() if timer not in _ENDED_BY_A_MESSAGE}
            turn.change(waiting_since=current.waiting_since or turn.now, timers=left)
        is_held = is_away(turn, current.team) and turn.rules.is_held(current.team)
        forward(turn, turn.record.messages[turn.message], silent=is_held)
        if self.says_away:
            say_away(turn)
