"""Telegram keeps what every plugin promises, whichever way its updates come."""

from contextlib import AbstractAsyncContextManager

from tests.conformance.harness import Harness
from tests.conformance.suite import PluginConformance
from tests.plugins.telegram.harness import open_telegram


class TestPolling(PluginConformance):
    """A bot that asks for its updates."""

    def open_harness(self, plugin_url: str) -> AbstractAsyncContextManager[Harness]:
        return open_telegram("polling")


class TestWebhook(PluginConformance):
    """A bot that is called with its updates."""

    def open_harness(self, plugin_url: str) -> AbstractAsyncContextManager[Harness]:
        return open_telegram("webhook")
