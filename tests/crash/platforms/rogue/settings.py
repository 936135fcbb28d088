"""The table of a rogue channel: that of the loopback platform, and what is wrong with it."""

from enum import StrEnum

from tests.platforms import loopback


class Mood(StrEnum):
    """What is wrong with the plugin.

    Attributes:
        WELL: nothing.
        CONNECTING: it never comes to be connected.
        HANGING: a send never returns.
        STUBBORN: a send never returns, not even when it is cancelled.
        FAILING: everything that is sent raises an error that nobody expects, each time another one.
        FLOODING: it receives `flood` messages of one contact, as fast as they are taken.
        RECONNECTING: the connection is lost as soon as it stands, and with each send.
    """

    WELL = "well"
    CONNECTING = "connecting"
    HANGING = "hanging"
    STUBBORN = "stubborn"
    FAILING = "failing"
    FLOODING = "flooding"
    RECONNECTING = "reconnecting"


class Settings(loopback.Settings):
    """A rogue channel's keys.

    Attributes:
        mood: what is wrong.
        flood: how many messages a flood has.
    """

    mood: Mood = Mood.WELL
    flood: int = 0
