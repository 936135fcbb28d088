"""What each command of a thread does; every one answers, and only a canned reply writes to the contact."""

from collections.abc import Callable, Mapping

from bot import actions
from bot.api import ButtonPressed
from bot.desk import corrections, replies, showing
from bot.desk.answering import answer, is_general, sender_of
from bot.desk.parsing import SHOWN
from bot.desk.teams import find_team
from bot.model import Direction, Status, one_line
from bot.turn import Turn

MOST_TAGS = 20
TAG_LENGTH = 40

Handler = Callable[[Turn, str], None]


def claim(turn: Turn, _arguments: str) -> None:
    """Take the conversation; a button, which may be an old one, takes it from nobody."""
    conversation, say = turn.conversation, turn.rules.wording
    code, sender_id = conversation.code, sender_of(turn).sender_id
    is_taken = bool(conversation.claimed_by) and isinstance(turn.event, ButtonPressed)
    if conversation.status is Status.CLOSED:
        answer(turn, say("notice.closed_reopen", code=code))
    elif conversation.claimed_by == sender_id or is_taken:
        answer(turn, say("notice.claimed_already", agent=conversation.claimed_name, code=code))
    else:
        actions.claim(turn, sender_id, turn.member)
        text = say("notice.claimed", agent=turn.member, code=code)
        turn.write(Direction.EVENT, author=turn.member, text=text)
        answer(turn, text, is_done=True)


def release(turn: Turn, _arguments: str) -> None:
    """Give the conversation back."""
    conversation, say = turn.conversation, turn.rules.wording
    if not conversation.claimed_by:
        answer(turn, say("notice.not_claimed", code=conversation.code))
        return
    actions.release(turn)
    answer(turn, say("notice.released", code=conversation.code), is_done=True)


def transfer(turn: Turn, arguments: str) -> None:
    """Pass the conversation on to the team named first; the rest is a note for it."""
    rules, conversation = turn.rules, turn.conversation
    say, code, teams = rules.wording, conversation.code, ", ".join(rules.settings.teams)
    team, note = find_team(rules, arguments)
    room = rules.room_of(team)
    is_same = team == conversation.team and conversation.room == (room or rules.inbox).chat
    if not arguments:
        answer(turn, say("notice.transfer_which", teams=teams))
    elif not team:
        shown = one_line(arguments)[:SHOWN]
        answer(turn, say("notice.transfer_unknown", team=shown, teams=teams))
    elif conversation.status is Status.CLOSED:
        answer(turn, say("notice.closed_reopen", code=code))
    elif is_same:
        answer(turn, say("notice.transfer_same", team=rules.team_name(team), code=code))
    else:
        name = rules.team_name(team)
        actions.transfer(turn, team, note=note)
        text = say("notice.transferred", agent=turn.member, code=code, team=name, link=actions.link_to(turn))
        # The thread that it leaves has its line already.
        if isinstance(turn.event, ButtonPressed) or is_general(turn):
            answer(turn, text)


def close(turn: Turn, _arguments: str) -> None:
    """Close the conversation."""
    code = turn.conversation.code
    if turn.conversation.status is Status.CLOSED:
        answer(turn, turn.rules.wording("notice.closed_already", code=code))
        return
    actions.close(turn, turn.member)
    answer(turn, turn.rules.wording("notice.closed", agent=turn.member, code=code), is_done=True)


def reopen(turn: Turn, _arguments: str) -> None:
    """Open a closed conversation again."""
    say, code = turn.rules.wording, turn.conversation.code
    if turn.conversation.status is not Status.CLOSED:
        answer(turn, say("notice.open_already", code=code))
        return
    actions.reopen(turn)
    text = say("notice.reopened", agent=turn.member, code=code)
    turn.write(Direction.EVENT, author=turn.member, text=text)
    answer(turn, text, is_done=True)


def tag(turn: Turn, arguments: str) -> None:
    """Add tags."""
    _change_tags(turn, {*turn.conversation.tags, *_tags(arguments)}, arguments)


def untag(turn: Turn, arguments: str) -> None:
    """Take tags away."""
    _change_tags(turn, {*turn.conversation.tags} - _tags(arguments), arguments)


def _tags(arguments: str) -> set[str]:
    words = (one_line(word).strip("#,;").lower()[:TAG_LENGTH] for word in arguments.split())
    return {word for word in words if word}


def _change_tags(turn: Turn, tags: set[str], arguments: str) -> None:
    say, code = turn.rules.wording, turn.conversation.code
    if not _tags(arguments):
        answer(turn, say("notice.tag_which"))
    elif len(tags) > max(MOST_TAGS, len(turn.conversation.tags)):
        answer(turn, say("notice.tag_too_many", most=MOST_TAGS))
    else:
        turn.change(tags=tuple(sorted(tags)))
        turn.refresh_card()
        answer(turn, say("notice.tagged", code=code, tags=", ".join(sorted(tags)) or "–"))


def block(turn: Turn, _arguments: str) -> None:
    """Keep the contact away."""
    turn.record.change_contact(is_blocked=True)
    turn.refresh_card()
    answer(turn, turn.rules.wording("notice.blocked", name=turn.contact.display_name))


def unblock(turn: Turn, _arguments: str) -> None:
    """Let the contact write again."""
    turn.record.change_contact(is_blocked=False)
    turn.refresh_card()
    answer(turn, turn.rules.wording("notice.unblocked", name=turn.contact.display_name))


HANDLERS: Mapping[str, Handler] = {
    "claim": claim,
    "release": release,
    "transfer": transfer,
    "close": close,
    "reopen": reopen,
    "c": replies.canned,
    "del": corrections.delete,
    "tag": tag,
    "untag": untag,
    "history": showing.history,
    "info": showing.info,
    "block": block,
    "unblock": unblock,
    "why": showing.why,
    "help": showing.help_,
}
"""The commands of a thread by name; `note` is read as a note, and `queue` is the general section's."""
