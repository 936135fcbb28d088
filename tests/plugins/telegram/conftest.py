from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.plugins.telegram.rig import Bench, opened


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """A bot that asks for its updates, with one team."""
    async with opened(tmp_path) as bench:
        yield bench
