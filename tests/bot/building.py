"""Settings from snippets of config.toml, and a contact who is played through the real pipeline."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.api import (
    Attachment,
    ButtonPressed,
    Capabilities,
    ChannelSettings,
    ChatRef,
    EchoReceived,
    Event,
    IncomingMessage,
    MediaKind,
    Sender,
)
from bot.config import Settings, load
from bot.desk import thread
from bot.desk.outcomes import DeskOutcomes
from bot.duty import Duty
from bot.model import Action, Contact, Conversation, Message, OutboxItem, Record, Status, record_id_of
from bot.pipeline import compose, layers
from bot.rulebook import Rulebook
from bot.turn import Decision, Due, Next, Surroundings, Turn

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)

PLUGINS: Mapping[str, type[ChannelSettings]] = dict.fromkeys(
    ("shop", "desk", "forum", "group", "phone"), ChannelSettings
)
ANN = ChatRef("shop", "ann")
SUPPORT = ChatRef("desk", "support")
SALES = ChatRef("desk", "sales")
INBOX_CHAT = ChatRef("desk", "inbox")

TEAMS = """\
business = "Dupont"
language = "en"
[channels.shop]
enabled = true
[channels.desk]
enabled = true
[channels.lab]
plugin = "desk"
[inbox]
chat = "desk:inbox"
faq_visible = true
[teams.support]
name = "Support"
chat = "desk:support"
[teams.sales]
name = "Sales"
chat = "desk:sales"
[teams.lab]
name = "Laboratory"
chat = "lab:1"
"""
ANSWERS = """\
[[routing.answers]]
label = "Support"
when = ["1", "help", "broken"]
team = "support"
tags = ["support"]
[[routing.answers]]
label = "Sales"
when = ["2", "price"]
team = "sales"
reply = "Sales is on it."
[[routing.answers]]
label = "Opening hours"
when = ["3", "hours"]
reply = "We open at nine."
tags = ["hours"]
[[routing.answers]]
when = ["blood test"]
team = "lab"
"""
TWINS = """\
[[routing.answers]]
label = "Repairs"
when = ["bike"]
team = "support"
[[routing.answers]]
label = "Purchases"
when = ["bike"]
team = "sales"
"""
"""Two answers to one word, which mean different teams."""
ROUTING: Mapping[str, object] = {
    "welcome": "Hello {first_name}, welcome to {business}.\n{menu}",
    "error": ["Sorry? {menu}", "Still not."],
    "assigned": "{team} will answer you here.",
    "transfer": "I pass you on to {team}.",
    "fallback_message": "A colleague will read you.",
    "media_hint": "Well received. {menu}",
    "settle": "0s",
}
"""What tests play with; a burst is one message unless the test wants it otherwise."""

MENU = "1. Support\n2. Sales\n3. Opening hours"
WELCOME = f"Hello Ann, welcome to Dupont.\n{MENU}"
ERROR = f"Sorry? {MENU}"
HINT = f"Well received. {MENU}"
ASSIGNED = "Support will answer you here."
FALLBACK = "A colleague will read you."


def settings_of(
    toml: str = "", *, teams: str = TEAMS, answers: str = ANSWERS, top: str = "", **routing: object
) -> Settings:
    """The settings of a file with these teams and answers.

    Args:
        toml: tables that come behind all others.
        teams: what comes first.
        answers: the tables of the answers.
        top: keys that belong to no table.
        routing: keys of `[routing]`, in addition to those of `ROUTING`; None takes one away.
    """
    keys = {key: value for key, value in {**ROUTING, **routing}.items() if value is not None}
    table = "\n".join(f"{key} = {_toml(value)}" for key, value in keys.items())
    with TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        path.write_text(f"{top}\n{teams}\n[routing]\n{table}\n{answers}\n{toml}", encoding="utf-8")
        loaded = load(path, settings_by_plugin=PLUGINS, environ={})
    assert loaded.settings is not None, [problem.render("config.toml") for problem in loaded.problems]
    return loaded.settings


def _toml(value: object) -> str:
    """A value as TOML writes it: as JSON does, but for tables."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {_toml(each)}' for key, each in value.items())} }}"
    return json.dumps(value)


def book(toml: str = "", **more: Any) -> Rulebook:
    """The rulebook of `settings_of`."""
    return Rulebook(settings_of(toml, **more))


def file(kind: MediaKind = MediaKind.PHOTO, remote_id: str = "f1") -> Attachment:
    """A file that is still on the platform."""
    return Attachment(kind=kind, remote_id=remote_id, file_name="roof.jpg")


def _abilities(_chat: ChatRef) -> Capabilities:
    return Capabilities(text_limit=4096, threads=True)


@dataclass(slots=True)
class Step:
    """What one event led to.

    Attributes:
        turn: the turn, as the pipeline left it.
        said: what the bot sends to the contact.
        items: everything that the turn put into the outbox.
    """

    turn: Turn
    said: list[str] = field(default_factory=list)
    items: list[OutboxItem] = field(default_factory=list)

    @property
    def decision(self) -> Decision | None:
        """What the bot did."""
        return self.turn.decision

    @property
    def handled_by(self) -> str:
        """The layer that took it."""
        return self.turn.handled_by

    def posted(self, room: ChatRef | None = None) -> list[str]:
        """The texts of the posts in a team chat, or in all of them."""
        return [post.text for post in self.posts(room)]

    def posts(self, room: ChatRef | None = None) -> list[OutboxItem]:
        """The posts in a team chat, or in all of them."""
        found = [item for item in self.items if item.action is Action.POST]
        return [item for item in found if room is None or item.chat == room]

    def actions(self, room: ChatRef) -> list[Action]:
        """What is asked of a team chat, in order."""
        return [item.action for item in self.items if item.chat == room]


class Player:
    """A contact, Ann, whose events run through the real pipeline by a virtual clock.

    What a turn decides is taken as sent at once, through the real outcomes, unless `is_delivering` is
    off. Timers come due as the clock is moved on.

    Attributes:
        now: the time; each event comes a second after the one before.
        record: as the last turn left it.
        steps: one for each event and each timer.
    """

    def __init__(self, settings: Settings | None = None, *, pipeline: Next | None = None) -> None:
        self.rules = Rulebook(settings or settings_of())
        self.now = START
        self.record = Record(record_id=record_id_of(ANN), contact=Contact(chat=ANN, created_at=START))
        self.steps: list[Step] = []
        self.is_delivering = True
        self._pipeline = pipeline or compose(layers(self.rules.settings))
        duty = Duty(_abilities)
        self._outcomes = DeskOutcomes(lambda: self.rules, _abilities, duty)
        self._codes = iter(f"K{number}" for number in range(2, 10_000))
        self._events = 0
        self.around = Surroundings(
            new_code=lambda _now: next(self._codes),
            thread_link=lambda chat: f"link:{chat}",
            is_code=lambda _code: False,
            abilities=_abilities,
            duty=duty,
        )

    @property
    def conversation(self) -> Conversation:
        """The current conversation."""
        assert self.record.current is not None
        return self.record.current

    @property
    def transcript(self) -> list[Message]:
        """Everything that was written down, oldest first."""
        return list(self.record.messages.values())

    @property
    def said(self) -> list[str]:
        """Everything that the bot ever sent."""
        return [text for step in self.steps for text in step.said]

    def new_id(self) -> str:
        """An id that no event has had."""
        self._events += 1
        return f"e{self._events}"

    def message(self, text: str = "", **fields: Any) -> IncomingMessage:
        """A message of Ann's, written now."""
        event_id = fields.pop("event_id", None) or self.new_id()
        known = {
            "sender": Sender(sender_id="ann", name="Ann Lee", first_name="Ann"),
            "sent_at": self.now,
            "message_id": f"m{event_id}",
            **fields,
        }
        return IncomingMessage(event_id=event_id, chat=ANN, text=text, **known)

    async def writes(self, text: str = "", **fields: Any) -> Step:
        """Ann writes, a second later."""
        await self.wait(SECOND)
        return await self.happens(self.message(text, **fields))

    async def presses(self, choice_id: str) -> Step:
        """Ann presses a button, a second later."""
        await self.wait(SECOND)
        sender = Sender(sender_id="ann", name="Ann Lee", first_name="Ann")
        event = ButtonPressed(
            event_id=self.new_id(), chat=ANN, sender=sender, sent_at=self.now, choice_id=choice_id
        )
        return await self.happens(event)

    async def colleague_writes(self, text: str) -> Step:
        """A colleague answers in the platform's own app, a second later."""
        await self.wait(SECOND)
        event_id = self.new_id()
        event = EchoReceived(
            event_id=event_id, chat=ANN, sent_at=self.now, message_id=f"m{event_id}", text=text
        )
        return await self.happens(event)

    async def member_writes(self, text: str, room: ChatRef | None = None) -> Step:
        """Bob writes in Ann's thread of a team chat, or of the one that has her now."""
        await self.wait(SECOND)
        chat = room or self.conversation.room
        assert chat is not None
        place = self.record.contact.thread_in(chat)
        event = IncomingMessage(
            event_id=self.new_id(),
            chat=chat.thread(place.thread_id if place else None),
            sender=Sender(sender_id="bob", name="Bob"),
            sent_at=self.now,
            text=text,
            message_id=f"b{self._events}",
        )
        return await self.happens(event, serve=thread.serve)

    async def happens(self, event: Event | Due, *, serve: Next | None = None) -> Step:
        """An event is decided and, if that is on, sent."""
        before = set(self.record.outbox)
        turn = Turn(
            record=self.record.draft(), event=event, now=self.now, rules=self.rules, around=self.around
        )
        await (serve or self._pipeline)(turn)
        if not turn.is_duplicate:
            self.record = turn.record
        items = [item for number, item in self.record.outbox.items() if number not in before]
        said = [item.text for item in items if item.action is Action.SEND]
        step = Step(turn=turn, said=said, items=items)
        self.steps.append(step)
        if self.is_delivering:
            self.deliver()
        return step

    async def wait(self, duration: timedelta) -> Step | None:
        """Let time pass; what comes due on the way happens at its time. The last of it is returned."""
        until, step = self.now + duration, None
        while (due_at := self.record.due_at()) is not None and due_at <= until:
            self.now = max(self.now, due_at)
            step = await self.happens(Due())
            assert self.record.due_at() != due_at, "a timer came due, and nothing was done about it"
        self.now = until
        return step

    def deliver(self) -> None:
        """Everything in the outbox arrives, in order."""
        self.record = self.record.draft()
        # What arrives may put something more into the outbox, such as a mark on a member's post.
        while self.record.outbox:
            self._deliver(self.record.outbox[min(self.record.outbox)])

    def _deliver(self, item: OutboxItem) -> None:
        chat = item.chat
        if item.action in {Action.POST, Action.CARD}:
            place = self.record.contact.thread_in(chat)
            if place is None or not place.thread_id:
                self._outcomes.thread_opened(self.record, item, f"t-{chat.chat_id}", self.now)
            place = self.record.contact.thread_in(chat)
            chat = chat.thread(place.thread_id if place else None)
        ids: Sequence[str] = (f"p{item.number}",)
        self._outcomes.sent(self.record, [item], chat, tuple(ids), self.now)

    def close(self) -> None:
        """A member closes the conversation, and nothing is said of it."""
        self.record.change_conversation(
            self.conversation.number, status=Status.CLOSED, closed_at=self.now, waiting_since=None
        )


async def assigned(settings: Settings | None = None) -> Player:
    """Ann after her welcome and her choice of the support team."""
    player = Player(settings)
    await player.writes("Hello")
    await player.writes("help")
    assert player.conversation.status is Status.OPEN
    return player


async def welcomed(settings: Settings | None = None) -> Player:
    """Ann after her welcome."""
    player = Player(settings)
    step = await player.writes("Hello")
    if not step.said:
        await player.wait(timedelta(seconds=10))
    assert player.conversation.welcomed_at is not None
    return player
