"""The general section of a team chat: who waits, help, and commands that name a conversation."""

from collections.abc import Iterable
from datetime import datetime

from bot.api import ButtonPressed, ChatRef, Event, IncomingMessage, PostStyle
from bot.desk.answering import is_member
from bot.desk.card import age
from bot.desk.parsing import SHOWN, Command, Note, Reply, UnknownCommand, code_of_command, read
from bot.desk.showing import help_text
from bot.model import INBOX, SEEN_KEPT, Action, House, OutboxItem, Status, one_line
from bot.rulebook import Rulebook
from bot.store import LiveConversation


def is_for_the_team(event: Event) -> bool:
    """Whether an event is about the team's chats altogether, wherever it was written."""
    words = read(event.text) if isinstance(event, IncomingMessage) else None
    return isinstance(words, Command) and words.name == "queue"


def code_in(event: Event) -> str:
    """The code of the conversation that a general-section command names, or empty."""
    return code_of_command(event.text) if isinstance(event, IncomingMessage) else ""


def notice(event: Event, rules: Rulebook) -> str:
    """What to tell who pressed a button that belongs to no conversation any more."""
    return rules.wording("notice.old_button") if isinstance(event, ButtonPressed) else ""


def serve(
    house: House, event: Event, *, now: datetime, rules: Rulebook, waiting: Iterable[LiveConversation]
) -> bool:
    """Answer what concerns no conversation that is held; talk among colleagues is none of ours.

    Returns:
        Whether it was new.
    """
    event_id = f"{event.chat.address} {event.event_id}"
    if event_id in house.seen:
        return False
    _remember(house, event_id)
    if not isinstance(event, IncomingMessage) or not is_member(event.sender):
        return True
    room, say = rules.room_at(event.chat), rules.wording
    team = room.team if room else INBOX
    match read(event.text):
        case Command(name="queue"):
            post(house, event.chat, queue(waiting, team, now=now, rules=rules), now=now)
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
    return True


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
            if row.waiting_since is not None and team in {row.team, INBOX}
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
            since=age(now - since),
        )
        for since, row in mine
    ]
    return "\n".join((say("queue.title", count=len(rows)), *rows))


def post(house: House, chat: ChatRef, text: str, *, now: datetime, silent: bool = False) -> None:
    """Put a line into the general section of a team chat, or into a thread that is nobody's."""
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
    )
