from pathlib import Path

import pytest

from tests.journeys.house import CONFIG
from tests.journeys.process import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A folder with a config.toml that has a web chat, two teams and an inbox."""
    place = Place(folder=tmp_path)
    place.write(CONFIG)
    return place
