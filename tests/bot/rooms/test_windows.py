"""Reply windows that are shut: for contacts, and for the members of lists."""

from datetime import timedelta
from pathlib import Path

from bot.api import Capabilities, DeliveryReceipt, OutgoingMessage, ReceiptState, WindowShut
from bot.model import Progress
from tests.bot.rooms.world import BOB, EVE, INBOX_CHAT, JOE, MARY, PRIVATE, SUPPORT, World, opened

SHOP = Capabilities(
    text_limit=4096,
    reply_window=timedelta(hours=24),
    human_window=timedelta(days=7),
    templates=frozenset({"hello", "order"}),
)


async def test_a_late_answer_says_that_it_is(tmp_path: Path) -> None:
    """What a person writes when the bot may not any more is marked as late for the platform; not before."""
    async with opened(tmp_path, shop=SHOP) as world:
        await world.assigned("support")
        place = await world.place(SUPPORT)
        await world.writes("Now", place, by="ann")
        assert not world.last(MARY).message.is_late
        world.now += timedelta(days=2)
        await world.writes("Later", place, by="ann")
        assert (world.last(MARY).text, world.last(MARY).message.is_late) == ("Later", True)


async def test_a_template_goes_through(tmp_path: Path) -> None:
    """When the window is shut a reply waits, and an approved text goes out with its values."""
    async with opened(tmp_path, shop=SHOP) as world:
        await world.assigned("support")
        place = await world.place(SUPPORT)
        world.now += timedelta(days=8)
        await world.writes("Are you still there?", place, by="ann")
        assert "Not sent" in world.last(place).text
        await world.writes("/template order 42 | tomorrow", place, by="ann")
        sent = world.last(MARY).message
        assert (sent.template, sent.values, sent.text) == (
            "order",
            ("42", "tomorrow"),
            "[order] · 42 · tomorrow",
        )
        await world.says("Yes")
        assert world.texts(MARY)[-1] == "Are you still there?"


async def test_an_unknown_template(tmp_path: Path) -> None:
    """A text that is not approved is refused with those that are; without any, with where to write them."""
    which = "Approved texts for this contact: hello, order."
    none = (
        "There are no templates for Mary Lee's channel. "
        "Whoever keeps config.toml writes them under [channels.….templates]."
    )
    for folder, able, words in (("some", SHOP, which), ("none", PRIVATE, none)):
        async with opened(tmp_path / folder, shop=able) as world:
            await world.assigned("support")
            place = await world.place(SUPPORT)
            before = world.texts(MARY)
            for text in ("/template", "/template nonsense 1 | 2"):
                await world.writes(text, place, by="ann")
                assert world.last(place).text.endswith(words)
            assert world.texts(MARY) == before


async def test_the_platform_knows_better(tmp_path: Path) -> None:
    """A message that the platform refuses for its window is kept, told, and sent when the contact writes."""
    async with opened(tmp_path) as world:
        await world.assigned("support")
        place = await world.place(SUPPORT)
        world.chats["shop"].fails = lambda _message: WindowShut("24 hours are over")
        await world.writes("Ten euros", place, by="ann")
        assert "24 hours are over" in world.last(place).text
        world.chats["shop"].fails = lambda _message: None
        await world.says("Hello?")
        assert world.texts(MARY)[-1] == "Ten euros"


def shut_for(*names: str) -> object:
    def fails(message: OutgoingMessage) -> WindowShut | None:
        is_hit = message.chat.chat_id in names and not message.template
        return WindowShut("asleep") if is_hit else None

    return fails


async def test_a_member_who_is_asleep_after_all(tmp_path: Path) -> None:
    """A member whose platform says that the window is shut is skipped and woken; the others have the post."""
    async with opened(tmp_path) as world:
        await world.awake(BOB, EVE, JOE)
        world.chats["phone"].fails = shut_for("eve")  # type: ignore[assignment]
        await world.assigned("field")
        assert [each.message.template for each in world.shown(EVE)][1:] == ["wake"]
        assert "Good day" in world.last(BOB).text
        await world.says("Hello?")
        assert len(world.shown(EVE)) == 2


async def test_all_members_are_asleep_after_all(tmp_path: Path) -> None:
    """When the windows of all turn out to be shut the inbox has the conversation, with all that was said."""
    async with opened(tmp_path) as world:
        await world.awake(BOB, EVE, JOE)
        world.chats["phone"].fails = shut_for("bob", "eve", "joe")  # type: ignore[assignment]
        await world.assigned("field")
        assert (await world.conversation()).room == INBOX_CHAT
        assert "Good day" in "".join(world.texts(await world.place(INBOX_CHAT)))


async def late(world: World, chat_text: str, *, is_window_shut: bool, member: object = BOB) -> None:
    """The platform reports late that a member was not shown a post."""
    found = next(
        each for each in world.chats["phone"].shown if chat_text in each.text and each.message.chat == member
    )
    await world.core.receiver.report(
        DeliveryReceipt(
            message_id=found.message.message_id,
            state=ReceiptState.FAILED,
            reason="63016",
            is_window_shut=is_window_shut,
        )
    )
    await world.settle()


async def test_a_late_report_of_a_shut_window(tmp_path: Path) -> None:
    """A post that turns out not to have reached the only member goes to the inbox, whole."""
    async with opened(tmp_path) as world:
        await world.awake(BOB)
        await world.assigned("field")
        await late(world, "Good day", is_window_shut=True)
        assert (await world.conversation()).room == INBOX_CHAT
        assert "Good day" in "".join(world.texts(await world.place(INBOX_CHAT)))


async def test_a_late_failure_that_others_do_not_share(tmp_path: Path) -> None:
    """A post that one member did not get costs nothing when another has it."""
    async with opened(tmp_path) as world:
        await world.awake(BOB, EVE)
        await world.assigned("field")
        await late(world, "Good day", is_window_shut=False)
        assert (await world.conversation()).room != INBOX_CHAT


async def test_a_late_failure_of_a_reply(tmp_path: Path) -> None:
    """A reply that fails late is told to the member who wrote it, and can be sent again."""
    async with opened(tmp_path) as world:
        await world.awake(BOB, EVE)
        code = await world.assigned("field")
        await world.writes(f"#{code} Ten euros", BOB)
        sent = world.last(MARY).message
        before = len(world.shown(EVE))
        receipt = DeliveryReceipt(message_id=sent.message_id, state=ReceiptState.FAILED, reason="63016")
        await world.core.receiver.report(receipt)
        await world.settle()
        line = (await world.record()).newest(lambda line: line.text == "Ten euros")
        assert line is not None
        assert line.progress is Progress.FAILED
        assert "63016" in world.last(BOB).text
        assert len(world.shown(EVE)) == before
        await world.writes(f"{code} again", BOB)
        assert world.texts(MARY).count("Ten euros") == 2
