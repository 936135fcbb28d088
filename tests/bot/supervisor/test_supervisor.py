"""One channel is made, connected, and made again, whatever its plugin does."""

import asyncio
import logging
from datetime import timedelta

import pytest

from bot.api import ConfigurationError, ConnectionFailed, Plugin, RateLimited
from bot.supervisor import ChannelPlan, ChannelState, ChannelStatus
from bot.supervisor.supervisor import Failed
from tests.bot.supervisor.stage import ScriptedPlugin, Stubborn, for_ever, plan, raising, stage


async def test_connects() -> None:
    """A channel whose plugin connects is connected, also when listening returns at once."""
    async with stage() as it:
        plugin = ScriptedPlugin()
        await it.channels.apply([plan("a", plugin)])
        assert await it.next() == "connected a"
        assert it.channels.statuses() == {"a": ChannelStatus(state=ChannelState.CONNECTED)}
        assert it.channels.plugin("a") is plugin


async def test_failed_connection_is_tried_again() -> None:
    """A platform that cannot be reached is shown as failed with its reason, and tried again."""
    async with stage() as it:
        down = ScriptedPlugin(connect=raising(ConnectionFailed("no route")))
        up = ScriptedPlugin()
        await it.channels.apply([plan("a", down, up)])
        assert await it.next() == "pause 1"
        assert it.channels.statuses()["a"] == ChannelStatus(state=ChannelState.FAILED, error="no route")
        assert it.channels.plugin("a") is None
        assert down.disconnects == 1
        it.pass_pause()
        assert await it.next() == "connected a"
        assert it.channels.statuses()["a"] == ChannelStatus(state=ChannelState.CONNECTED)


async def test_pauses_grow() -> None:
    """Each pause is twice as long as the one before, up to five minutes."""
    async with stage() as it:
        await it.channels.apply([plan("a", ScriptedPlugin(connect=raising(ConnectionFailed("down"))))])
        pauses = []
        for _ in range(11):
            pauses.append(await it.next())
            it.pass_pause()
        assert pauses == [f"pause {seconds}" for seconds in (1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300)]


async def test_state_while_trying_again() -> None:
    """While it is tried again a channel is connecting, and still says what went wrong last."""
    async with stage() as it:
        trying = asyncio.Event()

        async def hang() -> None:
            trying.set()
            await for_ever()

        down = ScriptedPlugin(connect=raising(ConnectionFailed("down")))
        await it.channels.apply([plan("a", down, ScriptedPlugin(connect=hang))])
        await it.next()
        it.pass_pause()
        await trying.wait()
        assert it.channels.statuses()["a"] == ChannelStatus(state=ChannelState.CONNECTING, error="down")


async def test_platform_names_the_pause() -> None:
    """A platform that asks for a longer pause gets it."""
    async with stage() as it:
        busy = RateLimited("slow down", retry_after=timedelta(seconds=40))
        await it.channels.apply([plan("a", ScriptedPlugin(connect=raising(busy)))])
        assert await it.next() == "pause 40"


async def test_wrong_settings_are_not_tried_again() -> None:
    """Wrong credentials stop the channel until a reload, which tries again even with the same settings."""
    async with stage() as it:
        refused = ScriptedPlugin(connect=raising(ConfigurationError("the token is wrong")))
        channel = plan("a", refused, ScriptedPlugin())
        await it.channels.apply([channel])
        await it.channels.ready(bound_s=10)
        assert it.channels.statuses()["a"] == ChannelStatus(
            state=ChannelState.FAILED, error="the token is wrong"
        )
        assert refused.disconnects == 1
        assert it.events.empty()
        await it.channels.apply([channel])
        assert await it.next() == "connected a"


async def test_connect_that_hangs_is_given_up() -> None:
    """A connection that does not come about in time counts as failed."""
    async with stage() as it:
        await it.channels.apply([plan("a", ScriptedPlugin(connect=for_ever))])
        assert await it.next() == "pause 1"
        assert it.channels.statuses()["a"].error == "no connection within 0.02 s"


async def test_connect_that_cannot_be_cancelled_is_left_behind() -> None:
    """A connect that ignores its cancellation does not hold its channel up."""
    async with stage() as it:
        stuck = Stubborn()
        await it.channels.apply([plan("a", ScriptedPlugin(connect=stuck), ScriptedPlugin())])
        assert await it.next() == "pause 1"
        it.pass_pause()
        assert await it.next() == "connected a"
        stuck.released.set()
        await stuck.ended.wait()


async def test_listen_that_fails() -> None:
    """A plugin that loses its connection while it listens is let go of and replaced."""
    async with stage() as it:
        first = ScriptedPlugin(listen=raising(ConnectionFailed("cut")))
        second = ScriptedPlugin(listen=for_ever)
        await it.channels.apply([plan("a", first, second)])
        assert [await it.next() for _ in range(3)] == ["connected a", "lost a", "pause 1"]
        assert first.disconnects == 1
        it.pass_pause()
        assert await it.next() == "connected a"
        assert it.channels.plugin("a") is second


async def test_break_reported_by_the_plugin() -> None:
    """What a plugin tells its host of a broken connection restarts it, and only itself."""
    async with stage() as it:
        first, second = ScriptedPlugin(listen=for_ever), ScriptedPlugin(listen=for_ever)
        await it.channels.apply([plan("a", first, second)])
        assert await it.next() == "connected a"
        first.failed(ConnectionFailed("socket closed"))
        assert [await it.next(), await it.next()] == ["lost a", "pause 1"]
        it.pass_pause()
        assert await it.next() == "connected a"
        first.failed(ConnectionFailed("a late word"))
        it.channels.failed("a", ConnectionFailed("another late word"), plugin=first)
        it.channels.failed("a", ConnectionFailed("a true word"), plugin=second)
        assert await it.next() == "lost a"
        await it.next()
        assert it.channels.statuses()["a"].error == "a true word"


@pytest.mark.parametrize(
    "error", [ValueError("hello from a customer"), SystemExit(3), asyncio.CancelledError()]
)
async def test_unforeseen_fault(error: BaseException, caplog: pytest.LogCaptureFixture) -> None:
    """A bug in a plugin is contained, tried again, and told without the text of the error."""
    async with stage() as it:
        with caplog.at_level(logging.INFO):
            await it.channels.apply([plan("a", ScriptedPlugin(connect=raising(error)))])
            assert await it.next() == "pause 1"
        assert it.channels.statuses()["a"].error.startswith("unexpected ")
        assert "hello from a customer" not in caplog.text + it.channels.statuses()["a"].error
        assert "stage.py" in caplog.text or "bounded.py" in caplog.text


async def test_plugin_that_cannot_be_made() -> None:
    """A plugin that fails before it exists is tried again like any other."""

    def create(failed: Failed) -> Plugin:
        raise KeyError("x")

    async with stage() as it:
        await it.channels.apply([ChannelPlan(channel="a", settings=1, create=create)])
        assert await it.next() == "pause 1"
        assert "KeyError in create" in it.channels.statuses()["a"].error


async def test_logged_once_per_cause(caplog: pytest.LogCaptureFixture) -> None:
    """The same cause is logged once, not at each attempt; another cause is news."""
    async with stage() as it:
        down, other = ConnectionFailed("down"), ConnectionFailed("other")
        errors = (down, down, other, down)
        plugins = [ScriptedPlugin(connect=raising(error)) for error in errors]
        with caplog.at_level(logging.INFO):
            await it.channels.apply([plan("a", *plugins, ScriptedPlugin(listen=for_ever))])
            for _ in errors:
                await it.next()
                it.pass_pause()
            assert await it.next() == "connected a"
        lines = [record.message.partition(";")[0] for record in caplog.records]
        assert lines == ["a: down", "a: other", "a: connected"]


async def test_stable_connection_starts_afresh(caplog: pytest.LogCaptureFixture) -> None:
    """After a minute of connection the pauses are short again and the same cause is news again."""
    async with stage() as it:
        plugins = [ScriptedPlugin(listen=for_ever) for _ in range(3)]
        await it.channels.apply([plan("a", *plugins)])
        with caplog.at_level(logging.WARNING):
            for plugin, lasts, pause in ((plugins[0], 1, 1), (plugins[1], 1, 2), (plugins[2], 61, 1)):
                assert await it.next() == "connected a"
                it.now += lasts
                plugin.failed(ConnectionFailed("cut"))
                assert [await it.next(), await it.next()] == ["lost a", f"pause {pause}"]
                it.pass_pause()
        assert [record.message.partition(";")[0] for record in caplog.records] == ["a: cut", "a: cut"]


async def test_disconnect_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    """A disconnect that fails or hangs is logged, and the channel goes on."""
    async with stage() as it:
        first = ScriptedPlugin(listen=raising(ConnectionFailed("cut")), disconnect=raising(OSError("x")))
        second = ScriptedPlugin(listen=raising(ConnectionFailed("cut")), disconnect=for_ever)
        await it.channels.apply([plan("a", first, second, ScriptedPlugin(listen=for_ever))])
        for _ in range(2):
            assert [await it.next() for _ in range(3)][-1].startswith("pause")
            it.pass_pause()
        assert await it.next() == "connected a"
        assert caplog.text.count("disconnecting failed") == 2
