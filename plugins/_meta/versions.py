"""Until when each version of the Graph API answers (Graph API, Changelog, Versions)."""

from collections.abc import Mapping
from datetime import date, timedelta

from bot.api import Wording

WARNING = timedelta(days=90)
"""How long before its end a version is worth a word."""

ENDS: Mapping[str, date] = {
    "v21.0": date(2027, 1, 21),
    "v22.0": date(2027, 5, 20),
    "v23.0": date(2027, 10, 8),
    "v24.0": date(2028, 2, 18),
    "v25.0": date(2028, 7, 29),
}
"""The last day of each version whose end is announced; older ones are over, newer ones have none yet."""

_OLDEST = 21


def ending(version: str, today: date, say: Wording) -> str:
    """What people should know of a version's end; empty while it is far.

    Args:
        version: as in `v25.0`.
        today: the day.
        say: the words for people.
    """
    if int(version.removeprefix("v").partition(".")[0]) < _OLDEST:
        return say("version_over", version=version)
    end = ENDS.get(version)
    if end is None or today < end - WARNING:
        return ""
    if today > end:
        return say("version_over_since", version=version, day=end)
    return say("version_ends", version=version, day=end)
