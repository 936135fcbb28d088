"""What went wrong in groups of bots like this one, elsewhere: each as a promise that it does not here."""

from pathlib import Path

import pytest

from bot.api import (
    ButtonPressed,
    ChatGone,
    ChatMovedTo,
    ChatRef,
    Choice,
    DeliveryUncertain,
    IncomingMessage,
    ReachabilityChanged,
    ThreadChanged,
    ThreadGone,
)
from tests.conformance.rig import open_rig
from tests.plugins.telegram.harness import CHANNEL, GROUP, TelegramHarness, open_telegram
from tests.plugins.telegram.rig import CUSTOMER, MEMBER, STRANGER, Bench, opened
from tests.simulators.telegram_people import ANONYMOUS, user
from tests.simulators.telegram_updates import Trouble


async def opened_topic(bench: Bench, title: str = "Ann · web", key: str = "web-1") -> int:
    """A topic that the bot made."""
    return int(await bench.plugin.open_thread(bench.group_ref(), title=title, key=key))


async def test_service_messages_are_no_messages(bench: Bench) -> None:
    """Joins, titles, pins and the bot's own topic lines are counted, and nobody is answered for them."""
    topic = await opened_topic(bench)
    bench.people.write(MEMBER, chat=bench.group, new_chat_members=[STRANGER])
    bench.people.write(MEMBER, chat=bench.group, new_chat_title="Other")
    bench.people.write(MEMBER, chat=bench.group, topic=topic, pinned_message={"message_id": 1})
    bench.people.write(MEMBER, chat=bench.group, topic=topic, forum_topic_edited={"name": "New"})
    await bench.settled()
    assert not bench.host.events
    assert bench.host.counts["forum_topic_created"] == 1
    assert bench.host.counts["pinned_message"] == 1


async def test_a_topic_whose_making_was_uncertain_is_not_made_twice(bench: Bench) -> None:
    """When the answer was lost, the line that the platform wrote of the topic tells its id."""
    bench.platform.fail_next(Trouble.DROP)
    with pytest.raises(DeliveryUncertain):
        await opened_topic(bench)
    await bench.counted("forum_topic_created")
    topic = await opened_topic(bench)
    assert list(bench.group.topics) == [topic]


async def test_a_topic_that_was_not_made_is_made(bench: Bench) -> None:
    """A topic that was never made, for all its uncertainty, is made at the next attempt."""
    bench.platform.fail_next(Trouble.HANG)
    with pytest.raises(DeliveryUncertain):
        await opened_topic(bench)
    topic = await opened_topic(bench)
    assert list(bench.group.topics) == [topic]


async def test_topics_of_people_with_one_name_are_kept_apart(bench: Bench) -> None:
    """Somebody else's topic of the same title is never taken for one that is in doubt."""
    first = await opened_topic(bench, key="web-1")
    bench.platform.fail_next(Trouble.HANG)
    with pytest.raises(DeliveryUncertain):
        await opened_topic(bench, key="web-2")
    second = await opened_topic(bench, key="web-2")
    assert {first, second} == set(bench.group.topics)


async def test_a_deleted_topic_is_gone(bench: Bench) -> None:
    """No update tells of a deleted topic: the next message finds out, and says so."""
    topic = await opened_topic(bench)
    bench.people.delete_topic(bench.group, topic)
    with pytest.raises(ThreadGone):
        await bench.plugin.send(bench.message(bench.group_ref(topic)))


async def test_nothing_lands_among_others_when_topics_are_turned_off(bench: Bench) -> None:
    """A post that the platform put outside of its topic is taken back, and people are told why."""
    topic = await opened_topic(bench)
    bench.people.turn_forum(bench.group, is_forum=False)
    with pytest.raises(ThreadGone):
        await bench.plugin.send(bench.message(bench.group_ref(topic), "private words"))
    assert not bench.group.ours
    await bench.alerted("has no topics any more")
    assert not bench.plugin.abilities(bench.group_ref()).threads
    bench.people.turn_forum(bench.group, is_forum=True)
    bench.people.write(MEMBER, "we have topics again", chat=bench.group)
    await bench.received(IncomingMessage)
    assert bench.plugin.abilities(bench.group_ref()).threads


async def test_a_message_in_general_is_in_no_topic(bench: Bench) -> None:
    """A thread of replies in the General section is not taken for a topic."""
    first = bench.people.write(MEMBER, "who is free?", chat=bench.group)
    await bench.received(IncomingMessage)
    bench.people.write(
        STRANGER, "me", chat=bench.group, answers=first.message_id, message_thread_id=first.message_id
    )
    event = await bench.received(IncomingMessage, 2)
    assert event.chat == bench.group_ref()
    assert event.reply_to == str(first.message_id)


async def test_a_line_in_a_topic_answers_nothing(bench: Bench) -> None:
    """The platform says of every line in a topic that it answers the topic's first; that is no quote."""
    topic = await opened_topic(bench)
    line = bench.people.write(MEMBER, "hello", chat=bench.group, topic=topic)
    event = await bench.received(IncomingMessage)
    assert event.chat == bench.group_ref(topic)
    assert not event.reply_to
    bench.people.write(MEMBER, "indeed", chat=bench.group, topic=topic, answers=line.message_id)
    assert (await bench.received(IncomingMessage, 2)).reply_to == str(line.message_id)


async def test_a_closed_topic_is_opened_for_a_message(bench: Bench) -> None:
    """A bot that lost its rights can still write where it may open the topic; else the topic is gone."""
    topic = await opened_topic(bench)
    bench.group.topics[topic].is_open = False
    receipt = await bench.plugin.send(bench.message(bench.group_ref(topic)))
    assert receipt.platform_id
    bench.people.set_bot(bench.group, MEMBER, "administrator", can_pin_messages=True)
    with pytest.raises(ThreadGone):
        await bench.plugin.send(bench.message(bench.group_ref(topic)))


async def test_missing_rights_are_told_once_at_the_start(tmp_path: Path) -> None:
    """What the bot lacks in a group stands in the inbox, with what to do, once."""
    async with opened(tmp_path) as bench:
        bench.people.set_bot(bench.group, MEMBER, "administrator", can_delete_messages=True)
        told = await bench.alerted("manage topics")
        assert "pin messages" in told
        findings = await bench.plugin.check()
        wrong = [f"{finding.what}: {finding.advice}" for finding in findings if not finding.is_ok]
        assert len(wrong) == 2
        assert not bench.plugin.abilities(bench.group_ref()).threads
        bench.host.alerts.clear()
        bench.people.set_bot(bench.group, MEMBER, "administrator", can_delete_messages=True)
        bench.people.write(CUSTOMER, "hello")
        await bench.received(IncomingMessage)
        assert not bench.host.alerts


async def test_a_group_that_became_a_supergroup_is_followed(bench: Bench) -> None:
    """Both lines that tell of it are one move, people are told once, and members are heard at the new id."""
    moved = bench.people.migrate(bench.group, -1001000000099)
    event = await bench.received(ChatMovedTo)
    assert event.chat == bench.group_ref()
    assert event.new_chat_id == "-1001000000099"
    await bench.alerted("-1001000000099")
    assert len(bench.host.alerts) == 1
    bench.people.write(MEMBER, "here we are", chat=moved)
    assert (await bench.received(IncomingMessage)).chat.chat_id == "-1001000000099"
    assert bench.plugin.thread_link(bench.group_ref(7)) == "https://t.me/c/1000000099/7"


async def test_a_bot_that_was_removed_from_a_group_tells_people(bench: Bench) -> None:
    """The inbox hears of it at once, and a post says why it cannot be; no contact is blamed."""
    bench.people.set_bot(bench.group, MEMBER, "kicked")
    event = await bench.received(ReachabilityChanged)
    assert event.chat == bench.group_ref()
    await bench.alerted("cannot write any more")
    with pytest.raises(ChatGone, match="the bot was removed from the group"):
        await bench.plugin.send(bench.message(bench.group_ref()))


async def test_who_writes_in_the_groups_name_is_a_member(bench: Bench) -> None:
    """An anonymous admin's reply is a reply; a linked channel's post, and a channel's, are nobody's."""
    topic = await opened_topic(bench)
    bench.people.write(ANONYMOUS, "an answer", chat=bench.group, topic=topic, sender_chat=bench.group.payload)
    event = await bench.received(IncomingMessage)
    assert event.sender.is_anonymous
    assert not event.sender.is_bot
    linked = {"id": -1002000000000, "type": "channel", "title": "News"}
    telegram = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
    bench.people.write(telegram, "a post", chat=bench.group, sender_chat=linked, is_automatic_forward=True)
    bench.people.write(user(136817688, is_bot=True), "as a channel", chat=bench.group, sender_chat=linked)
    await bench.counted("channel_post", 2)
    await bench.settled()
    await bench.received(IncomingMessage)


async def test_another_bot_is_said_to_be_one(bench: Bench) -> None:
    """What another bot writes in a team's group is known as such, so that it never reaches a contact."""
    bench.people.write(user(9, "Helper", is_bot=True), "beep", chat=bench.group)
    assert (await bench.received(IncomingMessage)).sender.is_bot


async def test_a_card_pressed_from_outside_does_nothing(bench: Bench) -> None:
    """Whoever presses a button is asked about; a stranger is one, a member is not, and both are answered."""
    topic = await opened_topic(bench)
    choice = Choice(choice_id="K7 claim", label="Claim")
    await bench.plugin.send(bench.message(bench.group_ref(topic), choices=(choice,)))
    card = bench.group.ours[-1]
    await bench.people.told(bench.people.press(STRANGER, bench.group, card, "Claim"))
    assert (await bench.received(ButtonPressed)).sender.is_outsider
    bench.host.notice = "Bob has it"
    assert await bench.people.told(bench.people.press(MEMBER, bench.group, card, "Claim")) == "Bob has it"
    event = await bench.received(ButtonPressed, 2)
    assert not event.sender.is_outsider
    assert event.chat == bench.group_ref(topic)
    bench.people.press(MEMBER, bench.group, card, "Claim")
    await bench.received(ButtonPressed, 3)
    assert len([call for call in bench.calls("getChatMember") if call["user_id"] == MEMBER["id"]]) == 1


async def test_a_group_that_no_team_has_is_no_contact(bench: Bench) -> None:
    """What is written in some other group is left alone, and people are told the group's id once."""
    other = bench.platform.chats.group(-1003000000000, "Friends")
    bench.people.write(MEMBER, "hello", chat=other)
    bench.people.write(MEMBER, "hello again", chat=other)
    await bench.counted("other_group", 2)
    assert not bench.host.events
    await bench.alerted(f'chat = "{CHANNEL}:-1003000000000"')
    assert len(bench.host.alerts) == 1


async def test_a_topic_closed_by_hand_is_told_and_ours_are_not(bench: Bench) -> None:
    """A member's closing and opening are events; the bot's own are not."""
    topic = await opened_topic(bench)
    bench.people.turn_topic(MEMBER, bench.group, topic, is_open=False)
    closed = await bench.received(ThreadChanged)
    assert (closed.chat, closed.is_closed) == (bench.group_ref(topic), True)
    bench.people.turn_topic(MEMBER, bench.group, topic, is_open=True)
    assert not (await bench.received(ThreadChanged, 2)).is_closed
    bench.people.write(bench.platform.chats.bot, chat=bench.group, topic=topic, forum_topic_closed={})
    await bench.counted("forum_topic_closed")
    await bench.received(ThreadChanged, 2)


async def test_who_joins_and_leaves_is_known_at_once(bench: Bench) -> None:
    """The platform tells of joins and leaves; what it told is believed without asking."""
    choice = Choice(choice_id="K7 claim", label="Claim")
    await bench.plugin.send(bench.message(bench.group_ref(), choices=(choice,)))
    card = bench.group.ours[-1]
    for number, (status, is_outsider) in enumerate(
        (("member", False), ("left", True), ("restricted", False)), 1
    ):
        member = {"status": status, "user": STRANGER, "is_member": True}
        body = {"chat": bench.group.payload, "from": MEMBER, "date": 1, "new_chat_member": member}
        bench.platform.emit("chat_member", body)
        bench.people.press(STRANGER, bench.group, card, "Claim")
        assert (await bench.received(ButtonPressed, number)).sender.is_outsider is is_outsider
    assert not [call for call in bench.calls("getChatMember") if call["user_id"] == STRANGER["id"]]


async def test_an_open_group_lets_nobody_in_who_is_no_member(tmp_path: Path) -> None:
    """In a group that is public, or a channel's discussion, strangers can write: theirs is known as such."""
    async with open_rig(lambda _: open_telegram("polling"), tmp_path) as rig:
        assert isinstance(rig.harness, TelegramHarness)
        people, platform = rig.harness.people, rig.harness.platform
        group = platform.chats.chats[GROUP]
        group.more["linked_chat_id"] = -1009
        async with rig.connected():
            people.write(STRANGER, "hello", chat=group)
            people.write(MEMBER, "hello", chat=group)
            assert await rig.host.until(lambda host: len(host.events) == 2)
        outsiders = [
            event.sender.is_outsider for event in rig.host.events if isinstance(event, IncomingMessage)
        ]
    assert outsiders == [True, False]


async def test_a_bot_that_is_added_later_finds_the_topics(tmp_path: Path) -> None:
    """A group that the bot could not be asked about is what the platform says when the bot is added."""
    async with open_rig(lambda _: open_telegram("polling"), tmp_path) as rig:
        assert isinstance(rig.harness, TelegramHarness)
        people, group = rig.harness.people, rig.harness.platform.chats.chats[GROUP]
        group.gone = "bot is not a member of the supergroup chat"
        async with rig.connected() as plugin:
            people.set_bot(group, MEMBER, "administrator", can_manage_topics=True, can_pin_messages=True)
            assert await rig.host.until(lambda host: bool(host.counts["my_chat_member"]))
            assert plugin.abilities(ChatRef(CHANNEL, str(GROUP))).threads
