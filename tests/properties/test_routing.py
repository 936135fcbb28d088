"""Whatever contacts, clocks and teams do, in whatever order: what routing promises holds."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.api import (
    ButtonPressed,
    ChatRef,
    Event,
    IncomingMessage,
    MessageDeleted,
    MessageEdited,
    Origin,
    PostStyle,
    ReactionChanged,
    Sender,
)
from bot.model import Action, Direction, Record, Status
from bot.turn import Due
from tests.bot.building import ANN, ERROR, HINT, WELCOME, Player, Step, file, settings_of

FAQ = "We open at nine."
BOT_ONLY = {WELCOME, ERROR, "Still not.", HINT, FAQ}
SETTINGS = [
    settings_of(settle="0s", max_attempts=2),
    settings_of(settle="1.5s", max_attempts=0, first_message="match"),
    settings_of('[lifecycle]\nreopen_window = "5m"', settle="1.5s", fallback="sales"),
]

WORDS = ("Hello", "help", "price", "hours", "1", "xyzzy", "thanks", "👍", "blood test", "help or price")
ORDERS = ("On my way", "/close", "/reopen", "/claim", "/release", "// a note", "/nonsense")
TRANSFERS = ("/transfer sales", "/transfer support please", "/transfer lab")
PAUSES = (1, 3, 60, 400, 4_000, 8_000, 100_000)

contacts = st.one_of(
    st.tuples(st.just("writes"), st.sampled_from(WORDS)),
    st.tuples(st.just("sends a photo"), st.sampled_from(("", "help"))),
    st.tuples(st.just("presses"), st.sampled_from(("Support", "Opening hours", "Gone"))),
    st.tuples(st.just("edits"), st.sampled_from(WORDS)),
    st.tuples(st.just("deletes"), st.booleans()),
    st.tuples(st.just("reacts"), st.just("👍")),
)
teams = st.one_of(
    st.tuples(st.just("member"), st.sampled_from(ORDERS + TRANSFERS)),
    st.tuples(st.just("member elsewhere"), st.sampled_from(ORDERS)),
    st.tuples(st.just("colleague"), st.just("Hi from the app")),
)
world = st.one_of(
    st.tuples(st.just("waits"), st.sampled_from(PAUSES)),
    st.tuples(st.just("redelivers"), st.integers(0, 50)),
    st.tuples(st.just("delivers"), st.booleans()),
)
sequences = st.lists(st.one_of(contacts, contacts, teams, world), max_size=25)


class Watched(Player):
    """A player whose every turn is checked."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.received: list[Event] = []
        self.messages = 0
        self.shown: Counter[tuple[int, ChatRef]] = Counter()

    async def happens(self, event: Event | Due, *, serve: Any = None) -> Step:
        before = self.record
        status = before.current.status if before.current else None
        step = await super().happens(event, serve=serve)
        if step.turn.is_duplicate:
            assert step.items == []
            assert self.record == before
            return step
        for item in step.items:
            if item.action is Action.POST and item.style is PostStyle.MESSAGE and not item.files:
                self.shown.update((number, item.chat) for number in item.messages)
        if serve is None:
            if not isinstance(event, Due):
                self.received.append(event)
            self.messages += isinstance(event, (IncomingMessage, ButtonPressed))
            assert len(step.said) <= 1
            if status is Status.OPEN:
                assert step.said == []
        else:
            assert not BOT_ONLY & set(step.said)
        self.check()
        return step

    def check(self) -> None:
        """What holds after every turn."""
        record = self.record
        incoming = [line for line in record.messages.values() if line.direction is Direction.INCOMING]
        assert len(incoming) == self.messages
        welcomes = Counter(
            line.conversation
            for line in record.messages.values()
            if line.origin is Origin.BOT and line.text == WELCOME
        )
        assert all(count == 1 for count in welcomes.values())
        on_the_way = {
            number
            for item in record.outbox.values()
            if item.action is Action.POST
            for number in item.messages
        }
        for line in incoming:
            has_room = record.conversations[line.conversation].room is not None
            assert not has_room or line.posts or line.number in on_the_way, line.text
        plain = {line.number for line in incoming if not line.files}
        assert all(count == 1 for (number, _), count in self.shown.items() if number in plain)
        for conversation in record.conversations.values():
            assert conversation.status is Status.PENDING or not conversation.unsettled


async def play(steps: list[tuple[str, Any]], player: Watched) -> None:
    sender = Sender(sender_id="ann", name="Ann Lee", first_name="Ann")
    for name, argument in steps:
        known: dict[str, Any] = {
            "event_id": player.new_id(),
            "chat": ANN,
            "sender": sender,
            "sent_at": player.now,
        }
        room = player.record.current.room if player.record.current else None
        match name:
            case "writes":
                await player.writes(argument)
            case "sends a photo":
                await player.writes(argument, attachments=(file(),))
            case "presses":
                await player.presses(f"go {argument}")
            case "edits" | "deletes" | "reacts":
                written = [line.platform_ids[0] for line in player.transcript if line.platform_ids]
                if not written:
                    continue
                if name == "edits":
                    event: Event = MessageEdited(message_id=written[-1], text=argument, **known)
                elif name == "deletes":
                    event = MessageDeleted(message_id=written[-1], must_erase=argument, **known)
                else:
                    event = ReactionChanged(message_id=written[-1], emoji=argument, **known)
                assert (await player.happens(event)).said == []
            case "member":
                await member(player, argument, room)
            case "member elsewhere":
                for place in player.record.contact.threads:
                    if place.chat != room and argument == "On my way":
                        step = await member(player, argument, place.chat)
                        assert step is None or step.said == []
            case "colleague":
                await player.colleague_writes(argument)
            case "waits":
                await player.wait(timedelta(seconds=argument))
            case "redelivers":
                if player.received:
                    again = player.received[argument % len(player.received)]
                    assert (await player.happens(again)).turn.is_duplicate
            case "delivers":
                player.is_delivering = argument
                if argument:
                    player.deliver()


async def member(player: Watched, text: str, room: ChatRef | None) -> Step | None:
    place = player.record.contact.thread_in(room) if room else None
    if place is None or not place.thread_id:
        return None
    return await player.member_writes(text, room)


@settings(max_examples=150, deadline=None)
@given(sequences, st.sampled_from(SETTINGS))
def test_whatever_happens_routing_keeps_its_promises(steps: list[tuple[str, Any]], config: Any) -> None:
    """One welcome a conversation, silence in an open one, one line and one post a message, no repeats."""
    player = Watched(settings=config)
    asyncio.run(play(steps, player))
    assert isinstance(player.record, Record)


@settings(max_examples=40, deadline=None)
@given(sequences, st.sampled_from(SETTINGS))
def test_nothing_is_left_out_of_sight(steps: list[tuple[str, Any]], config: Any) -> None:
    """A conversation that the bot had ends up with people when its contact stays silent."""
    player = Watched(settings=config)

    async def run() -> None:
        await play([("delivers", True), *steps, ("delivers", True)], player)
        await player.wait(timedelta(days=2))

    asyncio.run(run())
    current = player.record.current
    assert current is None or current.status is not Status.PENDING
    assert player.record.outbox == {}
