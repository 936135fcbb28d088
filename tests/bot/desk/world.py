"""Contacts, team chats and members around the real intake, store, index, pipeline and desk."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bot.api import (
    ButtonPressed,
    Capabilities,
    ChatRef,
    DeliveryReceipt,
    Event,
    IncomingMessage,
    Mark,
    MessageDeleted,
    MessageEdited,
    ReactionChanged,
    ReceiptState,
    Reception,
    Sender,
    ThreadChanged,
)
from bot.codes import CodeMaker
from bot.config import Settings
from bot.deciding import Rules
from bot.desk.outcomes import DeskOutcomes
from bot.duty import Duty
from bot.intake import Intake
from bot.model import Action, Conversation, Message, Progress, Record, record_id_of
from bot.moves import Moves
from bot.pipeline import compose, layers
from bot.reception import Receiver
from bot.rulebook import Rulebook
from bot.store import Store
from bot.turn import Surroundings
from tests.bot.building import ANN, START, SUPPORT, TEAMS, settings_of
from tests.bot.desk.platform import Platform, Shown

ZOE = ChatRef("shop", "zoe")
BOB = Sender(sender_id="bob", name="Bob Miller", first_name="Bob")
EVE = Sender(sender_id="eve", name="Eve Stone", first_name="Eve")
ROBOT = Sender(sender_id="robot", name="Robot", is_bot=True)
ADMIN = Sender(sender_id="support", name="Support group", is_bot=True, is_anonymous=True)
SECOND = timedelta(seconds=1)

ABILITIES = {
    "shop": Capabilities(text_limit=4096, edits=True, reply_window=timedelta(hours=24)),
    "desk": Capabilities(text_limit=4096, threads=True, group_chats=True, choices=12),
}


class World:
    """The running bot, and everything that people see of it.

    Attributes:
        now: the time; each event comes a second after the one before.
        platform: what stands in the chats.
        capabilities: what each channel can do.
        is_delivering: off, everything waits.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self.now: datetime = START
        self.platform = Platform()
        self.capabilities = dict(ABILITIES)
        self.is_delivering = True
        self._store = store
        self._numbers = 0
        self._records: dict[str, Record] = {}
        self.use(settings)
        index = store.index
        self.duty = Duty(self.abilities)
        self.outcomes = DeskOutcomes(lambda: self.rules, self.abilities, self.duty, self.link)
        self.intake = Intake(
            store=store,
            offers=self.platform,
            clock=lambda: self.now,
            on_written=lambda: None,
            finish=self.outcomes.finish,
        )
        self.receiver = Receiver(
            intake=self.intake,
            index=index,
            rules=lambda: Rules(book=self.rules, pipeline=self.pipeline),
            around=Surroundings(
                new_code=CodeMaker(index.code_is_free, Random(7)),
                thread_link=self.link,
                is_code=lambda code: index.record_of_code(code) is not None,
                abilities=self.abilities,
                duty=self.duty,
            ),
            outcomes=self.outcomes,
            moves=Moves(),
            clock=lambda: self.now,
            observe=lambda _channel, _handled_by, _seconds: None,
        )

    def use(self, settings: Settings) -> None:
        """Reload config.toml."""
        self.rules = Rulebook(settings)
        self.pipeline = compose(layers(settings))

    def abilities(self, chat: ChatRef) -> Capabilities | None:
        """What can be done in a chat."""
        return self.capabilities.get(chat.channel)

    def can(self, **abilities: Any) -> None:
        """The contacts' platform can do something else from now on."""
        self.capabilities["shop"] = replace(self.capabilities["shop"], **abilities)

    @staticmethod
    def link(thread: ChatRef) -> str:
        """A link to a thread, as the platform makes it."""
        return f"https://desk/{thread.chat_id}/{thread.thread_id}"

    async def says(self, text: str = "", chat: ChatRef = ANN, **fields: Any) -> IncomingMessage:
        """A contact writes."""
        name = chat.chat_id.capitalize()
        sender = Sender(sender_id=chat.chat_id, name=f"{name} Lee", first_name=name)
        event = self.message(chat, text, **{"sender": sender, **fields})
        await self.happens(event)
        return event

    async def writes(
        self, text: str = "", room: ChatRef = SUPPORT, about: ChatRef = ANN, **fields: Any
    ) -> IncomingMessage:
        """A member (Bob, unless `sender` says otherwise) writes in the contact's thread of a team chat."""
        event = self.message(self.place(room, about), text, **{"sender": BOB, **fields})
        await self.happens(event)
        return event

    async def types(self, text: str, room: ChatRef = SUPPORT, **fields: Any) -> IncomingMessage:
        """A member writes in the general section of a team chat."""
        event = self.message(room, text, **{"sender": BOB, **fields})
        await self.happens(event)
        return event

    async def presses(
        self,
        action: str,
        room: ChatRef = SUPPORT,
        about: ChatRef = ANN,
        *,
        by: Sender = BOB,
        code: str | None = None,
        post: str = "",
    ) -> str:
        """A member presses a button in the contact's thread, under `post`; what they are told."""
        event = ButtonPressed(
            message_id=post,
            choice_id=f"{self.code(about) if code is None else code} {action}",
            **self._by(by, self.place(room, about)),
        )
        return (await self.happens(event)).notice

    async def edits(self, message: IncomingMessage, text: str) -> Reception:
        """Somebody edits what they wrote; what their platform is told of it."""
        known = self._by(message.sender, message.chat)
        return await self.happens(MessageEdited(message_id=message.message_id, text=text, **known))

    async def deletes(self, message: IncomingMessage) -> None:
        """Somebody deletes what they wrote."""
        known = self._by(message.sender, message.chat)
        await self.happens(MessageDeleted(message_id=message.message_id, **known))

    async def reacts(self, post: Shown, emoji: str, by: Sender = BOB) -> None:
        """A member reacts to a post."""
        known = self._by(by, post.chat)
        await self.happens(ReactionChanged(message_id=post.platform_id, emoji=emoji, **known))

    async def turns(self, *, is_closed: bool, room: ChatRef = SUPPORT, by: Sender = BOB) -> None:
        """A member closes Ann's thread by hand, or opens it again."""
        await self.happens(ThreadChanged(is_closed=is_closed, **self._by(by, self.place(room))))

    async def reports(self, state: ReceiptState, message: Message, reason: str = "") -> None:
        """A contact's platform reports what became of a message that it had taken."""
        self.now += SECOND
        message_id = self.record().item_id(message.sent_as)
        await self.receiver.report(DeliveryReceipt(message_id=message_id, state=state, reason=reason))
        await self.deliver()

    async def happens(self, event: Event) -> Reception:
        """An event comes in, and what it leads to is delivered."""
        self.now += SECOND
        reception = await self.receiver.receive(event)
        await self.deliver()
        return reception

    async def deliver(self) -> None:
        """Everything that waits is sent, unless that is switched off."""
        if self.is_delivering:
            await self.platform.deliver(self.intake, self.outcomes)
        for chat in (ANN, ZOE):
            ledger = await self.intake.look(record_id_of(chat))
            if isinstance(ledger, Record):
                self._records[ledger.record_id] = ledger

    def message(self, chat: ChatRef, text: str, **fields: Any) -> IncomingMessage:
        """A message, as it comes in."""
        event_id = self._new_id()
        known = {"sent_at": self.now, "message_id": f"m{event_id}", "event_id": event_id, **fields}
        return IncomingMessage(chat=chat, text=text, **known)

    def _by(self, sender: Sender, chat: ChatRef) -> dict[str, Any]:
        return {"event_id": self._new_id(), "chat": chat, "sender": sender, "sent_at": self.now}

    def _new_id(self) -> str:
        self._numbers += 1
        return str(self._numbers)

    def told(self, chat: ChatRef = ANN) -> list[str]:
        """What a contact sees of us."""
        return [each.text for each in self.platform.shown if each.chat == chat and not each.is_deleted]

    def thread(self, room: ChatRef = SUPPORT, about: ChatRef = ANN) -> list[Shown]:
        """Our posts in a contact's thread of a team chat, without the card."""
        place = self.place(room, about)
        shown = self.platform.shown
        return [each for each in shown if each.chat == place and each.item.action is Action.POST]

    def texts(self, room: ChatRef = SUPPORT, about: ChatRef = ANN) -> list[str]:
        """What these posts say."""
        return [each.text for each in self.thread(room, about)]

    def card(self, room: ChatRef = SUPPORT, about: ChatRef = ANN) -> Shown:
        """The card of a contact in a team chat."""
        return self.platform.cards(self.place(room, about))[-1]

    def general(self, room: ChatRef = SUPPORT) -> list[str]:
        """What we say in the general section of a team chat."""
        return [each.text for each in self.platform.shown if each.chat == room]

    def is_closed(self, room: ChatRef = SUPPORT) -> bool:
        """Whether Ann's thread in a team chat is closed."""
        return self.place(room) in self.platform.closed

    def marks(self, message: IncomingMessage) -> list[Mark]:
        """What was shown on a member's own post."""
        return self.platform.marks.get((message.chat.address, message.message_id), [])

    def record(self, about: ChatRef = ANN) -> Record:
        """What is held on a contact."""
        return self._records[record_id_of(about)]

    def conversation(self, about: ChatRef = ANN) -> Conversation:
        """A contact's current conversation."""
        current = self.record(about).current
        assert current is not None
        return current

    def code(self, about: ChatRef = ANN) -> str:
        """Its code."""
        return self.conversation(about).code

    def line(self, text: str) -> Message:
        """The newest line of Ann's transcript that says this."""
        found = self.record().newest(lambda line: line.text == text)
        assert found is not None
        return found

    def progress(self, text: str) -> Progress | None:
        """How far this reply to Ann has come."""
        return self.line(text).progress

    def place(self, room: ChatRef = SUPPORT, about: ChatRef = ANN) -> ChatRef:
        """A contact's thread in a team chat; one that is nobody's when there is none."""
        thread = self._records[record_id_of(about)].contact.thread_in(room)
        return room.thread(thread.thread_id if thread and thread.thread_id else "none")


def with_team(*lines: str, toml: str = "") -> Settings:
    """Settings in which the table of the support team has more lines."""
    teams = TEAMS.replace('chat = "desk:support"', "\n".join(('chat = "desk:support"', *lines)))
    return settings_of(toml, teams=teams)


@asynccontextmanager
async def opened(folder: Path, settings: Settings | None = None) -> AsyncIterator[World]:
    """A world whose records are in `folder`."""
    store = Store(folder, clock=lambda: START)
    await store.open()
    try:
        yield World(store, settings or settings_of())
    finally:
        await store.close()


async def assign(world: World, chat: ChatRef = ANN) -> None:
    """Let a contact choose the support team."""
    await world.says("Hello", chat)
    await world.says("help", chat)
    assert world.conversation(chat).room == SUPPORT
