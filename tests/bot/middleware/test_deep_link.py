"""A link that names a team or an option selects it."""

import pytest

from bot.turn import Decision
from tests.bot.building import ASSIGNED, WELCOME, Player, settings_of, welcomed

MANY = """\
[[routing.answers]]
label = { en = "Opening hours", fr = "Horaires d'été" }
when = ["3"]
reply = "We open at nine."
"""


@pytest.mark.parametrize("payload", ["support", "Support"])
async def test_a_link_with_a_team_assigns_without_a_welcome(payload: str) -> None:
    """A start payload that is a team's key takes the place of the welcome."""
    player = Player()
    step = await player.writes("/start", start_payload=payload)
    assert (step.handled_by, step.decision, step.said) == ("deep_link", Decision.TEAM, [ASSIGNED])
    assert player.conversation.team == "support"


async def test_a_link_does_not_wait_for_the_end_of_a_burst() -> None:
    """A link is complete in itself, whatever `settle` says."""
    player = Player(settings_of(settle="2s"))
    step = await player.writes("/start", start_payload="sales")
    assert step.said == ["Sales is on it."]


@pytest.mark.parametrize("payload", ["opening-hours", "Opening_hours", "OPENING HOURS", "horaires-d-ete"])
async def test_a_link_with_a_label_selects_its_answer(payload: str) -> None:
    """A label selects its answer, in any language and in the letters that links can carry."""
    player = Player(settings_of(answers=MANY))
    step = await player.writes(start_payload=payload)
    assert (step.decision, step.said) == (Decision.FAQ, ["We open at nine."])
    assert player.conversation.menu_due_at is not None


async def test_a_link_selects_after_the_welcome_too() -> None:
    """A contact who was welcomed and follows a link is taken there."""
    player = await welcomed()
    await player.writes(start_payload="lab")
    assert player.conversation.team == "lab"


async def test_an_unknown_link_is_an_ordinary_message() -> None:
    """A payload that names nothing leads to the welcome."""
    player = Player()
    assert (await player.writes("/start", start_payload="spring-sale")).said == [WELCOME]
