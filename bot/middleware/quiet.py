"""Where the bot has given up, or a person has stepped in, it says nothing; people still see everything."""

from dataclasses import dataclass
from datetime import timedelta

from bot.actions import give
from bot.api import ButtonPressed, IncomingMessage
from bot.ending import end_rest
from bot.matching import normalise
from bot.model import INBOX, Direction
from bot.placing import forward
from bot.turn import Decision, Next, Turn

_SAME_TEXT_WITHIN = timedelta(minutes=2)
_SAME_TEXT_TIMES = 3
_MUTED_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """The layer; `bot_messages_per_hour` is the most the bot says to one contact."""

    bot_messages_per_hour: int

    async def __call__(self, turn: Turn, call_next: Next) -> None:
        """Stop where the bot must not speak, and where two bots talk to each other."""
        now = turn.now
        is_message = isinstance(turn.event, (IncomingMessage, ButtonPressed))
        if is_message:
            end_rest(turn)
        if turn.conversation.is_quiet or self._is_muted(turn):
            self._hand_over(turn)
            return
        if is_message and (self._is_over_budget(turn) or _repeats_itself(turn)):
            turn.record.change_contact(muted_until=now + _MUTED_FOR)
            self._hand_over(turn)
            turn.tell(turn.rules.wording("notice.loop", name=turn.contact.display_name))
            return
        if is_message and turn.conversation.room is not None:
            # An FAQ answered it before: it has its thread in the inbox, and stays visible there.
            forward(turn, turn.record.messages[turn.message], silent=True)
        await call_next(turn)

    @staticmethod
    def _is_muted(turn: Turn) -> bool:
        until = turn.contact.muted_until
        return until is not None and turn.now < until

    def _is_over_budget(self, turn: Turn) -> bool:
        contact = turn.contact
        is_this_hour = contact.hour_at is not None and turn.now - contact.hour_at < timedelta(hours=1)
        return is_this_hour and contact.bot_count >= self.bot_messages_per_hour

    @staticmethod
    def _hand_over(turn: Turn) -> None:
        turn.handled_by = "quiet"
        turn.decision = Decision.QUIET
        give(turn, INBOX)


def _repeats_itself(turn: Turn) -> bool:
    text = _compared(turn.record.messages[turn.message].text)
    if not text:
        return False
    same = 0
    for line in reversed(turn.record.messages.values()):
        if turn.now - line.at > _SAME_TEXT_WITHIN:
            break
        if line.direction is Direction.INCOMING and _compared(line.text) == text:
            same += 1
    return same >= _SAME_TEXT_TIMES


def _compared(text: str) -> str:
    return normalise(text) or text.strip()
