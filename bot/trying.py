"""`try`: one new contact's messages through the real pipeline, without network or disk."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from bot.api import ChatRef, IncomingMessage, Sender
from bot.config import Settings
from bot.duty import Duty
from bot.model import Action, Contact, Conversation, Direction, Post, Record, Status
from bot.pipeline import compose, layers
from bot.rulebook import Rulebook
from bot.turn import Decision, Due, Surroundings, Turn
from bot.why import why

CODES = ("K7", "M2", "P4", "R9")
BETWEEN = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What one text led to.

    Attributes:
        text: what the contact wrote.
        decision: what the bot did, as in `bot.turn.Decision`.
        team: the team that has the chat then, or None.
        answer: the label of the answer that matched, or None.
        replies: what the contact is told.
        posts: what the team is shown, each as `chat: text`.
        handled_by: the layer of the pipeline that took it.
        why: how it was matched, or what it would be matched with.
    """

    text: str
    decision: str
    team: str | None
    answer: str | None
    replies: list[str]
    posts: list[str]
    handled_by: str
    why: str

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)

    def __str__(self) -> str:
        lines = [f"> {self.text}", f"  decision: {self.decision} ({self.handled_by})"]
        lines += [
            f"  {name}: {value}" for name in ("team", "answer", "why") if (value := getattr(self, name))
        ]
        lines += [f"  to the contact: {_indented(reply)}" for reply in self.replies]
        lines += [f"  to {_indented(post)}" for post in self.posts]
        return "\n".join(lines)


def _indented(text: str) -> str:
    return text.replace("\n", "\n      ")


async def play(settings: Settings, texts: list[str], *, now: datetime | None = None) -> list[Played]:
    """Play a new contact's texts one after another, each after the bot's answer to the one before."""
    rules = Rulebook(settings)
    run = compose(layers(settings))
    now = now or datetime.now(UTC)
    codes = iter(CODES)
    around = Surroundings(
        new_code=lambda _now: next(codes, "Z9"),
        thread_link=lambda _chat: "",
        is_code=lambda _code: False,
        abilities=lambda _chat: None,
        duty=Duty(lambda _chat: None),
    )
    channel = next(iter(settings.channels), "chat")
    chat = ChatRef(channel, "somebody")
    record = Record(record_id="try", contact=Contact(chat=chat, created_at=now))
    played = []
    for place, text in enumerate(texts):
        event = IncomingMessage(
            event_id=str(place), chat=chat, sender=Sender(sender_id="somebody"), sent_at=now, text=text
        )
        turn = Turn(record=record.draft(), event=event, now=now, rules=rules, around=around)
        await run(turn)
        record = turn.record
        settle_at = record.current.settle_at if record.current else None
        if settle_at is not None:
            turn = Turn(record=record.draft(), event=Due(), now=settle_at, rules=rules, around=around)
            await run(turn)
            record = turn.record
        played.append(_played(text, turn))
        _deliver(record)
        now = turn.now + BETWEEN
    return played


def _played(text: str, turn: Turn) -> Played:
    conversation = turn.conversation
    items = turn.record.outbox.values()
    decision = turn.decision or Decision.QUIET
    return Played(
        text=text,
        decision=decision.value,
        team=conversation.team or None,
        answer=conversation.answer if decision in {Decision.TEAM, Decision.FAQ} else None,
        replies=[item.text for item in items if item.action is Action.SEND],
        posts=[f"{item.chat.address}: {item.text}" for item in items if item.action is Action.POST],
        handled_by=turn.handled_by,
        why=_why(text, turn, conversation, decision),
    )


def _why(text: str, turn: Turn, conversation: Conversation, decision: Decision) -> str:
    say = turn.rules.wording
    if turn.verdict is not None:
        return why(turn.verdict, say)
    if conversation.status is Status.OPEN and decision is Decision.QUIET:
        return say("why.open")
    if decision is Decision.WELCOME:
        return say("why.welcomed", why=why(turn.rules.matcher.match(text), say))
    return ""


def _deliver(record: Record) -> None:
    """Take everything for sent, so that the next text comes after the contact has read the last answer."""
    for item in record.outbox.values():
        if item.action is Action.POST:
            for number in item.messages:
                record.change_message(number, posts=(Post(item.chat, str(item.number)),))
    record.outbox.clear()
    for number, line in list(record.messages.items()):
        if line.direction is Direction.OUTGOING:
            record.change_message(number, progress=None)
