"""What comes due in a conversation that people have, or have closed: each once, in the order of the times."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot import actions, ending
from bot.model import Status, Timer
from bot.placing import tell_list
from bot.times import length, moment
from bot.turn import Due, Next, Turn

MOMENT = timedelta(minutes=1)


async def due(turn: Turn, call_next: Next) -> None:
    """Act on the timers that have come due; those of a conversation that the bot has are others' business."""
    current = turn.record.current
    if not isinstance(turn.event, Due) or current is None:
        await call_next(turn)
        return
    came = sorted((at, timer) for timer, at in current.timers.items() if at <= turn.now)
    if not came:
        await call_next(turn)
        return
    turn.handled_by = "due"
    for _, timer in came:
        if timer in turn.conversation.timers:
            _drop(turn, timer)
            _ACTS[timer](turn)


def _drop(turn: Turn, timer: Timer) -> None:
    timers = {each: at for each, at in turn.conversation.timers.items() if each is not timer}
    turn.change(timers=timers)


def _remind(turn: Turn) -> None:
    """Tell who has the conversation, then everybody; who does not answer then has it no longer."""
    say, conversation = turn.rules.wording, turn.conversation
    reminders = turn.rules.settings.reminders.team
    since = conversation.waiting_since
    if since is None or conversation.status is not Status.OPEN or not reminders:
        return
    number = conversation.reminded + 1
    name, waited = turn.contact.display_name, length(turn.now - since)
    is_last = number >= len(reminders)
    if conversation.claimed_by and number == 1:
        text = say("notice.remind_agent", agent=conversation.claimed_name, name=name, waited=waited)
        turn.tell(text)
    else:
        turn.tell(say("notice.remind", name=name, waited=waited), to_all=True)
    if is_last and number > 1 and conversation.claimed_by:
        agent = conversation.claimed_name
        actions.release(turn)
        turn.tell(say("notice.lapsed", agent=agent, code=conversation.code), to_all=True)
    turn.change(reminded=number)
    if not is_last:
        start = conversation.timed_from or since
        calendar = turn.rules.calendar(conversation.team)
        at = calendar.after(start, reminders[number])
        if at is not None and at <= turn.now:
            # Both came due while nobody could be told: there is time between them all the same.
            at = calendar.after(turn.now, max(reminders[number] - reminders[number - 1], MOMENT))
        if at is not None:
            turn.change(timers={**turn.conversation.timers, Timer.REMIND: at})


def _escalate(turn: Turn) -> None:
    """Pass the conversation to the team that stands in."""
    conversation, team = turn.conversation, turn.rules.settings.reminders.escalate_to
    is_off = not turn.rules.settings.reminders.escalate_after
    if conversation.waiting_since is None or is_off or not team or team == conversation.team:
        return
    waited = length(turn.now - conversation.waiting_since)
    note = turn.rules.wording("notice.escalated", waited=waited)
    actions.transfer(turn, team, note=note, agent=turn.rules.wording("room.bot"))


def _wake(turn: Turn) -> None:
    """Show a conversation again that was put aside."""
    conversation = turn.conversation
    turn.tell(turn.rules.wording("notice.snooze_over", code=conversation.code))
    turn.change(timed_since=None, timed_from=turn.now)
    turn.refresh_card()


def _close(turn: Turn) -> None:
    """Close as a member asked, unless the contact has written since."""
    line = ending.close(turn, turn.conversation.close_by)
    tell_list(turn, line.text)


def _close_quiet(turn: Turn) -> None:
    """Close a conversation in which nobody has written for long; a list is not paid to read of it."""
    conversation = turn.conversation
    if conversation.status is not Status.OPEN or conversation.waiting_since is not None:
        return
    ending.close(turn, "")


def _say_closing(turn: Turn) -> None:
    """Say the closing message, and ask how it was, if the conversation is still closed."""
    if turn.conversation.status is Status.CLOSED:
        ending.say_closing(turn)


def _warn(turn: Turn) -> None:
    """Tell the team that the time in which it can answer is nearly over."""
    contact = turn.contact
    able = turn.around.abilities(contact.chat)
    window = able and (able.human_window or able.reply_window)
    turn.change(warned_at=contact.last_inbound_at)
    if not window or contact.last_inbound_at is None:
        return
    until = (contact.last_inbound_at + window).astimezone(turn.rules.settings.zone)
    turn.tell(turn.rules.wording("notice.window_shuts", name=contact.display_name, until=moment(until)))


def _nothing(_turn: Turn) -> None:
    """Only that it is over."""


_ACTS: Mapping[Timer, Callable[[Turn], None]] = {
    Timer.REMIND: _remind,
    Timer.ESCALATE: _escalate,
    Timer.SNOOZE: _wake,
    Timer.CLOSE: _close,
    Timer.AUTO_CLOSE: _close_quiet,
    Timer.CLOSING: _say_closing,
    Timer.RATING: _nothing,
    Timer.WINDOW: _warn,
}
