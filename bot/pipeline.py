"""The pipeline of a contact's events: the layers in the order a message travels, and nothing else."""

from collections.abc import Awaitable, Callable, Sequence

from bot.config import Settings
from bot.middleware.answers import Answers
from bot.middleware.blocked import blocked
from bot.middleware.closed import Closed, acknowledgements
from bot.middleware.deep_link import deep_link
from bot.middleware.details import details
from bot.middleware.due import due
from bot.middleware.duplicate import duplicate
from bot.middleware.echo import echo
from bot.middleware.fallback import Fallback
from bot.middleware.flood import Flood
from bot.middleware.media import media
from bot.middleware.mirror import mirror
from bot.middleware.open_conversation import OpenConversation
from bot.middleware.quiet import Quiet
from bot.middleware.rating import rating
from bot.middleware.rescue import rescue
from bot.middleware.settle import Settle
from bot.middleware.timeout import timeout
from bot.middleware.transcript import transcript
from bot.middleware.welcome import Welcome
from bot.turn import Next, Turn

Middleware = Callable[[Turn, Next], Awaitable[None]]
"""One layer: it passes the turn on, or takes it by not doing so."""


def layers(settings: Settings) -> tuple[Middleware, ...]:
    """The layers, outermost first."""
    routing, lifecycle, limits = settings.routing, settings.lifecycle, settings.limits
    asks_when_unclear = routing.on_ambiguous == "ask"
    return (
        rescue,
        duplicate,
        echo,
        details,
        transcript,
        blocked,
        Flood(messages_per_minute=limits.messages_per_minute),
        mirror,
        due,
        rating,
        OpenConversation(says_away=settings.preset != "callbell"),
        Closed(reopen_window=lifecycle.reopen_window, acks=acknowledgements(lifecycle.acks)),
        Quiet(bot_messages_per_hour=limits.bot_messages_per_hour),
        timeout,
        Settle(settle=routing.settle),
        deep_link,
        Welcome(matches_first_message=routing.first_message == "match", asks_when_unclear=asks_when_unclear),
        media,
        Answers(asks_when_unclear=asks_when_unclear),
        Fallback(max_attempts=routing.max_attempts, errors=routing.error),
    )


def compose(chain: Sequence[Middleware]) -> Next:
    """One callable out of a list of layers."""
    call: Next = _end
    for layer in reversed(chain):
        call = _around(layer, call)
    return call


def _around(layer: Middleware, call_next: Next) -> Next:
    return lambda turn: layer(turn, call_next)


async def _end(turn: Turn) -> None:
    """What lies behind the last layer: nothing."""
