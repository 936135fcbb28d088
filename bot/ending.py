"""How a conversation ends, and begins again: closing, the last words, the question how it was, reopening."""

from datetime import timedelta

from bot.api import Choice
from bot.model import Direction, Message, Status, Timer
from bot.placing import close_thread, reopen_thread
from bot.rulebook import RATE
from bot.turn import Turn

_ENDED_BY_A_MESSAGE = frozenset((Timer.SNOOZE, Timer.CLOSE))

MOST_STARS = 5
RATING_LASTS = timedelta(days=2)
"""How long after the question an answer is taken for one."""


def close(turn: Turn, by: str, *, reason: str = "") -> Message:
    """Close the conversation and its thread; what is still to be sent is sent.

    Args:
        turn: the turn.
        by: the member who closes it; empty: nobody, it was quiet for long.
        reason: why, for the team.

    Returns:
        The transcript line that says so.
    """
    lifecycle = turn.rules.settings.lifecycle
    has_last_words = not lifecycle.closing.is_empty or _asks_for_rating(turn)
    last_words = {Timer.CLOSING: turn.now + lifecycle.closing_delay} if has_last_words else {}
    turn.change(
        status=Status.CLOSED,
        closed_at=turn.now,
        closed_by=by,
        waiting_since=None,
        settle_at=None,
        menu_due_at=None,
        unsettled=(),
        is_transferring=False,
        timers=last_words,
        close_by="",
        reason=reason,
    )
    say, code = turn.rules.wording, turn.conversation.code
    words = say("notice.closed", agent=by, code=code) if by else say("notice.auto_closed", code=code)
    line = turn.write(
        Direction.EVENT,
        author=by,
        text=f"{words} {reason}".rstrip(),
        source=turn.source,
    )
    turn.record.drop_doubts(conversation=turn.conversation.number)
    turn.refresh_card()
    room = turn.conversation.room
    if room is not None:
        close_thread(turn, room)
    return line


def _asks_for_rating(turn: Turn) -> bool:
    """Whether the contact is to be asked how it was: once, and only when a person had answered."""
    rating, conversation = turn.rules.settings.rating, turn.conversation
    return rating.enabled and conversation.answered_at is not None and conversation.rating_asked_at is None


def end_rest(turn: Turn) -> None:
    """The contact writes: what was put aside, or was to be closed, is not any more."""
    timers = turn.conversation.timers
    if not _ENDED_BY_A_MESSAGE.isdisjoint(timers):
        left = {timer: at for timer, at in timers.items() if timer not in _ENDED_BY_A_MESSAGE}
        turn.change(timers=left, timed_from=turn.now)


def say_closing(turn: Turn) -> None:
    """Say the closing message, and ask for a rating; nothing when the platform would not take it."""
    able, wrote_at = turn.around.abilities(turn.contact.chat), turn.contact.last_inbound_at
    window = able.reply_window if able else None
    if turn.contact.is_blocked or (window is not None and (not wrote_at or turn.now - wrote_at >= window)):
        # What waits for the contact to write again would be said in the middle of another talk.
        return
    settings = turn.rules.settings
    if not settings.lifecycle.closing.is_empty:
        turn.say(turn.filled(settings.lifecycle.closing))
    if _asks_for_rating(turn):
        code = turn.conversation.code
        choices = tuple(
            Choice(choice_id=f"{RATE}{code} {number}", label=f"{number} " + "★" * number)
            for number in range(1, MOST_STARS + 1)
        )
        turn.say(turn.filled(settings.rating.question), choices=choices)
        timers = {**turn.conversation.timers, Timer.RATING: turn.now + RATING_LASTS}
        turn.change(rating_asked_at=turn.now, timers=timers)


def reopen(turn: Turn) -> None:
    """Go on with a closed conversation, with the same team and thread, and without a welcome."""
    conversation = turn.conversation
    # After a long rest another conversation may have the code.
    code = turn.around.new_code(turn.now) if turn.around.is_code(conversation.code) else conversation.code
    turn.change(
        code=code,
        status=Status.OPEN if conversation.team else Status.PENDING,
        closed_at=None,
        closed_by="",
        reason="",
    )
    if conversation.room is not None:
        reopen_thread(turn, conversation.room)
        turn.refresh_card()
