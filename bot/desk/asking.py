"""Asking for figures: `/stats 30d` is written down here, and counted beside the event loop."""

import re
from collections.abc import Iterable
from datetime import timedelta

from bot.api import ChatRef
from bot.config.values import read_duration
from bot.model import House, Wanted

USUAL = timedelta(days=7)
LONGEST = timedelta(days=3650)
MOST_WANTED = 20
"""How many may wait to be counted; somebody who asks all day long must not fill the record."""

_WORDS = re.compile(r"/?stats(?:\s+(\S+))?", re.IGNORECASE)


def read_period(text: str) -> timedelta | None:
    """Read `7d`, `24h`, or a bare number of days; nothing is the usual week.

    Returns:
        None when it is no period.
    """
    written = text.strip().lower()
    if not written:
        return USUAL
    try:
        period = read_duration(f"{written}d" if written.isascii() and written.isdecimal() else written)
    except ValueError:
        return None
    return period if timedelta() < period <= LONGEST else None


def period_in(text: str) -> str | None:
    """What stands behind the word `stats` that a member of a list writes by itself; None: they did not.

    With a word behind it that is no period it is a sentence, and may be for a contact.
    """
    found = _WORDS.fullmatch(text.strip())
    if found is None:
        return None
    behind = found.group(1) or ""
    return behind if text.strip().startswith("/") or read_period(behind) is not None else None


def ask(house: House, chat: ChatRef, teams: Iterable[str], period: timedelta) -> None:
    """Write down which figures are wanted; what is wanted already is not counted twice.

    Args:
        house: the draft.
        chat: where they are posted.
        teams: the team of each figures; empty for all teams together.
        period: how far back they reach.
    """
    asked = [Wanted(chat=chat, team=team, period=period.total_seconds()) for team in teams]
    house.wanted = tuple(dict.fromkeys((*house.wanted, *asked)))[:MOST_WANTED]
