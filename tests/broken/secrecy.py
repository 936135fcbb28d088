"""Plugins that cannot keep a secret."""

import logging

from bot.api import ConfigurationError, DeliveryReceipt, DeliveryRejected, OutgoingMessage, RateLimited
from tests.broken.variant import Broken, mistaking
from tests.conformance.loopback import TOKEN
from tests.platforms.loopback import LoopbackPlugin


class OpenHearted(LoopbackPlugin):
    def __repr__(self) -> str:
        return f"LoopbackPlugin(token={self.settings.token.get_secret_value()!r})"


class CauseLeaking(LoopbackPlugin):
    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        try:
            return await super().send(message)
        except DeliveryRejected:
            raise DeliveryRejected("refused") from ValueError(f"with token {TOKEN}")


class CredentialQuoting(LoopbackPlugin):
    async def connect(self) -> None:
        try:
            await super().connect()
        except ConfigurationError:
            raise ConfigurationError(f"{self.settings.token.get_secret_value()} is wrong") from None


class TokenLogging(LoopbackPlugin):
    async def connect(self) -> None:
        logging.getLogger("loopback").debug("POST with %s", self.client._headers)
        await super().connect()


class TextLogging(LoopbackPlugin):
    async def send(self, message: OutgoingMessage) -> DeliveryReceipt:
        logging.getLogger("loopback").info("sending %s", message.text)
        return await super().send(message)


BROKEN = (
    Broken(promise="test_no_secret_in_repr", reason="in a repr", create=OpenHearted),
    Broken(
        promise="test_no_secret_in_errors",
        reason="a secret stands in DeliveryRejected",
        create=mistaking(DeliveryRejected, DeliveryRejected(f"refused with {TOKEN}")),
    ),
    Broken(
        promise="test_no_secret_in_errors",
        reason="a secret stands in DeliveryRejected",
        create=CauseLeaking,
    ),
    Broken(
        promise="test_no_secret_in_errors",
        reason="ValueError, which is no PluginError",
        create=mistaking(RateLimited, ValueError("429")),
    ),
    Broken(
        promise="test_no_wrong_credential_in_errors", reason="a wrong credential", create=CredentialQuoting
    ),
    Broken(promise="test_no_secret_in_the_log", reason="loopback logs a secret", create=TokenLogging),
    Broken(promise="test_no_secret_in_the_log", reason="logs a message's text at INFO", create=TextLogging),
)
