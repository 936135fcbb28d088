"""The figures of the last seven days on `/metrics`: gauges that hold what was last counted."""

from prometheus_client import CollectorRegistry, Gauge

from bot.reports.figures import Figures

BOT = "bot"
"""What the team is called of conversations that no team has had."""


class Week:
    """The gauges of the figures by team; showing them reads nothing.

    Args:
        registry: where they are shown.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._conversations = Gauge(
            "guichet_week_conversations",
            "Conversations that began in the last seven days, as last counted",
            ["team"],
            registry=registry,
        )
        self._first_response = Gauge(
            "guichet_week_first_response_seconds",
            "Their first human reply since the end of routing",
            ["team", "quantile"],
            registry=registry,
        )
        self._paid = Gauge(
            "guichet_week_paid_messages", "Paid messages that they used", ["team"], registry=registry
        )
        self._counted_at = Gauge(
            "guichet_week_counted_timestamp_seconds", "When this was last counted", registry=registry
        )

    def show(self, figures: Figures) -> None:
        """Replace what is shown."""
        for gauge in (self._conversations, self._first_response, self._paid):
            gauge.clear()
        for team, group in figures.teams.items():
            name = team or BOT
            self._conversations.labels(name).set(group.conversations)
            self._paid.labels(name).set(group.paid_sends)
            if group.first.count:
                self._first_response.labels(name, "0.5").set(group.first.median)
                self._first_response.labels(name, "0.9").set(group.first.ninetieth)
        self._counted_at.set(figures.until.timestamp())
