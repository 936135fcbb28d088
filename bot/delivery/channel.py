"""A channel as delivery sees it: its plugin, its rates and its pauses."""

from dataclasses import dataclass
from datetime import datetime

from bot.api import Plugin
from bot.delivery.pacing import Pacing


@dataclass(slots=True, kw_only=True, eq=False)
class Channel:
    """A channel as its lanes see it.

    Attributes:
        name: its table in config.toml.
        plugin: None while it is not connected.
        pacing: its limiters.
        paused_until: until when the platform asked for a pause of the whole account.
    """

    name: str
    plugin: Plugin | None = None
    pacing: Pacing | None = None
    paused_until: datetime | None = None
