"""Commands that show something: the transcript, the contact, which answer matched, and the commands."""

from collections.abc import Callable

from bot.api import TeamCommand
from bot.desk.answering import answer, tell_here
from bot.desk.parsing import COMMANDS
from bot.times import moment
from bot.transcript import lines
from bot.turn import Turn

HISTORY_LINES = 60
HISTORY_CHARACTERS = 12_000
"""How much of a transcript is posted at once: a team chat takes few posts a minute."""

_SHARED_ROWS = {"untag": "tag", "unblock": "block", "unwatch": "watch"}
"""Commands that another one's line of the help tells of."""
_LIST_ROWS = ("help_reply", "help_commands", "help_note", "help_more", "help_duty", "help_contact")


def history(turn: Turn, _arguments: str) -> None:
    """Show the transcript: of this conversation, and of earlier ones that this team chat had."""
    record, current = turn.record, turn.conversation
    shown = {
        number
        for number, conversation in record.conversations.items()
        if number == current.number or (current.room and conversation.room == current.room)
    }
    messages = [line for line in record.messages.values() if line.conversation in shown]
    text = lines(messages, turn.contact, turn.rules.wording, most=HISTORY_LINES)
    if len(text) > HISTORY_CHARACTERS:
        text = f"… {text[-HISTORY_CHARACTERS:]}"
    tell_here(turn, text or turn.rules.wording("notice.history_empty"))


def info(turn: Turn, _arguments: str) -> None:
    """Show what is known of the contact."""
    say, contact, zone = turn.rules.wording, turn.contact, turn.rules.settings.zone
    facts = [say("info.contact", name=contact.display_name, address=contact.chat.address)]
    facts += [
        say(f"info.{field}", **{field: value})
        for field in ("username", "phone", "language")
        if (value := getattr(contact, field))
    ]
    facts.append(say("info.since", date=moment(contact.created_at.astimezone(zone))))
    if contact.last_inbound_at is not None:
        facts.append(say("info.last", date=moment(contact.last_inbound_at.astimezone(zone))))
    facts.append(say("info.conversations", count=len(turn.record.conversations)))
    if contact.is_blocked:
        facts.append(say("card.blocked"))
    tell_here(turn, "\n".join(facts))


def why(turn: Turn, _arguments: str) -> None:
    """Say which answer matched, and how."""
    conversation, say = turn.conversation, turn.rules.wording
    answer(turn, conversation.why or say("why.none"))


def help_(turn: Turn, _arguments: str) -> None:
    """List the commands."""
    tell_here(turn, help_text(turn.rules.wording))


def help_text(say: Callable[..., str]) -> str:
    """The commands, in the team's language."""
    rows = ("title", *(row for row in COMMANDS if row not in _SHARED_ROWS), "general")
    return "\n".join(say(f"help.{row}", code="K7") for row in rows)


def list_help_text(say: Callable[..., str]) -> str:
    """What a member of a list can write, in the team's language."""
    return "\n".join(say(f"list.{row}", code="K7") for row in _LIST_ROWS)


def team_commands(say: Callable[..., str]) -> list[TeamCommand]:
    """The commands as platforms list them: each name with what stands behind the dash in the help."""
    return [
        TeamCommand(name=name, description=say(f"help.{_SHARED_ROWS.get(name, name)}").partition(" – ")[2])
        for name in COMMANDS
    ]
