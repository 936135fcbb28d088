"""What can happen to a conversation: it begins, is assigned, forwarded, passed on, closed, reopened.

Every function changes the turn's draft only: who has the conversation switches first, posts come after.
"""

from msgspec.structs import replace

from bot import notices, receipts
from bot.api import ChatRef, Origin
from bot.away import is_away, say_away
from bot.config import Answer, Text
from bot.model import INBOX, Conversation, Direction, ItemState, Progress, Status
from bot.placing import TRANSCRIPT_LINES, close_thread, leave, reachable_room, show
from bot.transcript import excerpt
from bot.turn import Turn


def begin(turn: Turn) -> Conversation:
    """Begin a new conversation; the bot has it."""
    last = turn.record.current
    number = (last.number if last else 0) + 1
    if last is not None:
        _let_go(turn, last)
    conversation = Conversation(
        number=number, code=turn.around.new_code(turn.now), started_at=turn.now, waiting_since=turn.now
    )
    turn.record.conversations[number] = conversation
    return conversation


def _let_go(turn: Turn, last: Conversation) -> None:
    """What still waited for an earlier conversation is of no use in a new one, and is not said there."""
    if last.timers:
        turn.change(timers={})
    for item in list(turn.record.held()):
        if item.conversation == last.number:
            del turn.record.outbox[item.number]
            for number in item.messages:
                _give_up(turn, number, last, is_told=item.origin is Origin.HUMAN)


def _give_up(turn: Turn, number: int, last: Conversation, *, is_told: bool) -> None:
    """A message that waited will not be sent; whoever was told that it would be is told so."""
    record, line = turn.record, turn.record.messages.get(number)
    if receipts.progress(record, number, Progress.FAILED, turn.now) and line is not None and is_told:
        name, words = turn.contact.display_name, excerpt(line.text)
        text = turn.rules.wording("notice.held_over", name=name, code=last.code, text=words)
        notices.tell(record, last.number, text, turn.now, turn.rules)


def assign(turn: Turn, team: str, *, answer: Answer | None = None) -> None:
    """Give the conversation to a team: team, tags, thread, card, transcript, and one text to the contact.

    The contact reads the answer's reply, else the team's `assigned`, else `routing.assigned`.
    """
    is_held = is_away(turn, team) and turn.rules.is_held(team)
    give(turn, team, tags=answer.tags if answer else (), silent=is_held)
    if say_away(turn):
        return
    settings = turn.rules.settings
    known = settings.teams.get(team)
    candidates = [
        answer.reply if answer else Text(),
        known.assigned if known else Text(),
        settings.routing.assigned,
    ]
    chosen = next((text for text in candidates if not text.is_empty), None)
    if chosen is not None:
        turn.say(turn.filled(chosen, team=team))


def give(turn: Turn, team: str, *, tags: tuple[str, ...] = (), silent: bool = False) -> None:
    """Open the conversation for a team, and show it there; the contact is told nothing."""
    room, alert = reachable_room(turn, team)
    conversation = turn.conversation
    turn.change(
        status=Status.OPEN,
        team=team,
        opened_at=conversation.opened_at or turn.now,
        first_team=conversation.first_team or team,
        closed_at=None,
        tags=tuple(sorted({*conversation.tags, *tags})),
        settle_at=None,
        menu_due_at=None,
        unsettled=(),
        is_transferring=False,
    )
    show(turn, room, silent=silent)
    turn.tell(alert)
    if conversation.opened_at is None:
        _link_to_earlier(turn)
    if conversation.room is not None and conversation.room != room.chat:
        # The general section had it while the bot answered; its card says who has it now.
        turn.refresh_card(room=conversation.room)
        close_thread(turn, conversation.room)


def _link_to_earlier(turn: Turn) -> None:
    """Say where the contact's last conversation was, when that is another team chat."""
    current = turn.conversation
    earlier = [each for each in turn.record.conversations.values() if each.number < current.number]
    room = earlier[-1].room if earlier else None
    thread = turn.contact.thread_in(room) if room is not None and room != current.room else None
    if thread is None or not thread.thread_id:
        return
    link = turn.around.thread_link(thread.chat.thread(thread.thread_id))
    team = turn.rules.team_name(earlier[-1].team)
    turn.tell(turn.rules.wording("notice.earlier", code=earlier[-1].code, team=team, link=link), silent=True)


def transfer(turn: Turn, team: str, *, note: str = "", agent: str = "") -> None:
    """Pass the conversation on: its old thread gets a line with a link, and the contact is told once.

    Args:
        turn: the turn.
        team: who gets it.
        note: for them; it never leaves.
        agent: who passes it on; empty: the member who caused the event.
    """
    wording, member = turn.rules.wording, agent or turn.member
    before = turn.conversation
    room, alert = reachable_room(turn, team)
    passed_on = turn.write(
        Direction.EVENT,
        author=member,
        text=wording(
            "notice.transferred", agent=member, code=before.code, team=turn.rules.team_name(team), link=""
        ),
        source=turn.source,
    )
    turn.change(
        status=Status.OPEN,
        team=team,
        room=room.chat,
        opened_at=before.opened_at or turn.now,
        closed_at=None,
        claimed_by="",
        claimed_name="",
        claimed_in=None,
        watchers=(),
        away_until=None,
        timers={},
        close_by="",
        is_transferring=False,
        passed_from=before.team,
        passed_at=before.passed_at or turn.now,
        transfers=before.transfers + 1,
        settle_at=None,
        menu_due_at=None,
        unsettled=(),
    )
    if before.room is not None and before.room != room.chat:
        leave(turn, before.room, team, line=passed_on.number, agent=member)
    show(turn, room, most=TRANSCRIPT_LINES)
    if before.team:
        turn.tell(wording("notice.received", code=before.code, team=turn.rules.team_name(before.team)))
    if note:
        line = turn.write(Direction.NOTE, author=member, text=note)
        turn.tell(wording("notice.transferred_note", agent=member, note=note), carries=(line.number,))
    turn.tell(alert)
    if not say_away(turn):
        turn.say(turn.filled(turn.rules.settings.routing.transfer, team=team))


def claim(turn: Turn, member_id: str, name: str, *, chat: ChatRef | None = None) -> None:
    """Give the conversation to one member of its team; a pending one becomes the inbox's.

    Args:
        turn: the turn.
        member_id: the member's sender id.
        name: what to call them.
        chat: where they are reached, when their team is a list of members.
    """
    if turn.conversation.status is Status.PENDING:
        give(turn, INBOX)
    turn.change(claimed_by=member_id, claimed_name=name, claimed_in=chat, is_transferring=False)
    turn.refresh_card()


def release(turn: Turn) -> None:
    """Give the conversation back to its team."""
    turn.change(claimed_by="", claimed_name="", claimed_in=None, is_transferring=False)
    turn.refresh_card()


def release_held(turn: Turn) -> None:
    """Let go what waited for the contact to write again: the reply window is open now."""
    window = turn.rules.settings.lifecycle.reopen_window
    for item in list(turn.record.held()):
        of = turn.record.conversations.get(item.conversation)
        is_over = of is not None and of.closed_at is not None and turn.now - of.closed_at >= window
        if not is_over:
            turn.record.outbox[item.number] = replace(item, state=ItemState.PENDING, reason="")
