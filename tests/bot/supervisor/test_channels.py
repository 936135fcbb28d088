"""Channels live side by side: none waits for another, and a reload touches what it changed."""

import asyncio

import pytest

from bot.api import ConnectionFailed, Plugin
from bot.supervisor import Channels, ChannelState
from tests.bot.supervisor.stage import ScriptedPlugin, Stubborn, for_ever, plan, raising, stage


async def test_fault_stays_its_own() -> None:
    """A channel that fails, and one that hangs, leave the third connected."""
    stuck = Stubborn()
    async with stage() as it:
        await it.channels.apply(
            [
                plan("fails", ScriptedPlugin(connect=raising(RuntimeError("x")))),
                plan("hangs", ScriptedPlugin(connect=stuck)),
                plan("works", ScriptedPlugin(listen=for_ever)),
            ]
        )
        await it.channels.ready(bound_s=10)
        states = {name: status.state for name, status in it.channels.statuses().items()}
        assert states == {
            "fails": ChannelState.FAILED,
            "hangs": ChannelState.FAILED,
            "works": ChannelState.CONNECTED,
        }
    stuck.released.set()
    await stuck.ended.wait()


async def test_ready_within_a_bound() -> None:
    """A channel that hangs does not keep the process from being ready."""
    connected: list[str] = []
    async with asyncio.TaskGroup() as tasks:
        channels = Channels(
            tasks, on_connected=lambda name, _: connected.append(name), on_lost=lambda _: None
        )
        await channels.apply(
            [plan("hangs", ScriptedPlugin(connect=for_ever)), plan("works", ScriptedPlugin())]
        )
        await channels.ready(bound_s=0.1)
        assert channels.statuses()["hangs"].state is ChannelState.CONNECTING
        assert connected == ["works"]
        await channels.stop()


async def test_ready_without_channels() -> None:
    """No channels at all are ready at once."""
    async with stage() as it:
        await it.channels.ready()
        assert it.channels.statuses() == {}


async def test_reload_replaces_what_changed() -> None:
    """A reload replaces a channel with new settings, ends one that is gone, and leaves the rest alone."""
    async with stage() as it:
        same, changed, gone = (ScriptedPlugin(listen=for_ever) for _ in range(3))
        await it.channels.apply([plan("same", same), plan("changed", changed), plan("gone", gone)])
        assert {await it.next() for _ in range(3)} == {
            "connected same",
            "connected changed",
            "connected gone",
        }
        fresh, added = ScriptedPlugin(listen=for_ever), ScriptedPlugin(listen=for_ever)
        await it.channels.apply(
            [plan("added", added), plan("changed", fresh, settings=2), plan("same", ScriptedPlugin())]
        )
        assert {await it.next(), await it.next()} == {"lost changed", "lost gone"}
        assert {await it.next(), await it.next()} == {"connected changed", "connected added"}
        assert [changed.disconnects, gone.disconnects, same.disconnects] == [1, 1, 0]
        assert it.channels.plugin("same") is same
        assert it.channels.plugin("changed") is fresh
        assert list(it.channels.statuses()) == ["added", "changed", "same"]


async def test_stop_within_a_bound() -> None:
    """Stopping ends although one plugin hangs in disconnect and another ignores its cancellation."""
    stuck = Stubborn()
    async with stage() as it:
        hanging = ScriptedPlugin(disconnect=for_ever)
        deaf = ScriptedPlugin(listen=stuck)
        waiting = ScriptedPlugin(connect=raising(ConnectionFailed("down")))
        await it.channels.apply([plan("hangs", hanging), plan("deaf", deaf), plan("waits", waiting)])
        await it.channels.ready(bound_s=10)
        await stuck.began.wait()
        await it.channels.stop()
        assert it.channels.statuses() == {}
        assert hanging.disconnects == deaf.disconnects == waiting.disconnects == 1
    stuck.released.set()
    await stuck.ended.wait()


async def test_listener_that_raises_on_loss(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever is told of a loss cannot keep the plugin from being let go of."""

    def refuse(channel: str) -> None:
        raise LookupError(channel)

    plugin = ScriptedPlugin(listen=for_ever)
    connected: asyncio.Queue[Plugin] = asyncio.Queue()
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        channels = Channels(
            tasks, on_connected=lambda _, plugin: connected.put_nowait(plugin), on_lost=refuse
        )
        await channels.apply([plan("a", plugin)])
        assert await connected.get() is plugin
        await channels.stop()
    assert plugin.disconnects == 1
    assert "LookupError" in caplog.text


async def test_unknown_channel_is_ignored() -> None:
    """A report on a channel that a reload took away changes nothing."""
    async with stage() as it:
        it.channels.failed("gone", ConnectionFailed("x"))
        assert it.channels.plugin("gone") is None
