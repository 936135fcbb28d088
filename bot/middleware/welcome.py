"""The welcome: once a conversation, in answer to the contact's first words."""

from dataclasses import dataclass

from bot.api import ButtonPressed
from bot.middleware.answers import silent_until, take
from bot.turn import Decision, Next, Turn
from bot.why import why


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """The layer.

    Attributes:
        matches_first_message: words of the first message may be an answer already.
        asks_when_unclear: such words that mean two answers equally are left to the welcome.
    """

    matches_first_message: bool
    asks_when_unclear: bool

    async def __call__(self, turn: Turn, call_next: Next) -> None:
        """Welcome a contact who was not welcomed in this conversation."""
        turn.change(menu_due_at=silent_until(turn))
        if turn.conversation.welcomed_at is not None or _is_choice(turn):
            await call_next(turn)
            return
        if self.matches_first_message and turn.text:
            verdict = turn.rules.matcher.match(turn.text, words_only=True)
            if verdict.match is not None and not (verdict.tied and self.asks_when_unclear):
                turn.verdict = verdict
                turn.handled_by = "first_message"
                turn.change(welcomed_at=turn.now, unsettled=())
                take(turn, verdict.match.option, why=why(verdict, turn.rules.wording))
                return
        turn.handled_by = "welcome"
        turn.decision = Decision.WELCOME
        turn.change(welcomed_at=turn.now, unsettled=())
        welcome = turn.rules.settings.routing.welcome
        menu = turn.rules.menu(turn.contact.language)
        turn.say(
            turn.filled(welcome, menu=menu.text),
            choices=menu.choices if turn.rules.has_menu(welcome, turn.contact.language) else (),
        )


def _is_choice(turn: Turn) -> bool:
    """Whether a button of an earlier menu was pressed, which chooses as well as one of this menu."""
    event = turn.event
    return isinstance(event, ButtonPressed) and turn.rules.option_pressed(event.choice_id) is not None
