"""The general section of a team chat: who waits, help, and commands that name a conversation."""

from collections.abc import Iterable
from datetime import datetime

from bot.api import (
    ButtonPressed,
    ChatRef,
    Event,
    IncomingMessage,
    MediaFile,
    MessageEdited,
    PostStyle,
    ReachabilityChanged,
)
from bot.desk import asking
from bot.desk.addressing import Address
from bot.desk.answering import is_member
from bot.desk.parsing import SHOWN, Command, Note, Reply, UnknownCommand, read
from bot.desk.showing import help_text
from bot.model import INBOX, SEEN_KEPT, Action, House, OutboxItem, Status, one_line
from bot.rulebook import Rulebook
from bot.store import LiveConversation
from bot.times import length


def is_for_the_team(event: Event) -> bool:
    """Whether an event is about the team's chats altogether, wherever it was written."""
    words = read(event.text) if isinstance(event, IncomingMessage) else None
    return isinstance(words, Command) and words.name in {"queue", "stats"}


def notice(event: Event, rules: Rulebook) -> str:
    """What to tell who pressed a button that belongs to no conversation any more."""
    return rules.wording("notice.old_button") if isinstance(event, ButtonPressed) else ""


def is_known(house: House, event: Event) -> bool:
    """Whether an event has been received before."""
    return f"{event.chat.address} {event.event_id}" in house.seen


def is_new(house: House, event: Event) -> bool:
    """Whether an event has not been received before; it is remembered."""
    event_id = f"{event.chat.address} {event.event_id}"
    if event_id in house.seen:
        return False
    _remember(house, event_id)
    return True


def serve(
    house: House,
    event: Event,
    address: Address,
    *,
    now: datetime,
    rules: Rulebook,
    waiting: Iterable[LiveConversation],
) -> None:
    """Answer what concerns no conversation that is held; talk among colleagues is none of ours."""
    match event:
        case IncomingMessage() if not is_member(event.sender):
            pass
        case IncomingMessage() if address.refusal and isinstance(read(event.text), Reply):
            post(house, event.chat, rules.wording(address.refusal), now=now)
            was_unsent(house, event)
        case IncomingMessage():
            command(house, event, now=now, rules=rules, waiting=waiting)
        case MessageEdited() if is_member(event.sender):
            _edited(house, event, now=now, rules=rules)
        case ReachabilityChanged():
            _tell_of_room(house, event, now=now, rules=rules)
        case _:
            pass


def was_unsent(house: House, event: IncomingMessage) -> None:
    """Remember a message that was meant for a contact, or a command, and led to nothing."""
    _remember(house, _unsent(event))


def _edited(house: House, event: MessageEdited, *, now: datetime, rules: Rulebook) -> None:
    """Say that an edit sends nothing and does nothing; colleagues may edit what they say to each other."""
    if not event.text.strip():
        return
    if event.chat.thread_id is not None:
        _say_once_that_nothing_is_sent(house, event.chat, rules.wording("notice.no_conversation"), now=now)
    elif isinstance(read(event.text), (Command, UnknownCommand)) or _unsent(event) in house.seen:
        post(house, event.chat, rules.wording("notice.edit_anew"), now=now)


def _unsent(event: IncomingMessage | MessageEdited) -> str:
    return f"{event.chat.address} unsent {event.message_id}"


def command(
    house: House,
    event: IncomingMessage,
    *,
    now: datetime,
    rules: Rulebook,
    waiting: Iterable[LiveConversation],
) -> None:
    """Do what a command of the general section says, or say what it lacks."""
    room, say = rules.room_at(event.chat), rules.wording
    team = room.team if room else INBOX
    match read(event.text):
        case Command(name="queue"):
            post(house, event.chat, queue(waiting, team, now=now, rules=rules), now=now)
        case Command(name="stats", arguments=arguments):
            stats(house, event.chat, ["" if team == INBOX else team], arguments, now=now, rules=rules)
        case Command(name="help"):
            post(house, event.chat, help_text(say), now=now)
        case UnknownCommand(name=name, nearest=nearest):
            text = say("notice.unknown_command", command=name, nearest=nearest)
            post(house, event.chat, text, now=now)
        case Command() if event.chat.thread_id is not None:
            post(house, event.chat, say("notice.no_conversation"), now=now)
        case Command(name=name, arguments=arguments):
            which = say("notice.code_which", command=name, code="K7")
            unknown = one_line(arguments)[:SHOWN]
            text = say("notice.unknown_code", code=unknown) if unknown else which
            post(house, event.chat, text, now=now)
        case Reply() if event.chat.thread_id is not None:
            _say_once_that_nothing_is_sent(house, event.chat, say("notice.no_conversation"), now=now)
        case Note() | Reply():
            pass


def stats(
    house: House, chat: ChatRef, teams: Iterable[str], period: str, *, now: datetime, rules: Rulebook
) -> None:
    """Have figures counted, and say so, or say what is no period; the inbox sees those of all teams."""
    reach = asking.read_period(period)
    if reach is None:
        text = rules.wording("figures.which", period=one_line(period)[:SHOWN])
        post(house, chat, text, now=now)
    else:
        asking.ask(house, chat, teams, reach)
        post(house, chat, rules.wording("figures.counting"), now=now)


def _tell_of_room(house: House, event: ReachabilityChanged, *, now: datetime, rules: Rulebook) -> None:
    """Tell the inbox that a team's chat, or a member's, takes nothing any more; or does again."""
    key = "notice.room_back" if event.is_reachable else "notice.room_lost"
    text = rules.wording(key, chat=event.chat.address, reason=event.reason or "–")
    if event.chat.whole != rules.inbox.chat or event.is_reachable:
        post(house, rules.inbox.chat, text, now=now)


def _say_once_that_nothing_is_sent(house: House, thread: ChatRef, text: str, *, now: datetime) -> None:
    """Warn who writes in a thread that we know nothing of: it may be forgotten, or colleagues' own."""
    warned = f"{thread} is not held"
    if warned not in house.seen:
        post(house, thread, text, now=now)
    house.seen = tuple(seen for seen in house.seen if seen != warned)
    _remember(house, warned)


def _remember(house: House, seen: str) -> None:
    house.seen = (*house.seen[-SEEN_KEPT + 1 :], seen)


def queue(waiting: Iterable[LiveConversation], team: str, *, now: datetime, rules: Rulebook) -> str:
    """Who waits for this team, longest first; the inbox sees everybody who waits, the bot's too."""
    say = rules.wording
    mine = sorted(
        (
            (row.waiting_since, row)
            for row in waiting
            if row.waiting_since is not None and team in {row.team, INBOX} and not is_aside(row, now)
        ),
        key=lambda pair: pair[0],
    )
    if not mine:
        return say("queue.empty")
    rows = [
        say(
            "queue.row",
            code=row.code,
            name=row.name,
            channel=row.channel,
            team=say("queue.bot") if row.status is Status.PENDING else rules.team_name(row.team),
            agent=row.claimed_name or say("queue.free"),
            since=length(now - since),
        )
        for since, row in mine
    ]
    return "\n".join((say("queue.title", count=len(rows)), *rows))


def is_aside(row: LiveConversation, now: datetime) -> bool:
    """Whether a conversation was put aside for now."""
    return row.snoozed_until is not None and now < row.snoozed_until


def post(
    house: House,
    chat: ChatRef,
    text: str,
    *,
    now: datetime,
    silent: bool = False,
    media: MediaFile | None = None,
) -> None:
    """Put a line, or a file, into the general section of a team chat, or into a thread that is nobody's."""
    number = house.take_number()
    house.outbox[number] = OutboxItem(
        number=number,
        action=Action.POST,
        chat=chat.whole,
        created_at=now,
        text=text,
        style=PostStyle.NOTICE,
        thread_id=chat.thread_id or "",
        silent=silent,
        media=media,
    )
