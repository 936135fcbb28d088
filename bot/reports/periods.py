"""The periods that figures are of: whole days back from now, and the week of a Monday's report."""

from datetime import datetime, time, timedelta, tzinfo

REPORTED_AT = time(8)
"""When the weekly report is due, on Mondays, by the business's clock."""


def begin_of(period: timedelta, now: datetime, zone: tzinfo) -> datetime:
    """Where a period that ends now begins: whole days begin at midnight, and today is one of them."""
    days = period // timedelta(days=1)
    if period != timedelta(days=days):
        return now - period
    first = now.astimezone(zone).date() - timedelta(days=days - 1)
    return datetime.combine(first, time(), tzinfo=zone).astimezone(now.tzinfo)


def last_report_due(now: datetime, zone: tzinfo) -> datetime:
    """When a weekly report last came due, at `now` or before."""
    local = now.astimezone(zone)
    monday = local.date() - timedelta(days=local.weekday())
    due_at = datetime.combine(monday, REPORTED_AT, tzinfo=zone)
    if due_at > local:
        due_at = datetime.combine(monday - timedelta(days=7), REPORTED_AT, tzinfo=zone)
    return due_at.astimezone(now.tzinfo)


def reported_week(due_at: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """The seven days before the Monday of a report, from midnight to midnight."""
    monday = due_at.astimezone(zone).date()
    first = datetime.combine(monday - timedelta(days=7), time(), tzinfo=zone)
    end = datetime.combine(monday, time(), tzinfo=zone)
    return first.astimezone(due_at.tzinfo), end.astimezone(due_at.tzinfo)
