from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.plugins.webchat.rig import Rig, running


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    """A running web chat with two team rooms."""
    async with running(tmp_path) as rig:
        yield rig
