from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser.chromium import Trouble, chromium
from tests.plugins.webchat.rig import Rig, running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium."""
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def trouble() -> AsyncIterator[Trouble]:
    """What pages complain of; a test that ends with any fails."""
    trouble = Trouble()
    yield trouble
    assert trouble == []


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    """A French web chat with two team rooms, and a host that records."""
    async with running(tmp_path, language="fr") as rig:
        yield rig
