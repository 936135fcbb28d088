"""What went wrong with bots like this one, elsewhere: each as a promise that it does not here."""

from pathlib import Path
from typing import Literal

import pytest

from bot.api import (
    ChatGone,
    ConfigurationError,
    DeliveryRejected,
    IncomingMessage,
    MessageEdited,
    ReachabilityChanged,
)
from tests.conformance.rig import open_rig
from tests.plugins.telegram.harness import TelegramHarness, open_telegram
from tests.plugins.telegram.rig import CUSTOMER, MEMBER, Bench, opened
from tests.simulators.telegram_updates import Trouble


async def test_an_update_is_confirmed_only_with_all_before_it(bench: Bench) -> None:
    """While one chat's update is still being stored it is not confirmed, though later ones are stored."""
    bench.host.hold(bench.harness.chat)
    bench.people.write(CUSTOMER, "first")
    assert await bench.host.until(lambda host: len(host.attempts) == 1)
    bench.people.write(MEMBER, "second")
    await bench.received(IncomingMessage)
    (number, *_) = bench.platform.waiting
    assert number in bench.platform.waiting
    bench.host.release(bench.harness.chat)
    await bench.settled()
    assert sorted(event.text for event in bench.host.events if isinstance(event, IncomingMessage)) == [
        "first",
        "second",
    ]
    assert len(bench.host.attempts) == 2


async def test_a_full_disk_confirms_nothing(bench: Bench) -> None:
    """What the disk refuses stays with the platform until it can be stored."""
    bench.host.receive_error = OSError("no space left on device")
    bench.people.write(CUSTOMER, "hello")
    assert await bench.host.until(lambda host: len(host.attempts) >= 3)
    assert bench.platform.waiting
    bench.host.receive_error = None
    assert (await bench.received(IncomingMessage)).text == "hello"
    await bench.settled()


async def test_what_was_written_while_the_bot_was_down_is_received(tmp_path: Path) -> None:
    """The backlog is never dropped: it comes in its order when the bot is back."""
    async with open_rig(lambda _: open_telegram("polling"), tmp_path) as rig:
        assert isinstance(rig.harness, TelegramHarness)
        for number in range(250):
            rig.harness.people.write(CUSTOMER, f"line {number}")
        async with rig.connected():
            assert await rig.host.until(lambda host: len(host.events) == 250)
        texts = [event.text for event in rig.host.events if isinstance(event, IncomingMessage)]
        calls = rig.harness.platform.calls
    assert texts == [f"line {number}" for number in range(250)]
    assert not any(call.get("drop_pending_updates") for _, call in calls)


async def test_a_burst_of_one_person_keeps_every_line_and_the_order(bench: Bench) -> None:
    """Ten lines at once are ten events, in order: nothing guards against people who write fast."""
    for number in range(10):
        bench.people.write(CUSTOMER, str(number))
    await bench.received(IncomingMessage, 10)
    texts = [event.text for event in bench.host.events if isinstance(event, IncomingMessage)]
    assert texts == [str(number) for number in range(10)]


async def test_a_second_program_stops_the_channel(tmp_path: Path) -> None:
    """When another program takes this bot's updates the channel stops, and the reason says what to do."""
    async with open_rig(lambda _: open_telegram("polling"), tmp_path) as rig:
        assert isinstance(rig.harness, TelegramHarness)
        plugin = rig.create()
        await plugin.connect()
        rig.harness.platform.fail_updates(Trouble.TERMINATED)
        with pytest.raises(ConfigurationError, match="another program asks for this bot's messages"):
            await rig.within(plugin.listen(), "listen")
        await plugin.disconnect()


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_updates_that_make_no_sense_hold_up_nothing(
    tmp_path: Path, mode: Literal["polling", "webhook"]
) -> None:
    """Updates that nobody can read are counted and passed over; what comes behind them is received."""
    private = {"id": 4001, "type": "private"}
    poison: list[object] = [
        {"message_id": "x"},
        [],
        None,
        {"message_id": 1, "date": "yesterday", "chat": private, "from": CUSTOMER},
        {"message_id": 1, "date": 1, "chat": private, "from": CUSTOMER, "text": 5},
        {"message_id": 1, "date": 10**30, "chat": private, "from": CUSTOMER},
        {"message_id": 1, "date": 1, "chat": private, "from": CUSTOMER, "photo": [{"width": 1}]},
    ]
    async with opened(tmp_path, mode) as bench:
        for body in poison:
            bench.platform.emit("message", body)  # type: ignore[arg-type]  # that is the poison
        bench.people.write(CUSTOMER, "hello")
        assert (await bench.received(IncomingMessage)).text == "hello"
        await bench.counted("unreadable", len(poison))
        await bench.settled()


async def test_a_fault_of_ours_is_set_aside_at_last(bench: Bench) -> None:
    """An update that our own side fails on is tried some times, then set aside with an alert."""
    bench.host.receive_error = RuntimeError("a fault")  # type: ignore[assignment]  # nobody expects it
    bench.people.write(CUSTOMER, "hello")
    await bench.alerted("could not be taken")
    assert len(bench.host.attempts) == 3
    bench.host.receive_error = None
    bench.people.write(CUSTOMER, "again")
    assert (await bench.received(IncomingMessage)).text == "again"
    await bench.settled()


async def test_a_message_too_old_to_be_taken_back_says_so(bench: Bench) -> None:
    """A refusal to delete is told in words that a team understands."""
    written = bench.people.write(CUSTOMER, "hello")
    with pytest.raises(DeliveryRejected, match="two days"):
        await bench.plugin.delete(bench.harness.chat, str(written.message_id))


async def test_edits_that_change_nothing_are_none(bench: Bench) -> None:
    """The platform reports reactions and previews as edits: only a new text is one."""
    written = bench.people.write(CUSTOMER, "hello")
    await bench.received(IncomingMessage)
    bench.people.edit(written)
    bench.people.edit(written, link_preview_options={"is_disabled": True})
    await bench.counted("unchanged_edit", 2)
    bench.people.edit(written, text="hello!")
    assert (await bench.received(MessageEdited)).text == "hello!"
    bench.people.edit(written, text="hello!")
    await bench.counted("unchanged_edit", 3)


async def test_an_edit_that_the_disk_refused_is_not_forgotten(bench: Bench) -> None:
    """An edit that comes again because it could not be stored is an edit still."""
    written = bench.people.write(CUSTOMER, "hello")
    await bench.received(IncomingMessage)
    bench.host.receive_error = OSError("no space left on device")
    bench.people.edit(written, text="hello!")
    assert await bench.host.until(lambda host: len(host.attempts) >= 3)
    bench.host.receive_error = None
    assert (await bench.received(MessageEdited)).text == "hello!"


async def test_a_contact_who_blocks_the_bot_is_unreachable(bench: Bench) -> None:
    """A block is known at once, and a send says in plain words why it cannot be."""
    bench.people.write(CUSTOMER, "hello")
    chat = bench.platform.chats.chats[4001]
    bench.people.set_bot(chat, CUSTOMER, "kicked")
    gone = await bench.received(ReachabilityChanged)
    assert not gone.is_reachable
    assert gone.reason == "the contact has blocked the bot"
    with pytest.raises(ChatGone, match="the contact has blocked the bot"):
        await bench.plugin.send(bench.message())
    bench.people.set_bot(chat, CUSTOMER, "member")
    assert (await bench.received(ReachabilityChanged, 2)).is_reachable
