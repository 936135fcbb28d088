"""The suite that every plugin passes: inherit `PluginConformance` and say how to open the platform."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from tests.conformance.harness import Harness
from tests.conformance.promises.changing import ChangingPromises
from tests.conformance.promises.failing import FailingPromises
from tests.conformance.promises.receiving import ReceivingPromises
from tests.conformance.promises.secrecy import SecrecyPromises
from tests.conformance.promises.sending import SendingPromises
from tests.conformance.promises.sources import SourcePromises
from tests.conformance.promises.starting import StartingPromises
from tests.conformance.rig import Rig, open_rig


class PluginConformance(
    StartingPromises,
    SecrecyPromises,
    SendingPromises,
    FailingPromises,
    ChangingPromises,
    ReceivingPromises,
    SourcePromises,
    ABC,
):
    """Everything that a plugin promises; a subclass named `Test…` in a plugin's tests runs it all.

    One method says what differs. Promises that a platform's declared abilities make void are skipped.
    """

    @abstractmethod
    def open_harness(self, plugin_url: str) -> AbstractAsyncContextManager[Harness]:
        """Start an instance of the platform.

        Args:
            plugin_url: where the plugin's routes will be served, without a slash at the end.
        """

    @pytest.fixture
    async def rig(self, tmp_path: Path) -> AsyncIterator[Rig]:
        """The platform, a host, and a server for the plugin; new for each promise."""
        async with open_rig(self.open_harness, tmp_path) as rig:
            yield rig
