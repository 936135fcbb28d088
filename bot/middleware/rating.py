"""After the question how it was: a lone digit or a button is the rating, and nothing else is."""

from bot.api import ButtonPressed, IncomingMessage
from bot.matching import normalise
from bot.model import Conversation, Direction, Status, Timer
from bot.rulebook import RATE
from bot.turn import Next, Turn

LOW = 2
"""Up to this many stars what the contact says next is kept as the reason."""
COMMENT_KEPT = 500


async def rating(turn: Turn, call_next: Next) -> None:
    """Take a rating; every other message goes on, the reason of a low one too."""
    conversation, event = turn.record.current, turn.event
    is_star = isinstance(event, ButtonPressed) and event.choice_id.startswith(RATE)
    if conversation is None or (conversation.rating_asked_at is None and not is_star):
        await call_next(turn)
        return
    stars = _stars(turn, conversation)
    if stars:
        turn.handled_by = "rating"
        _take(turn, stars)
        return
    if is_star:
        # A button of an earlier conversation is no message to anybody.
        turn.handled_by = "old_button"
        return
    _keep_comment(turn, conversation)
    await call_next(turn)


def _stars(turn: Turn, conversation: Conversation) -> int:
    """The rating that an event is; 0 for none."""
    event = turn.event
    if isinstance(event, ButtonPressed) and event.choice_id.startswith(RATE):
        code, _, number = event.choice_id.removeprefix(RATE).partition(" ")
        is_ours = code == conversation.code and number in _DIGITS
        return int(number) if is_ours else 0
    is_awaited = Timer.RATING in conversation.timers and conversation.status is Status.CLOSED
    if not is_awaited or conversation.rating or not isinstance(event, IncomingMessage):
        return 0
    has_more = event.attachments or event.location or event.shared_contact or event.unsupported
    digit = normalise(event.text)
    return int(digit) if digit in _DIGITS and not has_more else 0


def _take(turn: Turn, stars: int) -> None:
    say, conversation = turn.rules.wording, turn.conversation
    is_first = not conversation.rating
    timers = {timer: at for timer, at in conversation.timers.items() if timer is not Timer.RATING}
    turn.change(rating=stars, timers=timers)
    text = say("notice.rated", name=turn.contact.display_name, code=conversation.code, stars="★" * stars)
    turn.write(Direction.EVENT, text=text)
    turn.tell(text, silent=True)
    if is_first:
        turn.say(turn.filled(turn.rules.settings.rating.thanks))


def _keep_comment(turn: Turn, conversation: Conversation) -> None:
    """Keep what is said after a low rating, beside being the message it is."""
    event = turn.event
    is_low = 0 < conversation.rating <= LOW and not conversation.rating_comment
    if is_low and isinstance(event, IncomingMessage) and event.text.strip():
        turn.change(rating_comment=event.text.strip()[:COMMENT_KEPT])


_DIGITS = frozenset("12345")
