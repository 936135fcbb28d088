"""Promises about making, connecting and letting go of a plugin."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import fields
from types import FrameType
from typing import Any

from pydantic import ValidationError

from bot.api import Capabilities, ChannelSettings, ConfigurationError, ConnectionFailed, Plugin
from tests.conformance.harness import Failure
from tests.conformance.rig import Rig

SWITCHES = tuple(each.name for each in fields(Capabilities) if each.type in {bool, "bool"})
"""What a platform can do or cannot."""

IO_MODULES = frozenset({"io", "_io", "posix", "nt", "socket", "_socket"})
IO_CALLS = frozenset(
    {"open", "connect", "connect_ex", "getaddrinfo", "gethostbyname", "mkdir", "remove", "rename", "replace"}
    | {
        "unlink",
        "rmdir",
        "stat",
        "lstat",
        "listdir",
        "scandir",
        "send",
        "sendall",
        "sendto",
        "recv",
        "socket",
    }
)


class StartingPromises:
    """What the supervisor of a channel counts on."""

    async def test_settings_refuse_unknown_keys(self, rig: Rig) -> None:
        """A key that the plugin does not know is an error of the channel's table."""
        model = rig.harness.package.Settings
        assert issubclass(model, ChannelSettings), "Settings must be a ChannelSettings"
        settings = rig.harness.settings()
        assert isinstance(settings, model), "the harness's settings must be the package's Settings"
        table = settings.model_dump(exclude_unset=True)
        assert model.model_validate(table) == settings, "settings are not what their table says"
        try:
            model.model_validate({**table, "no_such_key": 1})
        except ValidationError as error:
            kinds = {problem["type"] for problem in error.errors()}
            assert kinds == {"extra_forbidden"}, f"the unknown key was refused for another reason: {kinds}"
        else:
            raise AssertionError("Settings accepts a key it does not know")

    async def test_create_plugin_does_no_io(self, rig: Rig) -> None:
        """Making a plugin opens no file or connection, and starts no task."""
        rig.create()  # what is imported late is imported here
        tasks = asyncio.all_tasks()
        calls = _io_calls_of(rig.create)
        assert not calls, f"create_plugin does I/O: {', '.join(calls)}"
        assert asyncio.all_tasks() == tasks, "create_plugin starts a task"

    async def test_connect_shows_nothing_to_anybody(self, rig: Rig) -> None:
        """Connecting and checking with right settings finds nothing wrong and sends no message."""
        async with rig.connected() as plugin:
            findings = await rig.within(plugin.check(), "check")
            wrong = [finding.what for finding in findings if not finding.is_ok]
            assert not wrong, f"check finds fault with right settings: {wrong}"
            shown = await rig.harness.shown(rig.harness.chat)
            assert not shown, "connecting or checking sent a message"

    async def test_wrong_credentials_are_a_configuration_error(self, rig: Rig) -> None:
        """Credentials that are wrong are an error that is not retried."""
        rig.need_failure(Failure.WRONG_CREDENTIALS)
        plugin = rig.create(rig.harness.wrong_settings())
        error = await rig.error_of(plugin.connect(), "connect with wrong credentials")
        await plugin.disconnect()
        assert isinstance(error, ConfigurationError), f"connect raised {error!r}"

    async def test_unreachable_platform_is_connection_failed(self, rig: Rig) -> None:
        """A platform that cannot be reached is an error that is retried, and soon known."""
        rig.need_failure(Failure.UNREACHABLE)
        plugin = rig.create(rig.harness.unreachable_settings())
        error = await rig.error_of(plugin.connect(), "connect to nobody")
        await plugin.disconnect()
        assert isinstance(error, ConnectionFailed), f"connect raised {error!r}"

    async def test_hanging_platform_is_connection_failed(self, rig: Rig) -> None:
        """A platform that does not answer while connecting is an error that is retried, and soon known."""
        rig.need_failure(Failure.HANG)
        plugin = rig.create()
        rig.harness.fail_next(Failure.HANG)
        error = await rig.error_of(plugin.connect(), "connect to a platform that hangs")
        await plugin.disconnect()
        assert isinstance(error, ConnectionFailed), f"connect raised {error!r}"

    async def test_disconnect_is_safe_after_a_failed_connect(self, rig: Rig) -> None:
        """A plugin that could not connect lets go of everything without an error."""
        rig.need_failure(Failure.UNREACHABLE)
        plugin = rig.create(rig.harness.unreachable_settings())
        await rig.error_of(plugin.connect(), "connect to nobody")
        await _disconnect(rig, plugin, "after a failed connect")

    async def test_disconnect_is_safe_without_connect_and_twice(self, rig: Rig) -> None:
        """Letting go of a plugin that never connected, or again, is no error."""
        plugin = rig.create()
        await _disconnect(rig, plugin, "without connect")
        async with rig.connected() as plugin:
            pass
        await _disconnect(rig, plugin, "a second time")

    async def test_a_new_plugin_connects_after_the_old_one(self, rig: Rig) -> None:
        """A second plugin of the same channel works once the first was let go of."""
        for _ in range(2):
            async with rig.connected() as plugin:
                receipt = await rig.taken(plugin, rig.message())
                assert receipt.platform_id, "the receipt has no platform id"

    async def test_listen_ends_when_cancelled(self, rig: Rig) -> None:
        """A plugin that listens stops at once when it is told to, without an error."""
        plugin = rig.create()
        rig.server.routes = plugin.routes()
        await rig.within(plugin.connect(), "connect")
        listening = asyncio.create_task(plugin.listen())
        await rig.within(rig.harness.deliver(rig.said()), "a delivery")
        listening.cancel()
        _, pending = await asyncio.wait({listening}, timeout=rig.harness.patience.total_seconds())
        assert not pending, "listen goes on after it was cancelled"
        if not listening.cancelled():
            assert listening.exception() is None, f"listen raised {listening.exception()!r}"
        await rig.within(plugin.disconnect(), "disconnect")

    async def test_routes_and_capabilities_are_constant(self, rig: Rig) -> None:
        """What a plugin serves, and what it can do, is the same for its whole life."""
        fresh = rig.create()
        routes = [(route.method, route.path) for route in fresh.routes()]
        assert all(path.startswith("/") for _, path in routes), f"a path begins with a slash: {routes}"
        async with rig.connected() as plugin:
            first = plugin.capabilities
            connected = [(route.method, route.path) for route in plugin.routes()]
            await rig.taken(plugin, rig.message())
            assert plugin.capabilities == first, "capabilities change"
        gone = [(route.method, route.path) for route in plugin.routes()]
        assert routes == connected == gone, "routes change"

    async def test_no_chat_can_do_more_than_the_platform(self, rig: Rig) -> None:
        """What a chat lacks is said of it; nothing is possible there that the platform cannot do."""
        async with rig.connected() as plugin:
            whole = plugin.capabilities
            for chat in filter(None, (rig.harness.chat, rig.harness.group)):
                able = plugin.abilities(chat)
                more = [name for name in SWITCHES if getattr(able, name) and not getattr(whole, name)]
                assert not more, f"a chat has {', '.join(more)}, and the platform has not"
                assert able.text_limit <= whole.text_limit, "a chat takes longer texts than the platform"

    async def test_capabilities_make_sense(self, rig: Rig) -> None:
        """A declared limit is one that a message can keep, and threads stand in groups."""
        async with rig.connected() as plugin:
            able = plugin.capabilities
        assert able.text_limit > 0, "no text is short enough"
        assert able.group_chats or not able.threads, "threads need group chats"
        assert able.posts_at_once > 0, "no post could ever be made"
        assert able.threads or not able.thread_states, "states stand on threads"
        assert able.choices == 0 or able.choice_label_limit > 0, "no label is short enough"
        assert all(size > 0 for size in able.media.values()), "a kind without a size cannot be sent"
        assert (rig.harness.group is not None) == able.group_chats, (
            "the harness has no group, or a needless one"
        )


def _io_calls_of(call: Callable[[], object]) -> list[str]:
    """The names of the functions that touch disk or network while `call` runs."""
    calls: list[str] = []

    def note(frame: FrameType, event: str, function: Any) -> None:
        if event == "c_call" and function.__name__ in IO_CALLS:
            owner = type(getattr(function, "__self__", None))
            if function.__module__ in IO_MODULES or owner.__module__ in IO_MODULES:
                calls.append(function.__name__)

    earlier = sys.getprofile()
    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(earlier)
    return calls


async def _disconnect(rig: Rig, plugin: Plugin, when: str) -> None:
    try:
        await rig.within(plugin.disconnect(), "disconnect")
    except Exception as error:
        raise AssertionError(f"disconnect {when} raised {error!r}") from error
