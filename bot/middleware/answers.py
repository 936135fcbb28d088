"""The contact's words against the answers of config.toml: a team, an FAQ, or a question if unclear."""

from dataclasses import dataclass
from datetime import datetime

from bot.actions import assign
from bot.api import ButtonPressed, Choice
from bot.matching import Option
from bot.placing import show
from bot.turn import Decision, Next, Turn
from bot.why import why
from bot.wording import LANGUAGES, Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The layer; `asks_when_unclear`: two equal answers are put to the contact, else the first is taken."""

    asks_when_unclear: bool

    async def __call__(self, turn: Turn, call_next: Next) -> None:
        """Match, and act on the match."""
        event = turn.event
        pressed = None
        if isinstance(event, ButtonPressed):
            option = turn.rules.option_pressed(event.choice_id)
            pressed = option.index if option else None
        verdict = turn.rules.matcher.match(turn.text, pressed=pressed)
        turn.verdict = verdict
        if verdict.match is None:
            await call_next(turn)
            return
        turn.change(unsettled=(), is_early=False)
        if verdict.tied and self.asks_when_unclear:
            _ask(turn, tuple(match.option.index for match in verdict.tied))
            return
        turn.handled_by = "answers"
        take(turn, verdict.match.option, why=why(verdict, turn.rules.wording))


def take(turn: Turn, option: Option, *, why: str) -> None:
    """Do what an answer says: give the chat to its team, or answer and leave it with the bot."""
    answer = turn.rules.answer_of(option)
    turn.change(answer=turn.rules.name_of(option), why=why)
    if answer.lang:
        turn.record.change_contact(language=answer.lang)
    if answer.team:
        turn.decision = Decision.TEAM
        assign(turn, answer.team, answer=answer)
        return
    turn.decision = Decision.FAQ
    conversation = turn.conversation
    turn.change(
        failures=0,
        faqs=conversation.faqs + 1,
        tags=tuple(sorted({*conversation.tags, *answer.tags})),
        menu_due_at=silent_until(turn),
    )
    if conversation.room is not None:
        turn.refresh_card()
    elif turn.rules.settings.inbox.faq_visible:
        show(turn, turn.rules.inbox, silent=True)
    reply = turn.filled(answer.reply, menu=turn.rules.menu(turn.contact.language).text)
    choices: tuple[Choice, ...] = ()
    if turn.rules.has_menu(answer.reply, turn.contact.language):
        choices = turn.rules.menu(turn.contact.language).choices
    turn.say(reply, choices=choices)


def silent_until(turn: Turn) -> datetime | None:
    """Until when the contact may stay silent before people take over; None: for ever."""
    menu_timeout = turn.rules.settings.routing.menu_timeout
    return turn.now + menu_timeout if menu_timeout else None


def _ask(turn: Turn, indices: tuple[int, ...]) -> None:
    turn.handled_by = "ask"
    turn.decision = Decision.ASK
    language = turn.contact.language
    menu = turn.rules.menu(language, indices)
    wording = Wording(language) if language in LANGUAGES else turn.rules.wording
    turn.say(wording("contact.ask", menu=menu.text), choices=menu.choices)
