"""Where a member reads the answer to what they did: on the button, or in the place they wrote in."""

from bot import actions
from bot.api import ButtonPressed, Choice, IncomingMessage, Mark, PostStyle, Sender, ThreadChanged
from bot.model import Action, Post, Status
from bot.turn import Due, Turn


def is_member(sender: Sender | None) -> bool:
    """Whether an event is a member's: no other bot's; an admin who writes in the group's name counts."""
    return sender is None or not sender.is_bot or sender.is_anonymous


def sender_of(turn: Turn) -> Sender:
    """The member who caused the event."""
    event = turn.event
    assert isinstance(event, (IncomingMessage, ButtonPressed, ThreadChanged))
    return event.sender


def is_here(turn: Turn) -> bool:
    """Whether the conversation is in the chat of the event; one that has no place yet is the inbox's."""
    assert not isinstance(turn.event, Due)
    return (turn.conversation.room or turn.rules.inbox.chat) == turn.event.chat.whole


def is_general(turn: Turn) -> bool:
    """Whether the member wrote in the general section of a team chat."""
    assert not isinstance(turn.event, Due)
    return turn.event.chat.thread_id is None


def answer(turn: Turn, text: str, *, is_done: bool = False, choices: tuple[Choice, ...] = ()) -> None:
    """Answer the member.

    Args:
        turn: the turn.
        text: what to say.
        is_done: the card shows the change already, so that a command is only marked, to save a post.
        choices: buttons below the answer.
    """
    event = turn.event
    if isinstance(event, ButtonPressed):
        turn.notice = text
    elif isinstance(event, ThreadChanged):
        return  # what was done by hand is seen; the card follows
    elif is_done and isinstance(event, IncomingMessage) and event.message_id and event.chat.thread_id:
        turn.mark(Post(event.chat, event.message_id), Mark.NOTED)
    else:
        tell_here(turn, text, choices=choices)


def tell_here(turn: Turn, text: str, *, choices: tuple[Choice, ...] = ()) -> None:
    """Post a line where the member wrote: in that thread, or in the general section."""
    event = turn.event
    assert not isinstance(event, Due)
    if event.chat.thread_id is not None:
        turn.tell(text, room=event.chat.whole, choices=choices)
    else:
        turn.put(Action.POST, event.chat, text=text, style=PostStyle.NOTICE, choices=choices)


def refuse(turn: Turn) -> None:
    """Say why nothing written here is sent, and where the conversation is now."""
    say, conversation = turn.rules.wording, turn.conversation
    assert not isinstance(turn.event, Due)
    if turn.event.chat.thread_id is None:
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
            link=actions.link_to(turn),
        )
    tell_here(turn, text)
