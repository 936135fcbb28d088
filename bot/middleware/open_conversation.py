"""In an open conversation people talk: the message goes to the team, and the bot says nothing but "away"."""

from dataclasses import dataclass

from bot.api import ButtonPressed, IncomingMessage
from bot.away import is_away, say_away
from bot.ending import end_rest
from bot.model import Status
from bot.placing import forward
from bot.turn import Next, Turn


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
        end_rest(turn)
        if current.waiting_since is None:
            turn.change(waiting_since=turn.now)
        is_held = is_away(turn, current.team) and turn.rules.is_held(current.team)
        forward(turn, turn.record.messages[turn.message], silent=is_held)
        if self.says_away:
            say_away(turn)
