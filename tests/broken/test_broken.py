"""The conformance suite refuses every broken plugin, by the promise that is about its fault."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest

from tests.broken import changing, failing, receiving, secrecy, sending, sources, starting
from tests.broken.variant import Broken
from tests.conformance.harness import Harness
from tests.conformance.loopback import open_loopback
from tests.conformance.rig import open_rig
from tests.conformance.suite import PluginConformance
from tests.platforms import loopback

BROKEN: tuple[Broken, ...] = tuple(
    broken
    for group in (starting, secrecy, sending, failing, changing, receiving, sources)
    for broken in group.BROKEN
)


async def keep_promise(broken: Broken, package: ModuleType, folder: Path) -> None:
    """Run one promise on one package, with the abilities that `broken` names."""

    @asynccontextmanager
    async def open_harness(plugin_url: str) -> AsyncIterator[Harness]:
        async with open_loopback(plugin_url, dict(broken.abilities), package) as harness:
            harness.patience = timedelta(seconds=2)
            yield harness

    class Suite(PluginConformance):
        def open_harness(self, plugin_url: str) -> AbstractAsyncContextManager[Harness]:
            return open_harness(plugin_url)

    async with open_rig(open_harness, folder) as rig:
        await getattr(Suite(), broken.promise)(rig)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: f"{broken.promise}-{broken.reason}")
async def test_broken_plugin_is_refused(broken: Broken, tmp_path: Path) -> None:
    """The promise holds for the sound plugin, and fails for the broken one with the reason that is true."""
    await keep_promise(broken, loopback, tmp_path)
    with pytest.raises(AssertionError, match=broken.reason):
        await keep_promise(broken, broken.package(tmp_path), tmp_path)


def test_every_promise_can_fail() -> None:
    """For each promise of the suite there is a plugin that breaks it."""
    promises = {name for name in dir(PluginConformance) if name.startswith("test_")}
    assert {broken.promise for broken in BROKEN} == promises
