"""What members do in a team chat about one contact: a reply, a note, a command, a button, an edit."""

from bot.api import (
    ButtonPressed,
    IncomingMessage,
    MessageDeleted,
    MessageEdited,
    ReachabilityChanged,
    ReactionChanged,
    ThreadChanged,
)
from bot.desk import buttons, commands, corrections, replies, unsent
from bot.desk.addressing import addressed
from bot.desk.answering import is_alone, is_here, is_member, own_words, refuse, tell_here
from bot.desk.parsing import PRESSES, Command, Note, Reply, UnknownCommand, read
from bot.model import SEEN_KEPT, Direction, Status
from bot.turn import Due, Turn


async def serve(turn: Turn) -> None:
    """Decide one event of a team chat that concerns this contact."""
    event = turn.event
    assert not isinstance(event, Due)
    # A team chat counts its events by itself, so its ids are kept apart from the contact's.
    event_id = f"{event.chat.address} {event.event_id}"
    if event_id in turn.contact.seen:
        turn.is_duplicate = True
        turn.handled_by = "duplicate"
        if isinstance(event, MessageEdited) and turn.record.current is not None:
            turn.is_refused = not (unsent.is_unchanged(turn, event) or corrections.is_taken(turn, event))
        return
    turn.handled_by = "desk"
    if not is_member(getattr(event, "sender", None)):
        turn.handled_by = "not_a_member"
        turn.notice = turn.rules.wording("notice.not_a_member")
        return
    _remember(turn, event_id)
    if turn.record.current is None:
        return
    match event:
        case ButtonPressed():
            buttons.press(turn, event)
        case IncomingMessage():
            _message(turn, event)
        case MessageEdited():
            _edited(turn, event)
        case MessageDeleted():
            corrections.deleted(turn, event)
        case ReactionChanged():
            corrections.reacted(turn, event)
        case ThreadChanged():
            _by_hand(turn, event)
        case ReachabilityChanged():
            pass
        case _:
            turn.handled_by = "ignored"


def _remember(turn: Turn, seen: str) -> None:
    turn.record.change_contact(seen=(*turn.contact.seen[-SEEN_KEPT + 1 :], seen))


def _by_hand(turn: Turn, event: ThreadChanged) -> None:
    """Follow a member who closed or reopened the thread, unless the conversation has left it."""
    conversation = turn.conversation
    if conversation.room != event.chat.whole:
        return
    turn.record.change_thread(event.chat, is_closed=event.is_closed)
    if event.is_closed and conversation.status is not Status.CLOSED:
        commands.close(turn, "")
    elif not event.is_closed and conversation.status is Status.CLOSED:
        commands.reopen(turn, "")


def _edited(turn: Turn, event: MessageEdited) -> None:
    """Follow an edit; of a post that led to nothing, do what it says as if it were written now."""
    if unsent.is_unchanged(turn, event):
        return
    anew = unsent.as_new(turn, event) or corrections.edited(turn, event)
    if anew is not None:
        turn.event = anew
        _message(turn, anew)


def _message(turn: Turn, event: IncomingMessage) -> None:
    """Do what a member's message says; one that led to nothing can still be edited into one that does."""
    before = turn.record.draft()
    _act(turn, event)
    unsent.remember(turn, event, before)


def _act(turn: Turn, event: IncomingMessage) -> None:
    if not is_here(turn):
        refuse(turn)
        return
    # Only the first part of an album has the words: they say for the others what they are.
    album = f"{event.chat.address} album {event.album_id}"
    is_note, is_command = f"{album} note" in turn.contact.seen, f"{album} command" in turn.contact.seen
    if event.album_id and not event.text and (is_note or is_command):
        if is_note:
            replies.note(turn, event, "")
        return
    if _is_for_another(turn, event):
        code = addressed(event.text).code
        tell_here(turn, turn.rules.wording("notice.two_addresses", code=code))
        return
    words = read(own_words(turn, event.text))
    if isinstance(words, Reply) and not _is_for_the_contact(turn, event):
        words = Note(text=words.text)
    if event.album_id and not isinstance(words, Reply):
        _remember(turn, f"{album} {'note' if isinstance(words, Note) else 'command'}")
    match words:
        case Note(text=text):
            replies.note(turn, event, text)
        case Reply(text=text):
            replies.reply(turn, event, text)
        case Command(name=name, arguments=arguments):
            if name in PRESSES:
                buttons.typed(turn, name, arguments)
            else:
                commands.HANDLERS[name](turn, arguments)
        case UnknownCommand(name=name, nearest=nearest):
            tell_here(turn, turn.rules.wording("notice.unknown_command", command=name, nearest=nearest))


def _is_for_another(turn: Turn, event: IncomingMessage) -> bool:
    """Whether a quote of this conversation has another's code in front, which is sent to nobody.

    In a group without threads people talk about contacts by their codes: there a command is meant.
    """
    if event.chat.thread_id is not None:
        return False
    read_as = addressed(event.text)
    is_code = bool(read_as.code) and not read_as.is_doubtful and read_as.code != turn.conversation.code
    return is_code and (is_alone(turn) or read_as.text.startswith("/"))


def _is_for_the_contact(turn: Turn, event: IncomingMessage) -> bool:
    """Whether plain words are a reply: where only explicit replies are sent, the others are notes."""
    team = turn.rules.settings.teams.get(turn.conversation.team)
    if team is None or team.reply_mode == "all" or is_alone(turn):
        return True
    answered = turn.record.messages.get(replies.quoted(turn, event))
    return bool(event.reply_to) and (answered is None or answered.direction is not Direction.NOTE)
