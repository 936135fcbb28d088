"""Promises about messages that a platform does not take, or may have taken."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.api import (
    ChatGone,
    ChatMoved,
    ConfigurationError,
    ConnectionFailed,
    DeliveryRejected,
    DeliveryUncertain,
    Plugin,
    PluginError,
    RateLimited,
    ThreadGone,
    Unsupported,
)
from tests.conformance.harness import Failure
from tests.conformance.observing import only_shown
from tests.conformance.rig import Rig, need, need_not

UNCLEAR = (Failure.HANG, Failure.DROP, Failure.GARBAGE)
"""The failures after which nobody knows whether the message arrived."""


class FailingPromises:
    """What delivery's retries count on: each failure has the error that says what to do next."""

    async def test_rate_limit_names_the_pause(self, rig: Rig) -> None:
        """A platform that asks for a pause is RateLimited, with the pause it names."""
        error = await _send_error(rig, Failure.RATE_LIMITED)
        assert isinstance(error, RateLimited), f"send raised {error!r}"
        assert error.retry_after > timedelta(0), "the pause is no pause"
        assert error.retry_after == rig.harness.retry_after, f"the pause is {error.retry_after}"

    async def test_refusal_is_rejected(self, rig: Rig) -> None:
        """A message that is refused for good is DeliveryRejected, and never anything that is retried."""
        error = await _send_error(rig, Failure.REJECTED)
        assert isinstance(error, DeliveryRejected), f"send raised {error!r}"

    async def test_lost_chat_is_gone(self, rig: Rig) -> None:
        """A chat that takes no messages from us is ChatGone."""
        error = await _send_error(rig, Failure.CHAT_GONE)
        assert isinstance(error, ChatGone), f"send raised {error!r}"

    async def test_lost_thread_is_gone(self, rig: Rig) -> None:
        """A thread that is not there is ThreadGone, so that it is made again."""
        rig.need_failure(Failure.THREAD_GONE)
        async with rig.connected() as plugin:
            group = rig.need_group()
            thread_id = await rig.within(plugin.open_thread(group, title="Ann", key="ann"), "open_thread")
            rig.harness.fail_next(Failure.THREAD_GONE)
            error = await rig.error_of(plugin.send(rig.message(group.thread(thread_id))), "send")
        assert isinstance(error, ThreadGone), f"send raised {error!r}"

    async def test_moved_chat_names_its_new_id(self, rig: Rig) -> None:
        """A chat that has moved is ChatMoved, with the id it has now."""
        rig.need_failure(Failure.CHAT_MOVED)
        async with rig.connected() as plugin:
            rig.harness.fail_next(Failure.CHAT_MOVED)
            chat = rig.harness.group or rig.harness.chat
            error = await rig.error_of(plugin.send(rig.message(chat)), "send")
        assert isinstance(error, ChatMoved), f"send raised {error!r}"
        assert error.new_chat_id == rig.harness.moved_to, f"the new id is {error.new_chat_id!r}"

    async def test_revoked_credentials_are_a_configuration_error(self, rig: Rig) -> None:
        """Credentials that stop being right stop the channel, and lose no message."""
        error = await _send_error(rig, Failure.REVOKED)
        assert isinstance(error, ConfigurationError), f"send raised {error!r}"

    async def test_server_error_may_be_retried(self, rig: Rig) -> None:
        """A platform's own error is not held against the message."""
        error = await _send_error(rig, Failure.SERVER_ERROR)
        assert isinstance(error, ConnectionFailed | DeliveryUncertain | RateLimited), f"send raised {error!r}"

    async def test_silence_is_uncertain(self, rig: Rig) -> None:
        """A send without an answer ends soon, and is uncertain unless a repeat is harmless."""
        await _expect_uncertain(rig, Failure.HANG)

    async def test_lost_answer_is_uncertain(self, rig: Rig) -> None:
        """A send whose answer was lost is uncertain unless a repeat is harmless."""
        await _expect_uncertain(rig, Failure.DROP)

    async def test_senseless_answer_is_uncertain(self, rig: Rig) -> None:
        """A send whose answer makes no sense is uncertain unless a repeat is harmless."""
        await _expect_uncertain(rig, Failure.GARBAGE)

    async def test_dead_platform_is_connection_failed(self, rig: Rig) -> None:
        """When nobody listens any more, nothing was sent, and the error says that a repeat is safe."""
        rig.need_failure(Failure.UNREACHABLE)
        async with rig.connected() as plugin:
            await rig.harness.go_dark()
            first = await rig.error_of(plugin.send(rig.message()), "send")
            assert isinstance(first, ConnectionFailed | DeliveryUncertain), f"send raised {first!r}"
            # A connection that was open may have taken the first; the second finds nobody.
            error = await rig.error_of(plugin.send(rig.message()), "send to nobody")
        assert isinstance(error, ConnectionFailed), f"send to nobody raised {error!r}"

    async def test_nothing_is_repeated_by_the_plugin(self, rig: Rig) -> None:
        """After an uncertain send people see the message at most once: repeating is delivery's decision."""
        failures = [failure for failure in UNCLEAR if failure in rig.harness.failures]
        rig.need_failure(*(failures or UNCLEAR))
        async with rig.connected() as plugin:
            for failure in failures:
                rig.harness.fail_next(failure)
                message = rig.message(text=failure.value)
                await rig.outcome_of(plugin.send(message), f"send after {failure.name}")
                shown = [
                    post for post in await rig.harness.shown(rig.harness.chat) if post.text == message.text
                ]
                assert len(shown) <= 1, f"people see the message {len(shown)} times after {failure.name}"

    async def test_sending_works_after_every_failure(self, rig: Rig) -> None:
        """A failed message leaves the plugin fit for the next one."""
        failures = rig.harness.failures & {
            *UNCLEAR,
            Failure.SERVER_ERROR,
            Failure.REJECTED,
            Failure.RATE_LIMITED,
        }
        rig.need_failure(*(failures or UNCLEAR))
        async with rig.connected() as plugin:
            for failure in sorted(failures):
                rig.harness.fail_next(failure)
                await rig.error_of(plugin.send(rig.message()), f"send after {failure.name}")
                message = rig.message(text=f"after {failure}")
                await rig.taken(plugin, message, f"the message after {failure.name}")
                shown = await rig.harness.shown(rig.harness.chat)
                assert shown[-1].text == message.text, f"the message after {failure.name} is not shown"

    async def test_other_actions_fail_as_sends_do(self, rig: Rig) -> None:
        """Every action that the plugin declares is RateLimited when the platform asks for a pause."""
        rig.need_failure(Failure.RATE_LIMITED)
        async with rig.connected() as plugin:
            able = plugin.capabilities
            chat = rig.harness.chat
            post = (await rig.taken(plugin, rig.message())).platform_id
            actions: dict[str, tuple[bool, Callable[[], Awaitable[object]]]] = {
                "edit": (able.edits, lambda: plugin.edit(chat, post, rig.message(text="Bye"))),
                "delete": (able.deletes, lambda: plugin.delete(chat, post)),
                "react": (able.reactions, lambda: plugin.react(chat, post, "👍")),
                "open_thread": (able.threads, lambda: _open_thread(rig, plugin)),
            }
            need(any(is_declared for is_declared, _ in actions.values()), "any action beside send")
            for name, (is_declared, action) in actions.items():
                if is_declared:
                    rig.harness.fail_next(Failure.RATE_LIMITED)
                    error = await rig.error_of(action(), name)
                    assert isinstance(error, RateLimited), f"{name} raised {error!r}"

    async def test_full_disk_is_the_plugins_own_error(self, rig: Rig) -> None:
        """When its own memory refuses, a send succeeds or raises an error of the contract."""
        async with rig.connected() as plugin:
            rig.host.documents.error = OSError("no space left on device")
            error = await rig.outcome_of(plugin.send(rig.message()), "a send while the disk is full")
            assert not isinstance(error, DeliveryRejected), "a full disk is held against the message"
            rig.host.documents.error = None
            await rig.taken(plugin, rig.message(), "the message after a full disk")

    async def test_repeated_id_is_shown_once(self, rig: Rig) -> None:
        """Where the plugin says that a repeat is harmless, people see it once, and both receipts agree."""
        async with rig.connected() as plugin:
            need(plugin.capabilities.idempotent, "idempotent")
            message = rig.message()
            first = await rig.taken(plugin, message)
            second = await rig.taken(plugin, message, "the same send again")
            shown = await only_shown(rig)
        assert first.platform_id == second.platform_id == shown.platform_id, "the receipts differ"

    async def test_uncertain_message_is_found(self, rig: Rig) -> None:
        """Where sent messages can be asked for, one that arrived is found, and one that did not is not."""
        rig.need_failure(Failure.DROP)
        async with rig.connected() as plugin:
            need(plugin.capabilities.findable, "findable")
            message, never = rig.message(), rig.message(text="Never")
            rig.harness.fail_next(Failure.DROP)
            await rig.error_of(plugin.send(message), "send after DROP")
            shown = await only_shown(rig)
            found = await rig.within(plugin.find_sent(message), "find_sent")
            missing = await rig.within(plugin.find_sent(never), "find_sent")
        assert found is not None, "a message that arrived is not found"
        assert found.message_id == message.message_id, "the receipt is for another message"
        assert found.platform_id == shown.platform_id, "the receipt names another message of the platform"
        assert missing is None, "a message that was never sent is found"

    async def test_finding_is_unsupported_where_not_declared(self, rig: Rig) -> None:
        """Where sent messages cannot be asked for, asking is Unsupported."""
        async with rig.connected() as plugin:
            need_not(plugin.capabilities.findable, "findable")
            error = await rig.error_of(plugin.find_sent(rig.message()), "find_sent")
        assert isinstance(error, Unsupported), f"find_sent raised {error!r}"


async def _send_error(rig: Rig, failure: Failure) -> PluginError:
    rig.need_failure(failure)
    async with rig.connected() as plugin:
        rig.harness.fail_next(failure)
        return await rig.error_of(plugin.send(rig.message()), "send")


async def _expect_uncertain(rig: Rig, failure: Failure) -> None:
    rig.need_failure(failure)
    async with rig.connected() as plugin:
        rig.harness.fail_next(failure)
        error = await rig.error_of(plugin.send(rig.message()), "send")
        is_harmless = plugin.capabilities.idempotent and isinstance(error, ConnectionFailed)
    assert is_harmless or isinstance(error, DeliveryUncertain), f"send raised {error!r}"


async def _open_thread(rig: Rig, plugin: Plugin) -> str:
    return await plugin.open_thread(rig.need_group(), title="Ann", key="ann")
