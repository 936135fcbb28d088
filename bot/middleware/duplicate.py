"""An event that was received before is dropped: platforms deliver again what they are not sure of."""

from bot.model import SEEN_KEPT
from bot.turn import Due, Next, Turn


async def duplicate(turn: Turn, call_next: Next) -> None:
    """Let each event of a chat pass once."""
    event = turn.event
    if isinstance(event, Due):
        await call_next(turn)
        return
    seen = turn.contact.seen
    if event.event_id in seen:
        turn.is_duplicate = True
        turn.handled_by = "duplicate"
        return
    turn.record.change_contact(seen=(*seen[-SEEN_KEPT + 1 :], event.event_id))
    await call_next(turn)
