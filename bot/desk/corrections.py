"""What members change of what they wrote: edits, deletions and reactions go where the message went."""

from msgspec.structs import replace

from bot.api import IncomingMessage, MessageDeleted, MessageEdited, ReactionChanged
from bot.desk import held
from bot.desk.addressing import addressed
from bot.desk.answering import answer, is_alone, is_here, own_words, refuse, sender_of, tell_here
from bot.desk.parsing import Note, Reply, read
from bot.desk.replies import stands_at
from bot.model import Action, Direction, Message, Post
from bot.transcript import excerpt
from bot.turn import Turn


def edited(turn: Turn, event: MessageEdited) -> None:
    """Mirror an edit; what has not left yet leaves with the new text."""
    say = turn.rules.wording
    line = _written_as(turn, Post(event.chat, event.message_id))
    written = own_words(turn, event.text)
    if line is None or line.is_deleted or line.direction is Direction.EVENT:
        # A command, or what is gone: whoever reads the new text must not take it for sent, or done.
        if written.strip() and (line is None or line.text != written):
            tell_here(turn, say("notice.edit_anew"))
        return
    words = read(written)
    if line.direction is Direction.NOTE:
        # A note stays one, whatever it is changed to: it was not written to the contact.
        text = words.text if isinstance(words, (Note, Reply)) else written
        turn.record.change_message(line.number, text=text, is_edited=True)
        return
    if line.direction is not Direction.OUTGOING or line.text == written:
        return
    if not is_here(turn):
        refuse(turn)
        return
    other = addressed(written)
    if is_alone(turn) and other.code and not other.is_doubtful:
        tell_here(turn, say("notice.two_addresses", code=other.code))
        return
    if not isinstance(words, Reply):
        tell_here(turn, say("notice.edit_is_note", name=turn.contact.display_name))
        return
    turn.record.change_message(line.number, text=written, is_edited=True)
    text = held.signed(turn, written, line.author)
    waiting = held.item_of(turn, line.number)
    if waiting is not None and not waiting.parts_sent:
        turn.record.outbox[waiting.number] = replace(waiting, text=text)
    if len(line.platform_ids) > 1:
        # The parts of a long text, or of several files, cannot be told apart any more.
        tell_here(turn, say("notice.edit_unsupported", name=turn.contact.display_name))
        return
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
    """Take back the reply that the command answers."""
    event = turn.event
    assert isinstance(event, IncomingMessage)
    line = _written_as(turn, Post(event.chat, event.reply_to)) if event.reply_to else None
    if line is None or line.is_deleted or line.direction is not Direction.OUTGOING:
        answer(turn, turn.rules.wording("notice.delete_which"))
        return
    _take_back(turn, line)
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
    _take_back(turn, line)
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


def _take_back(turn: Turn, line: Message) -> None:
    turn.record.change_message(line.number, is_deleted=True)
    if line.direction is not Direction.OUTGOING:
        return
    waiting = held.item_of(turn, line.number)
    if waiting is not None and not waiting.parts_sent:
        del turn.record.outbox[waiting.number]
    for platform_id in line.platform_ids:
        turn.put(
            Action.DELETE,
            turn.contact.chat,
            conversation=line.conversation,
            target=platform_id,
            messages=(line.number,),
        )


def _written_as(turn: Turn, post: Post) -> Message | None:
    """The transcript line that a member wrote as this post."""
    return turn.record.newest(
        lambda line: (
            line.source is not None
            and line.source.platform_id == post.platform_id
            and line.source.chat.whole == post.chat.whole
        )
    )
