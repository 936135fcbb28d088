"""Topics: made at a pace, coloured by channel, and shown by an icon how they stand."""

import pytest

from bot.api import ChatRef, DeliveryRejected, DeliveryUncertain, RateLimited, ThreadState
from plugins.telegram.threads import Slow
from tests.plugins.telegram.harness import CHANNEL, TelegramHarness
from tests.plugins.telegram.rig import MEMBER, Bench
from tests.simulators.telegram_topics import COLOURS
from tests.simulators.telegram_updates import Trouble


async def test_topics_of_one_channel_have_one_colour(bench: Bench) -> None:
    """A topic's colour tells its contact's channel, and is one that the platform has."""
    keys = ("whatsapp-1", "whatsapp-2", "webchat-1")
    topics = [await bench.plugin.open_thread(bench.group_ref(), title="Ann", key=key) for key in keys]
    colours = [bench.group.topics[int(topic)].colour for topic in topics]
    assert colours[0] == colours[1]
    assert set(colours) <= COLOURS


async def test_a_topics_icon_changes_when_its_state_does(bench: Bench) -> None:
    """Each state has an icon, and a state that is shown already costs no call."""
    topic = await bench.plugin.open_thread(bench.group_ref(), title="Ann", key="web-1")
    thread = bench.group_ref(int(topic))
    icons = []
    for state in (*ThreadState, ThreadState.WAITING):
        for _ in range(3):
            await bench.plugin.show_state(thread, state)
        icons.append(bench.group.topics[int(topic)].icon)
    assert icons == ["icon-waiting", "icon-answered", "icon-closed", "icon-waiting"]
    assert len(bench.calls("editForumTopic")) == 4
    assert len(bench.calls("getForumTopicIconStickers")) == 1


async def opened_topic(bench: Bench, key: str) -> str:
    """The topic of one of the customers who are all called Ann."""
    return await bench.plugin.open_thread(bench.group_ref(), title="Ann", key=key)


@pytest.mark.parametrize("order", [(Trouble.LATE,), ()], ids=["line first", "answer first"])
async def test_a_topic_that_was_given_is_never_found_again(bench: Bench, order: tuple[Trouble, ...]) -> None:
    """A customer never gets a namesake's topic, whether its line or the answer to its making came first."""
    bench.platform.fail_next(*order)
    first = await opened_topic(bench, "web-1")
    await bench.counted("forum_topic_created")
    bench.platform.fail_next(Trouble.HANG)
    with pytest.raises(DeliveryUncertain):
        await opened_topic(bench, "web-2")
    second = await opened_topic(bench, "web-2")
    assert list(bench.group.topics) == [int(first), int(second)]


async def test_a_line_told_again_gives_no_topic_away(bench: Bench) -> None:
    """An update that comes twice, while a namesake's topic is in doubt, does not make a given topic free."""
    first = await opened_topic(bench, "web-1")
    await bench.counted("forum_topic_created")
    bench.platform.fail_next(Trouble.HANG)
    with pytest.raises(DeliveryUncertain):
        await opened_topic(bench, "web-2")
    bench.platform.emit("message", bench.group.messages[int(first)].payload)
    await bench.counted("forum_topic_created", 2)
    assert await opened_topic(bench, "web-2") != first


async def test_namesakes_in_doubt_get_a_topic_each(bench: Bench) -> None:
    """Two topics of one title whose answers were lost are found both, and no third is made."""
    for key in ("web-1", "web-2"):
        bench.platform.fail_next(Trouble.DROP)
        with pytest.raises(DeliveryUncertain):
            await opened_topic(bench, key)
    await bench.counted("forum_topic_created", 2)
    given = [await opened_topic(bench, key) for key in ("web-1", "web-2")]
    assert sorted(map(int, given)) == sorted(bench.group.topics)


async def test_a_lost_topic_waits_for_its_customer_only(bench: Bench) -> None:
    """A topic in doubt is found by the customer it was made for, and a namesake gets a new one."""
    bench.platform.fail_next(Trouble.DROP)
    with pytest.raises(DeliveryUncertain):
        await opened_topic(bench, "web-1")
    await bench.counted("forum_topic_created")
    (lost,) = bench.group.topics
    assert await opened_topic(bench, "web-2") != str(lost)
    assert await opened_topic(bench, "web-1") == str(lost)


async def test_a_group_that_lets_no_topics_be_made_is_used_without(bench: Bench) -> None:
    """The first refusal tells people, and from then on the group is a flat one."""
    bench.group.members[7000001] = {**bench.group.members[7000001], "can_manage_topics": False}
    with pytest.raises(RateLimited):
        await bench.plugin.open_thread(bench.group_ref(), title="Ann", key="web-1")
    assert not bench.plugin.abilities(bench.group_ref()).threads
    await bench.alerted("right to manage topics")
    bench.people.set_bot(bench.group, MEMBER, "administrator", can_manage_topics=True)
    await bench.counted("my_chat_member")
    assert bench.plugin.abilities(bench.group_ref()).threads


async def test_a_group_that_is_no_forum_is_used_without(bench: Bench) -> None:
    """A group whose topics were turned off before anything was said there is a flat one at once."""
    bench.people.turn_forum(bench.group, is_forum=False)
    with pytest.raises(RateLimited):
        await bench.plugin.open_thread(bench.group_ref(), title="Ann", key="web-1")
    assert not bench.plugin.abilities(bench.group_ref()).threads
    await bench.alerted("Turn topics on")


def test_only_groups_have_topics(bench: Bench) -> None:
    """A contact's or a member's own chat has none, whatever the platform can do elsewhere."""
    assert bench.plugin.abilities(bench.group_ref()).threads
    assert not bench.plugin.abilities(ChatRef(CHANNEL, "4001")).threads
    assert not bench.plugin.abilities(ChatRef(CHANNEL, "-55")).threads


def test_a_link_leads_to_a_topic(bench: Bench) -> None:
    """Members can follow a link to a topic; a small group has no links."""
    assert bench.plugin.thread_link(bench.group_ref(42)) == "https://t.me/c/1000000001/42"
    assert not bench.plugin.thread_link(ChatRef(CHANNEL, "-55", "42"))


async def test_a_contacts_topics_are_erased(bench: Bench) -> None:
    """Erasing deletes the contact's topics with all that stands there; those gone already are no error."""
    topic = await bench.plugin.open_thread(bench.group_ref(), title="Ann", key="web-1")
    await bench.plugin.send(bench.message(bench.group_ref(int(topic)), "private words"))
    idle = bench.harness.package.create_plugin(bench.harness.settings(), bench.host)
    for _ in range(2):
        await idle.erase([bench.harness.chat, bench.group_ref(int(topic))])
    assert not bench.group.topics
    assert not bench.group.ours


async def test_what_is_no_topic_is_refused(bench: Bench) -> None:
    """An id that cannot be a topic's is refused without a call."""
    with pytest.raises(DeliveryRejected):
        await bench.plugin.close_thread(ChatRef(CHANNEL, str(bench.group.payload["id"]), "x"))


def test_topics_come_at_a_pace() -> None:
    """After a burst there is one at a time, and quiet time counts for the next burst."""
    now = 0.0
    pace = Slow(3, 2.0, lambda: now)
    assert [pace.wait_s() for _ in range(4)] == [0.0, 0.0, 0.0, 2.0]
    now = 2.0
    assert [pace.wait_s() for _ in range(2)] == [0.0, 2.0]
    now = 100.0
    assert [pace.wait_s() for _ in range(4)] == [0.0, 0.0, 0.0, 2.0]


def test_the_harness_makes_the_real_plugin(bench: Bench) -> None:
    """What is tested here is the package that the bot loads."""
    assert isinstance(bench.harness, TelegramHarness)
    assert bench.plugin.__class__.__module__ == "plugins.telegram.plugin"
