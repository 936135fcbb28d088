"""The layers, in the order a message travels."""

import pytest

from bot.middleware.answers import Answers
from bot.middleware.blocked import blocked
from bot.middleware.closed import Closed
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
from bot.pipeline import Middleware, compose, layers
from bot.turn import Decision, Next, Turn
from tests.bot.building import Player, settings_of

ORDER = [
    rescue,
    duplicate,
    echo,
    details,
    transcript,
    blocked,
    Flood,
    mirror,
    due,
    rating,
    OpenConversation,
    Closed,
    Quiet,
    timeout,
    Settle,
    deep_link,
    Welcome,
    media,
    Answers,
    Fallback,
]


def test_the_layers_stand_in_the_order_a_message_travels() -> None:
    """The order of the product is the order of the list."""
    found = [layer if layer in ORDER else type(layer) for layer in layers(settings_of())]
    assert found == ORDER


def test_the_layers_take_their_settings_from_the_file() -> None:
    """Each layer is made with what config.toml says for it."""
    settings = settings_of(
        '[lifecycle]\nreopen_window = "3h"\nacks = ["cheers"]\n'
        "[limits]\nmessages_per_minute = 7\nbot_messages_per_hour = 8",
        settle="4s",
        first_message="match",
        on_ambiguous="first",
        max_attempts=9,
    )
    made = {type(layer).__name__: layer for layer in layers(settings)}
    routing, lifecycle = settings.routing, settings.lifecycle
    assert made["Flood"] == Flood(messages_per_minute=7)
    assert made["Quiet"] == Quiet(bot_messages_per_hour=8)
    assert made["Settle"] == Settle(settle=routing.settle)
    assert made["Welcome"] == Welcome(matches_first_message=True, asks_when_unclear=False)
    assert made["Answers"] == Answers(asks_when_unclear=False)
    assert made["Fallback"] == Fallback(max_attempts=9, errors=routing.error)
    assert made["Closed"] == Closed(reopen_window=lifecycle.reopen_window, acks=frozenset({"cheers"}))


async def test_a_layer_passes_the_turn_on_or_takes_it() -> None:
    """Layers run outermost first, and one that does not call the next ends the turn."""
    seen: list[str] = []

    def layer(name: str, *, takes: bool = False) -> Middleware:
        async def call(turn: Turn, call_next: Next) -> None:
            seen.append(name)
            if not takes:
                await call_next(turn)
                seen.append(f"after {name}")

        return call

    player = Player(pipeline=compose([layer("a"), layer("b"), layer("c", takes=True), layer("d")]))
    await player.happens(player.message())
    assert seen == ["a", "b", "c", "after b", "after a"]
    await Player(pipeline=compose([layer("e")])).happens(player.message())
    assert seen[5:] == ["e", "after e"]


@pytest.mark.parametrize(
    ("text", "decision"),
    [
        ("help", Decision.TEAM),
        ("hours", Decision.FAQ),
        ("help or price", Decision.TEAM),
        ("xyzzy", Decision.ERROR),
    ],
)
async def test_a_message_has_exactly_one_decision(text: str, decision: Decision) -> None:
    """Whatever the message is, one thing is decided, and one thing is said."""
    player = Player()
    await player.writes("Hello")
    step = await player.writes(text)
    assert step.decision is decision
    assert len(step.said) == 1
