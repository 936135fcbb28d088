"""Events of team chats: which contact each is about, and what is the general section's or a member's own."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.api import ButtonPressed, ChatRef, Event, IncomingMessage
from bot.deciding import Decider, Outcome
from bot.desk import addressing, general, lists, thread, unsent
from bot.desk.addressing import Address
from bot.desk.answering import is_member
from bot.intake import Intake
from bot.model import HOUSE, Direction, House, Ledger, Member
from bot.placing import bring_back
from bot.rulebook import Rulebook
from bot.store import Index
from bot.turn import Due, Turn

_LOOKS = 5
_BETWEEN_LOOKS_S = 0.05
_TAKEN_KEPT = 2000
"""How many events of members are remembered in memory; what a conversation took, it knows itself."""
_REMEMBERED_EVERY = timedelta(minutes=1)
"""How exactly is known when a member last wrote; each time costs a write."""


class TeamSide:
    """What takes the events of team chats.

    Args:
        intake: where records are changed.
        index: finds contacts by thread, post and code.
        decider: makes decisions.
        clock: the time, in UTC.
        sleep: waits for some seconds.
    """

    def __init__(
        self,
        *,
        intake: Intake,
        index: Index,
        decider: Decider,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._intake = intake
        self._index = index
        self._decider = decider
        self._duty = decider.around.duty
        self._taken: dict[tuple[str, str], None] = {}
        self._clock = clock
        self._sleep = sleep

    async def receive(self, event: Event) -> Outcome:
        """Decide an event; it is on disk when this returns.

        Raises:
            OSError: the disk refuses.
        """
        outcome = Outcome()
        if self._book.lists_of(event.chat):
            if await self._was_taken(event):
                # What goes on with a conversation now may have been refused when it first came.
                outcome.is_new = False
                return outcome
            await self._member_wrote(event)
        address = await self._address_of(event)
        record_id = address.record_id
        if record_id is not None:
            await self._intake.change(record_id, self._decider.of(event, outcome, thread.serve))
            if isinstance(event, IncomingMessage) and _is_reply(outcome):
                self._duty.wrote(event.chat, record_id, self._clock())
            await self._remember_unsent(event, outcome)
            self._take(event)
            return outcome
        had = set(self._book.lists_of(event.chat)) if self._duty.is_on(event.chat) else set()
        house: list[House] = []

        async def decide(ledger: Ledger, now: datetime) -> bool:
            assert isinstance(ledger, House)
            book, live = self._book, self._index.live()
            outcome.is_new = general.is_new(ledger, event)
            if outcome.is_new and book.lists_of(event.chat):
                lists.serve(ledger, event, address, now=now, rules=book, live=live)
            elif outcome.is_new:
                general.serve(ledger, event, address, now=now, rules=book, waiting=live)
            house[:] = [ledger]
            return outcome.is_new

        await self._intake.change(HOUSE, decide, birth=House(record_id=HOUSE))
        self._duty.take(house[0].members)
        if not had and self._book.lists_of(event.chat) and self._duty.is_on(event.chat):
            await self._bring_back(event.chat)
        self._take(event)
        return outcome

    async def _remember_unsent(self, event: Event, outcome: Outcome) -> None:
        """Remember what led to nothing outside of threads: an edit of it names no contact."""
        turn = outcome.turn
        if not isinstance(event, IncomingMessage) or event.chat.thread_id is not None or turn is None:
            return
        if self._book.lists_of(event.chat) or not unsent.is_known(turn, event.chat, event.message_id):
            return

        async def decide(ledger: Ledger, _now: datetime) -> bool:
            assert isinstance(ledger, House)
            general.was_unsent(ledger, event)
            return True

        await self._intake.change(HOUSE, decide, birth=House(record_id=HOUSE))

    async def _was_taken(self, event: Event) -> bool:
        """Whether an event of a member came before, to a conversation or, kept over a restart, to none."""
        house = await self._intake.look(HOUSE)
        is_known = isinstance(house, House) and general.is_known(house, event)
        return is_known or (event.chat.address, event.event_id) in self._taken

    def _take(self, event: Event) -> None:
        """Remember an event of a member of a list: a repetition would be addressed anew."""
        if self._book.lists_of(event.chat):
            self._taken[event.chat.address, event.event_id] = None
            if len(self._taken) > _TAKEN_KEPT:
                del self._taken[next(iter(self._taken))]

    def notice(self, event: Event) -> str:
        """What to tell who caused an event that was about no contact."""
        return "" if self._book.lists_of(event.chat) else general.notice(event, self._book)

    @property
    def _book(self) -> Rulebook:
        return self._decider.rules().book

    async def _address_of(self, event: Event) -> Address:
        """Where an event goes, with patience: members see a new post a moment before it is written down."""
        for _ in range(_LOOKS):
            address = self._look_up(event)
            if isinstance(event, IncomingMessage) and self._book.lists_of(event.chat):
                going_on = self._duty.goes_on_with(event.chat, self._clock())
                if address.refusal or address.record_id not in {None, going_on}:
                    self._duty.stops(event.chat)
            may_come = event.chat.thread_id is not None or address.refusal == addressing.UNKNOWN_QUOTE
            if address.record_id is not None or not may_come:
                return address
            if not self._index.record_ids_with_outbox():
                return address
            await self._sleep(_BETWEEN_LOOKS_S)
        return self._look_up(event)

    def _look_up(self, event: Event) -> Address:
        if general.is_for_the_team(event):
            return Address()
        if event.chat.thread_id is not None:
            return Address(record_id=self._index.record_of_thread(event.chat))
        if self._book.lists_of(event.chat):
            return addressing.in_list(event, self._index, self._duty, self._clock())
        return addressing.in_group(event, self._index)

    async def _member_wrote(self, event: Event) -> None:
        """Remember when a member wrote: their platform lets us write to them for a while now."""
        if not isinstance(event, (IncomingMessage, ButtonPressed)) or not is_member(event.sender):
            return
        chat, wrote_at = event.chat.whole, min(event.sent_at, self._clock())
        before = self._duty.member(chat).wrote_at
        if before is not None and wrote_at - before < _REMEMBERED_EVERY:
            return
        was_awake = self._duty.is_awake(chat, self._clock())
        house: list[House] = []

        async def decide(ledger: Ledger, _now: datetime) -> bool:
            assert isinstance(ledger, House)
            known = ledger.members.get(chat.address, Member())
            member = Member(is_off=known.is_off, wrote_at=wrote_at)
            ledger.members = {**ledger.members, chat.address: member}
            house[:] = [ledger]
            return True

        await self._intake.change(HOUSE, decide, is_durable=False, birth=House(record_id=HOUSE))
        self._duty.take(house[0].members)
        if not was_awake and self._duty.is_on(chat):
            await self._bring_back(chat)

    async def _bring_back(self, chat: ChatRef) -> None:
        """Give a member's teams the open conversations that the inbox had to take for them."""
        teams = {room.team for room in self._book.lists_of(chat)}
        inbox = self._book.inbox.chat

        async def serve(turn: Turn) -> None:
            turn.is_duplicate = not bring_back(turn)

        for live in self._index.live():
            if live.team in teams and live.room == inbox:
                await self._intake.change(live.record_id, self._decider.of(Due(), Outcome(), serve))


def _is_reply(outcome: Outcome) -> bool:
    """Whether what a member wrote was for the contact: a note or a command is not writing to them."""
    turn = outcome.turn
    if turn is None or turn.source is None:
        return False
    line = turn.record.newest(lambda line: line.source == turn.source)
    return line is not None and line.direction is Direction.OUTGOING
