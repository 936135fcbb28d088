"""Where events come in: which record an event changes, and who decides it, the pipeline or the desk."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter

from bot.actions import rehouse
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
from bot.desk import general, thread
from bot.desk.outcomes import DeskOutcomes
from bot.intake import Decide, Intake
from bot.model import HOUSE, Contact, House, Ledger, Record, record_id_of
from bot.rulebook import Rulebook
from bot.store import Index
from bot.turn import Due, Next, Surroundings, Turn

log = logging.getLogger(__name__)

_LOOKS = 5
_BETWEEN_LOOKS_S = 0.05

Observe = Callable[[str, str, float], None]
"""Told of each turn: the channel, what handled it, and the seconds it took to decide and write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What config.toml means now: replaced as a whole at a reload."""

    book: Rulebook
    pipeline: Next


@dataclass(slots=True)
class _Outcome:
    turn: Turn | None = None
    is_new: bool = True


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
        moved: Callable[[], dict[str, str]],
        observe: Observe,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._intake = intake
        self._index = index
        self._rules = rules
        self._around = around
        self._outcomes = outcomes
        self._moved = moved
        self._observe = observe
        self._moves: dict[str, str] = {}
        self._sleep = sleep
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
        if self._rules().book.room_at(event.chat) is None:
            outcome = await self._from_contact(event)
        else:
            outcome = await self._from_team(event)
        self._report(event, outcome, started)
        book = self._rules().book
        notice = outcome.turn.notice if outcome.turn else general.notice(event, book)
        return Reception(is_new=outcome.is_new, notice=notice)

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
        """Let a conversation's timer act."""
        outcome = _Outcome()
        await self._intake.change(record_id, self._turn(Due(), outcome, self._rules().pipeline))

    async def rehouse(self) -> None:
        """Move each conversation whose team chat config.toml no longer has; at start and at reload."""

        async def serve(turn: Turn) -> None:
            turn.is_duplicate = not rehouse(turn)

        for live in self._index.live():
            if live.room is not None and self._rules().book.room_at(live.room) is None:
                await self._intake.change(live.record_id, self._turn(Due(), _Outcome(), serve))
                log.warning("%s is shown elsewhere: config.toml no longer has %s", live.code, live.room)

    async def remember_move(self, chat: ChatRef, new_chat_id: str) -> None:
        """Remember the new id of a chat; config.toml keeps the old one, and both mean the same chat."""
        old, new = chat.address, ChatRef(chat.channel, new_chat_id).address

        def change(ledger: Ledger, _now: datetime) -> None:
            assert isinstance(ledger, House)
            ledger.moved = moved_on(ledger.moved, old, new)

        await self._house(change)
        self._moves = moved_on({**self._moved(), **self._moves}, old, new)
        log.warning("the chat %s has moved to %s", chat.address, new_chat_id)

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

    async def _from_contact(self, event: Event) -> _Outcome:
        record_id = record_id_of(event.chat)
        outcome = _Outcome()
        birth = None
        if _is_beginning(event):
            # Also for a known record: its file may turn out to be unreadable, and is set aside then.
            contact = Contact(chat=event.chat.whole, created_at=event.sent_at)
            birth = Record(record_id=record_id, contact=contact)
        decide = self._turn(event, outcome, self._rules().pipeline)
        await self._intake.change(record_id, decide, birth=birth)
        return outcome

    async def _from_team(self, event: Event) -> _Outcome:
        outcome = _Outcome()
        record_id = await self._known_record_of(event)
        if record_id is not None:
            await self._intake.change(record_id, self._turn(event, outcome, thread.serve))
            return outcome

        async def decide(ledger: Ledger, now: datetime) -> bool:
            assert isinstance(ledger, House)
            book = self._rules().book
            outcome.is_new = general.serve(ledger, event, now=now, rules=book, waiting=self._index.live())
            return outcome.is_new

        await self._intake.change(HOUSE, decide, birth=House(record_id=HOUSE))
        return outcome

    async def _known_record_of(self, event: Event) -> str | None:
        """As `_record_of`, with patience: members see a new thread a moment before it is written down."""
        for _ in range(_LOOKS):
            record_id = self._record_of(event)
            if record_id is not None or event.chat.thread_id is None:
                return record_id
            if not self._index.record_ids_with_outbox():
                return None
            await self._sleep(_BETWEEN_LOOKS_S)
        return self._record_of(event)

    def _record_of(self, event: Event) -> str | None:
        """The contact that something in a team chat is about; None: the general section itself."""
        if general.is_for_the_team(event):
            return None
        if event.chat.thread_id is not None:
            return self._index.record_of_thread(event.chat)
        for name in ("reply_to", "message_id"):
            platform_id = getattr(event, name, "")
            found = platform_id and self._index.record_of_post(event.chat.address, platform_id)
            if found:
                return found
        code = general.code_in(event)
        return self._index.record_of_code(code) if code else None

    def _turn(self, event: Event | Due, outcome: _Outcome, serve: Next) -> Decide:
        async def decide(ledger: Ledger, now: datetime) -> bool:
            assert isinstance(ledger, Record)
            turn = Turn(record=ledger, event=event, now=now, rules=self._rules().book, around=self._around)
            outcome.turn = turn
            await serve(turn)
            outcome.is_new = not turn.is_duplicate
            return outcome.is_new

        return decide

    def _under_configured_address(self, event: Event) -> Event:
        """The event with the address that config.toml knows a chat by, when the chat has moved."""
        address, book = event.chat.address, self._rules().book
        for old, new in {**self._moved(), **self._moves}.items():
            known = ChatRef.parse(old)
            if new == address and book.room_at(known) is not None:
                return replace(event, chat=known.thread(event.chat.thread_id))
        return event

    def _report(self, event: Event, outcome: _Outcome, started: float) -> None:
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


def moved_on(moved: dict[str, str], old: str, new: str) -> dict[str, str]:
    """The new address of each chat that moved, by its old one, after one more has moved."""
    return {known: new if at == old else at for known, at in moved.items()} | {old: new}


def _is_beginning(event: Event) -> bool:
    """Whether a record may begin with it: a reaction of a stranger, or an echo of ours, is no contact."""
    if isinstance(event, EchoReceived):
        return not event.outgoing_id
    return isinstance(event, (IncomingMessage, ButtonPressed))
