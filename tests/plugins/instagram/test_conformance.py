"""Instagram keeps what every plugin promises, whenever its echoes come."""

from contextlib import AbstractAsyncContextManager

from tests.conformance.harness import Harness
from tests.conformance.suite import PluginConformance
from tests.plugins.meta.harness import INSTAGRAM_DIRECT, open_graph
from tests.simulators.graph import EchoTime


class TestEchoesFirst(PluginConformance):
    """Each echo comes before the answer to its send."""

    def open_harness(self, plugin_url: str) -> AbstractAsyncContextManager[Harness]:
        return open_graph(plugin_url, INSTAGRAM_DIRECT)


class TestWithoutEchoes(PluginConformance):
    """No echo comes at all."""

    def open_harness(self, plugin_url: str) -> AbstractAsyncContextManager[Harness]:
        return open_graph(plugin_url, INSTAGRAM_DIRECT, EchoTime.NEVER)
