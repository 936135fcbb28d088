"""What is counted and measured, in a registry of its own; the names begin with `guichet_`."""

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bot.health import Condition
from bot.reports.figures import Figures
from bot.reports.week import Week
from bot.supervisor import ChannelState

_MOST_EVENT_NAMES = 200  # a platform may invent names for ever; a time series for each must not follow
_TURN_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_SEND_SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The figures of this process since it started."""

    content_type = CONTENT_TYPE_PLAIN_0_0_4

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._incoming = Counter(
            "guichet_incoming_messages",
            "Messages that contacts and members wrote",
            ["channel"],
            registry=registry,
        )
        self._outgoing = Counter(
            "guichet_outgoing_messages", "Messages that a platform took", ["channel"], registry=registry
        )
        self._turns = Counter(
            "guichet_turns", "Turns, by the layer that handled them", ["handled_by"], registry=registry
        )
        self._turn_seconds = Histogram(
            "guichet_turn_seconds",
            "From an event's arrival to its turn being on disk",
            buckets=_TURN_SECONDS,
            registry=registry,
        )
        self._send_seconds = Histogram(
            "guichet_send_seconds",
            "One call to a platform to send a message, by how it ended",
            ["channel", "outcome"],
            buckets=_SEND_SECONDS,
            registry=registry,
        )
        self._ignored = Counter(
            "guichet_ignored_events", "Events left alone, by name", ["channel", "event"], registry=registry
        )
        self._outbox = Gauge("guichet_outbox_messages", "Messages that wait", ["state"], registry=registry)
        self._channel_up = Gauge(
            "guichet_channel_up", "1 while the channel is connected, else 0", ["channel"], registry=registry
        )
        self._quarantined = Gauge(
            "guichet_quarantined_records", "Records set aside as unreadable", registry=registry
        )
        self._open = Gauge(
            "guichet_open_conversations", "Conversations that are not closed now", ["team"], registry=registry
        )
        self._waiting = Gauge(
            "guichet_waiting_conversations",
            "Those of them whose contact waits for us",
            ["team"],
            registry=registry,
        )
        self._oldest_wait = Gauge(
            "guichet_oldest_wait_seconds", "The longest of these waits", ["team"], registry=registry
        )
        self._week = Week(registry)
        self._event_names: set[tuple[str, str]] = set()
        ProcessCollector(namespace="guichet", registry=registry)

    def message_received(self, channel: str) -> None:
        """Count a message that was stored."""
        self._incoming.labels(channel).inc()

    def message_sent(self, channel: str, outcome: str, seconds: float) -> None:
        """Measure one attempt to send.

        Args:
            channel: where to.
            outcome: `sent`, or the error's name in snake case: `rate_limited`, `connection_failed`, ….
            seconds: how long the call took.
        """
        self._send_seconds.labels(channel, outcome).observe(seconds)
        if outcome == "sent":
            self._outgoing.labels(channel).inc()

    def turn_handled(self, handled_by: str, seconds: float) -> None:
        """Measure one turn.

        Args:
            handled_by: the name of the layer that did.
            seconds: from the event's arrival to its being on disk.
        """
        self._turns.labels(handled_by).inc()
        self._turn_seconds.observe(seconds)

    def event_ignored(self, channel: str, event: str) -> None:
        """Count an event that was left alone; beyond 200 different ones they are all `other`."""
        if (channel, event) not in self._event_names:
            if len(self._event_names) >= _MOST_EVENT_NAMES:
                event = "other"
            self._event_names.add((channel, event))
        self._ignored.labels(channel, event).inc()

    def week_counted(self, figures: Figures) -> None:
        """Show the figures of the last seven days, as they were last counted."""
        self._week.show(figures)

    def names(self) -> Sequence[str]:
        """The names on `/metrics`, in order, without those of Python's process collector."""
        suffixes = {"counter": "_total"}
        return sorted(
            family.name + suffixes.get(family.type, "")
            for family in self._registry.collect()
            if not family.name.startswith("guichet_process_")
        )

    def render(self, condition: Condition) -> bytes:
        """Everything in Prometheus's text format."""
        for state in ("pending", "held", "uncertain"):
            self._outbox.labels(state).set(getattr(condition.outbox, state))
        self._channel_up.clear()  # a channel that a reload took away is not shown as down
        for name, status in condition.channels.items():
            self._channel_up.labels(name).set(status.state is ChannelState.CONNECTED)
        self._quarantined.set(condition.quarantined)
        for gauge in (self._open, self._waiting, self._oldest_wait):
            gauge.clear()  # a team that has nothing before it any more
        for team, load in condition.teams.items():
            self._open.labels(team).set(load.open)
            self._waiting.labels(team).set(load.waiting)
            self._oldest_wait.labels(team).set(load.oldest_wait_s)
        return generate_latest(self._registry)
