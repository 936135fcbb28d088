"""A member's words on their way to the contact: checked, written down, and put in the outbox."""

from bot import actions
from bot.api import IncomingMessage, Mark, Origin
from bot.desk import held
from bot.desk.answering import answer, chat_of, is_alone, tell_here
from bot.middleware.transcript import file_of
from bot.model import Direction, Message, Post, Progress, Status
from bot.turn import Turn

PREVIEW = "?"
"""Behind the name of a ready answer: show it, and send nothing."""


def reply(
    turn: Turn, event: IncomingMessage, text: str, *, template: str = "", values: tuple[str, ...] = ()
) -> Message | None:
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
    is_first = not conversation.claimed_by or conversation.status is Status.PENDING
    if is_first:
        chat = chat_of(turn).whole if is_alone(turn) else None
        actions.claim(turn, event.sender.sender_id, turn.member, chat=chat)
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
        source=turn.source,
        quotes=quoted(turn, event),
        template=template,
        values=values,
    )
    if must_ask:
        held.ask(turn, line)
    else:
        held.send(turn, line)
        held.show_colleagues(turn, line, to_all=is_first)
        if turn.around.is_down(channel := turn.contact.chat.channel):
            answer(turn, say("notice.waits_for_channel", channel=channel))
    return line


def canned(turn: Turn, arguments: str) -> None:
    """Send a text that config.toml keeps ready, and show the team what it says; with `?` only show it."""
    event, say = turn.event, turn.rules.wording
    assert isinstance(event, IncomingMessage)
    texts = turn.rules.canned(turn.conversation.team)
    name, _, rest = arguments.strip().partition(" ")
    text = texts.get(name) or texts.get(name.lower())
    if text is None or rest.strip() not in {"", PREVIEW}:
        names = ", ".join(texts)
        answer(turn, say("notice.canned_which", names=names) if texts else say("notice.canned_none"))
        return
    words = turn.filled(text)
    if rest.strip() == PREVIEW:
        tell_here(turn, say("notice.canned_preview", name=turn.contact.display_name, text=words))
        return
    line = reply(turn, event, words)
    if line is not None and held.item_of(turn, line.number) is not None:
        shown = say("line.agent", name=turn.member, text=words)
        if is_alone(turn):
            tell_here(turn, shown)
        else:
            turn.tell(shown, silent=True, carries=(line.number,))


def template(turn: Turn, arguments: str) -> None:
    """Send a text that the contact's platform approved: the only one it takes when the window is shut.

    The values of its variables stand behind its name, with `|` between them.
    """
    event, say = turn.event, turn.rules.wording
    assert isinstance(event, IncomingMessage)
    able = turn.around.abilities(turn.contact.chat)
    known = sorted(able.templates) if able else []
    name, _, rest = arguments.strip().partition(" ")
    if name not in known:
        names, contact = ", ".join(known), turn.contact.display_name
        which = (
            say("notice.template_which", names=names) if known else say("notice.template_none", name=contact)
        )
        answer(turn, which)
        return
    values = tuple(value.strip() for value in rest.split("|")) if rest.strip() else ()
    line = reply(turn, event, " · ".join((f"[{name}]", *values)), template=name, values=values)
    if line is not None and is_alone(turn):
        tell_here(turn, say("line.agent", name=turn.member, text=line.text))


def note(turn: Turn, event: IncomingMessage, text: str) -> None:
    """Keep an internal note; it never leaves."""
    if not (text or event.attachments or event.location or event.shared_contact):
        answer(turn, turn.rules.wording("notice.note_which"))
        return
    line = turn.write(
        Direction.NOTE,
        author=turn.member,
        author_id=event.sender.sender_id,
        text=text,
        files=tuple(file_of(attachment) for attachment in event.attachments),
        location=event.location,
        shared_contact=event.shared_contact,
        source=turn.source,
    )
    turn.mark(turn.source, Mark.NOTED)
    held.show_colleagues(turn, line)


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
