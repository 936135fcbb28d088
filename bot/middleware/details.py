"""Who the contact is, kept as their platform last showed it."""

from bot.actions import release_held
from bot.api import ButtonPressed, IncomingMessage
from bot.model import Action
from bot.turn import Next, Turn


async def details(turn: Turn, call_next: Next) -> None:
    """Bring name, language and the reply window up to date."""
    event = turn.event
    if isinstance(event, (IncomingMessage, ButtonPressed)):
        sender, contact = event.sender, turn.contact
        # The platform counts its reply window from when they wrote, not from when it told us.
        wrote_at = min(event.sent_at, turn.now)
        before = (contact.display_name, contact.unreachable)
        turn.record.change_contact(
            name=sender.name or contact.name,
            first_name=sender.first_name or contact.first_name,
            username=sender.username or contact.username,
            phone=sender.phone or contact.phone,
            # The language they chose in a menu counts more than the one of their device.
            language=contact.language or sender.language,
            last_inbound_at=max(wrote_at, contact.last_inbound_at or wrote_at),
            unreachable="",
        )
        release_held(turn)
        if turn.record.current is not None:
            _show_change(turn, *before)
    await call_next(turn)


def _show_change(turn: Turn, name: str, unreachable: str) -> None:
    """Bring the card and the thread's title up to date, when what they say has changed."""
    room = turn.conversation.room
    is_renamed = name != turn.contact.display_name
    if room is None or not (is_renamed or unreachable):
        return
    turn.refresh_card()
    thread = turn.contact.thread_in(room)
    if is_renamed and thread is not None:
        turn.put(
            Action.RENAME_THREAD,
            room,
            conversation=turn.conversation.number,
            thread_id=thread.thread_id,
        )
