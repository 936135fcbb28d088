"""What a member of a list writes that is about no conversation: on and off duty, who is open, help."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from bot.api import ButtonPressed, Event, IncomingMessage, MessageEdited
from bot.desk import general
from bot.desk.addressing import FOR_THE_LIST, Address
from bot.desk.asking import period_in
from bot.desk.parsing import SHOWN
from bot.desk.showing import list_help_text
from bot.model import House, Member, Status, one_line
from bot.rulebook import Room, Rulebook
from bot.store import LiveConversation
from bot.times import length

MOST_ROWS = 30
"""How many open conversations are listed; each post to a member costs, and none need be read whole."""


def serve(
    house: House,
    event: Event,
    address: Address,
    *,
    now: datetime,
    rules: Rulebook,
    live: Iterable[LiveConversation],
) -> None:
    """Answer a member; what was not sent is never passed over in silence."""
    say, chat = rules.wording, event.chat.whole
    if isinstance(event, ButtonPressed):
        general.post(house, chat, say("notice.old_button"), now=now)
        return
    if isinstance(event, MessageEdited) and event.text.strip():
        general.post(house, chat, say("notice.edit_anew"), now=now)
        return
    if not isinstance(event, IncomingMessage):
        return
    mine = open_for(rules.lists_of(chat), live)
    if address.refusal:
        code = one_line(address.code)[:SHOWN]
        refusal = say(address.refusal, code=code) if code else say(address.refusal)
        general.post(house, chat, "\n".join((refusal, *_short(mine, say))), now=now)
        return
    if (period := period_in(event.text)) is not None:
        teams = [room.team for room in rules.lists_of(chat)]
        general.stats(house, chat, teams, period, now=now, rules=rules)
        return
    word = event.text.strip().lstrip("/").casefold()
    match word if word in FOR_THE_LIST else "":
        case "on" | "off":
            set_duty(house, event, is_off=word == "off")
            general.post(house, chat, say(f"list.{word}"), now=now)
        case "list":
            general.post(house, chat, rows(mine, now=now, rules=rules), now=now)
        case "help":
            general.post(house, chat, list_help_text(say), now=now)
        case _:
            general.command(house, event, now=now, rules=rules, waiting=mine)


def set_duty(house: House, event: IncomingMessage, *, is_off: bool) -> None:
    """Remember whether a member is on duty."""
    address = event.chat.address
    known = house.members.get(address, Member())
    house.members = {**house.members, address: Member(is_off=is_off, wrote_at=known.wrote_at)}


def open_for(rooms: Sequence[Room], live: Iterable[LiveConversation]) -> list[LiveConversation]:
    """The open conversations of the teams that a member is in, longest open first."""
    teams = {room.team for room in rooms}
    mine = (each for each in live if each.status is Status.OPEN and each.team in teams)
    return sorted(mine, key=lambda each: each.waiting_since or each.started_at)


def rows(mine: Sequence[LiveConversation], *, now: datetime, rules: Rulebook) -> str:
    """The open conversations, one a line."""
    say = rules.wording
    if not mine:
        return say("list.empty")
    lines = [
        say(
            "list.row",
            code=each.code,
            name=each.name,
            channel=each.channel,
            agent=each.claimed_name or say("queue.free"),
            since=length(now - each.waiting_since) if each.waiting_since else "–",
        )
        for each in mine[:MOST_ROWS]
    ]
    more = [say("list.more", count=len(mine) - MOST_ROWS)] if len(mine) > MOST_ROWS else []
    return "\n".join((*lines, *more))


def _short(mine: Sequence[LiveConversation], say: Callable[..., str]) -> list[str]:
    """The open codes on one line, for who wrote without one."""
    if not mine:
        return [say("list.empty")]
    codes = ", ".join(f"{each.code} {each.name}" for each in mine[:MOST_ROWS])
    return [say("list.open", codes=codes)]
