"""What each command of a thread does; every one answers, and only a canned reply writes to the contact."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

from bot import actions, ending, placing
from bot.api import ButtonPressed
from bot.config.values import read_duration
from bot.desk import corrections, replies, showing
from bot.desk.answering import answer, chat_of, is_alone, is_outside, sender_of
from bot.desk.parsing import SHOWN
from bot.desk.teams import find_team
from bot.model import LIST, Action, Direction, Status, Timer, one_line
from bot.placing import tell_list
from bot.times import length, moment
from bot.turn import Turn

CANCEL = "cancel"
LONGEST = timedelta(days=60)
"""For so long a conversation can be put aside, or left to be closed."""
REASON_KEPT = 200
_NEARLY_A_TIME = re.compile(r"[0-9.,]+\s?[a-zA-Z]+\b")
MOST_TAGS = 20
TAG_LENGTH = 40

Handler = Callable[[Turn, str], None]


def claim(turn: Turn, _arguments: str) -> None:
    """Take the conversation; a button, which may be an old one, takes it from nobody."""
    conversation, say = turn.conversation, turn.rules.wording
    code, sender_id = conversation.code, sender_of(turn).sender_id
    is_taken = bool(conversation.claimed_by) and isinstance(turn.event, ButtonPressed)
    if conversation.status is Status.CLOSED:
        answer(turn, say("notice.closed_reopen", code=code))
    elif conversation.claimed_by == sender_id or is_taken:
        answer(turn, say("notice.claimed_already", agent=conversation.claimed_name, code=code))
    else:
        actions.claim(turn, sender_id, turn.member, chat=chat_of(turn).whole if is_alone(turn) else None)
        able = turn.around.abilities(turn.contact.chat)
        if able is not None and able.typing:
            turn.put(Action.TYPING, turn.contact.chat, conversation=conversation.number)
        _done(turn, say("notice.claimed", agent=turn.member, code=code))


def release(turn: Turn, _arguments: str) -> None:
    """Give the conversation back."""
    conversation, say = turn.conversation, turn.rules.wording
    if not conversation.claimed_by:
        answer(turn, say("notice.not_claimed", code=conversation.code))
        return
    actions.release(turn)
    _done(turn, say("notice.released", code=conversation.code))


def _done(turn: Turn, text: str) -> None:
    """Write down what a member did, and tell them and those who cannot see it."""
    line = turn.write(Direction.EVENT, author=turn.member, text=text, source=turn.source)
    answer(turn, text, is_done=True)
    tell_list(turn, text, line)


def transfer(turn: Turn, arguments: str) -> None:
    """Pass the conversation on to the team named first; the rest is a note for it."""
    rules, conversation = turn.rules, turn.conversation
    say, code, teams = rules.wording, conversation.code, ", ".join(rules.settings.teams)
    team, note = find_team(rules, arguments)
    room = rules.room_of(team)
    is_same = team == conversation.team and conversation.room == (room or rules.inbox).chat
    if not arguments:
        answer(turn, say("notice.transfer_which", teams=teams))
    elif not team:
        shown = one_line(arguments)[:SHOWN]
        answer(turn, say("notice.transfer_unknown", team=shown, teams=teams))
    elif conversation.status is Status.CLOSED:
        answer(turn, say("notice.closed_reopen", code=code))
    elif is_same:
        answer(turn, say("notice.transfer_same", team=rules.team_name(team), code=code))
    else:
        name = rules.team_name(team)
        actions.transfer(turn, team, note=note)
        text = say("notice.transferred", agent=turn.member, code=code, team=name, link=placing.link_to(turn))
        # The thread that it leaves has its line already.
        if isinstance(turn.event, ButtonPressed) or is_outside(turn) or is_alone(turn):
            answer(turn, text)


def close(turn: Turn, arguments: str) -> None:
    """Close the conversation: now, with a reason maybe; in a while; or, after all, not."""
    say, conversation = turn.rules.wording, turn.conversation
    code, (after, reason) = conversation.code, _duration(arguments)
    if conversation.status is Status.CLOSED:
        answer(turn, say("notice.closed_already", code=code))
    elif arguments.strip().lower() == CANCEL:
        _cancel_close(turn)
    elif not after and _NEARLY_A_TIME.match(arguments.strip()):
        # A slip of the finger must not say good bye to somebody.
        answer(turn, say("notice.close_which"))
    elif after:
        timers = {**conversation.timers, Timer.CLOSE: turn.now + after}
        turn.change(timers=timers, close_by=turn.member)
        answer(turn, say("notice.close_later", code=code, after=length(after)))
    else:
        line = ending.close(turn, turn.member, reason=one_line(reason)[:REASON_KEPT])
        answer(turn, line.text, is_done=True)
        tell_list(turn, line.text, line)


def _cancel_close(turn: Turn) -> None:
    say, conversation = turn.rules.wording, turn.conversation
    key = "notice.close_cancelled" if Timer.CLOSE in conversation.timers else "notice.close_nothing"
    left = {timer: at for timer, at in conversation.timers.items() if timer is not Timer.CLOSE}
    turn.change(timers=left, close_by="")
    answer(turn, say(key, code=conversation.code))


def snooze(turn: Turn, arguments: str) -> None:
    """Put the conversation aside for a while, or until the contact writes."""
    say, conversation = turn.rules.wording, turn.conversation
    after, _ = _duration(arguments)
    if conversation.status is Status.CLOSED:
        answer(turn, say("notice.closed_reopen", code=conversation.code))
    elif not after:
        answer(turn, say("notice.snooze_which"))
    else:
        until = turn.now + after
        turn.change(timers={**conversation.timers, Timer.SNOOZE: until})
        turn.refresh_card()
        shown = moment(until.astimezone(turn.rules.settings.zone))
        answer(turn, say("notice.snoozed", code=conversation.code, until=shown))


def _duration(arguments: str) -> tuple[timedelta, str]:
    """The length of time that the arguments begin with, zero for none, and the rest of them."""
    first, _, rest = arguments.strip().partition(" ")
    try:
        found = read_duration(first.lower())
    except ValueError:
        return timedelta(), arguments
    return min(found, LONGEST), rest


def reopen(turn: Turn, _arguments: str) -> None:
    """Open a closed conversation again."""
    say, code = turn.rules.wording, turn.conversation.code
    if turn.conversation.status is not Status.CLOSED:
        answer(turn, say("notice.open_already", code=code))
        return
    ending.reopen(turn)
    _done(turn, say("notice.reopened", agent=turn.member, code=code))


def tag(turn: Turn, arguments: str) -> None:
    """Add tags."""
    _change_tags(turn, {*turn.conversation.tags, *_tags(arguments)}, arguments)


def untag(turn: Turn, arguments: str) -> None:
    """Take tags away."""
    _change_tags(turn, {*turn.conversation.tags} - _tags(arguments), arguments)


def _tags(arguments: str) -> set[str]:
    words = (one_line(word).strip("#,;").lower()[:TAG_LENGTH] for word in arguments.split())
    return {word for word in words if word}


def _change_tags(turn: Turn, tags: set[str], arguments: str) -> None:
    say, code = turn.rules.wording, turn.conversation.code
    if not _tags(arguments):
        answer(turn, say("notice.tag_which"))
    elif len(tags) > max(MOST_TAGS, len(turn.conversation.tags)):
        answer(turn, say("notice.tag_too_many", most=MOST_TAGS))
    else:
        turn.change(tags=tuple(sorted(tags)))
        turn.refresh_card()
        answer(turn, say("notice.tagged", code=code, tags=", ".join(sorted(tags)) or "–"))


def block(turn: Turn, _arguments: str) -> None:
    """Keep the contact away."""
    turn.record.change_contact(is_blocked=True)
    turn.refresh_card()
    answer(turn, turn.rules.wording("notice.blocked", name=turn.contact.display_name))


def unblock(turn: Turn, _arguments: str) -> None:
    """Let the contact write again."""
    turn.record.change_contact(is_blocked=False)
    turn.refresh_card()
    answer(turn, turn.rules.wording("notice.unblocked", name=turn.contact.display_name))


def watch(turn: Turn, _arguments: str) -> None:
    """Read along in a conversation that a colleague has."""
    _watch(turn, is_watching=True)


def unwatch(turn: Turn, _arguments: str) -> None:
    """Read along no more."""
    _watch(turn, is_watching=False)


def _watch(turn: Turn, *, is_watching: bool) -> None:
    say, conversation, chat = turn.rules.wording, turn.conversation, chat_of(turn).whole
    if conversation.room is None or conversation.room.channel != LIST:
        answer(turn, say("notice.all_watch"))
        return
    others = tuple(watcher for watcher in conversation.watchers if watcher != chat)
    turn.change(watchers=(*others, chat) if is_watching else others)
    answer(turn, say("notice.watching" if is_watching else "notice.not_watching", code=conversation.code))


HANDLERS: Mapping[str, Handler] = {
    "claim": claim,
    "release": release,
    "transfer": transfer,
    "close": close,
    "reopen": reopen,
    "snooze": snooze,
    "c": replies.canned,
    "template": replies.template,
    "undo": corrections.undo,
    "del": corrections.delete,
    "tag": tag,
    "untag": untag,
    "history": showing.history,
    "info": showing.info,
    "block": block,
    "unblock": unblock,
    "why": showing.why,
    "watch": watch,
    "unwatch": unwatch,
    "help": showing.help_,
}
"""The commands of a thread by name; `note` is read as a note, and `queue` is the general section's."""
