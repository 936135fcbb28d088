"""Where events come in: which record an event changes, and who decides it, the pipeline or the desk."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from time import perf_counter

from bot.api import (
    ButtonPressed,
    ChatMovedTo,
    ChatRef,
    DeliveryReceipt,
    EchoReceived,
    Event,
    IncomingMessage,
    Reception,
    Sender,
)
from bot.deciding import Decider, Outcome, Rules
from bot.desk import general
from bot.desk.outcomes import DeskOutcomes
from bot.intake import Intake
from bot.model import HOUSE, Contact, House, Ledger, Record, record_id_of
from bot.moves import Moves, moved_on
from bot.openings import Openings
from bot.rehousing import Rehousing
from bot.rulebook import OPTION, RATE
from bot.store import Index
from bot.teamside import TeamSide
from bot.turn import Due, Surroundings

log = logging.getLogger(__name__)

AS_CONTACT = "customer"
"""The word before what a member of a list writes as a contact."""

Observe = Callable[[str, str, float], None]
"""Told of each turn: the channel, what handled it, and the seconds it took to decide and write."""


class Receiver:
    """Takes events from plugins and returns once they are on disk."""

    def __init__(
        self,
        *,
        intake: Intake,
        index: Index,
        rules: Callable[[], Rules],
        around: Surroundings,
        outcomes: DeskOutcomes,
        moves: Moves,
        clock: Callable[[], datetime],
        observe: Observe,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._intake = intake
        self._index = index
        self._rules = rules
        self._decider = Decider(rules, around)
        self._team_side = TeamSide(
            intake=intake, index=index, decider=self._decider, clock=clock, sleep=sleep
        )
        self._openings = Openings(intake=intake, index=index, rules=lambda: rules().book, duty=around.duty)
        self._rehousing = Rehousing(intake=intake, index=index, rules=rules, decider=self._decider)
        self._outcomes = outcomes
        self._moves = moves
        self._observe = observe
        self._is_open = True

    def close(self) -> None:
        """Take no more events: what comes now is not acknowledged, and its platform delivers it again."""
        self._is_open = False

    def _refuse_when_stopping(self) -> None:
        if not self._is_open:
            raise OSError("the process is stopping and takes no more messages")

    async def receive(self, event: Event) -> Reception:
        """Store an event and what was decided on it.

        Raises:
            OSError: the disk refuses, or the process is stopping.
        """
        self._refuse_when_stopping()
        started = perf_counter()
        if isinstance(event, ChatMovedTo):
            await self.remember_move(event.chat, event.new_chat_id)
            return Reception()
        event = self._under_configured_address(event)
        sender: Sender | None = getattr(event, "sender", None)
        if sender is not None and sender.is_bot and not sender.is_anonymous:
            log.debug("a program wrote to %s; only people are served", event.chat.channel)
            return Reception()
        if (asked := self._asked_as_contact(event)) is not None:
            outcome = await self._from_contact(asked)
        else:
            outcome = await self._team_side.receive(event)
        self._report(event, outcome, started)
        turn = outcome.turn
        notice = turn.notice if turn else self._team_side.notice(event)
        is_refused = turn is not None and turn.is_refused
        return Reception(is_new=outcome.is_new, notice=notice, is_refused=is_refused)

    def _asked_as_contact(self, event: Event) -> Event | None:
        """The event, if it is a contact's; None: it is a member's.

        A member of a list who is a contact too is a member first, and a contact in a message that says so.
        """
        book = self._rules().book
        if not book.is_for_teams(event.chat):
            return event
        if not book.lists_of(event.chat):
            return None
        if isinstance(event, ButtonPressed):
            return event if event.choice_id.startswith((OPTION, RATE)) else None
        if not isinstance(event, IncomingMessage):
            return None
        word, *rest = event.text.split(maxsplit=1) or [""]
        if word.casefold().rstrip(":") != AS_CONTACT:
            return None
        return replace(event, text="".join(rest))

    async def report(self, receipt: DeliveryReceipt) -> None:
        """Store what a platform says later of a message; an id that is not ours is left alone."""
        self._refuse_when_stopping()
        record_id, _, number = receipt.message_id.rpartition(".")
        if record_id not in self._index or not number.partition("-")[0].isdecimal():
            return

        def change(ledger: Ledger, now: datetime) -> None:
            if isinstance(ledger, Record):
                self._outcomes.reported(ledger, receipt, now)

        await self._intake.apply(record_id, change, durable=True)

    async def due(self, record_id: str) -> None:
        """Let a timer act: a conversation's, or the house's own."""
        if record_id == HOUSE:
            await self._openings.due()
            return
        outcome = Outcome()
        await self._intake.change(record_id, self._decider.of(Due(), outcome, self._rules().pipeline))

    async def rehouse(self) -> None:
        """Go by what config.toml says now, in what was begun under an older one; at start and at reload.

        Conversations whose team chat it no longer has are moved, openings and reminders are planned anew.
        """
        await self._openings.plan()
        await self._rehousing.run()

    async def remember_move(self, chat: ChatRef, new_chat_id: str) -> None:
        """Remember the new id of a chat; config.toml keeps the old one, and both mean the same chat."""
        old, new = chat.whole, ChatRef(chat.channel, new_chat_id)
        if self._moves.now(old) == new:
            return

        def change(ledger: Ledger, _now: datetime) -> None:
            assert isinstance(ledger, House)
            ledger.moved = moved_on(ledger.moved, old.address, new.address)

        await self._house(change)
        self._moves.learn(old, new)
        log.warning("the chat %s has moved to %s", old.address, new_chat_id)

    async def announce(self, text: str) -> None:
        """Post an alert in the general section of the inbox."""
        inbox = self._rules().book.inbox.chat

        def change(ledger: Ledger, now: datetime) -> None:
            assert isinstance(ledger, House)
            general.post(ledger, inbox, text, now=now)

        await self._house(change)

    async def _house(self, change: Callable[[Ledger, datetime], None]) -> None:
        async def decide(ledger: Ledger, now: datetime) -> bool:
            change(ledger, now)
            return True

        await self._intake.change(HOUSE, decide, birth=House(record_id=HOUSE))

    async def _from_contact(self, event: Event) -> Outcome:
        record_id = self._record_id_of(event)
        outcome = Outcome()
        birth = None
        if _is_beginning(event):
            # Also for a known record: its file may turn out to be unreadable, and is set aside then.
            contact = Contact(chat=event.chat.whole, created_at=event.sent_at)
            birth = Record(record_id=record_id, contact=contact)
        decide = self._decider.of(event, outcome, self._rules().pipeline)
        await self._intake.change(record_id, decide, birth=birth)
        return outcome

    def _record_id_of(self, event: Event) -> str:
        """The record of a contact: of this address, or of another that they are known by."""
        own = record_id_of(event.chat)
        if own in self._index:
            return own
        for chat in (event.chat, *_also(event)):
            if (known := self._index.record_of_alias(chat)) is not None:
                return known
            if (other := record_id_of(chat)) in self._index:
                return other
        return own

    def _under_configured_address(self, event: Event) -> Event:
        """The event with the address that config.toml knows a chat by, when it has moved or has several."""
        book = self._rules().book
        for chat in _also(event) if book.has_lists and not book.is_for_teams(event.chat) else ():
            if book.lists_of(chat):
                return replace(event, chat=chat)
        for known in self._moves.before(event.chat):
            if book.room_at(known) is not None:
                return replace(event, chat=known.thread(event.chat.thread_id))
        return event

    def _report(self, event: Event, outcome: Outcome, started: float) -> None:
        seconds = perf_counter() - started
        turn = outcome.turn
        handled_by = (turn.handled_by or "nobody") if turn else "general"
        current = turn.record.current if turn else None
        self._observe(event.chat.channel, handled_by, seconds)
        log.info(
            "%s %s %s %.1f ms",
            event.chat.channel,
            current.code if current else "-",
            handled_by,
            seconds * 1000,
        )


def _also(event: Event) -> list[ChatRef]:
    """The other addresses of who caused an event."""
    sender: Sender | None = getattr(event, "sender", None)
    return [ChatRef(event.chat.channel, alias) for alias in sender.aliases] if sender else []


def _is_beginning(event: Event) -> bool:
    """Whether a record may begin with it: a reaction of a stranger, or an echo of ours, is no contact."""
    if isinstance(event, EchoReceived):
        return not event.outgoing_id
    return isinstance(event, (IncomingMessage, ButtonPressed))
