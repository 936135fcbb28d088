"""Where a member reads the answer to what they did: on the button, or in the place they wrote in."""

from bot import placing
from bot.api import ButtonPressed, ChatRef, Choice, IncomingMessage, Mark, PostStyle, Sender, ThreadChanged
from bot.desk.addressing import addressed
from bot.model import Action, Status
from bot.turn import Due, Turn


def is_member(sender: Sender | None) -> bool:
    """Whether an event is a member's: no other bot's; an admin who writes in the group's name counts."""
    return sender is None or ((not sender.is_bot or sender.is_anonymous) and not sender.is_outsider)


def sender_of(turn: Turn) -> Sender:
    """The member who caused the event."""
    event = turn.event
    assert isinstance(event, (IncomingMessage, ButtonPressed, ThreadChanged))
    return event.sender


def chat_of(turn: Turn) -> ChatRef:
    """Where the event happened, thread included."""
    assert not isinstance(turn.event, Due)
    return turn.event.chat


def is_here(turn: Turn) -> bool:
    """Whether the conversation is in the room of the event; one that has no place yet is the inbox's."""
    return turn.rules.is_in(turn.conversation.room or turn.rules.inbox.chat, chat_of(turn))


def is_alone(turn: Turn) -> bool:
    """Whether nobody else reads where the member wrote: members of a list each have a chat of their own."""
    return bool(turn.rules.lists_of(chat_of(turn)))


def has_threads(turn: Turn) -> bool:
    """Whether each contact has a place of their own in the chat of the event."""
    able = turn.around.abilities(chat_of(turn).whole)
    return able is None or able.threads


def is_outside(turn: Turn) -> bool:
    """Whether the member wrote in the general section of a team chat that has threads."""
    return chat_of(turn).thread_id is None and has_threads(turn)


def is_strange(turn: Turn) -> bool:
    """Whether a conversation is none of this chat's and never was: nothing is told of it here, not a name."""
    if is_here(turn):
        return False
    chat, number = chat_of(turn).whole, turn.conversation.number
    place = turn.contact.thread_in(chat)
    return place is None and not any(
        post.chat.whole == chat
        for line in turn.record.in_conversation(number)
        for post in (*line.posts, *filter(None, (line.source,)))
    )


def own_words(turn: Turn, text: str) -> str:
    """What a member wrote, or changed it to, as it would be in the conversation's own thread."""
    if chat_of(turn).thread_id is not None:
        return text
    read_as = addressed(text)
    is_address = read_as.code == turn.conversation.code and not read_as.is_doubtful
    # In a group the code stands before commands only: people talk about contacts by their codes.
    is_for_all = not is_alone(turn) and not read_as.text.startswith("/")
    return read_as.text if is_address and not is_for_all else text


def answer(turn: Turn, text: str, *, is_done: bool = False, choices: tuple[Choice, ...] = ()) -> None:
    """Answer the member.

    Args:
        turn: the turn.
        text: what to say.
        is_done: the card shows the change already, so that a command is only marked, to save a post.
        choices: buttons below the answer.
    """
    event = turn.event
    if isinstance(event, ButtonPressed) and not is_alone(turn):
        turn.notice = text
    elif isinstance(event, ThreadChanged):
        return  # what was done by hand is seen; the card follows
    elif is_done and (post := turn.source) and not is_outside(turn) and _can_mark(turn):
        turn.mark(post, Mark.NOTED)
    else:
        tell_here(turn, text, choices=choices)


def _can_mark(turn: Turn) -> bool:
    """Whether a mark says enough: where everybody sees the card, and the platform has marks."""
    able = turn.around.abilities(chat_of(turn).whole)
    return not is_alone(turn) and (able is None or able.marks or able.threads)


def tell_here(turn: Turn, text: str, *, choices: tuple[Choice, ...] = (), quotes: int = 0) -> None:
    """Post a line where the member wrote: in that thread, to that member, or in the general section."""
    chat = chat_of(turn)
    current = turn.record.current
    turn.put(
        Action.POST,
        chat,
        conversation=0 if current is None or is_outside(turn) or is_strange(turn) else current.number,
        text=text,
        style=PostStyle.NOTICE,
        choices=choices,
        quotes=quotes,
    )


def refuse(turn: Turn) -> None:
    """Say why nothing written here is sent, and where the conversation is now."""
    say, conversation = turn.rules.wording, turn.conversation
    if is_outside(turn) or is_strange(turn):
        text = say("notice.not_yours")
    elif conversation.room is None and conversation.status is Status.PENDING:
        text = say("notice.not_sent_pending", name=turn.contact.display_name, code=conversation.code)
    elif conversation.room is None:
        text = say("notice.not_sent_closed", code=conversation.code)
    else:
        text = say(
            "notice.moved_on",
            code=conversation.code,
            team=turn.rules.team_name(conversation.team),
            link=placing.link_to(turn),
        )
    tell_here(turn, text)
