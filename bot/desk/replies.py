"""A member's words on their way to the contact: checked, written down, and put in the outbox."""

from bot import actions
from bot.api import IncomingMessage, Mark, Origin
from bot.desk import held
from bot.desk.answering import answer
from bot.middleware.transcript import file_of
from bot.model import Direction, Message, Post, Progress, Status
from bot.turn import Turn


def reply(turn: Turn, event: IncomingMessage, text: str) -> Message | None:
    """Send what a member wrote to the contact; the first reply claims the conversation.

    Refused, with the reason in the thread, when the conversation is closed or when there is nothing to
    send; held, with a question, when a colleague has the conversation.

    Returns:
        The line of the transcript; None when it was refused.
    """
    say, conversation = turn.rules.wording, turn.conversation
    if conversation.status is Status.CLOSED:
        answer(turn, say("notice.not_sent_closed", code=conversation.code))
        return None
    if event.unsupported:
        answer(turn, say("notice.not_carried", what=event.unsupported))
    has_more = bool(event.attachments or event.location or event.shared_contact)
    if not (text.strip() or has_more):
        if not event.unsupported:
            answer(turn, say("notice.nothing_to_send"))
        return None
    must_ask = held.must_ask(turn, event.sender.sender_id)
    if not conversation.claimed_by or conversation.status is Status.PENDING:
        actions.claim(turn, event.sender.sender_id, turn.member)
    line = turn.write(
        Direction.OUTGOING,
        author=turn.member,
        author_id=event.sender.sender_id,
        text=text,
        files=tuple(file_of(attachment) for attachment in event.attachments),
        location=event.location,
        shared_contact=event.shared_contact,
        origin=Origin.HUMAN,
        progress=Progress.HELD if must_ask else Progress.PENDING,
        source=_source(event),
        quotes=quoted(turn, event),
    )
    if must_ask:
        held.ask(turn, line)
    else:
        held.send(turn, line)
    return line


def canned(turn: Turn, arguments: str) -> None:
    """Send a text that config.toml keeps ready, and show the team what it says."""
    event, say, texts = turn.event, turn.rules.wording, turn.rules.settings.canned
    assert isinstance(event, IncomingMessage)
    names = ", ".join(texts) or "–"
    text = texts.get(arguments.strip()) or texts.get(arguments.strip().lower())
    if text is None:
        answer(turn, say("notice.canned_which", names=names))
        return
    words = turn.rules.text(text, turn.contact, turn.conversation)
    line = reply(turn, event, words)
    if line is not None and held.item_of(turn, line.number) is not None:
        turn.tell(say("line.agent", name=turn.member, text=words), silent=True, carries=(line.number,))


def note(turn: Turn, event: IncomingMessage, text: str) -> None:
    """Keep an internal note; it never leaves."""
    if not (text or event.attachments or event.location or event.shared_contact):
        answer(turn, turn.rules.wording("notice.note_which"))
        return
    turn.write(
        Direction.NOTE,
        author=turn.member,
        author_id=event.sender.sender_id,
        text=text,
        files=tuple(file_of(attachment) for attachment in event.attachments),
        location=event.location,
        shared_contact=event.shared_contact,
        source=_source(event),
    )
    turn.mark(_source(event), Mark.NOTED)


def quoted(turn: Turn, event: IncomingMessage) -> int:
    """The transcript line that stands under the post a member replied to; 0 for none."""
    if not event.reply_to:
        return 0
    post = Post(event.chat.whole, event.reply_to)
    line = turn.record.newest(lambda line: stands_at(line, post))
    return line.number if line else 0


def stands_at(line: Message, post: Post) -> bool:
    """Whether a transcript line stands under a post of a team chat; ids of two chats may be the same."""
    posts = line.posts if line.source is None else (*line.posts, line.source)
    return any(each.platform_id == post.platform_id and each.chat.whole == post.chat.whole for each in posts)


def _source(event: IncomingMessage) -> Post | None:
    return Post(event.chat, event.message_id) if event.message_id else None
