"""A list of members: who is shown what, and where their words go."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.api import ButtonPressed, ChatGone, DeliveryRejected
from bot.model import Status
from tests.bot.rooms.world import BOB, EVE, INBOX_CHAT, JOE, MARY, SUPPORT, ZOE, World, opened, person


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A world whose members have all written that they are on duty."""
    async with opened(tmp_path) as world:
        await world.awake(BOB, EVE, JOE)
        yield world


async def test_everybody_is_shown_a_new_conversation(world: World) -> None:
    """Each member on duty gets the transcript under the code, the name and the channel, with what to type."""
    code = await world.assigned("field")
    for member in (BOB, EVE, JOE):
        assert world.last(member).text == (
            f"#{code} Mary Lee · shop\n"
            "Option: Field\n"
            "Replies possible until 03/03 09:00\n"
            "Good day\nfield\n"
            f"Type: {code} claim · {code} transfer · {code} close"
        )


async def test_a_quote_is_answered(world: World) -> None:
    """What a member writes in answer to a post reaches its contact, and claims the conversation."""
    await world.assigned("field")
    await world.assigned("field", ZOE)
    await world.writes("Hello Mary", BOB, to=world.shown(BOB)[-2])
    assert world.texts(MARY)[-1] == "Hello Mary"
    assert "Hello Mary" not in world.texts(ZOE)
    assert (await world.conversation()).claimed_in == BOB


async def test_colleagues_see_the_first_reply(world: World) -> None:
    """The reply that takes a conversation is shown to the others, and not to its author."""
    code = await world.assigned("field")
    await world.writes("Hello Mary", BOB, to=world.last(BOB))
    assert world.last(EVE).text == f"#{code} Mary Lee · shop\nBob Lee → Hello Mary"
    assert "Hello Mary" not in world.last(BOB).text


async def test_a_claimed_conversation_is_one_member_s(world: World) -> None:
    """After a claim only who has the conversation is shown what the contact writes, and who asked to be."""
    code = await world.assigned("field")
    await world.writes(f"{code} claim", BOB)
    await world.writes(f"{code} watch", JOE)
    before = len(world.shown(EVE))
    await world.says("Are you there?")
    assert world.last(BOB).text == f"#{code} Mary Lee · shop\nAre you there?"
    assert world.last(JOE).text == f"#{code} Mary Lee · shop\nAre you there?"
    assert len(world.shown(EVE)) == before
    await world.writes(f"{code} unwatch", JOE)
    await world.says("Still there?")
    assert "Still there?" not in world.last(JOE).text


async def test_a_release_is_everybody_s_again(world: World) -> None:
    """Once it is given back, all on duty hear of it, and are shown what comes."""
    code = await world.assigned("field")
    await world.writes(f"{code} claim", BOB)
    assert world.last(EVE).text.endswith(f"Bob Lee has {code}.")
    await world.writes(f"{code} release", BOB)
    assert world.last(EVE).text.endswith(f"{code} is free again.")
    await world.says("Hello?")
    assert world.last(EVE).text.endswith("Hello?")


@pytest.mark.parametrize("start", ["#{code} ", "{code}: ", "#{code}\n"])
async def test_a_code_is_an_address(world: World, start: str) -> None:
    """A leading code sends the rest to its contact, without the code."""
    code = await world.assigned("field")
    await world.assigned("field", ZOE)
    await world.writes(start.format(code=code) + "Good day", BOB)
    assert world.texts(MARY)[-1] == "Good day"


async def test_words_without_an_address_go_on(world: World) -> None:
    """What a member writes next goes to the one they wrote to, while nothing else was shown to them."""
    code = await world.assigned("field")
    await world.writes(f"#{code} One", BOB)
    await world.says("Yes?")
    await world.writes("Two", BOB)
    assert world.texts(MARY)[-1] == "Two"


async def test_another_post_ends_it(world: World) -> None:
    """After a post of another conversation nothing is guessed or sent, and the open codes are named."""
    code = await world.assigned("field")
    await world.writes(f"#{code} One", BOB)
    other = await world.assigned("field", ZOE)
    await world.writes("Two", BOB)
    assert "Two" not in world.texts(MARY) + world.texts(ZOE)
    assert world.last(BOB).text == (
        "Not sent: for whom is it? Quote a message, or begin with a code, as in #K7.\n"
        f"Open: {code} Mary Lee, {other} Zoe Lee"
    )


async def test_an_hour_ends_it(world: World) -> None:
    """After an hour it is not certain any more for whom words without an address are."""
    code = await world.assigned("field")
    await world.writes(f"#{code} One", BOB)
    world.now += timedelta(minutes=61)
    await world.writes("Two", BOB)
    assert "Two" not in world.texts(MARY)
    assert "Not sent" in world.last(BOB).text


async def test_who_has_not_written_to_it_must_say(world: World) -> None:
    """Being shown a conversation is not being in it: the first words need an address."""
    await world.assigned("field")
    await world.writes("Hello", BOB)
    assert "Hello" not in world.texts(MARY)
    assert "Not sent" in world.last(BOB).text


async def test_a_quote_and_another_s_code(world: World) -> None:
    """A quote of one conversation and the code of another is nobody's, and nothing is sent."""
    await world.assigned("field")
    quoted = world.last(BOB)
    other = await world.assigned("field", ZOE)
    await world.writes(f"#{other} Whatever", BOB, to=quoted)
    assert "Whatever" not in "".join(world.texts(MARY) + world.texts(ZOE))
    assert "Not sent" in world.last(BOB).text


async def test_a_code_that_may_be_none(world: World) -> None:
    """A text that begins like a live code, without saying that it is one, is asked about."""
    code = await world.assigned("field")
    await world.writes(f"{code} is rude", BOB)
    assert world.last(BOB).text.startswith(f"Not sent: is this for {code}? Then write #{code} before it.")
    assert not any("rude" in text for text in world.texts(MARY))


@pytest.mark.parametrize("text", ["#Z9 Hello", "Z9 claim", "Z9: Hello"])
async def test_an_unknown_code(world: World, text: str) -> None:
    """A code that nobody has is refused, with those that are open."""
    code = await world.assigned("field")
    await world.writes(text, BOB)
    assert world.last(BOB).text == f"There is no open conversation Z9.\nOpen: {code} Mary Lee"


async def test_an_unknown_quote(world: World) -> None:
    """A quote of what is no post of an open conversation sends nothing."""
    code = await world.assigned("field")
    await world.writes(f"#{code} One", BOB)
    listed = (await world.writes("list", BOB), world.last(BOB))[1]
    await world.writes("Two", BOB, to=listed)
    assert "Two" not in world.texts(MARY)
    assert "belongs to no open conversation" in world.last(BOB).text


async def test_own_words_can_be_quoted(world: World) -> None:
    """A quote of one's own reply is an address too."""
    code = await world.assigned("field")
    written = await world.writes(f"#{code} One", BOB)
    await world.assigned("field", ZOE)
    await world.writes("Two", BOB, to=written)
    assert world.texts(MARY)[-1] == "Two"


async def test_notes_reach_colleagues_only(world: World) -> None:
    """A note is shown to who has the conversation, and never leaves."""
    code = await world.assigned("field")
    await world.writes(f"{code} claim", BOB)
    before = world.texts(MARY)
    await world.writes("// He is a friend", EVE, to=world.shown(EVE)[-2])
    assert world.last(BOB).text == f"#{code} Mary Lee · shop\n📝 Eve Lee: He is a friend"
    await world.writes(f"#{code} note Call him", BOB)
    assert world.texts(MARY) == before


async def test_soft_lock(world: World) -> None:
    """A colleague's reply to a claimed conversation waits for a word, and the word can be typed."""
    code = await world.assigned("field")
    await world.writes("Mine", BOB, to=world.last(BOB))
    await world.writes(f"#{code} Me too", EVE)
    assert "Me too" not in world.texts(MARY)
    question = world.last(EVE).text
    assert f"Not sent yet: Bob Lee has {code}." in question
    assert f"{code} anyway " in question
    await world.writes(f"{code} take", EVE)
    assert world.texts(MARY)[-1] == "Me too"
    assert (await world.conversation()).claimed_in == EVE
    assert world.last(BOB).text.endswith("Eve Lee → Me too")


async def test_send_anyway(world: World) -> None:
    """It can be sent without taking the conversation over; who has it sees what was said."""
    code = await world.assigned("field")
    await world.writes("Mine", BOB, to=world.last(BOB))
    await world.writes(f"#{code} Me too", EVE)
    await world.writes(f"{code} anyway", EVE)
    assert world.texts(MARY)[-1] == "Me too"
    assert (await world.conversation()).claimed_in == BOB
    assert world.last(BOB).text.endswith("Eve Lee → Me too")


async def test_buttons(world: World) -> None:
    """A button of a list is answered in the chat, where it was pressed, and an old one says so."""
    code = await world.assigned("field")
    assert await world.presses(f"{code} claim", BOB) == ""
    assert world.last(BOB).text.endswith(f"Bob Lee has {code}.")
    await world.presses(f"{code} claim", EVE)
    assert world.last(EVE).text.endswith(f"Bob Lee has {code} already.")
    await world.presses("Z9 claim", EVE)
    assert world.last(EVE).text == "This button is out of date."


async def test_transfer_out_of_a_list(world: World) -> None:
    """A word passes a conversation on; who saw it hears where it is, and has later replies refused."""
    code = await world.assigned("field")
    seen = world.last(EVE)
    await world.writes(f"{code} to support he asks for you", BOB)
    place = await world.place(SUPPORT)
    assert "Good day" in world.texts(place)[1]
    assert "he asks for you" in "".join(world.texts(place))
    assert world.last(EVE).text.startswith(f"#{code} Mary Lee · shop\nBob Lee passed {code} on to Support.")
    before = world.texts(MARY)
    await world.writes("Hello", EVE, to=seen)
    assert world.texts(MARY) == before
    assert f"Not sent: {code} is with Support now." in world.last(EVE).text


async def test_transfer_into_a_list(world: World) -> None:
    """A chat that a group passes to a list is shown there with its transcript, once to each."""
    code = await world.assigned("support")
    await world.writes("/transfer field", await world.place(SUPPORT), by="ann")
    for member in (BOB, EVE, JOE):
        assert any("Good day\nsupport" in text for text in world.texts(member))
        assert f"{code} was passed on from Support." in world.last(member).text
    await world.writes("Hello", JOE, to=world.last(JOE))
    assert world.texts(MARY)[-1] == "Hello"


async def test_an_unknown_team(world: World) -> None:
    """A word for a team that is none is refused with the list, and nothing moves."""
    code = await world.assigned("field")
    await world.writes(f"{code} to mars", BOB)
    assert "There is no team “mars”. Teams: support, sales, field, night." in world.last(BOB).text
    assert (await world.conversation()).team == "field"


async def test_closing_and_reopening(world: World) -> None:
    """Closing tells those who were shown it; a reply then is refused with the reason."""
    code = await world.assigned("field")
    await world.writes(f"{code} close", BOB)
    assert (await world.conversation()).status is Status.CLOSED
    assert world.last(EVE).text.endswith(f"Bob Lee closed {code}.")
    await world.says("One more thing")
    assert (await world.conversation()).status is Status.OPEN
    assert world.shown(EVE)[-2].text.endswith("One more thing")
    assert world.last(EVE).text.endswith(f"Mary Lee wrote again: {code} is open again.")


async def test_list_on_off_help(world: World) -> None:
    """Single words tell what is open, take somebody off duty and on again, and explain."""
    code = await world.assigned("field")
    await world.writes("list", BOB)
    assert world.last(BOB).text == f"{code} Mary Lee · shop · 0 min · free"
    await world.writes("OFF", BOB)
    assert world.last(BOB).text.startswith("You are off duty")
    await world.says("Anybody?")
    assert "Anybody?" not in world.last(BOB).text
    assert "Anybody?" in world.last(EVE).text
    await world.writes("on", BOB)
    await world.says("Hello?")
    assert "Hello?" in world.last(BOB).text
    await world.writes("help", BOB)
    assert "K7 claim" in world.last(BOB).text


async def test_every_post_can_be_quoted(world: World) -> None:
    """Whatever of a conversation a member quotes, notices too, says whom they mean."""
    code = await world.assigned("field")
    await world.assigned("field", ZOE)
    await world.writes(f"{code} info", BOB)
    assert "shop:mary" in world.last(BOB).text
    await world.writes("Good to know you", BOB, to=world.last(BOB))
    assert world.texts(MARY)[-1] == "Good to know you"


async def test_who_goes_off_duty_leaves_it_to_the_others(world: World) -> None:
    """What somebody off duty had claimed is shown to the others, who need not ask to answer it."""
    code = await world.assigned("field")
    await world.writes(f"{code} claim", BOB)
    await world.writes("off", BOB)
    await world.says("Hello?")
    assert "Hello?" in world.last(EVE).text
    await world.writes("Here", EVE, to=world.last(EVE))
    assert world.texts(MARY)[-1] == "Here"


async def test_sleeping_members_are_woken_once(tmp_path: Path) -> None:
    """A member whose window is shut gets the template, not the message; and once, however many write."""
    async with opened(tmp_path) as world:
        await world.awake(BOB)
        await world.assigned("field")
        await world.assigned("field", ZOE)
        assert [each.message.template for each in world.shown(EVE)] == ["wake"]
        assert len(world.shown(BOB)) == 3
        world.now += timedelta(hours=7)
        await world.says("Hello?")
        assert [each.message.template for each in world.shown(EVE)] == ["wake", "wake"]


async def test_nobody_can_be_reached(tmp_path: Path) -> None:
    """When nobody can be reached the inbox has the conversation and is told; who wakes up gets it."""
    async with opened(tmp_path) as world:
        code = await world.assigned("field")
        place = await world.place(INBOX_CHAT)
        assert "nobody of the list is on duty and can be written to" in "".join(world.texts(place))
        assert all(f"Mary Lee: {said}" in "".join(world.texts(place)) for said in ("Good day", "field"))
        await world.writes("on", EVE)
        brought = next(each for each in world.shown(EVE) if f"#{code} Mary Lee" in each.text)
        assert "Good day" in brought.text
        assert place in world.chats["forum"].closed
        await world.writes("Hello", EVE, to=brought)
        assert world.texts(MARY)[-1] == "Hello"


async def test_the_inbox_keeps_what_it_answers(tmp_path: Path) -> None:
    """What somebody in the inbox has taken meanwhile stays with them."""
    async with opened(tmp_path) as world:
        await world.assigned("field")
        await world.writes("I am here", await world.place(INBOX_CHAT), by="ann")
        await world.writes("on", EVE)
        assert (await world.conversation()).room == INBOX_CHAT


async def test_a_member_who_is_a_contact(world: World) -> None:
    """A member is a member first; the word `customer` sends one message as a contact."""
    await world.writes("customer Good day", BOB)
    await world.writes("customer field", BOB)
    code = await world.code(BOB)
    assert any(f"#{code} Bob Lee · phone" in text for text in world.texts(EVE))
    assert not any(f"#{code} Bob Lee · phone" in text for text in world.texts(BOB))
    await world.writes("Hello Bob", EVE, to=world.last(EVE))
    assert world.texts(BOB)[-1] == "Hello Bob"


async def test_a_member_of_two_lists(world: World) -> None:
    """Who is in two lists sees both teams' chats, and answers each."""
    code = await world.assigned("field")
    await world.writes(f"{code} to night", BOB)
    await world.writes("Good evening", JOE, to=world.last(JOE))
    assert world.texts(MARY)[-1] == "Good evening"
    assert (await world.conversation()).team == "night"


async def test_a_post_that_one_member_does_not_get(world: World) -> None:
    """A member who takes nothing costs the others nothing, and the inbox is not bothered."""
    world.chats["phone"].fails = lambda message: ChatGone("blocked") if message.chat == EVE else None
    await world.assigned("field")
    assert "Good day" in world.last(BOB).text
    assert (await world.record()).contact.thread_in(INBOX_CHAT) is None


async def test_a_post_that_nobody_gets(world: World) -> None:
    """When no member takes it the inbox shows what the contact wrote, and why."""
    world.chats["phone"].fails = lambda _message: DeliveryRejected("policy")
    await world.assigned("field")
    place = await world.place(INBOX_CHAT)
    assert "Good day" in "".join(world.texts(place))
    assert "policy" in "".join(world.texts(place))


async def test_canned_and_undo(world: World) -> None:
    """A ready answer is sent and shown to its sender; what cannot be taken back is told."""
    code = await world.assigned("field")
    await world.writes(f"{code} c hello", BOB)
    assert world.texts(MARY)[-1] == "Hello from Field"
    assert world.last(BOB).text.endswith("Bob Lee → Hello from Field")
    await world.writes(f"{code} undo", BOB)
    assert "cannot take back a sent message" in "".join(world.texts(BOB)[-2:])


async def test_outsiders_are_nobody(world: World) -> None:
    """A number that is on no list is a contact, whatever code it writes."""
    code = await world.assigned("field")
    await world.says(f"#{code} Hello", ZOE)
    assert "Hello" not in world.texts(MARY)[-1]
    event = ButtonPressed(
        event_id="x", chat=ZOE, sender=person("zoe"), sent_at=world.now, choice_id=f"{code} claim"
    )
    await world.happens(event)
    assert not (await world.conversation()).claimed_by
