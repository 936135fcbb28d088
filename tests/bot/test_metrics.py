"""What is measured is what `/metrics` shows."""

from datetime import UTC, datetime

from prometheus_client.parser import text_string_to_metric_families

from bot.health import Condition, OutboxCounts, TeamLoad
from bot.metrics import Metrics
from bot.reports.figures import Figures, Group, Spread
from bot.supervisor import ChannelState, ChannelStatus

UP = ChannelStatus(state=ChannelState.CONNECTED)
DOWN = ChannelStatus(state=ChannelState.FAILED, error="x")
QUIET = Condition(uptime_s=0, channels={}, outbox=OutboxCounts())

Samples = dict[tuple[str, tuple[str, ...]], float]


def samples(metrics: Metrics, condition: Condition = QUIET) -> Samples:
    """Each sample by its name and label values."""
    families = text_string_to_metric_families(metrics.render(condition).decode())
    return {(s.name, tuple(s.labels.values())): s.value for family in families for s in family.samples}


def test_messages() -> None:
    """Messages are counted by channel, and only what a platform took counts as outgoing."""
    metrics = Metrics()
    metrics.message_received("a")
    metrics.message_received("a")
    metrics.message_sent("a", "sent", 0.02)
    metrics.message_sent("a", "rate_limited", 0.01)
    found = samples(metrics)
    assert found["guichet_incoming_messages_total", ("a",)] == 2
    assert found["guichet_outgoing_messages_total", ("a",)] == 1
    assert found["guichet_send_seconds_count", ("a", "sent")] == 1
    assert found["guichet_send_seconds_sum", ("a", "rate_limited")] == 0.01


def test_turns() -> None:
    """Turns are counted by who handled them, and their time is measured."""
    metrics = Metrics()
    metrics.turn_handled("menu", 0.004)
    metrics.turn_handled("menu", 0.006)
    found = samples(metrics)
    assert found["guichet_turns_total", ("menu",)] == 2
    assert found["guichet_turn_seconds_count", ()] == 2
    assert found["guichet_turn_seconds_bucket", ("0.005",)] == 1


def test_condition() -> None:
    """Gauges show the state at that moment; a channel that is gone is not shown."""
    metrics = Metrics()
    outbox = OutboxCounts(pending=1, held=2, uncertain=3)
    first = samples(
        metrics, Condition(uptime_s=0, channels={"a": UP, "b": DOWN}, outbox=outbox, quarantined=4)
    )
    assert first["guichet_channel_up", ("a",)] == 1
    assert first["guichet_channel_up", ("b",)] == 0
    assert [first["guichet_outbox_messages", (state,)] for state in ("pending", "held", "uncertain")] == [
        1,
        2,
        3,
    ]
    assert first["guichet_quarantined_records", ()] == 4
    second = samples(metrics, Condition(uptime_s=0, channels={"b": UP}, outbox=OutboxCounts()))
    assert second["guichet_channel_up", ("b",)] == 1
    assert ("guichet_channel_up", ("a",)) not in second


def test_ignored_events_are_bounded() -> None:
    """Names that a platform invents without end share one series."""
    metrics = Metrics()
    for number in range(1000):
        metrics.event_ignored("a", f"event {number}")
        metrics.event_ignored("a", "event 0")
    found = {
        key: value for key, value in samples(metrics).items() if key[0] == "guichet_ignored_events_total"
    }
    assert len(found) <= 201
    assert found["guichet_ignored_events_total", ("a", "event 0")] == 1001
    assert found["guichet_ignored_events_total", ("a", "other")] == 800


def test_names() -> None:
    """Every name is ours, and two processes' figures do not mix."""
    one, other = Metrics(), Metrics()
    one.message_received("a")
    assert all(name.startswith("guichet_") for name in one.names())
    assert len(one.names()) == 16
    assert ("guichet_incoming_messages_total", ("a",)) not in samples(other)


def test_what_is_before_the_teams() -> None:
    """What each team has open, and how long the first one waits, is shown as it is now."""
    metrics = Metrics()
    load = TeamLoad(open=3, waiting=2, oldest_wait_s=90)
    first = samples(metrics, Condition(uptime_s=0, channels={}, outbox=OutboxCounts(), teams={"sales": load}))
    assert first["guichet_open_conversations", ("sales",)] == 3
    assert first["guichet_waiting_conversations", ("sales",)] == 2
    assert first["guichet_oldest_wait_seconds", ("sales",)] == 90
    assert ("guichet_open_conversations", ("sales",)) not in samples(metrics)


def test_the_week() -> None:
    """The figures of the week are shown as they were last counted, and not added up."""
    metrics = Metrics()
    at = datetime(2026, 3, 9, tzinfo=UTC)
    group = Group(conversations=5, first=Spread(count=4, median=60, ninetieth=600), paid_sends=7)
    for teams in ({"sales": Group()}, {"support": group, "": Group(conversations=1)}):
        total = Group()
        metrics.week_counted(
            Figures(since=at, until=at, total=total, teams=teams, channels={}, answers={}, days={})
        )
    found = samples(metrics)
    assert found["guichet_week_conversations", ("support",)] == 5
    assert found["guichet_week_conversations", ("bot",)] == 1
    assert found["guichet_week_first_response_seconds", ("0.9", "support")] == 600
    assert found["guichet_week_paid_messages", ("support",)] == 7
    assert found["guichet_week_counted_timestamp_seconds", ()] == at.timestamp()
    assert ("guichet_week_conversations", ("sales",)) not in found
