"""People with several ids, and names that come later."""

from dataclasses import replace
from pathlib import Path

from bot.api import Capabilities, ChatRef, ProfileChanged, Sender, ThreadState
from bot.model import Action, record_id_of
from tests.bot.rooms.world import BOB, FORUM, MARY, SUPPORT, World, opened

BSUID = ChatRef("shop", "FR.123")


async def test_a_new_id_is_the_same_contact(tmp_path: Path) -> None:
    """Who comes back under another id that names the old one goes on with their conversation."""
    async with opened(tmp_path) as world:
        await world.assigned("support")
        place = await world.place(SUPPORT)
        await world.says("It is me", BSUID, sender=Sender(sender_id="FR.123", aliases=("mary",)))
        assert world.texts(place)[-1] == "It is me"
        await world.says("Without any alias", BSUID)
        assert world.texts(place)[-1] == "Without any alias"
        await world.writes("Hello", place, by="ann")
        assert world.texts(MARY)[-1] == "Hello"


async def test_aliases_outlive_the_process(tmp_path: Path) -> None:
    """After a restart a contact is still found by each of their ids; forgotten, by none."""
    async with opened(tmp_path) as world:
        await world.says("Good day", MARY, sender=Sender(sender_id="mary", aliases=("FR.123", "0612")))
    async with opened(tmp_path) as world:
        await world.says("support", ChatRef("shop", "0612"), message_id="m9", event_id="9")
        assert (await world.conversation()).team == "support"
        await world.core.intake.forget(record_id_of(MARY))
        await world.says("Who am I?", ChatRef("shop", "0612"))
        assert (await world.record(ChatRef("shop", "0612"))).contact.chat.chat_id == "0612"


async def test_a_member_under_another_id(tmp_path: Path) -> None:
    """A member of a list whose platform shows another id is known by the one that config.toml names."""
    async with opened(tmp_path) as world:
        await world.awake(BOB)
        code = await world.assigned("field")
        chat = ChatRef("phone", "FR.99")
        event = world.message(
            chat, f"#{code} Hello", sender=Sender(sender_id="FR.99", name="Bob", aliases=("bob",))
        )
        await world.happens(event)
        assert world.texts(MARY)[-1] == "Hello"
        assert (await world.conversation()).claimed_in == BOB


async def test_a_name_that_comes_later(tmp_path: Path) -> None:
    """A profile that the platform tells later renames the contact everywhere, and begins nothing."""
    async with opened(tmp_path) as world:
        known = Sender(sender_id="mary", name="Mary Poppins", first_name="Mary")
        await world.happens(ProfileChanged(event_id="p0", chat=MARY, sender=known, sent_at=world.now))
        assert record_id_of(MARY) not in world.core.store.index
        await world.assigned("support")
        await world.happens(ProfileChanged(event_id="p1", chat=MARY, sender=known, sent_at=world.now))
        place = await world.place(SUPPORT)
        assert world.shown(place)[0].text.startswith(f"#{await world.code()} Mary Poppins")
        record = await world.record()
        assert record.contact.last_inbound_at is not None
        assert record.contact.last_inbound_at < world.now


async def states(world: World) -> list[tuple[str, ThreadState]]:
    return [(chat.chat_id, state) for chat, state in world.chats["forum"].states]


async def test_how_a_thread_stands(tmp_path: Path) -> None:
    """A thread shows from outside whether somebody waits there, each change once, and what left is closed."""
    async with opened(tmp_path, forum=replace(FORUM, thread_states=True)) as world:
        await world.assigned("support")
        place = await world.place(SUPPORT)
        await world.says("Hello?")
        await world.writes("Yes", place, by="ann")
        await world.writes("And", place, by="ann")
        await world.says("Thanks a lot")
        await world.writes("/transfer inbox", place, by="ann")
        assert await states(world) == [
            ("support", ThreadState.WAITING),
            ("support", ThreadState.ANSWERED),
            ("support", ThreadState.WAITING),
            ("support", ThreadState.CLOSED),
            ("inbox", ThreadState.WAITING),
        ]
        waiting = [
            item for item in (await world.record()).outbox.values() if item.action is Action.THREAD_STATE
        ]
        assert waiting == []


async def test_typing(tmp_path: Path) -> None:
    """A contact whose platform can show it sees that somebody has taken the conversation."""
    able = Capabilities(text_limit=4096, typing=True)
    async with opened(tmp_path, shop=able) as world:
        await world.assigned("support")
        await world.writes("/claim", await world.place(SUPPORT), by="ann")
        assert world.chats["shop"].typing == [MARY]
