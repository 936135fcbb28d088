"""The loopback plugin passes the suite, as the most and as the least able platform."""

from contextlib import AbstractAsyncContextManager

from tests.conformance.harness import Harness
from tests.conformance.loopback import BARE, FULL, open_loopback
from tests.conformance.suite import PluginConformance


class TestFull(PluginConformance):
    """A platform that can do everything."""

    def open_harness(self, plugin_url: str) -> AbstractAsyncContextManager[Harness]:
        return open_loopback(plugin_url, FULL)


class TestBare(PluginConformance):
    """A platform that can carry short texts."""

    def open_harness(self, plugin_url: str) -> AbstractAsyncContextManager[Harness]:
        return open_loopback(plugin_url, BARE)
