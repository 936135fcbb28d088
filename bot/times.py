"""Times as people say them, in the reader's language."""

from datetime import datetime, timedelta

from bot.wording import Wording

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def moment_ahead(moment: datetime, now: datetime, wording: Wording) -> str:
    """A moment to come, seen from `now`: today, tomorrow, a day of this week, or a date.

    Args:
        moment: in the reader's time zone.
        now: in the same.
        wording: the reader's language.
    """
    days, clock = (moment.date() - now.date()).days, time_of_day(moment, wording)
    if days == 0:
        return wording("time.today", time=clock)
    if days == 1:
        return wording("time.tomorrow", time=clock)
    if days < 7:
        return wording("time.weekday", day=wording(f"time.{_DAYS[moment.weekday()]}"), time=clock)
    date = wording("time.date", day=f"{moment.day:02}", month=f"{moment.month:02}")
    return wording("time.on", date=date, time=clock)


def time_of_day(moment: datetime, wording: Wording) -> str:
    """The time of a moment."""
    if not moment.minute:
        return wording("time.hour", hour=str(moment.hour))
    return wording("time.minutes", hour=str(moment.hour), minute=f"{moment.minute:02}")


def moment(at: datetime) -> str:
    """A day and time, short and the same in every language."""
    return at.strftime("%d/%m %H:%M")


def length(duration: timedelta) -> str:
    """A length of time, short and the same in every language."""
    minutes = int(duration.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02}" if hours < 24 else f"{hours // 24} d {hours % 24} h"
