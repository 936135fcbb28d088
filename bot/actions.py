"""What can happen to a conversation: it begins, is assigned, forwarded, passed on, closed, reopened.

Every function changes the turn's draft only: who has the conversation switches first, posts come after.
"""

from msgspec.structs import replace

from bot.api import ChatRef
from bot.away import is_away, say_away
from bot.config import Answer, Text
from bot.model import INBOX, Action, Conversation, Direction, ItemState, Message, Progress, Status
from bot.rulebook import Room, Rulebook
from bot.transcript import lines
from bot.turn import Turn

TRANSCRIPT_LINES = 20


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
                turn.record.change_message(number, progress=Progress.FAILED)


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
    room, alert = _reachable_room(turn, team)
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


def show(turn: Turn, room: Room, *, silent: bool = False, most: int = 0) -> None:
    """Give the conversation its place in a team chat: thread, card, and the transcript in one post.

    Args:
        turn: the turn.
        room: the team chat.
        silent: without sound.
        most: keep only so many of the latest lines, and say how many came before; 0: all.
    """
    conversation = turn.change(room=room.chat)
    thread = turn.contact.thread_in(room.chat)
    if thread is not None and thread.is_closed:
        reopen_thread(turn, room.chat)
    turn.refresh_card()
    on_the_way = {
        number
        for item in turn.record.outbox.values()
        if item.action is Action.POST and item.chat == room.chat
        for number in item.messages
    }
    unseen = [
        message
        for message in turn.record.in_conversation(conversation.number)
        if _is_for_people(message)
        and message.number not in on_the_way
        and not _stands_in(message, room.chat, turn.rules)
    ]
    if not unseen:
        return
    transcript = lines(unseen, turn.contact, turn.rules.wording, most=most)
    turn.put(
        Action.POST,
        room.chat,
        conversation=conversation.number,
        text=transcript,
        author=turn.contact.display_name,
        messages=tuple(message.number for message in unseen),
        silent=silent,
    )
    for message in unseen:
        if message.files:
            _put_post(turn, message, text="", silent=silent)


def _is_for_people(message: Message) -> bool:
    """Whether a team wants to read it: everything that people wrote, and not the bot's menus."""
    return message.direction is not Direction.EVENT and bool(message.author)


def _stands_in(message: Message, room: ChatRef, rules: Rulebook) -> bool:
    """Whether the room has the message: as a post of ours, or because a member wrote it there."""
    places = message.posts if message.source is None else (*message.posts, message.source)
    # Without an id nobody knows whether it is there.
    return any(place.platform_id and rules.is_in(room, place.chat) for place in places)


def forward(turn: Turn, message: Message, *, silent: bool = False) -> None:
    """Post a message of the contact in the conversation's thread.

    When config.toml no longer has that team chat, the conversation gets a place in one that it has.
    """
    if turn.conversation.room is not None and not rehouse(turn, silent=silent):
        _put_post(turn, message, text=message.text, silent=silent)


def rehouse(turn: Turn, *, silent: bool = False) -> bool:
    """Give the conversation a place in another team chat when config.toml no longer has its own.

    Returns:
        Whether it was moved; then its transcript is posted there.
    """
    conversation = turn.conversation
    if conversation.room is None or turn.rules.room_at(conversation.room) is not None:
        return False
    room, alert = _reachable_room(turn, conversation.team or INBOX)
    show(turn, room, silent=silent, most=TRANSCRIPT_LINES)
    turn.tell(alert)
    return True


def bring_back(turn: Turn) -> bool:
    """Give an open conversation to its team's list of members again, after nobody there could be reached.

    Returns:
        Whether the inbox had it, and nobody there has taken it.
    """
    conversation, inbox = turn.record.current, turn.rules.inbox.chat
    if conversation is None or conversation.status is not Status.OPEN:
        return False
    if conversation.claimed_by and conversation.claimed_in is None:
        # Somebody in the inbox has it.
        return False
    room = turn.rules.room_of(conversation.team)
    if room is None or not room.members or conversation.room != inbox:
        return False
    show(turn, room, most=TRANSCRIPT_LINES)
    turn.refresh_card(room=inbox)
    close_thread(turn, inbox)
    return True


def _put_post(turn: Turn, message: Message, *, text: str, silent: bool) -> None:
    conversation = turn.conversation
    assert conversation.room is not None
    has_more = bool(message.files or message.location or message.shared_contact or message.unsupported)
    turn.put(
        Action.POST,
        conversation.room,
        conversation=conversation.number,
        text=text,
        author=turn.contact.display_name if message.direction is Direction.INCOMING else message.author,
        files=message.number if has_more else 0,
        messages=(message.number,),
        quotes=message.quotes,
        silent=silent,
    )


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
    room, alert = _reachable_room(turn, team)
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


def leave(turn: Turn, room: ChatRef, team: str, *, line: int, agent: str) -> None:
    """Close the conversation's thread in a chat that it has left, with a line that says where it is.

    Args:
        turn: the turn.
        room: the chat it has left.
        team: who has it now.
        line: the transcript line of the event; a thread that is still to be made adds its link to the post.
        agent: who passed it on.
    """
    turn.refresh_card(room=room)
    conversation = turn.conversation
    text = turn.rules.wording(
        "notice.transferred",
        agent=agent,
        code=conversation.code,
        team=turn.rules.team_name(team),
        link=link_to(turn),
    )
    turn.tell(text, room=room, carries=(line,))
    close_thread(turn, room)


def link_to(turn: Turn) -> str:
    """A link to the conversation's thread; empty while there is none."""
    room = turn.conversation.room
    thread = turn.contact.thread_in(room) if room else None
    if thread is None or not thread.thread_id:
        return ""
    return turn.around.thread_link(thread.chat.thread(thread.thread_id))


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


def close_thread(turn: Turn, chat: ChatRef) -> None:
    """Close the contact's thread in a team chat."""
    thread = turn.record.change_thread(chat, is_closed=True)
    turn.put(Action.CLOSE_THREAD, chat, conversation=turn.conversation.number, thread_id=thread.thread_id)


def reopen_thread(turn: Turn, chat: ChatRef) -> None:
    """Open the contact's thread in a team chat again, if it was closed."""
    thread = turn.contact.thread_in(chat)
    if thread is not None and thread.is_closed:
        turn.record.change_thread(chat, is_closed=False)
        turn.put(
            Action.REOPEN_THREAD, chat, conversation=turn.conversation.number, thread_id=thread.thread_id
        )


def release_held(turn: Turn) -> None:
    """Let go what waited for the contact to write again: the reply window is open now."""
    window = turn.rules.settings.lifecycle.reopen_window
    for item in list(turn.record.held()):
        of = turn.record.conversations.get(item.conversation)
        is_over = of is not None and of.closed_at is not None and turn.now - of.closed_at >= window
        if not is_over:
            turn.record.outbox[item.number] = replace(item, state=ItemState.PENDING, reason="")


def _reachable_room(turn: Turn, team: str) -> tuple[Room, str]:
    """The team's chat; or the inbox, and what to tell it, when the team has none."""
    room = turn.rules.room_of(team)
    chats = room.members or (room.chat,) if room is not None else ()
    if room is not None and not all(turn.around.is_down(chat.channel) for chat in chats):
        return room, ""
    known = turn.rules.settings.teams.get(team)
    reason = "no chat" if known is None or known.chat is None else str(known.chat)
    alert = turn.rules.wording(
        "notice.team_unreachable",
        team=turn.rules.team_name(team),
        reason=reason,
        code=turn.conversation.code,
    )
    return turn.rules.inbox, alert
