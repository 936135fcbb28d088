"""A link that names a team or an option (`/start support`, `wa.me` and `m.me` refs) selects it."""

from bot.actions import assign
from bot.api import IncomingMessage
from bot.matching import normalise
from bot.middleware.answers import take
from bot.turn import Decision, Next, Turn


async def deep_link(turn: Turn, call_next: Next) -> None:
    """Select what the link names, in place of the welcome."""
    event = turn.event
    payload = event.start_payload if isinstance(event, IncomingMessage) else ""
    if payload:
        wanted = normalise(payload)
        for option in turn.rules.options:
            labels = turn.rules.answer_of(option).label.all()
            if wanted and wanted in map(normalise, labels):
                turn.handled_by = "deep_link"
                turn.change(unsettled=())
                take(turn, option, why=turn.rules.wording("why.link", payload=payload))
                return
        team = payload.lower()
        if team in turn.rules.settings.teams:
            turn.handled_by = "deep_link"
            turn.decision = Decision.TEAM
            turn.change(answer=payload, why=turn.rules.wording("why.link", payload=payload))
            assign(turn, team)
            return
    await call_next(turn)
