"""What members change of what they wrote: edits, deletions and reactions go where the message went."""

from msgspec.structs import replace

from bot.api import IncomingMessage, Mark, MessageDeleted, MessageEdited, ReactionChanged
from bot.desk import held, unsent
from bot.desk.addressing import addressed
from bot.desk.answering import answer, is_alone, is_here, own_words, refuse, sender_of, tell_here
from bot.desk.parsing import Note, Reply, Words, read
from bot.desk.replies import stands_at
from bot.model import Action, Direction, Message, Post, Progress
from bot.transcript import excerpt
from bot.turn import Turn


def edited(turn: Turn, event: MessageEdited) -> IncomingMessage | None:
    """Mirror an edit; what has not left yet leaves with the new text, or stays when that is no reply.

    Returns:
        The edit as a message of its own, when a command takes the place of a reply that never left.
    """
    say = turn.rules.wording
    line = _written_as(turn, Post(event.chat, event.message_id))
    written = own_words(turn, event.text)
    if line is None or line.is_deleted or line.direction is Direction.EVENT:
        # A command, or what is gone: whoever reads the new text must not take it for sent, or done.
        if written.strip() and (line is None or line.text != written):
            _refuse(turn, say("notice.edit_anew"))
        return None
    words = read(written)
    if line.direction is Direction.NOTE:
        # A note stays one, whatever it is changed to: it was not written to the contact.
        turn.record.change_message(line.number, text=_as_note(words, written), is_edited=True)
        return None
    if line.direction is not Direction.OUTGOING or line.text == written:
        return None
    is_unsent = held.has_not_left(turn, line)
    if is_unsent and not isinstance(words, Reply):
        return _withdraw(turn, line, event, words)
    if not is_here(turn):
        turn.is_refused = True
        refuse(turn)
        return None
    other = addressed(written)
    if is_alone(turn) and other.code and not other.is_doubtful:
        _refuse(turn, say("notice.two_addresses", code=other.code))
    elif not isinstance(words, Reply):
        _refuse(turn, say("notice.edit_is_note", name=turn.contact.display_name))
    elif not _can_be_changed(turn, line):
        _refuse(turn, say("notice.edit_unsupported", name=turn.contact.display_name))
    else:
        _change(turn, line, written, is_unsent=is_unsent)
    return None


def is_taken(turn: Turn, event: MessageEdited) -> bool:
    """Whether an edit that comes a second time was taken when it came first."""
    line = _written_as(turn, Post(event.chat, event.message_id))
    if line is None or line.is_deleted:
        return False
    written = own_words(turn, event.text)
    return line.text in {written, _as_note(read(written), written)}


def _as_note(words: Words, written: str) -> str:
    return words.text if isinstance(words, (Note, Reply)) else written


def _refuse(turn: Turn, text: str) -> None:
    """Say why an edit changes nothing."""
    turn.is_refused = True
    tell_here(turn, text)


def _withdraw(turn: Turn, line: Message, event: MessageEdited, words: Words) -> IncomingMessage | None:
    """Take the place of a reply that never left: with the note, or with the command, that it is now."""
    has_more = bool(line.files or line.location or line.shared_contact)
    if isinstance(words, Note) and (words.text or has_more):
        _unsend(turn, line)
        turn.record.change_message(
            line.number,
            direction=Direction.NOTE,
            text=words.text,
            progress=None,
            reason="",
            template="",
            values=(),
            is_edited=True,
        )
        turn.mark(line.source, Mark.NOTED)
        held.show_colleagues(turn, turn.record.messages[line.number])
        return None
    if has_more:
        # A command can take no file along, and none is lost by a slip of the finger.
        _refuse(turn, turn.rules.wording("notice.edit_anew"))
        return None
    _unsend(turn, line)
    turn.record.change_message(line.number, is_deleted=True)
    return unsent.written(event)


def _can_be_changed(turn: Turn, line: Message) -> bool:
    """Whether the contact's platform can change what it has of a line.

    The parts of a long text, or of several files, cannot be told apart any more.
    """
    able = turn.around.abilities(turn.contact.chat)
    return not line.platform_ids or (len(line.platform_ids) == 1 and (able is None or able.edits))


def _change(turn: Turn, line: Message, written: str, *, is_unsent: bool) -> None:
    """Give a line another text, and the message that it was sent as, or will be."""
    # Words of one's own take the place of an approved text, while that has not left.
    template, values = ("", ()) if is_unsent else (line.template, line.values)
    turn.record.change_message(line.number, text=written, template=template, values=values, is_edited=True)
    text = held.signed(turn, written, line.author)
    waiting = held.item_of(turn, line.number)
    if waiting is not None and not waiting.parts_sent:
        changed = replace(waiting, text=text, template=template, values=values)
        turn.record.outbox[waiting.number] = changed
    for platform_id in line.platform_ids:
        turn.put(
            Action.EDIT,
            turn.contact.chat,
            conversation=line.conversation,
            origin=line.origin,
            text=text,
            target=platform_id,
            messages=(line.number,),
        )


def deleted(turn: Turn, event: MessageDeleted) -> None:
    """Take back what a member deleted."""
    line = _written_as(turn, Post(event.chat, event.message_id))
    if line is not None and not line.is_deleted:
        _take_back(turn, line)


def delete(turn: Turn, _arguments: str) -> None:
    """Take back the reply that the command answers, if it is the member's own."""
    event = turn.event
    assert isinstance(event, IncomingMessage)
    line = _written_as(turn, Post(event.chat, event.reply_to)) if event.reply_to else None
    if line is None or line.is_deleted or line.direction is not Direction.OUTGOING:
        answer(turn, turn.rules.wording("notice.delete_which"))
        return
    if line.author_id != event.sender.sender_id:
        answer(turn, turn.rules.wording("notice.delete_not_yours"))
        return
    _take_back(turn, line, mark=Mark.NOTED)
    answer(turn, turn.rules.wording("notice.noted"), is_done=True)


def undo(turn: Turn, _arguments: str) -> None:
    """Take back the member's own last reply: as if it had never been, while it has not left."""
    sender_id, say = sender_of(turn).sender_id, turn.rules.wording
    line = turn.record.newest(
        lambda line: (
            line.direction is Direction.OUTGOING
            and line.author_id == sender_id
            and line.conversation == turn.conversation.number
            and not line.is_deleted
        )
    )
    if line is None:
        answer(turn, say("notice.undo_nothing"))
        return
    _take_back(turn, line, mark=Mark.NOTED)
    answer(turn, say("notice.undone", text=excerpt(line.text)))


def reacted(turn: Turn, event: ReactionChanged) -> None:
    """Show the contact a reaction to their message."""
    post = Post(event.chat, event.message_id)
    line = turn.record.newest(lambda line: line.direction is Direction.INCOMING and stands_at(line, post))
    if line is None or not is_here(turn):
        return
    for platform_id in line.platform_ids[:1]:
        turn.put(
            Action.REACT,
            turn.contact.chat,
            conversation=line.conversation,
            target=platform_id,
            emoji=event.emoji,
        )


def _take_back(turn: Turn, line: Message, *, mark: Mark | None = None) -> None:
    """Take a line back from the contact.

    Args:
        turn: the turn.
        line: a reply, or a note, which the contact never had.
        mark: what the member's own post shows once the contact does not have it; None: it is gone too.
    """
    turn.record.change_message(line.number, is_deleted=True)
    if line.direction is not Direction.OUTGOING:
        return
    _unsend(turn, line)
    if mark is not None and not line.platform_ids and line.progress is not Progress.UNCERTAIN:
        turn.mark(line.source, mark)
    for platform_id in line.platform_ids:
        turn.put(
            Action.DELETE,
            turn.contact.chat,
            conversation=line.conversation,
            target=platform_id,
            mark=mark,
            messages=(line.number,),
        )


def _unsend(turn: Turn, line: Message) -> None:
    """Take a line out of the outbox, unless part of it has left."""
    waiting = held.item_of(turn, line.number)
    if waiting is not None and not waiting.parts_sent:
        del turn.record.outbox[waiting.number]


def _written_as(turn: Turn, post: Post) -> Message | None:
    """The transcript line that a member wrote as this post."""
    return turn.record.newest(
        lambda line: (
            line.source is not None
            and line.source.platform_id == post.platform_id
            and line.source.chat.whole == post.chat.whole
        )
    )
