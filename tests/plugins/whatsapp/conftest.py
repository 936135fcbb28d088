from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.plugins.whatsapp.rig import Rig, running


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    """A channel without templates, in whose Twilio Ann and Bob have just written."""
    async with running(tmp_path) as rig:
        yield rig
