"""What team chats show of a conversation: its place there, what is posted, and where it has gone."""

from bot.api import ChatRef
from bot.model import INBOX, LIST, Action, Direction, Message, Status
from bot.rulebook import Room, Rulebook
from bot.transcript import lines
from bot.turn import Turn

TRANSCRIPT_LINES = 20


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
    room, alert = reachable_room(turn, conversation.team or INBOX)
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


def tell_list(turn: Turn, text: str, about: Message | None = None) -> None:
    """Tell the other members of a list; in a group they have seen it.

    Args:
        turn: the turn.
        text: what to say.
        about: the transcript line that says it; whoever wrote it is not told.
    """
    room = turn.conversation.room
    if room is not None and room.channel == LIST:
        turn.tell(text, to_all=True, carries=(about.number,) if about else ())


def link_to(turn: Turn) -> str:
    """A link to the conversation's thread; empty while there is none."""
    room = turn.conversation.room
    thread = turn.contact.thread_in(room) if room else None
    if thread is None or not thread.thread_id:
        return ""
    return turn.around.thread_link(thread.chat.thread(thread.thread_id))


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


def reachable_room(turn: Turn, team: str) -> tuple[Room, str]:
    """The team's chat; or the inbox, and what to tell it, when the team has none."""
    room = turn.rules.room_of(team)
    chats = room.members or (room.chat,) if room is not None else ()
    if room is not None and not all(turn.around.is_down(chat.channel) for chat in chats):
        return room, ""
    known = turn.rules.settings.teams.get(team)
    chat = known.chat if known is not None else None
    reason = turn.rules.wording("notice.no_chat") if chat is None else str(chat)
    alert = turn.rules.wording(
        "notice.team_unreachable",
        team=turn.rules.team_name(team),
        reason=reason,
        code=turn.conversation.code,
    )
    return turn.rules.inbox, alert


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


def _is_for_people(message: Message) -> bool:
    """Whether a team wants to read it: everything that people wrote, and not the bot's menus."""
    return message.direction is not Direction.EVENT and bool(message.author)


def _stands_in(message: Message, room: ChatRef, rules: Rulebook) -> bool:
    """Whether the room has the message: as a post of ours, or because a member wrote it there."""
    places = message.posts if message.source is None else (*message.posts, message.source)
    # Without an id nobody knows whether it is there.
    return any(place.platform_id and rules.is_in(room, place.chat) for place in places)
