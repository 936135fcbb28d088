"""The card: the first post of a thread, which says who it is, who has it, and what can be done."""

from msgspec.structs import replace

from bot.api import ChatRef, Choice
from bot.delivery.ports import Face
from bot.duty import Abilities
from bot.model import Conversation, Record, Status, Timer
from bot.rulebook import Rulebook
from bot.times import moment

_KEY_LENGTH = 50
"""How much of a team's key stands in a button's id, which may be 64 bytes; the beginning says which it is."""


def button(rules: Rulebook, code: str, action: str) -> Choice:
    """A button of a card."""
    return Choice(choice_id=f"{code} {action}", label=rules.wording(f"button.{action}"))


def title(record: Record) -> str:
    """The title of a contact's thread."""
    return f"{record.contact.display_name} · {record.contact.chat.channel}"[:128]


def heading(record: Record, number: int, *, is_alone: bool) -> str:
    """What stands above each post outside of a thread: the code and the name, so that it can be answered.

    Args:
        record: the contact's.
        number: the conversation.
        is_alone: the reader is a member of a list, and sees chats of every channel in one.
    """
    conversation = record.conversations.get(number)
    if conversation is None:
        return ""
    name = f"#{conversation.code} {record.contact.display_name}"
    return f"{name} · {record.contact.chat.channel}" if is_alone else name


def introduction(record: Record, number: int, rules: Rulebook, abilities: Abilities) -> Face:
    """What a member of a list must know of a conversation beside its heading, and what can be done."""
    conversation = record.conversations[number]
    choices = _buttons(replace(conversation, is_transferring=False), conversation.room, rules)
    return Face(text="\n".join(_facts(record, number, rules, abilities)), choices=choices)


def _facts(record: Record, number: int, rules: Rulebook, abilities: Abilities) -> list[str]:
    """What is known of a conversation, one thing a line."""
    conversation = record.conversations[number]
    contact, say = record.contact, rules.wording
    lines = []
    if conversation.answer:
        lines.append(say("card.option", answer=conversation.answer))
    if conversation.tags:
        lines.append(say("card.tags", tags=", ".join(conversation.tags)))
    earlier = sum(1 for other in record.conversations if other < number)
    if earlier:
        lines.append(say("card.earlier", count=earlier))
    lines.extend(_reach(record, rules, abilities))
    if contact.is_blocked:
        lines.append(say("card.blocked"))
    return lines


def card(record: Record, number: int, room: ChatRef, rules: Rulebook, abilities: Abilities) -> Face:
    """The card of a conversation in one team chat, as the record has it now."""
    conversation = record.conversations[number]
    contact, say = record.contact, rules.wording
    lines = [
        heading(record, number, is_alone=False),
        say("card.about", channel=contact.chat.channel, language=contact.language).rstrip(" ·"),
        *_facts(record, number, rules, abilities),
        state_line(conversation, room, rules),
    ]
    choices = _buttons(conversation, room, rules)
    if conversation.is_transferring and conversation.room == room:
        able = abilities(room)
        has_room = able is None or len(choices) <= able.choices
        teams = ", ".join(rules.settings.teams)
        lines.append(say("card.choose_team") if has_room else say("notice.transfer_which", teams=teams))
    return Face(text="\n".join(lines), choices=choices)


def state_line(conversation: Conversation, room: ChatRef, rules: Rulebook) -> str:
    """Who has the conversation, in one line."""
    say, team = rules.wording, rules.team_name(conversation.team)
    if conversation.room is not None and conversation.room != room:
        return say("card.passed", team=team)
    match conversation.status:
        case Status.PENDING:
            return say("card.pending")
        case Status.OPEN if (until := conversation.timers.get(Timer.SNOOZE)) is not None:
            return say("card.snoozed", team=team, until=moment(until.astimezone(rules.settings.zone)))
        case Status.OPEN if conversation.claimed_by:
            return say("card.claimed", team=team, agent=conversation.claimed_name)
        case Status.OPEN:
            return say("card.open", team=team)
        case Status.CLOSED if conversation.closed_by and conversation.reason:
            agent, reason = conversation.closed_by, conversation.reason
            return say("card.closed_because", agent=agent, reason=reason)
        case Status.CLOSED if conversation.closed_by:
            return say("card.closed_by", agent=conversation.closed_by)
        case Status.CLOSED:
            return say("card.closed")


def _reach(record: Record, rules: Rulebook, abilities: Abilities) -> list[str]:
    contact, say = record.contact, rules.wording
    if contact.unreachable:
        return [say("card.unreachable", reason=contact.unreachable)]
    able = abilities(contact.chat)
    window = able and (able.human_window or able.reply_window)
    if not window or contact.last_inbound_at is None:
        return []
    until = (contact.last_inbound_at + window).astimezone(rules.settings.zone)
    return [say("card.window", until=moment(until))]


def _buttons(conversation: Conversation, room: ChatRef | None, rules: Rulebook) -> tuple[Choice, ...]:
    code = conversation.code
    if conversation.room != room:
        return ()
    if conversation.status is Status.CLOSED:
        return (button(rules, code, "reopen"),)
    if conversation.is_transferring:
        return (
            *(
                Choice(choice_id=f"{code} to {key[:_KEY_LENGTH]}", label=rules.team_name(key))
                for key in rules.settings.teams
                if key != conversation.team
            ),
            button(rules, code, "back"),
        )
    first = "release" if conversation.claimed_by else "claim"
    return tuple(button(rules, code, action) for action in (first, "transfer", "close"))
