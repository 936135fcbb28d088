"""What was found where contacts have no threads stays found: each test plays what once broke a promise."""

from collections.abc import Callable

import pytest

from bot.api import ChatRef
from tests.properties.addressing import Way
from tests.properties.machine import WholeBot
from tests.properties.places import ANN, BOB, EVE, JOE, KIM, MARKET, MEMBERS
from tests.properties.town import Trouble

MIA = MEMBERS[0]
WORDS = "{mark}"


def _play(moves: Callable[[WholeBot], None], *, paid: bool = False) -> None:
    """Make the moves, let everything arrive, and look whether the promises hold."""
    machine = WholeBot()
    machine.begin(seed=0, idempotent_rooms=False, findable=False, paid=paid)
    try:
        moves(machine)
        machine.promises_hold()
    finally:
        machine.teardown()


def _code(machine: WholeBot, contact: ChatRef) -> str:
    return next(code for code, each in machine.codes().items() if each == contact)


def _place(machine: WholeBot, contact: ChatRef) -> int:
    """The place of a contact's code among all."""
    return sorted(machine.codes()).index(_code(machine, contact))


def test_code_of_another_team() -> None:
    """Who writes the code of a conversation that their team never had is told nothing of it, not a name."""

    def moves(machine: WholeBot) -> None:
        machine.all_come_on_duty()
        machine.contact_is_served(contact=ANN, choice="help", who=MIA, place=0)
        machine.listed_commands(member=EVE, place=0, text="{code} history")
        machine.listed_keeps(member=JOE, way=Way.COLON, place=0, text="/info")

    _play(moves)


def test_passed_on_unseen() -> None:
    """Who passes on a conversation that they were not shown reads under which name it went."""

    def moves(machine: WholeBot) -> None:
        machine.listed_goes_on_duty(member=EVE, text="on")
        machine.contact_is_served(contact=ANN, choice="field", who=MIA, place=0)
        machine.listed_commands(member=KIM, place=0, text="{code} to market")

    _play(moves)


def test_in_the_inbox_for_a_second_time() -> None:
    """What the inbox was shown once is not shown there anew when again nobody of the list can be reached."""

    def moves(machine: WholeBot) -> None:
        machine.contact_writes(contact=ANN, said=["hello", "field"], at_once=False)
        machine.listed_goes_on_duty(member=EVE, text="on")
        machine.contact_writes(contact=ANN, said=["hello"], at_once=False)
        machine.listed_goes_on_duty(member=EVE, text="off")
        machine.contact_writes(contact=ANN, said=["hello"], at_once=False)

    _play(moves)


@pytest.mark.parametrize("variant", [1, 2])
def test_post_that_waits_for_a_former_member(variant: int) -> None:
    """What still waits for somebody when they are taken off the list never reaches them."""

    def moves(machine: WholeBot) -> None:
        machine.all_come_on_duty()
        machine.time_passes(duration="1s")
        machine.room_is_hard_to_reach(room=KIM, troubles=[Trouble.RATE_LIMITED])
        machine.contact_is_served(contact=ANN, choice="field", who=MIA, place=0)
        machine.config_is_reloaded(variant=variant)
        machine.time_passes(duration="10s")

    _play(moves)


def test_post_that_waited_for_a_former_member_alone() -> None:
    """What had nobody but a former member to go to is shown to those who are left, or to the inbox."""

    def moves(machine: WholeBot) -> None:
        machine.listed_goes_on_duty(member=KIM, text="on")
        machine.time_passes(duration="1s")
        machine.room_is_hard_to_reach(room=KIM, troubles=[Trouble.RATE_LIMITED])
        machine.contact_is_served(contact=ANN, choice="field", who=MIA, place=0)
        machine.config_is_reloaded(variant=1)

    _play(moves)


def test_own_conversation() -> None:
    """A member who is a contact too has no hand in their own conversation, and reads nothing of it."""

    def moves(machine: WholeBot) -> None:
        machine.all_come_on_duty()
        machine.contact_is_served(contact=JOE, choice="field", who=MIA, place=0)
        for text in ("{code} undo", "{code} close", "{code} to night"):
            machine.listed_commands(member=JOE, place=0, text=text)
        machine.listed_writes(member=JOE, way=Way.CODE, place=0, text=WORDS)
        machine.listed_commands(member=EVE, place=0, text="{code} to night")

    _play(moves)


@pytest.mark.parametrize("text", ["#Z9 // {mark}", "Z9 /note {mark}", "#Z9 note {mark}", "/note Z9 {mark}"])
def test_quote_beside_a_code_that_nobody_has(text: str) -> None:
    """A note below a code that is not the quoted conversation's is refused, and not sent as it stands."""

    def moves(machine: WholeBot) -> None:
        machine.all_come_on_duty()
        machine.contact_is_served(contact=ANN, choice="field", who=MIA, place=0)
        machine.listed_keeps(member=EVE, way=Way.QUOTE, place=0, text=text)
        machine.contact_is_served(contact=BOB, choice="fish", who=MIA, place=0)
        machine.grouped_writes(room=MARKET, who=MIA, way=Way.QUOTE, place=0, text=text)

    _play(moves)


def test_own_code_beside_a_quote() -> None:
    """A member's own code in front of a quote of another is no part of what is sent."""

    def moves(machine: WholeBot) -> None:
        machine.contact_is_served(contact=JOE, choice="help", who=MIA, place=0)
        machine.all_come_on_duty()
        machine.contact_is_served(contact=ANN, choice="field", who=MIA, place=0)
        machine.listed_keeps(member=JOE, way=Way.BOTH, place=_place(machine, JOE), text="/tag {mark}")

    _play(moves)


def test_one_sleeps_while_another_waits() -> None:
    """A post that is given out anew, because one member sleeps, is not given to those whose copy waits."""

    def moves(machine: WholeBot) -> None:
        machine.all_come_on_duty()
        machine.time_passes(duration="1s")
        machine.room_is_hard_to_reach(room=KIM, troubles=[Trouble.RATE_LIMITED])
        machine.room_is_hard_to_reach(room=JOE, troubles=[Trouble.SHUT])
        machine.contact_is_served(contact=ANN, choice="field", who=MIA, place=0)
        machine.time_passes(duration="10s")

    _play(moves)


@pytest.mark.parametrize("end", [Trouble.REJECTED, Trouble.SHUT])
def test_doubt_that_a_refusal_ends(end: Trouble) -> None:
    """What a member may have got before the chat refused it does not come to them as if it were new."""

    def moves(machine: WholeBot) -> None:
        machine.listed_goes_on_duty(member=EVE, text="on")
        machine.contact_is_served(contact=ANN, choice="field", who=MIA, place=0)
        machine.room_is_hard_to_reach(room=EVE, troubles=[Trouble.DROPPED, end])
        machine.contact_writes(contact=ANN, said=["hello"], at_once=False)
        machine.time_passes(duration="3m")
        machine.listed_goes_on_duty(member=EVE, text="on")
        machine.member_commands(place=0, who=MIA, text="/transfer field {mark}")

    _play(moves)


def test_refused_words_that_come_again() -> None:
    """Words that were refused for want of an address stay so when their platform delivers them again."""

    def moves(machine: WholeBot) -> None:
        machine.listed_goes_on_duty(member=EVE, text="on")
        machine.contact_is_served(contact=ANN, choice="field", who=MIA, place=0)
        machine.listed_writes(member=EVE, way=Way.NONE, place=0, text=WORDS)
        machine.listed_writes(member=EVE, way=Way.CODE, place=0, text=WORDS)
        machine.contact_writes(contact=ANN, said=["hello"], at_once=False)
        machine.event_comes_again(place=2)

    _play(moves)


def test_refused_words_that_come_again_after_a_restart() -> None:
    """They stay refused, though their author goes on with a conversation by then."""

    def moves(machine: WholeBot) -> None:
        machine.listed_goes_on_duty(member=EVE, text="on")
        machine.contact_is_served(contact=ANN, choice="field", who=MIA, place=0)
        machine.listed_writes(member=EVE, way=Way.NONE, place=0, text=WORDS)
        machine.bot_restarts()
        machine.listed_writes(member=EVE, way=Way.CODE, place=0, text=WORDS)
        machine.contact_writes(contact=ANN, said=["hello"], at_once=False)
        machine.event_comes_again(place=2)

    _play(moves)


def test_going_on_after_a_post_that_did_not_arrive() -> None:
    """A post that a member did not get does not decide for whom their next words are."""

    def moves(machine: WholeBot) -> None:
        machine.all_come_on_duty()
        for contact in (ANN, BOB):
            machine.contact_is_served(contact=contact, choice="field", who=MIA, place=0)
        machine.listed_writes(member=EVE, way=Way.CODE, place=_place(machine, ANN), text=WORDS)
        machine.listed_commands(member=EVE, place=_place(machine, ANN), text="{code} release")
        machine.contact_writes(contact=BOB, said=["hello"], at_once=False)
        machine.room_is_hard_to_reach(room=EVE, troubles=[Trouble.REJECTED])
        machine.contact_writes(contact=ANN, said=["hello"], at_once=False)
        machine.listed_writes(member=EVE, way=Way.NONE, place=0, text=WORDS)

    _play(moves)


def test_going_on_after_an_answer_to_the_member_themself() -> None:
    """What a member is answered as a contact ends that their words go on without an address."""

    def moves(machine: WholeBot) -> None:
        machine.listed_goes_on_duty(member=JOE, text="on")
        machine.contact_is_served(contact=ANN, choice="field", who=MIA, place=0)
        machine.listed_writes(member=JOE, way=Way.CODE, place=0, text=WORDS)
        machine.contact_writes(contact=ANN, said=["hello"], at_once=False)
        machine.contact_writes(contact=JOE, said=["hello"], at_once=False)
        machine.listed_writes(member=JOE, way=Way.NONE, place=0, text=WORDS)

    _play(moves)
