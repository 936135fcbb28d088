"""Changes to what stands in a chat already."""

from typing import Any

import pytest

from bot.api import Unsupported
from bot.model import Action
from tests.bot.delivery.platform import UNCERTAIN, Lost, scripted
from tests.bot.delivery.processes import outcome
from tests.bot.delivery.virtual import run
from tests.bot.delivery.world import CONTACT, TEAM, World, card, house, post, settle


@pytest.mark.parametrize(
    ("action", "word", "outcomes"),
    [
        (Action.EDIT, "edits", ("failed", 1, "delivery.no_edit")),
        (Action.DELETE, "deletes", ("failed", 1, "delivery.no_delete")),
        (Action.MARK, "marks", ("sent", (1,), str(CONTACT), ())),
        (Action.REACT, "reactions", ("failed", 1, "delivery.no_reaction")),
    ],
)
@pytest.mark.parametrize("says_it_can", [True, False])
def test_what_a_platform_cannot_do(
    action: Action, word: str, outcomes: tuple[Any, ...], *, says_it_can: bool
) -> None:
    """An edit or deletion that is not possible is told; a mark or reaction that is not is let go."""

    async def scenario() -> None:
        world = World(post=scripted(Unsupported("no"), **{word: says_it_can}))
        item = {
            "action": action,
            "chat": CONTACT,
            "target": "p9",
            "mark": "sent",
            "emoji": "👍",
            "text": "new",
        }
        assert await outcome(world, item) == [outcomes]
        assert len(world.post.calls) == says_it_can

    run(scenario())


def test_what_a_platform_can_do() -> None:
    """Edits, deletions, marks and reactions reach the message they are about."""

    async def scenario() -> None:
        world = World(post=scripted(edits=True, deletes=True, marks=True, reactions=True))
        record = world.record()
        about = {"chat": CONTACT, "target": "p9"}
        async with world.live():
            await world.put(
                record,
                {"action": Action.EDIT, "text": "new", **about},
                {"action": Action.DELETE, **about},
                {"action": Action.MARK, "mark": "read", **about},
                {"action": Action.REACT, "emoji": "👍", **about},
            )
            await settle()
        assert world.post.calls == [
            ("edit", ("p9", "new")),
            ("delete", "p9"),
            ("mark", ("p9", "read")),
            ("react", ("p9", "👍")),
        ]
        assert world.now(record).outbox == {}

    run(scenario())


def test_an_uncertain_edit_is_made_again() -> None:
    """A change that may have been made is made again, since that does no harm."""

    async def scenario() -> None:
        world = World(post=scripted(Lost(error=UNCERTAIN), edits=True))
        item = {"action": Action.EDIT, "chat": CONTACT, "target": "p9", "text": "new"}
        assert (await outcome(world, item))[0][0] == "sent"
        assert len(world.post.calls) == 2

    run(scenario())


def test_a_card_that_cannot_be_edited_stays() -> None:
    """Where messages cannot be changed, a card stays as it was made, and nobody is bothered."""

    async def scenario() -> None:
        world = World(rooms=scripted(Unsupported("no"), edits=True))
        assert await outcome(world, card(target="p9")) == [("sent", (1,), str(TEAM), ("p9",))]

    run(scenario())


def test_a_card_of_the_house_fails() -> None:
    """A card without a contact is refused instead of blocking its lane."""

    async def scenario() -> None:
        world = World()
        ledger = house()
        world.ledgers.records["house"] = ledger
        async with world.live():
            await world.put(ledger, card(conversation=0), post("alert", conversation=0))
            await settle()
        assert world.outcomes.log[0] == ("failed", 1, "delivery.trouble")
        assert world.rooms.texts() == ["alert"]

    run(scenario())
