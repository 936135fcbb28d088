"""Plugins that give a failure the wrong name, or do more about it than they may."""

from datetime import timedelta
from uuid import uuid4

from bot.api import (
    ChatGone,
    ChatMoved,
    ChatRef,
    ConfigurationError,
    ConnectionFailed,
    DeliveryFailed,
    DeliveryReceipt,
    DeliveryRejected,
    DeliveryUncertain,
    Host,
    OutgoingMessage,
    PluginError,
    RateLimited,
    ThreadGone,
)
from tests.broken.variant import Broken, altering, mistaking
from tests.conformance.loopback import BARE, FULL
from tests.platforms.loopback import LoopbackPlugin, Settings

RISKY = {**FULL, "idempotent": False}
"""A platform where a repeat is seen twice."""


class Insistent(LoopbackPlugin):
    """Sends again what may have arrived."""

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        try:
            return await super().send(message)
        except DeliveryUncertain:
            return await super().send(message)


class Sulking(LoopbackPlugin):
    """Takes one failure for the end of the connection."""

    def __init__(self, settings: Settings, host: Host) -> None:
        super().__init__(settings, host)
        self._is_hurt = False

    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        if self._is_hurt:
            raise ConnectionFailed("not connected")
        try:
            return await super().send(message)
        except PluginError:
            self._is_hurt = True
            raise


class EditSwallowing(LoopbackPlugin):
    async def edit(self, chat: ChatRef, platform_id: str, message: OutgoingMessage) -> None:
        try:
            await super().edit(chat, platform_id, message)
        except RateLimited as error:
            raise DeliveryFailed(str(error)) from error


class Journalling(LoopbackPlugin):
    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        await self.host.documents.write("last", {"message": message.message_id})
        return await super().send(message)


class Forgetful(LoopbackPlugin):
    async def find_sent(self, message: OutgoingMessage) -> DeliveryReceipt | None:
        return None


class Imaginative(LoopbackPlugin):
    async def find_sent(self, message: OutgoingMessage) -> DeliveryReceipt | None:
        found = await super().find_sent(message)
        return found or DeliveryReceipt(message_id=message.message_id, platform_id="p0")


BROKEN = (
    Broken(
        promise="test_rate_limit_names_the_pause",
        reason="the pause is 0:00:01",
        create=mistaking(RateLimited, RateLimited("later", retry_after=timedelta(seconds=1))),
    ),
    Broken(
        promise="test_rate_limit_names_the_pause",
        reason="raised DeliveryRejected",
        create=mistaking(RateLimited, DeliveryRejected("429")),
    ),
    Broken(
        promise="test_rate_limit_names_the_pause",
        reason="KeyError, which is no PluginError",
        create=mistaking(RateLimited, KeyError("retry_after")),
    ),
    Broken(
        promise="test_refusal_is_rejected",
        reason="raised ConnectionFailed",
        create=mistaking(DeliveryRejected, ConnectionFailed("400")),
    ),
    Broken(
        promise="test_lost_chat_is_gone",
        reason="raised DeliveryRejected",
        create=mistaking(ChatGone, DeliveryRejected("403")),
    ),
    Broken(
        promise="test_lost_thread_is_gone",
        reason="raised ChatGone",
        create=mistaking(ThreadGone, ChatGone("404")),
    ),
    Broken(
        promise="test_moved_chat_names_its_new_id",
        reason="the new id is ''",
        create=mistaking(ChatMoved, ChatMoved("moved", new_chat_id="")),
    ),
    Broken(
        promise="test_moved_chat_names_its_new_id",
        reason="raised ChatGone",
        create=mistaking(ChatMoved, ChatGone("moved")),
    ),
    Broken(
        promise="test_revoked_credentials_are_a_configuration_error",
        reason="raised DeliveryRejected",
        create=mistaking(ConfigurationError, DeliveryRejected("401")),
    ),
    Broken(
        promise="test_server_error_may_be_retried",
        reason="raised DeliveryRejected",
        create=mistaking(ConnectionFailed, DeliveryRejected("500")),
    ),
    Broken(
        promise="test_silence_is_uncertain",
        reason="raised ConnectionFailed",
        create=mistaking(DeliveryUncertain, ConnectionFailed("timeout")),
        abilities=RISKY,
    ),
    Broken(
        promise="test_silence_is_uncertain",
        reason="TimeoutError, which is no PluginError",
        create=mistaking(DeliveryUncertain, TimeoutError()),
    ),
    Broken(
        promise="test_lost_answer_is_uncertain",
        reason="raised ConnectionFailed",
        create=mistaking(DeliveryUncertain, ConnectionFailed("disconnected")),
        abilities=RISKY,
    ),
    Broken(
        promise="test_senseless_answer_is_uncertain",
        reason="raised DeliveryRejected",
        create=mistaking(DeliveryUncertain, DeliveryRejected("what?")),
    ),
    Broken(
        promise="test_dead_platform_is_connection_failed",
        reason="send to nobody raised DeliveryUncertain",
        create=mistaking(ConnectionFailed, DeliveryUncertain("who knows")),
    ),
    Broken(
        promise="test_nothing_is_repeated_by_the_plugin",
        reason="see the message 2 times after DROP",
        create=Insistent,
        abilities=RISKY,
    ),
    Broken(promise="test_sending_works_after_every_failure", reason="is not taken", create=Sulking),
    Broken(
        promise="test_other_actions_fail_as_sends_do",
        reason="edit raised DeliveryFailed",
        create=EditSwallowing,
    ),
    Broken(promise="test_full_disk_is_the_plugins_own_error", reason="OSError", create=Journalling),
    Broken(
        promise="test_repeated_id_is_shown_once",
        reason="shows 2 messages",
        create=altering(message_id=lambda _: uuid4().hex),
    ),
    Broken(promise="test_uncertain_message_is_found", reason="is not found", create=Forgetful),
    Broken(promise="test_uncertain_message_is_found", reason="never sent is found", create=Imaginative),
    Broken(
        promise="test_finding_is_unsupported_where_not_declared",
        reason="find_sent raised nothing",
        create=Forgetful,
        abilities=BARE,
    ),
)
