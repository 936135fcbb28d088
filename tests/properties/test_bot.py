"""The whole bot, whatever happens to it, keeps its promises; what was found once stays found."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.properties.machine import WholeBot
from tests.properties.places import ANN, MEMBERS, SUPPORT
from tests.properties.town import Trouble

STEPS = 40
MIA = MEMBERS[0]


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "examples", [200, pytest.param(10_000, marks=[pytest.mark.long, pytest.mark.timeout(7200)])]
)
def test_whole_bot(examples: int) -> None:
    """Nothing is lost, repeated unsaid, shown to the wrong people, or out of order, whatever happens.

    The short run is the same each time, unless new examples are asked for; the long one is always new.
    """
    run_state_machine_as_test(
        WholeBot,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            derandomize=settings().derandomize and examples < 1000,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[phase for phase in Phase if phase is not Phase.explain],
        ),
    )


def _play(moves: Callable[[WholeBot], None], *, idempotent_rooms: bool = False) -> None:
    """Make the moves, let everything arrive, and look whether the promises hold."""
    machine = WholeBot()
    machine.begin(seed=0, idempotent_rooms=idempotent_rooms, findable=False, paid=False)
    try:
        moves(machine)
        machine.promises_hold()
    finally:
        machine.teardown()


def test_order_after_a_lost_thread_and_a_restart() -> None:
    """What waited behind the message that found its thread lost stays behind it, also after a restart."""

    def moves(machine: WholeBot) -> None:
        machine.contact_writes(contact=ANN, said=["hello", "hello", "hello"], at_once=False)
        machine.thread_is_lost(place=0)
        machine.bot_is_killed(contact=ANN, said=["hello", "hello"], milliseconds=0)
        machine.bot_restarts()

    _play(moves)


def test_refused_message_and_lost_inbox_thread() -> None:
    """A message that the team's chat refuses is shown in the inbox, though its thread there was deleted."""

    def moves(machine: WholeBot) -> None:
        machine.contact_is_served(contact=ANN, choice="help", who=MIA, place=0)
        machine.room_is_hard_to_reach(room=SUPPORT, troubles=[Trouble.RATE_LIMITED, Trouble.REJECTED])
        machine.contact_writes(contact=ANN, said=["hello"] * 4, at_once=False)
        machine.bot_restarts()
        machine.thread_is_lost(place=0)
        machine.room_is_hard_to_reach(room=SUPPORT, troubles=[Trouble.REJECTED])
        machine.contact_writes(contact=ANN, said=["hello"], at_once=False)
        machine.time_passes(duration="3m")

    _play(moves)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_silence_of_a_team_chat(times: int) -> None:
    """A message is shown somewhere, however often a team chat does not say whether it took it."""

    def moves(machine: WholeBot) -> None:
        machine.contact_is_served(contact=ANN, choice="help", who=MIA, place=0)
        machine.time_passes(duration="10s")
        machine.room_is_hard_to_reach(room=SUPPORT, troubles=[Trouble.LOST] * times)
        machine.contact_writes(contact=ANN, said=["hello"], at_once=False)
        machine.time_passes(duration="3m")

    _play(moves)


def test_nothing_leaves_before_it_is_written() -> None:
    """What leaves after a kill has no id of what left before: a platform would take it for a repetition."""

    def moves(machine: WholeBot) -> None:
        machine.contact_is_served(contact=ANN, choice="help", who=MIA, place=0)
        machine.time_passes(duration="10s")
        machine.contact_is_hard_to_reach(contact=ANN, troubles=[Trouble.REJECTED])
        machine.member_replies(place=0, who=MIA, text="{mark}")
        machine.bot_is_killed(contact=ANN, said=[], milliseconds=300)
        machine.contact_writes(contact=ANN, said=["hello", "hello"], at_once=True)

    _play(moves, idempotent_rooms=True)
