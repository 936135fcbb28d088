"""What becomes of posts and threads: links, lost threads, and posts that are linked to messages."""

from datetime import UTC, datetime

from bot.api import ChatRef, ReachabilityChanged
from bot.desk.outcomes import DeskOutcomes
from bot.duty import Duty
from bot.model import HOUSE, Action, House, OutboxItem
from tests.bot.building import INBOX_CHAT, SALES, SUPPORT, book, file
from tests.bot.desk.platform import gone, held, thread_lost, uncertain
from tests.bot.desk.world import ZOE, World, assign


async def test_posts_are_linked(desk: World) -> None:
    """Each message knows where the team can see it, thread included."""
    await desk.says("Hello?")
    posts = desk.line("Hello?").posts
    assert [post.chat for post in posts] == [desk.place()]
    assert [post.platform_id for post in posts] == [desk.thread()[-1].platform_id]


async def test_one_card(desk: World) -> None:
    """A thread has one card, which is edited in place, and it is its first post."""
    await desk.writes("On my way.")
    await desk.writes("/tag vip")
    await desk.writes("/close")
    cards = desk.platform.cards(desk.place())
    assert len(cards) == 1
    assert next(each for each in desk.platform.shown if each.chat == desk.place()) is cards[0]


async def test_assignment(desk: World) -> None:
    """A conversation comes to its team as card and all that the contact said, in one post."""
    assert desk.texts() == ["Hello\nhelp"]
    assert desk.told()[-1] == "Support will answer you here."


async def test_everything_in_its_own_thread(desk: World) -> None:
    """What a contact says stands in their own thread and in no other."""
    await assign(desk, ZOE)
    await desk.says("I am Zoe", ZOE)
    assert "I am Zoe" in desk.texts(about=ZOE)
    assert "I am Zoe" not in desk.texts()
    assert desk.place(SUPPORT, ZOE) != desk.place(SUPPORT)


async def test_thread_lost(desk: World) -> None:
    """When its thread is lost, card and last lines are made anew, and the same message after them."""
    await desk.writes("On my way.")
    old = desk.place()
    desk.platform.befall(Action.POST, SUPPORT, thread_lost)
    await desk.says("Hello?")
    assert desk.place() != old
    assert desk.card().actions == ["release", "transfer", "close"]
    lines, message = desk.texts()
    assert lines.splitlines()[-1] == "Bob Miller → On my way."
    assert message == "Hello?"


async def test_thread_lost_twice(desk: World) -> None:
    """A thread that is lost again is made again, and the message is posted once."""
    desk.platform.befall(Action.POST, SUPPORT, thread_lost, thread_lost)
    await desk.says("Hello?")
    assert "\n".join(desk.texts()).count("Hello?") == 1


async def test_what_waits_behind(desk: World) -> None:
    """What waits behind the message that finds the thread lost is posted once too."""
    desk.platform.befall(Action.POST, SUPPORT, thread_lost)
    desk.is_delivering = False
    await desk.says("Hello?")
    await desk.says("Anybody?")
    desk.is_delivering = True
    await desk.deliver()
    whole = "\n".join(desk.texts())
    assert (whole.count("Hello?"), whole.count("Anybody?")) == (1, 1)


async def test_quote_after_a_lost_thread(desk: World) -> None:
    """The lines that were posted anew lead back to the conversation's messages."""
    await desk.says("My roof leaks")
    desk.platform.befall(Action.POST, SUPPORT, thread_lost)
    await desk.says("Hello?")
    await desk.writes("Since when?", reply_to=desk.thread()[0].platform_id)
    assert desk.platform.shown[-1].item.quotes == desk.line("My roof leaks").number


async def test_thread_lost_with_the_card(desk: World) -> None:
    """A card whose thread is lost is made anew, with the last lines."""
    desk.platform.befall(Action.CARD, SUPPORT, thread_lost)
    await desk.writes("/tag vip")
    assert "vip" in desk.card().text
    assert len(desk.platform.cards(desk.place())) == 1
    assert desk.texts()[0].splitlines()[0] == "Ann Lee: Hello"


async def test_lost_when_it_was_left(desk: World) -> None:
    """A lost thread that the conversation has left is not made anew to say so."""
    desk.platform.befall(Action.POST, SUPPORT, thread_lost)
    desk.platform.befall(Action.CARD, SUPPORT, thread_lost)
    desk.platform.befall(Action.CLOSE_THREAD, SUPPORT, thread_lost)
    threads = {each.chat for each in desk.platform.shown}
    await desk.writes("/transfer sales")
    assert {each.chat for each in desk.platform.shown} - threads == {desk.place(SALES)}


async def test_lost_while_closing(desk: World) -> None:
    """A thread that is lost as it is closed is forgotten, and made anew when the contact writes again."""
    desk.platform.befall(Action.CLOSE_THREAD, SUPPORT, thread_lost)
    await desk.writes("/close")
    assert desk.place().thread_id == "none"
    await desk.says("One more question")
    assert "One more question" in desk.texts()
    assert desk.card().actions == ["claim", "transfer", "close"]


async def test_link_in_the_old_thread(desk: World) -> None:
    """The line in the old thread has its link also when it was posted before the new thread was made."""
    desk.is_delivering = False
    await desk.writes("/transfer sales")
    record = desk.record()
    left = next(
        item for item in record.outbox.values() if item.chat == SUPPORT and item.action is Action.POST
    )
    assert "https://" not in left.text
    place = desk.place()
    await desk.intake.apply(
        record.record_id,
        lambda ledger, now: desk.outcomes.sent(ledger, [left], place, (shown(desk, left, place),), now),
    )
    desk.is_delivering = True
    await desk.deliver()
    assert desk.texts()[-1].endswith(f"on to Sales. {desk.link(desk.place(SALES))}")


def shown(desk: World, item: OutboxItem, chat: ChatRef) -> str:
    return desk.platform.add(chat, item.text, (), item)


async def test_no_links(desk: World) -> None:
    """On a platform without links the line in the old thread is simply without one."""
    desk.outcomes = DeskOutcomes(lambda: desk.rules, desk.abilities, desk.duty)
    await desk.writes("/transfer sales")
    assert desk.texts()[-1] == f"Bob Miller passed {desk.code()} on to Sales."


async def test_files_of_the_transcript(desk: World) -> None:
    """A picture that came before the assignment is posted to the new team too."""
    await desk.says("My roof", attachments=(file(),))
    await desk.writes("/transfer sales")
    number = desk.line("My roof").number
    assert number in [each.item.files for each in desk.thread(SALES)]


async def test_reachability_of_a_team_chat(desk: World) -> None:
    """News of a team chat changes nothing in a conversation."""
    before = desk.conversation()
    await desk.happens(
        ReachabilityChanged(event_id="r", chat=desk.place(), sent_at=desk.now, is_reachable=False)
    )
    assert desk.conversation() == before


def test_the_house() -> None:
    """What belongs to no contact is simply sent, or given up."""
    outcomes = DeskOutcomes(book, lambda _chat: None, Duty(lambda _chat: None))
    now = datetime(2026, 3, 2, tzinfo=UTC)
    item = OutboxItem(number=1, action=Action.POST, chat=INBOX_CHAT, created_at=now, text="An alert")
    for tell in (gone(), uncertain, thread_lost):
        house = House(record_id=HOUSE, outbox={1: item})
        tell(outcomes, house, item, now)
        assert house.outbox == {}
    house = House(record_id=HOUSE, outbox={1: item})
    outcomes.sent(house, [item], INBOX_CHAT, ("p1",), now)
    outcomes.thread_opened(house, item, "t1", now)
    assert house.outbox == {}
    held()(outcomes, house, item, now)
    assert list(house.outbox) == [1]


async def test_uncertain_post(desk: World) -> None:
    """A post to the team of which nobody knows, twice, whether it arrived is shown in the inbox."""
    desk.platform.befall(Action.POST, SUPPORT, uncertain)
    await desk.says("Hello?")
    assert desk.texts(INBOX_CHAT) == ["Hello?"]
    assert not desk.record().outbox


async def test_uncertain_post_in_the_inbox(desk: World) -> None:
    """There is no other place for what may not have arrived in the inbox, so it is posted there again."""
    desk.platform.befall(Action.POST, SUPPORT, uncertain)
    desk.platform.befall(Action.POST, INBOX_CHAT, uncertain)
    await desk.says("Hello?")
    assert desk.texts(INBOX_CHAT) == ["Hello?"]
    assert not desk.record().outbox
