from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.browser.chromium import Trouble, chromium


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
