"""Who the contact is, kept as their platform last showed it."""

from datetime import datetime

from bot.actions import release_held
from bot.api import ButtonPressed, IncomingMessage, ProfileChanged, Sender
from bot.model import Action, Contact
from bot.turn import Next, Turn

ALIASES_KEPT = 8


async def details(turn: Turn, call_next: Next) -> None:
    """Bring name, language and the reply window up to date."""
    event = turn.event
    if isinstance(event, (IncomingMessage, ButtonPressed, ProfileChanged)):
        contact = turn.contact
        before = (contact.display_name, contact.unreachable)
        is_writing = not isinstance(event, ProfileChanged)
        # The platform counts its reply window from when they wrote, not from when it told us.
        wrote_at = min(event.sent_at, turn.now) if is_writing else None
        _take(turn, event.sender, event.chat.chat_id, wrote_at)
        if is_writing and not contact.is_blocked:
            release_held(turn)
        if turn.record.current is not None:
            _show_change(turn, *before)
    if isinstance(event, ProfileChanged):
        turn.handled_by = "profile"
    else:
        await call_next(turn)


def _take(turn: Turn, sender: Sender, chat_id: str, wrote_at: datetime | None) -> None:
    """Keep what the platform tells of a person; what it does not tell stays as it was."""
    contact = turn.contact
    times = [at for at in (wrote_at, contact.last_inbound_at) if at is not None]
    turn.record.change_contact(
        name=sender.name or contact.name,
        first_name=sender.first_name or contact.first_name,
        username=sender.username or contact.username,
        phone=sender.phone or contact.phone,
        # The language they chose in a menu counts more than the one of their device.
        language=contact.language or sender.language,
        aliases=_aliases(contact, (*sender.aliases, chat_id)),
        last_inbound_at=max(times, default=None),
        unreachable="" if wrote_at else contact.unreachable,
    )


def _aliases(contact: Contact, also: tuple[str, ...]) -> tuple[str, ...]:
    """The other ids of a contact, the newest kept; the same value while there is no new one."""
    known = {contact.chat.chat_id, *contact.aliases}
    new = [alias for alias in dict.fromkeys(also) if alias not in known]
    return (*contact.aliases, *new)[-ALIASES_KEPT:] if new else contact.aliases


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
