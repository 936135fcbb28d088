"""The web chat keeps what every plugin promises."""

from contextlib import AbstractAsyncContextManager

from tests.conformance.harness import Harness
from tests.conformance.suite import PluginConformance
from tests.plugins.webchat.harness import open_webchat


class TestWebChat(PluginConformance):
    """The web chat, through its own pages."""

    def open_harness(self, plugin_url: str) -> AbstractAsyncContextManager[Harness]:
        return open_webchat(plugin_url)
