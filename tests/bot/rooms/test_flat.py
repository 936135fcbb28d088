"""A group without threads: every post says whom it is about, and only explicit replies are sent."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.api import Capabilities, Mark, TextUnit
from bot.model import Status
from tests.bot.rooms.doing import edit
from tests.bot.rooms.world import MARY, SALES, SUPPORT, ZOE, World, opened


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A world in which Mary's chat is in the group."""
    async with opened(tmp_path) as world:
        await world.assigned("sales")
        yield world


async def test_every_post_says_whom_it_is_about(world: World) -> None:
    """Card, transcript, messages and notices begin with the code and the name."""
    code = await world.code()
    await world.says("Hello?")
    await world.writes("/info", SALES, by="ann", to=world.last(SALES))
    texts = world.texts(SALES)
    assert len(texts) == 4
    assert all(text.startswith(f"#{code} Mary Lee\n") for text in texts)
    assert world.shown(SALES)[0].buttons == [f"{code} claim", f"{code} transfer", f"{code} close"]


@pytest.mark.parametrize("place", [0, 1, 2, 3])
async def test_each_post_can_be_answered(world: World, place: int) -> None:
    """A reply to any post of a conversation reaches its contact: card, transcript, message, or notice."""
    await world.assigned("sales", ZOE)
    await world.says("Hello?")
    await world.writes("/info", SALES, by="ann", to=world.last(SALES))
    code = await world.code()
    mine = [each for each in world.shown(SALES) if each.text.startswith(f"#{code} ")]
    await world.writes("Answer", SALES, by="ann", to=mine[place])
    assert world.texts(MARY)[-1] == "Answer"
    assert "Answer" not in world.texts(ZOE)


@pytest.mark.parametrize("text", ["Hello", "#{code} Hello", "{code}: Hello", "{code} is rude"])
async def test_talk_is_not_sent(world: World, text: str) -> None:
    """What is no reply is talk among colleagues, also when it names a contact's code; nobody is answered."""
    before = (world.texts(MARY), world.texts(SALES))
    await world.writes(text.format(code=await world.code()), SALES, by="ann")
    assert (world.texts(MARY), world.texts(SALES)) == before


async def test_a_reply_to_a_colleague_is_not_sent(world: World) -> None:
    """A reply to what a colleague said is talk too."""
    talk = await world.writes("What does she want?", SALES, by="ann")
    before = world.texts(MARY)
    await world.writes("A roof", SALES, by="ben", to=talk)
    assert world.texts(MARY) == before


async def test_a_reply_to_a_colleague_s_answer_is_sent(world: World) -> None:
    """A reply to what a colleague answered goes to the contact, and quotes nothing that they cannot see."""
    answer = await world.writes("Answer", SALES, by="ann", to=world.last(SALES))
    await world.writes("And more", SALES, by="ann", to=answer)
    assert world.texts(MARY)[-1] == "And more"


@pytest.mark.parametrize("text", ["/claim {code}", "{code} claim", "/claim #{code}"])
async def test_commands_by_code(world: World, text: str) -> None:
    """A command names its conversation by its code, with or without a slash."""
    command = await world.writes(text.format(code=await world.code()), SALES, by="ann")
    assert (await world.conversation()).claimed_name == "Ann Lee"
    assert (command.message_id, Mark.NOTED) in world.chats["group"].marks


async def test_commands_by_quote(world: World) -> None:
    """A command in answer to a post is about its conversation; the card follows in place."""
    card = world.shown(SALES)[0]
    await world.writes("/close", SALES, by="ann", to=world.last(SALES))
    assert (await world.conversation()).status is Status.CLOSED
    assert "Closed by Ann Lee" in card.text
    assert card.buttons == [f"{await world.code()} reopen"]


async def test_notes_and_unknown_commands(world: World) -> None:
    """A note in answer to a post is kept and marked; an unknown command is never sent."""
    before = world.texts(MARY)
    note = await world.writes("// careful", SALES, by="ann", to=world.last(SALES))
    await world.writes("/clsoe", SALES, by="ann", to=world.last(SALES))
    assert world.texts(MARY) == before
    assert (note.message_id, Mark.NOTED) in world.chats["group"].marks
    assert "there is no command /clsoe. Did you mean /close?" in world.last(SALES).text


async def test_a_reply_after_the_transfer(world: World) -> None:
    """A reply to a post of a conversation that has left is refused, with where it is."""
    seen = world.last(SALES)
    await world.writes(f"/transfer {await world.code()} support", SALES, by="ann")
    before = world.texts(MARY)
    await world.writes("Late", SALES, by="ann", to=seen)
    assert world.texts(MARY) == before
    place = await world.place(SUPPORT)
    assert "Not sent" in world.last(SALES).text
    assert f"https://chats/{place.chat_id}/{place.thread_id}" in world.last(SALES).text


async def test_a_reply_after_closing(world: World) -> None:
    """A reply to a post of a conversation that is closed is not sent, and says so."""
    seen = world.last(SALES)
    await world.writes("/close", SALES, by="ann", to=seen)
    before = world.texts(MARY)
    await world.writes("Late", SALES, by="ann", to=seen, quotes_us=True)
    assert world.texts(MARY) == before
    assert world.last(SALES).text == ("Not sent: the message you quoted belongs to no open conversation.")


async def test_long_posts(tmp_path: Path) -> None:
    """Each part of a long post begins with the code and the name, fits, and can be answered."""
    small = Capabilities(text_limit=120, text_unit=TextUnit.UTF16, group_chats=True)
    async with opened(tmp_path, group=small) as world:
        code = await world.assigned("sales")
        await world.says("word " * 100)
        parts = world.shown(SALES)[-5:]
        assert all(part.text.startswith(f"#{code} Mary Lee\n") for part in parts)
        assert all(TextUnit.UTF16.length(part.text) <= 120 for part in parts)
        for part in parts:
            await world.writes("Answer", SALES, by="ann", to=part)
        assert world.texts(MARY).count("Answer") == len(parts)


async def test_without_buttons(tmp_path: Path) -> None:
    """Where there are no buttons the card says what to type, and that does what the button would."""
    async with opened(tmp_path, group=Capabilities(text_limit=4096, group_chats=True, edits=True)) as world:
        code = await world.assigned("sales")
        assert f"Type: {code} claim · {code} transfer · {code} close" in world.shown(SALES)[0].text
        await world.writes(f"{code} transfer", SALES, by="ann")
        await world.writes(f"{code} to support", SALES, by="ann")
        assert (await world.conversation()).team == "support"


async def test_an_edit_of_what_was_not_sent(world: World) -> None:
    """Who edits a reply that was refused, or a command, is told that nothing is sent; talk may be edited."""
    last = world.last(SALES)
    await world.writes("/close", SALES, by="ann", to=last)
    said = await world.writes("One more thng", SALES, by="ann", to=last, quotes_us=True)
    command = await world.writes("/claim", SALES, by="ann")
    talk = await world.writes("She is gone", SALES, by="ann")
    told, texts = world.texts(MARY), world.texts(SALES)
    await edit(world, SALES, talk, "She has left", by="ann")
    assert world.texts(SALES) == texts
    for changed, text in ((said, "One more thing"), (command, "/release")):
        await edit(world, SALES, changed, text, by="ann")
        assert "Write it as a new message" in world.last(SALES).text
    assert len(world.texts(SALES)) == len(texts) + 2
    assert world.texts(MARY) == told


async def test_an_edit_of_a_command_that_led_to_nothing(world: World) -> None:
    """A command on a contact's post that led to nothing is known when it is edited into words for them."""
    said = await world.writes("/clam", SALES, by="ann", to=world.last(SALES))
    told = world.texts(MARY)
    await edit(world, SALES, said, "On my way", by="ann")
    assert "Write it as a new message" in world.last(SALES).text
    assert world.texts(MARY) == told
