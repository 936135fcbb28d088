from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.plugins.meta.harness import INSTAGRAM_DIRECT, KINDS, MESSENGER, Kind
from tests.plugins.meta.rig import Rig, connected


@pytest.fixture(params=KINDS, ids=lambda kind: kind.channel)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each of the platforms in turn."""
    found: Kind = request.param
    return found


@pytest.fixture
async def rig(kind: Kind, tmp_path: Path) -> AsyncIterator[Rig]:
    """A connected channel of each platform in turn."""
    async with connected(kind, tmp_path) as rig:
        yield rig


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Rig]:
    """A connected page."""
    async with connected(MESSENGER, tmp_path) as rig:
        yield rig


@pytest.fixture
async def account(tmp_path: Path) -> AsyncIterator[Rig]:
    """A connected professional account."""
    async with connected(INSTAGRAM_DIRECT, tmp_path) as rig:
        yield rig
