"""A member's slip of the hand never takes their words to the wrong contact."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.api import Attachment, ChatRef, DeliveryRejected, MediaKind, Sender
from tests.bot.building import settings_of
from tests.bot.rooms.doing import CALM, edit, late_reply, reload, together
from tests.bot.rooms.test_day import day
from tests.bot.rooms.world import (
    ANSWERS,
    BOB,
    EVE,
    JOE,
    MARY,
    PRIVATE,
    SALES,
    TEAMS,
    ZOE,
    World,
    opened,
)

EDITS = replace(PRIVATE, edits=True)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A world whose members are on duty, and whose contacts can be shown an edit."""
    async with opened(tmp_path, shop=EDITS) as world:
        await world.awake(BOB, EVE, JOE)
        yield world


async def contested(world: World) -> str:
    """Bob has the conversation, and the replies of Eve and then of Joe wait for a word; its code."""
    code = await world.assigned("field")
    await world.writes(f"{code} claim", BOB)
    await world.writes(f"#{code} Of Eve", EVE)
    await world.writes(f"#{code} Of Joe", JOE)
    return code


# Edits


@pytest.mark.parametrize("text", ["Hello", "Look: https://x.y"])
async def test_an_edit_loses_its_code(world: World, text: str) -> None:
    """The contact reads an edited reply without the code that it begins with."""
    code = await world.assigned("field")
    said = await world.writes(f"#{code} Look: https://x.y", BOB)
    await edit(world, BOB, said, f"#{code} {text}")
    assert world.texts(MARY)[-1] == text


async def test_an_edit_into_a_note(world: World) -> None:
    """A reply that its author changes into a note does not show the note to the contact."""
    code = await world.assigned("field")
    said = await world.writes(f"#{code} Hello", BOB)
    await edit(world, BOB, said, f"#{code} note she never pays")
    assert world.texts(MARY)[-1] == "Hello"


async def test_an_edit_into_a_note_in_a_group(world: World) -> None:
    """In a group of a team an edit into a note stays among the team too."""
    code = await world.assigned("sales")
    said = await world.writes("Hello", SALES, by="ann", to=world.last(SALES))
    await edit(world, SALES, said, f"{code} note she never pays", by="ann")
    assert world.texts(MARY)[-1] == "Hello"


async def test_an_edit_of_the_address(world: World) -> None:
    """A reply whose code is changed to another's does not show the other's words to the first contact."""
    code = await world.assigned("field")
    other = await world.assigned("field", ZOE)
    said = await world.writes(f"#{code} Your results are bad", BOB)
    await edit(world, BOB, said, f"#{other} Zoe your results are bad")
    assert world.texts(MARY)[-1] == "Your results are bad"


# Typed words for a reply that waits


async def test_an_edit_of_what_was_not_sent(world: World) -> None:
    """A message that went nowhere goes nowhere when it is edited, and that is said."""
    said = await world.writes("Which one?", BOB)
    before = world.texts(MARY)
    await edit(world, BOB, said, "Ten euros")
    assert "Write it as a new message" in world.texts(BOB)[-1]
    assert world.texts(MARY) == before


async def test_a_typed_anyway_is_one_s_own(world: World) -> None:
    """`anyway` sends the reply of who types it, not a colleague's that came later."""
    code = await contested(world)
    await world.writes(f"{code} anyway", EVE)
    assert "Of Joe" not in world.texts(MARY)
    assert world.texts(MARY)[-1] == "Of Eve"


async def test_a_typed_take_is_one_s_own(world: World) -> None:
    """`take` gives the conversation to who types it."""
    code = await contested(world)
    await world.writes(f"{code} take", EVE)
    assert (await world.conversation()).claimed_in == EVE
    assert world.texts(MARY)[-1] == "Of Eve"


async def test_a_typed_again_is_one_s_own(world: World) -> None:
    """`again` sends the failed reply of who types it, not a colleague's that failed later."""
    code = await world.assigned("field")
    world.chats["shop"].fails = lambda _message: DeliveryRejected("policy")
    await world.writes(f"#{code} Of Bob", BOB)
    await world.writes(f"#{code} Of Eve", EVE)
    await world.writes(f"{code} anyway", EVE)
    world.chats["shop"].fails = lambda _message: None
    await world.writes(f"{code} again", BOB)
    assert world.texts(MARY)[-1] == "Of Bob"


async def test_a_reply_that_waits_is_not_passed_on(world: World) -> None:
    """Another team cannot send what a member of the team before wrote and never confirmed."""
    code = await world.assigned("field")
    await world.writes(f"{code} claim", BOB)
    await world.writes(f"#{code} Of Eve", EVE)
    await world.writes(f"{code} to night", BOB)
    await world.writes(f"{code} anyway", JOE)
    assert "Of Eve" not in world.texts(MARY)


async def test_a_shut_window_hides_no_reply_that_waits(world: World) -> None:
    """A reply that waits for the contact to write does not stand before one that waits for a word."""
    code = await world.assigned("field")
    await world.writes(f"{code} claim", BOB)
    world.now += timedelta(hours=20)
    await world.awake(BOB, EVE, JOE)
    world.now += timedelta(hours=5)
    await world.writes(f"#{code} Of Eve", EVE)
    await world.writes(f"#{code} Of Bob", BOB)
    await world.writes(f"{code} take", EVE)
    assert (await world.conversation()).claimed_in == EVE


# Bursts, and words without an address


async def test_a_burst_to_another(world: World) -> None:
    """Of two messages at once, the first with a code, the second never goes to the contact before."""
    other = await world.assigned("field", ZOE)
    code = await world.assigned("field")
    await world.writes(f"#{code} One", BOB)
    first = world.message(BOB, f"#{other} Dear Zoe")
    await together(world, first, world.message(BOB, "your test is positive"))
    assert "Dear Zoe" in "".join(world.texts(ZOE))
    assert "your test is positive" not in world.texts(MARY)


async def test_a_burst_whose_address_is_refused(world: World) -> None:
    """A burst whose first part was refused does not go on with the contact before."""
    code = await world.assigned("field")
    await world.writes(f"#{code} One", BOB)
    first = world.message(BOB, "#Z9 Dear Zoe,")
    await together(world, first, world.message(BOB, "your test is positive"))
    assert world.texts(MARY)[-1] == "One"


async def test_an_album_whose_address_is_refused(world: World) -> None:
    """An album whose caption names nobody sends none of its pictures."""
    code = await world.assigned("field")
    await world.writes(f"#{code} One", BOB)
    shown = len(world.shown(MARY))
    photos = [
        (Attachment(kind=MediaKind.PHOTO, remote_id=name, file_name=f"{name}.jpg"),) for name in ("a", "b")
    ]
    await together(
        world,
        world.message(BOB, "#Z9 your scan", attachments=photos[0], album_id="A"),
        world.message(BOB, "", attachments=photos[1], album_id="A"),
    )
    assert len(world.shown(MARY)) == shown


@pytest.mark.parametrize("command", ["#{code} note she never pays", "{code} history"])
async def test_a_command_opens_no_way(world: World, command: str) -> None:
    """Words after a note or a look at the history are not taken for words to the contact."""
    code = await world.assigned("field")
    before = world.texts(MARY)
    await world.writes(command.format(code=code), BOB)
    await world.writes("and her brother neither", BOB)
    assert world.texts(MARY) == before


# Whose conversation it is


async def test_one_s_own_conversation_under_another_id(tmp_path: Path) -> None:
    """A member who once wrote as a contact, under another id of theirs, sees nothing of that conversation."""
    teams = TEAMS.replace('"phone:bob", ', "")
    async with opened(tmp_path, settings_of(teams=teams, answers=ANSWERS)) as world:
        await world.awake(EVE)
        old = ChatRef("phone", "FR.9")
        sender = Sender(sender_id="FR.9", name="Bob", aliases=("bob",))
        for text in ("Good day", "field"):
            await world.says(text, old, sender=sender)
        await reload(world, "", TEAMS)
        await world.awake(BOB)
        code = await world.code(old)
        await world.writes(f"{code} note he is a thief", EVE)
        await world.writes(f"{code} history", BOB)
        assert "thief" not in "".join(world.texts(BOB))


async def test_who_left_the_list_watches_no_more(world: World) -> None:
    """A watcher who is in another list now is shown nothing of the first, and sends nothing."""
    code = await world.assigned("field")
    await world.writes(f"{code} claim", BOB)
    await world.writes(f"{code} watch", JOE)
    await reload(world, "", TEAMS.replace(', "phone:joe"]', "]", 1))
    await world.says("Secret")
    await world.writes(f"#{code} Hello", JOE)
    await world.writes(f"{code} history", JOE)
    await world.presses(f"{code} claim", JOE)
    assert "Secret" in world.last(BOB).text
    assert "Secret" not in "".join(world.texts(JOE))
    assert "Hello" not in world.texts(MARY)


async def test_the_code_of_another_team(world: World) -> None:
    """A code of another team's chat tells nothing, sends nothing and changes nothing."""
    code = await world.assigned("support")
    words = ("#{} Hello", "{} history", "{} info", "{} claim", "{} anyway", "/why {}", "{} undo", "{} block")
    for each in words:
        await world.writes(each.format(code), BOB)
    assert "Mary" not in "".join(world.texts(BOB))
    assert "Hello" not in world.texts(MARY)
    assert not (await world.conversation()).claimed_by
    assert not (await world.record()).contact.is_blocked


# Replies that the window keeps back


async def test_a_late_reply_of_a_closed_conversation(tmp_path: Path) -> None:
    """What waited when a conversation was closed does not come up in the next one."""
    async with day(tmp_path, CALM) as world:
        await late_reply(world, "/close")
        await world.passes(timedelta(days=30))
        await world.says("A new matter")
        assert "Late" not in world.texts(MARY)


async def test_a_late_reply_to_a_blocked_contact(tmp_path: Path) -> None:
    """Who was blocked does not get what waited for them."""
    async with day(tmp_path, CALM) as world:
        await late_reply(world, "/block")
        await world.says("You idiots")
        assert "Late" not in world.texts(MARY)
