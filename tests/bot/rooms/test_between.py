"""What goes between rooms of different kinds, and between them and contacts."""

from collections.abc import AsyncIterator
from itertools import permutations
from pathlib import Path

import pytest

from bot.api import (
    Capabilities,
    ChatRef,
    DeliveryRejected,
    DeliveryUncertain,
    MessageDeleted,
    MessageEdited,
    ReachabilityChanged,
    ReactionChanged,
)
from tests.bot.building import START
from tests.bot.rooms.platform import Shown
from tests.bot.rooms.world import (
    BOB,
    EVE,
    INBOX_CHAT,
    JOE,
    MARY,
    SALES,
    SUPPORT,
    ZOE,
    World,
    opened,
    person,
)

KINDS = ("support", "sales", "field")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A world whose members are on duty."""
    async with opened(tmp_path) as world:
        await world.awake(BOB, EVE, JOE)
        yield world


async def seat(world: World, team: str) -> ChatRef:
    """Where a member of the team that has Mary's conversation writes."""
    return {"support": await world.place(SUPPORT) if team == "support" else SUPPORT, "sales": SALES}.get(
        team, BOB
    )


async def newest(world: World, team: str) -> Shown:
    """The last of our posts that such a member sees."""
    return world.last(await seat(world, team))


async def command(world: World, team: str, words: str) -> None:
    """A member of a team writes a command about Mary's conversation."""
    at = await seat(world, team)
    to = None if team == "support" else world.last(at)
    await world.writes(words, at, by="ann" if at != BOB else "bob", to=to)


@pytest.mark.parametrize(("first", "second"), list(permutations(KINDS, 2)))
async def test_passing_on(world: World, first: str, second: str) -> None:
    """A conversation goes from any kind of room to any other, and its answers follow it."""
    await world.assigned(first)
    await command(world, first, f"/transfer {second} be kind")
    assert (await world.conversation()).team == second
    assert world.texts(MARY)[-1] == f"I pass you on to {second.capitalize()}."
    shown = "\n".join(world.texts(await seat(world, second)))
    assert "Good day" in shown
    assert "be kind" in shown
    await command(world, second, "Here I am")
    assert world.texts(MARY)[-1] == "Here I am"
    await command(world, second, f"/transfer {first}")
    await command(world, first, "Back again")
    assert world.texts(MARY)[-1] == "Back again"


@pytest.mark.parametrize("team", KINDS)
async def test_quotes_are_mapped(tmp_path: Path, team: str) -> None:
    """A member's quote of what the contact wrote is one for the contact, and the other way round."""
    able = Capabilities(text_limit=4096, quotes=True)
    async with opened(tmp_path, shop=able) as world:
        await world.awake(BOB, EVE, JOE)
        await world.assigned(team)
        question = await world.says("How much?")
        at = await seat(world, team)
        reply = await world.writes("Ten", at, by="bob", to=world.last(at))
        sent = world.last(MARY)
        assert (sent.text, sent.message.reply_to) == ("Ten", question.message_id)
        await world.says("Fine", reply_to=sent.platform_id)
        assert world.last(at).message.reply_to == reply.message_id


@pytest.mark.parametrize("team", KINDS)
async def test_failed_and_uncertain(world: World, team: str) -> None:
    """A reply that failed, or may have, is told with a way to send it again, which can be typed too."""
    code = await world.assigned(team)
    for error in (DeliveryRejected("not allowed"), DeliveryUncertain("broke")):
        world.chats["shop"].fails = lambda _message, error=error: error  # type: ignore[misc]
        await command(world, team, "Ten euros")
        world.chats["shop"].fails = lambda _message: None
        notice = await newest(world, team)
        assert "not allowed" in notice.text or "may have arrived" in notice.text
        again = notice.buttons[0] if notice.buttons else notice.text.partition("Type: ")[2]
        assert again.startswith(f"{code} again ")
        if team == "support":
            assert await world.presses(again, await seat(world, team), by="ann", on=notice) == "Sent again."
        else:
            await world.writes(again, await seat(world, team), by="ann" if team == "sales" else "bob")
        assert world.texts(MARY)[-1] == "Ten euros"


@pytest.mark.parametrize("team", KINDS)
async def test_what_the_contact_changes(world: World, team: str) -> None:
    """Edits, deletions and reactions of a contact are shown where the message went, with what it said."""
    await world.assigned(team)
    said = await world.says("Ten")
    known = {"chat": MARY, "sender": person("mary"), "sent_at": START, "message_id": said.message_id}
    await world.happens(MessageEdited(event_id="e1", text="Twelve", **known))  # type: ignore[arg-type]
    assert "Mary Lee edited a message: Twelve" in (await newest(world, team)).text
    await world.happens(ReactionChanged(event_id="e2", emoji="👍", **known))  # type: ignore[arg-type]
    assert "Mary Lee reacted 👍 to: Twelve" in (await newest(world, team)).text
    await world.happens(MessageDeleted(event_id="e3", **known))  # type: ignore[arg-type]
    assert "Mary Lee deleted a message: Twelve" in (await newest(world, team)).text


@pytest.mark.parametrize("team", ["support", "sales"])
async def test_what_a_member_changes(world: World, team: str) -> None:
    """What the contact's platform cannot mirror of a member's edits and reactions is told, once."""
    await world.assigned(team)
    at = await seat(world, team)
    question = world.last(at)
    said = await world.writes("Ten", at, by="ann", to=question if team == "sales" else None)
    known = {"chat": at, "sender": person("ann"), "sent_at": START}
    edit = MessageEdited(event_id="e1", message_id=said.message_id, text="Twelve", **known)  # type: ignore[arg-type]
    await world.happens(edit)
    assert "cannot change a sent message" in (await newest(world, team)).text
    for number in range(2):
        reaction = ReactionChanged(
            event_id=f"r{number}",
            message_id=question.platform_id,
            emoji="👍",
            **known,  # type: ignore[arg-type]
        )
        await world.happens(reaction)
    assert sum("shows no reactions" in text for text in world.texts(at)) == 1


async def test_doubts_are_counted_until_decided(world: World) -> None:
    """What may have arrived is counted until somebody sends it again, or closes the conversation."""
    await world.assigned("support")
    place = await world.place(SUPPORT)
    index = world.core.store.index
    for decide in ("again", "close"):
        world.chats["shop"].fails = lambda _message: DeliveryUncertain("broke")
        await world.writes("Ten euros", place, by="ann")
        world.chats["shop"].fails = lambda _message: None
        assert index.undecided() == (0, 1)
        await world.writes(f"/{decide}", place, by="ann")
        assert index.undecided() == (0, 0)


async def test_a_thread_that_somebody_deleted(world: World) -> None:
    """A lost thread is made anew with the card and the last lines, and the same message comes behind."""
    await world.assigned("support")
    lost = await world.place(SUPPORT)
    world.chats["forum"].gone.add(lost)
    await world.says("Are you there?")
    place = await world.place(SUPPORT)
    assert place != lost
    texts = world.texts(place)
    assert texts[0].startswith(f"#{await world.code()} Mary Lee")
    assert "Good day" in texts[1]
    assert texts[-1] == "Are you there?"
    assert sum("Are you there?" in text for text in texts) == 1


async def test_undo(tmp_path: Path) -> None:
    """A member takes back their own last reply, and not a colleague's."""
    able = Capabilities(text_limit=4096, deletes=True)
    async with opened(tmp_path, shop=able) as world:
        await world.assigned("support")
        place = await world.place(SUPPORT)
        await world.writes("One", place, by="ann")
        await world.writes("Two", place, by="ann")
        await world.writes("/undo", place, by="ben")
        assert "nothing here that could be taken back" in world.last(place).text
        await world.writes("/undo", place, by="ann")
        assert world.texts(MARY)[-1] == "One"


async def test_a_team_s_group_that_is_lost(world: World) -> None:
    """When the bot is thrown out of a group, or let in again, the inbox hears of it."""
    for number, is_reachable in enumerate((False, True)):
        event = ReachabilityChanged(
            event_id=f"e{number}", chat=SALES, sent_at=START, is_reachable=is_reachable, reason="kicked"
        )
        await world.happens(event)
    told = world.texts(INBOX_CHAT)
    assert told == [
        "⚠️ The chat group:sales cannot be written to any more: kicked",
        "The chat group:sales can be written to again.",
    ]


async def test_a_channel_that_is_down(world: World) -> None:
    """What begins while a team's channel has long been away goes to the inbox, with the reason."""
    world.core.down.add("group")
    await world.assigned("sales")
    assert (await world.conversation()).room == INBOX_CHAT
    assert any("group:sales" in text for text in world.texts(await world.place(INBOX_CHAT)))
    world.core.down.clear()
    await world.assigned("sales", ZOE)
    assert (await world.conversation(ZOE)).room == SALES


async def test_an_answer_waits_for_its_channel(world: World) -> None:
    """Who answers a contact whose channel is away reads that the answer waits, and for what."""
    await world.assigned("support")
    place = await world.place(SUPPORT)
    world.core.down.add(MARY.channel)
    await world.writes("Hello Mary", place, by="ann")
    assert any(
        f"Not sent yet: the channel {MARY.channel} does not work now." in text for text in world.texts(place)
    )


async def test_outsiders(world: World) -> None:
    """A button that somebody outside the team presses does nothing, and says so."""
    code = await world.assigned("support")
    place = await world.place(SUPPORT)
    notice = await world.presses(f"{code} close", place, by="mallory", is_outsider=True)
    assert notice == "Only members of this team may do that."
    await world.happens(world.message(place, "Hello", sender=person("mallory", is_outsider=True)))
    assert (await world.conversation()).closed_at is None
    assert "Hello" not in world.texts(MARY)[-1]
