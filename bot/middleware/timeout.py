"""Silence after the menu: the chat goes to people as if nothing had matched."""

from bot.middleware.fallback import fall_back
from bot.turn import Due, Next, Turn


async def timeout(turn: Turn, call_next: Next) -> None:
    """Act on a timer that has come due, and drop one that has not."""
    if not isinstance(turn.event, Due):
        await call_next(turn)
        return
    conversation = turn.conversation
    if conversation.settle_at is not None and conversation.settle_at <= turn.now:
        await call_next(turn)
    elif conversation.menu_due_at is not None and conversation.menu_due_at <= turn.now:
        fall_back(turn, "notice.timeout")
    else:
        turn.handled_by = "not_due"
