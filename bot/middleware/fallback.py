"""The end of the bot's attempts: the chat goes to people, and the bot is quiet."""

from dataclasses import dataclass

from bot.actions import give
from bot.config import Text
from bot.model.conversation import TEXT_KEPT, TEXTS_KEPT
from bot.turn import Decision, Next, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """The innermost layer: no answer matched.

    Attributes:
        max_attempts: after so many failures the chat falls back; 0: the error is repeated for ever.
        errors: the n-th is said on the n-th failure, the last one from then on.
    """

    max_attempts: int
    errors: tuple[Text, ...]

    async def __call__(self, turn: Turn, call_next: Next) -> None:
        """Say the error, or fall back."""
        conversation = turn.conversation
        if conversation.is_early:
            turn.handled_by = "early"
            turn.decision = Decision.QUIET
            turn.change(is_early=False, unsettled=())
            return
        failures = conversation.failures + 1
        said = turn.text[:TEXT_KEPT]
        unrecognised = (*conversation.unrecognised, said)[-TEXTS_KEPT:] if said else conversation.unrecognised
        turn.change(failures=failures, unsettled=(), unrecognised=unrecognised)
        if self.max_attempts and failures >= self.max_attempts:
            fall_back(turn, "notice.fallback")
            return
        turn.handled_by = "error"
        turn.decision = Decision.ERROR
        text = self.errors[min(failures, len(self.errors)) - 1] if self.errors else Text()
        menu = turn.rules.menu(turn.contact.language)
        turn.say(
            turn.filled(text, menu=menu.text),
            choices=menu.choices if turn.rules.has_menu(text, turn.contact.language) else (),
        )
        await call_next(turn)


def fall_back(turn: Turn, reason: str) -> None:
    """Give the chat to `routing.fallback`; `reason` is a wording key for the team."""
    routing = turn.rules.settings.routing
    turn.handled_by = "fallback"
    turn.decision = Decision.FALLBACK
    turn.change(fell_back=True)
    give(turn, routing.fallback)
    turn.tell(turn.rules.wording(reason))
    turn.say(turn.filled(routing.fallback_message))
