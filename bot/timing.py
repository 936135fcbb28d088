"""Timers that follow from how a conversation stands: set when it comes to stand so, gone when it does not."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.duty import Abilities
from bot.model import Conversation, Record, Status, Timer
from bot.rulebook import Rulebook

WARN_BEFORE = timedelta(hours=1)
"""How long before a reply window shuts the team is told."""

_WHILE_OPEN = frozenset(
    (Timer.REMIND, Timer.ESCALATE, Timer.SNOOZE, Timer.CLOSE, Timer.AUTO_CLOSE, Timer.WINDOW)
)


def schedule(record: Record, rules: Rulebook, abilities: Abilities, now: datetime) -> None:
    """Set the timers of the current conversation of a draft as it stands now."""
    current = record.current
    if current is None or current.status is Status.PENDING:
        return
    timers = dict(current.timers)
    if record.contact.is_blocked:
        # Nothing is said to who was blocked, and nobody is reminded of them.
        if timers:
            record.change_conversation(current.number, timers={}, timed_since=None)
        return
    if current.status is Status.CLOSED:
        for timer in _WHILE_OPEN:
            timers.pop(timer, None)
        if timers != current.timers:
            record.change_conversation(current.number, timers=timers)
        return
    timers.pop(Timer.CLOSING, None)
    timers.pop(Timer.RATING, None)
    changes = _wait(current, timers, rules, now)
    _quiet(current, timers, rules)
    _window(record, current, timers, abilities)
    if changes or timers != current.timers:
        record.change_conversation(current.number, timers=timers, **changes)


def _wait(
    current: Conversation, timers: dict[Timer, datetime], rules: Rulebook, now: datetime
) -> Mapping[str, object]:
    """Remind and escalate while the contact waits; in the opening hours of the team that has it."""
    since = current.waiting_since
    if since is None or Timer.SNOOZE in timers:
        timers.pop(Timer.REMIND, None)
        timers.pop(Timer.ESCALATE, None)
        return {"timed_since": None, "reminded": 0} if current.timed_since is not None else {}
    if (current.timed_since, current.timed_team) == (since, current.team):
        return {}
    reminders, calendar = rules.settings.reminders, rules.calendar(current.team)
    # A team is given its own time: from when it got the conversation, not from when the bot did.
    # What was put aside has its own time again from when it is back.
    begun = max(filter(None, (since, current.opened_at, current.timed_from)))
    start = begun if current.timed_since != since else now
    timers.pop(Timer.REMIND, None)
    timers.pop(Timer.ESCALATE, None)
    if reminders.team and (at := calendar.after(start, reminders.team[0])) is not None:
        timers[Timer.REMIND] = at
    is_there = reminders.escalate_to not in {None, current.team}
    if reminders.escalate_after and is_there and (at := calendar.after(start, reminders.escalate_after)):
        timers[Timer.ESCALATE] = at
    return {"timed_since": since, "timed_team": current.team, "timed_from": start, "reminded": 0}


def retime(record: Record, rules: Rulebook, now: datetime) -> bool:
    """Set the reminders of a wait anew by what config.toml says now; what was said is not said again.

    Returns:
        Whether anything of the conversation may have changed.
    """
    current = record.current
    if current is None or current.status is not Status.OPEN or not current.timers:
        return False
    reminders, calendar, timers = rules.settings.reminders, rules.calendar(current.team), dict(current.timers)
    start = current.timed_from or now
    if current.timed_since is not None:
        timers.pop(Timer.REMIND, None)
        timers.pop(Timer.ESCALATE, None)
        if current.reminded < len(reminders.team):
            at = calendar.after(start, reminders.team[current.reminded])
            timers |= {Timer.REMIND: at} if at is not None else {}
        if reminders.escalate_after and reminders.escalate_to not in {None, current.team}:
            at = calendar.after(start, reminders.escalate_after)
            timers |= {Timer.ESCALATE: at} if at is not None else {}
    record.change_conversation(current.number, timers=timers)
    return True


def _quiet(current: Conversation, timers: dict[Timer, datetime], rules: Rulebook) -> None:
    """Close a while after the last human reply, unless the contact waits."""
    timers.pop(Timer.AUTO_CLOSE, None)
    auto_close = rules.settings.lifecycle.auto_close
    is_quiet = current.waiting_since is None and Timer.SNOOZE not in timers
    if auto_close and is_quiet and current.human_at is not None:
        timers[Timer.AUTO_CLOSE] = max(current.human_at, current.timed_from or current.human_at) + auto_close


def _window(
    record: Record, current: Conversation, timers: dict[Timer, datetime], abilities: Abilities
) -> None:
    """Warn before the time is over in which the platform lets us answer."""
    timers.pop(Timer.WINDOW, None)
    wrote_at, able = record.contact.last_inbound_at, abilities(record.contact.chat)
    length = able and (able.human_window or able.reply_window)
    if not length or wrote_at is None or current.waiting_since is None or current.warned_at == wrote_at:
        return
    timers[Timer.WINDOW] = wrote_at + max(length - WARN_BEFORE, length / 2)
