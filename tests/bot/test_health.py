"""What the process says of its state."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.health import Condition, FolderProbe, OutboxCounts, TeamLoad, loads
from bot.model import Status
from bot.store import LiveConversation
from bot.supervisor import ChannelState, ChannelStatus

NOW = datetime(2026, 3, 9, tzinfo=UTC)
CONNECTED = ChannelStatus(state=ChannelState.CONNECTED)
FAILED = ChannelStatus(state=ChannelState.FAILED, error="the token is wrong")


def live(team: str, minutes: int | None) -> LiveConversation:
    """A conversation whose contact has waited so long, or waits for nothing."""
    return LiveConversation(
        record_id="shop-1",
        name="Ann",
        channel="shop",
        number=1,
        code="K7",
        status=Status.OPEN,
        team=team,
        room=None,
        started_at=NOW,
        waiting_since=None if minutes is None else NOW - timedelta(minutes=minutes),
        claimed_name="",
    )


def test_loads() -> None:
    """What each team has before it is counted, with the longest wait; what the bot asks is the bot's."""
    found = loads([live("sales", 5), live("sales", 9), live("sales", None), live("", None)], NOW)
    assert found == {
        "sales": TeamLoad(open=3, waiting=2, oldest_wait_s=540),
        "bot": TeamLoad(open=1, waiting=0),
    }


def test_all_is_well() -> None:
    """The body has exactly the promised fields."""
    condition = Condition(
        uptime_s=12.34567,
        channels={"a": CONNECTED},
        outbox=OutboxCounts(pending=1, held=2, uncertain=3),
        quarantined=4,
    )
    assert condition.as_json() == {
        "status": "ok",
        "uptime_s": 12.346,
        "channels": {"a": {"state": "connected", "error": ""}},
        "outbox": {"pending": 1, "held": 2, "uncertain": 3},
    }


def test_channel_that_is_down() -> None:
    """One channel that is not connected makes the state degraded, with its reason."""
    condition = Condition(uptime_s=0, channels={"a": CONNECTED, "b": FAILED}, outbox=OutboxCounts())
    body = condition.as_json()
    assert body["status"] == "degraded"
    assert body["channels"]["b"] == {"state": "failed", "error": "the token is wrong"}


def test_data_trouble() -> None:
    """A data folder that cannot be written makes the state degraded, and its path is told to nobody."""
    condition = Condition(uptime_s=0, channels={}, outbox=OutboxCounts(), data_trouble="/srv/data is full")
    assert condition.as_json()["status"] == "degraded"
    assert "/srv" not in str(condition.as_json())


async def test_probe(tmp_path: Path) -> None:
    """A folder that can be written has no trouble and is left as it was."""
    assert await FolderProbe(tmp_path).trouble() == ""
    assert list(tmp_path.iterdir()) == []


async def test_probe_notices(tmp_path: Path) -> None:
    """A folder that is gone is noticed, and so is its return; within a second one answer serves all."""
    now = 0.0
    folder = tmp_path / "data"
    probe = FolderProbe(folder, monotonic=lambda: now)
    assert "No such file or directory" in await probe.trouble()
    folder.mkdir()
    assert await probe.trouble() != ""
    now = 1.0
    assert await probe.trouble() == ""
