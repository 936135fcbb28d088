"""Whatever a platform does, and whenever the process dies: nothing is lost, and the order is kept."""

import asyncio
from collections import deque
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.api import Capabilities, ChatRef, ConnectionFailed, DeliveryUncertain, RateLimited
from bot.delivery.retry import Backoff
from bot.delivery.surroundings import Limits
from bot.model import ItemState, OutboxItem
from tests.bot.delivery.platform import Answer, Lost, ScriptedPlatform
from tests.bot.delivery.virtual import run
from tests.bot.delivery.world import World, post, settle

RECORDS = 3
MARK = "(maybe repeated) "


def troubles() -> st.SearchStrategy[list[Answer]]:
    """A script of a platform in a bad hour."""
    return st.lists(
        st.sampled_from(
            [
                None,
                None,
                RateLimited("slow", retry_after=timedelta(seconds=7)),
                RateLimited("slow", retry_after=timedelta(seconds=3), whole_channel=True),
                ConnectionFailed("down"),
                DeliveryUncertain("no answer"),
                Lost(error=DeliveryUncertain("no answer")),
                KeyError("a fault"),
            ]
        ),
        max_size=30,
    )


def steps() -> st.SearchStrategy[list[tuple[int, int, float]]]:
    """Which contact writes to which room, and how long until the next one does."""
    return st.lists(
        st.tuples(st.integers(0, RECORDS - 1), st.integers(0, 1), st.sampled_from([0.0, 0.5, 20.0])),
        max_size=25,
    )


def patient(*, idempotent: bool, at_once: int) -> World:
    capabilities = Capabilities(text_limit=400, idempotent=idempotent, posts_at_once=at_once)
    return World(rooms=ScriptedPlatform(capabilities), limits=Limits(backoff=Backoff(most_attempts=100)))


async def lived(world: World, script: list[Answer], writes: list[tuple[int, int, float]], kills: int) -> None:
    """Let contacts write while the platform is in trouble, and the process is killed and started again."""
    world.rooms.script = deque(script)
    records = [world.record(ChatRef("post", str(number))) for number in range(RECORDS)]
    waiting = list(enumerate(writes))
    for life in range(kills + 1):
        delivery = world.delivery()
        running = asyncio.create_task(delivery.run())
        await delivery.recover([record.record_id for record in records])
        delivery.attach("rooms", world.rooms)
        share = len(waiting) if life == kills else len(waiting) // 2
        for number, (who, room, pause) in waiting[:share]:
            chat = ChatRef("rooms", str(room))
            await world.put(records[who], post(f"{who}:{room}:{number}", chat=chat))
            await settle(pause)
        waiting = waiting[share:]
        if life == kills:
            await settle(24 * 3600)
            assert delivery._lanes == {}
            assert delivery.waiting() == 0
            await delivery.stop(timedelta(seconds=1))
            await running
        else:
            running.cancel()
            await asyncio.wait([running])


def left(world: World) -> list[OutboxItem]:
    """What no process will send any more by itself."""
    return [item for ledger in world.ledgers.records.values() for item in ledger.outbox.values()]


def expected(writes: list[tuple[int, int, float]], who: int, room: int) -> list[str]:
    return [
        f"{who}:{room}:{number}" for number, write in enumerate(writes) if (write[0], write[1]) == (who, room)
    ]


def lines(world: World, who: int, room: int) -> list[str]:
    """What a room shows of one contact, line by line."""
    shown = []
    for text in world.rooms.texts(ChatRef("rooms", str(room))):
        mark = MARK if text.startswith(MARK) else ""
        shown += [mark + line for line in text.removeprefix(MARK).split("\n")]
    return [line for line in shown if line.removeprefix(MARK).startswith(f"{who}:")]


@given(script=troubles(), writes=steps(), kills=st.integers(0, 3), at_once=st.integers(1, 3))
@settings(deadline=None, max_examples=150)
def test_an_idempotent_platform_shows_everything_once(
    script: list[Answer], writes: list[tuple[int, int, float]], kills: int, at_once: int
) -> None:
    """Whenever the process dies, an idempotent platform shows each post once, in its contact's order."""

    async def scenario() -> None:
        world = patient(idempotent=True, at_once=at_once)
        await lived(world, script, writes, kills)
        assert left(world) == []
        for who in range(RECORDS):
            for room in range(2):
                assert lines(world, who, room) == expected(writes, who, room)

    run(scenario())


@given(
    script=troubles(),
    writes=steps(),
    kills=st.integers(0, 3),
    idempotent=st.booleans(),
    at_once=st.integers(1, 3),
)
@settings(deadline=None, max_examples=150)
def test_nothing_is_lost_and_repeats_are_marked(
    script: list[Answer],
    writes: list[tuple[int, int, float]],
    kills: int,
    at_once: int,
    *,
    idempotent: bool,
) -> None:
    """Whenever the process dies, every post is shown or left to a person, and shown twice only marked."""

    async def scenario() -> None:
        world = patient(idempotent=idempotent, at_once=at_once)
        await lived(world, script, writes, kills)
        assert all(item.state is ItemState.UNCERTAIN for item in left(world))
        undecided = {item.text for item in left(world)}
        for who in range(RECORDS):
            for room in range(2):
                shown = lines(world, who, room)
                plain = [line for line in shown if not line.startswith("(")]
                assert len(plain) == len(set(plain))
                seen = {line.removeprefix(MARK) for line in shown}
                assert seen | undecided >= set(expected(writes, who, room))
                firsts = list(dict.fromkeys(line.removeprefix(MARK) for line in shown))
                assert firsts == [line for line in expected(writes, who, room) if line in seen]

    run(scenario())
