"""A platform that shows what it is given, or does as it is told, and reports it as delivery does."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from bot.api import ChatRef, Choice, Mark, PostStyle
from bot.desk.outcomes import DeskOutcomes
from bot.intake import Intake
from bot.model import Action, ItemState, Ledger, OutboxItem, Record

Fault = Callable[[DeskOutcomes, Ledger, OutboxItem, datetime], None]
"""What becomes of an item in place of being taken."""


def failing(reason: str = "refused") -> Fault:
    """The item will never arrive."""
    return lambda outcomes, ledger, item, now: outcomes.failed(ledger, item, reason, now)


def gone(reason: str = "blocked") -> Fault:
    """The chat takes nothing any more."""
    return lambda outcomes, ledger, item, now: outcomes.chat_gone(ledger, item, reason, now)


def held(reason: str = "Too late.") -> Fault:
    """The reply window is shut."""
    return lambda outcomes, ledger, item, now: outcomes.held(ledger, item, reason, now)


def uncertain(outcomes: DeskOutcomes, ledger: Ledger, item: OutboxItem, now: datetime) -> None:
    """It may have arrived."""
    outcomes.uncertain(ledger, item, now)


def thread_lost(outcomes: DeskOutcomes, ledger: Ledger, item: OutboxItem, now: datetime) -> None:
    """Somebody deleted the thread."""
    outcomes.thread_lost(ledger, item, now)


@dataclass(slots=True, kw_only=True)
class Shown:
    """A message as it stands in a chat.

    Attributes:
        platform_id: its id.
        chat: where, thread included.
        text: what it says now.
        choices: its buttons now.
        item: what it was sent as.
        is_deleted: it was taken back.
    """

    platform_id: str
    chat: ChatRef
    text: str
    choices: tuple[Choice, ...]
    item: OutboxItem
    is_deleted: bool = False

    @property
    def actions(self) -> list[str]:
        """What its buttons do, without the conversation's code."""
        return [choice.choice_id.partition(" ")[2] for choice in self.choices]


@dataclass(slots=True)
class Platform:
    """Every chat there is.

    Attributes:
        shown: every message that stands in one, in order.
        marks: what is shown on members' own posts, by address and id, in order.
        reactions: the bot's reactions, as address, id of the message, and emoji.
        closed: the threads that are closed.
        offered: what delivery was offered.
    """

    shown: list[Shown] = field(default_factory=list)
    marks: dict[tuple[str, str], list[Mark]] = field(default_factory=dict)
    reactions: list[tuple[str, str, str]] = field(default_factory=list)
    closed: set[ChatRef] = field(default_factory=set)
    offered: set[str] = field(default_factory=set)
    _faults: dict[tuple[Action, str], list[Fault]] = field(default_factory=dict)
    _numbers: int = 0

    def offer(self, record_id: str, _items: list[OutboxItem]) -> None:
        """Learn that a record has something to send."""
        self.offered.add(record_id)

    def befall(self, action: Action, chat: ChatRef, *faults: Fault) -> None:
        """Let the next items of an action in a chat meet with something."""
        self._faults.setdefault((action, chat.address), []).extend(faults)

    async def deliver(self, intake: Intake, outcomes: DeskOutcomes) -> None:
        """Take everything that waits, the urgent first, until nothing does."""
        while self.offered:
            record_id = self.offered.pop()
            while (item := _first(await intake.look(record_id))) is not None:
                await intake.apply(record_id, partial(self._take, outcomes, item))

    def _take(self, outcomes: DeskOutcomes, item: OutboxItem, ledger: Ledger, now: datetime) -> None:
        faults = self._faults.get((item.action, item.chat.address))
        if faults:
            faults.pop(0)(outcomes, ledger, item, now)
            return
        chat = self._place(outcomes, item, ledger, now)
        outcomes.sent(ledger, [item], chat, self._show(outcomes, item, ledger, chat), now)

    def _place(self, outcomes: DeskOutcomes, item: OutboxItem, ledger: Ledger, now: datetime) -> ChatRef:
        if item.thread_id:
            return item.chat.thread(item.thread_id)
        if item.action is Action.SEND or not item.conversation or not isinstance(ledger, Record):
            return item.chat
        thread = ledger.contact.thread_in(item.chat)
        if thread is None or not thread.thread_id:
            if item.action not in {Action.POST, Action.CARD}:
                return item.chat
            assert outcomes.thread_title(ledger)
            outcomes.thread_opened(ledger, item, f"t{self._number()}", now)
            thread = ledger.contact.thread_in(item.chat)
        assert thread is not None
        return item.chat.thread(thread.thread_id)

    def _show(
        self, outcomes: DeskOutcomes, item: OutboxItem, ledger: Ledger, chat: ChatRef
    ) -> tuple[str, ...]:
        match item.action:
            case Action.SEND | Action.POST:
                return (self.add(chat, item.text, item.choices, item),)
            case Action.CARD:
                return (self._card(outcomes, item, ledger, chat),)
            case Action.EDIT:
                edited = self.find(chat, item.target)
                edited.text, edited.choices = item.text, item.choices
            case Action.DELETE:
                self.find(chat, item.target).is_deleted = True
            case Action.MARK:
                assert item.mark is not None
                self.marks.setdefault((item.chat.address, item.target), []).append(item.mark)
            case Action.REACT:
                self.reactions.append((item.chat.address, item.target, item.emoji))
            case Action.CLOSE_THREAD:
                self.closed.add(chat)
            case Action.REOPEN_THREAD:
                self.closed.discard(chat)
        return ()

    def _card(self, outcomes: DeskOutcomes, item: OutboxItem, ledger: Ledger, chat: ChatRef) -> str:
        assert isinstance(ledger, Record)
        face = outcomes.card(ledger, item)
        thread = ledger.contact.thread_in(item.chat)
        if thread is None or not thread.card_id:
            return self.add(chat, face.text, face.choices, item)
        card = self.find(chat, thread.card_id)
        card.text, card.choices = face.text, face.choices
        return thread.card_id

    def add(self, chat: ChatRef, text: str, choices: tuple[Choice, ...], item: OutboxItem) -> str:
        """Put a message into a chat; its id."""
        # Ids of two chats are the same on purpose: they are counted in each chat.
        platform_id = f"p{sum(1 for each in self.shown if each.chat.whole == chat.whole) + 1}"
        self.shown.append(Shown(platform_id=platform_id, chat=chat, text=text, choices=choices, item=item))
        return platform_id

    def find(self, chat: ChatRef, platform_id: str) -> Shown:
        """A message by its id."""
        return next(
            each for each in self.shown if each.chat.whole == chat.whole and each.platform_id == platform_id
        )

    def cards(self, chat: ChatRef) -> list[Shown]:
        """The cards that were made in a thread."""
        return [each for each in self.shown if each.chat == chat and each.item.style is PostStyle.CARD]

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers


def _first(ledger: Ledger | None) -> OutboxItem | None:
    """What goes out next, as a lane chooses it."""
    waiting = [item for item in (ledger.outbox.values() if ledger else ()) if item.state is ItemState.PENDING]
    return min(waiting, key=lambda item: (item.urgency, item.number), default=None)
