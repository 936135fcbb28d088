"""In an open conversation people talk: the message goes to the team, and the bot says nothing."""

from bot.actions import forward
from bot.api import ButtonPressed, IncomingMessage
from bot.model import Status
from bot.turn import Next, Turn


async def open_conversation(turn: Turn, call_next: Next) -> None:
    """Forward to the team that has the conversation."""
    current = turn.record.current
    if current is None or current.status is not Status.OPEN:
        await call_next(turn)
        return
    turn.handled_by = "open_conversation"
    if isinstance(turn.event, (IncomingMessage, ButtonPressed)):
        turn.change(waiting_since=current.waiting_since or turn.now)
        forward(turn, turn.record.messages[turn.message])
