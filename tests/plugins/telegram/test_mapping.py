"""Each payload is read as it says: who, where, when and what."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.api import Wording
from plugins.telegram.mapping import read
from plugins.telegram.plugin import WORDS
from plugins.telegram.scene import Account, Scene

PAYLOADS = sorted(Path(__file__).with_name("payloads").glob("*.json"))
ACCOUNT = Account(channel="telegram", bot_id=7000001, username="guichet_bot")


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_payload(path: Path) -> None:
    """An update is read as its file says; the file's own first line is the promise."""
    case: dict[str, Any] = msgspec.json.decode(path.read_bytes())
    update_id = case["update"].pop("update_id")
    (kind,) = case["update"]
    scene = Scene(
        account=ACCOUNT,
        event_id=str(update_id),
        now=datetime(2026, 9, 21, tzinfo=UTC),
        say=Wording(WORDS, "en"),
        is_team=case.get("is_team", False),
        owner=case.get("owner", ""),
    )
    reading = read(kind, case["update"][kind], scene)
    assert reading.left_alone == case["left_alone"]
    assert [type(event).__name__ for event in reading.events] == [each["type"] for each in case["events"]]
    for event, expected in zip(reading.events, case["events"], strict=True):
        found = msgspec.json.decode(msgspec.json.encode(_plain(asdict(event))))
        for name, value in expected.items():
            if name != "type":
                assert found[name] == value, name


def test_every_payload_has_a_promise() -> None:
    """A payload says in a line what it shows."""
    assert PAYLOADS
    for path in PAYLOADS:
        assert msgspec.json.decode(path.read_bytes())["promise"], path.stem


def _plain(value: Any) -> Any:
    """Times as text, so that they can be compared with a file's."""
    match value:
        case datetime():
            return value.isoformat()
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case tuple() | list():
            return [_plain(each) for each in value]
        case _:
            return value
