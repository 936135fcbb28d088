"""Word to the inbox of channels that stay away."""

import asyncio
from datetime import timedelta

from bot.alarms import Alarms
from bot.supervisor import ChannelState, ChannelStatus
from tests.bot.building import START, book
from tests.bot.delivery.virtual import run

DOWN = ChannelStatus(state=ChannelState.FAILED, error="the token is wrong")
UP = ChannelStatus(state=ChannelState.CONNECTED)
AGAIN = ChannelStatus(state=ChannelState.CONNECTING)


class Watch:
    """Channels as they are said to be, and what people are told."""

    def __init__(self) -> None:
        self.now = START
        self.statuses = {"shop": UP, "desk": UP}
        self.told: list[str] = []
        self.error: OSError | None = None
        rules = book()
        self.alarms = Alarms(
            statuses=lambda: self.statuses,
            announce=self._announce,
            rules=lambda: rules,
            clock=lambda: self.now,
            down=set(),
        )

    async def _announce(self, text: str) -> None:
        if self.error is not None:
            raise self.error
        self.told.append(text)

    async def later(self, status: ChannelStatus, seconds: int = 30) -> list[str]:
        """What is told when the shop has been like this for some seconds more."""
        self.statuses["shop"] = status
        await self.alarms.look()
        self.now += timedelta(seconds=seconds)
        before = len(self.told)
        await self.alarms.look()
        return self.told[before:]


async def test_who_stays_away_is_told_of_once() -> None:
    """A channel that fails for a minute is told of with the reason, once, and its return too."""
    watch = Watch()
    assert await watch.later(DOWN) == []
    assert await watch.later(DOWN) == ["⚠️ The channel shop does not work: the token is wrong"]
    assert await watch.later(AGAIN) == []
    assert await watch.later(DOWN, 600) == []
    await watch.later(UP)
    assert watch.told[-1] == "The channel shop works again."
    assert len(watch.told) == 2


async def test_a_blink_is_not_worth_a_word() -> None:
    """A channel that is back within a minute is not told of."""
    watch = Watch()
    for status in (DOWN, UP, DOWN, UP):
        assert await watch.later(status) == []


async def test_word_that_could_not_be_written_comes_later() -> None:
    """What the disk did not take is told at the next look."""
    watch = Watch()
    await watch.later(DOWN)
    watch.error = OSError("full")
    for _ in range(2):
        try:
            await watch.later(DOWN)
        except OSError:
            watch.now += timedelta(seconds=30)
    watch.error = None
    await watch.later(DOWN)
    assert len(watch.told) == 1


async def test_a_channel_that_is_switched_off() -> None:
    """A channel that config.toml no longer enables is not told of any more."""
    watch = Watch()
    for _ in range(2):
        await watch.later(DOWN)
    del watch.statuses["shop"]
    await watch.alarms.look()
    watch.statuses["shop"] = UP
    await watch.alarms.look()
    assert len(watch.told) == 1


def test_a_fault_ends_nothing() -> None:
    """Whatever fails at one look, the next one is made."""
    watch = Watch()
    faults = [ValueError("what was written"), KeyError("shop")]

    def statuses() -> dict[str, ChannelStatus]:
        if faults:
            raise faults.pop(0)
        watch.now += timedelta(seconds=30)
        return {"shop": DOWN}

    alarms = Alarms(
        statuses=statuses, announce=watch._announce, rules=book, clock=lambda: watch.now, down=set()
    )

    async def scenario() -> None:
        running = asyncio.create_task(alarms.run())
        await asyncio.sleep(120)
        running.cancel()
        await asyncio.wait([running])
        assert running.cancelled()

    run(scenario())
    assert watch.told == ["⚠️ The channel shop does not work: the token is wrong"]
