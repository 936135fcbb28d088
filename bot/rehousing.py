"""What was begun under an older config.toml goes on by the one that is in force."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from hashlib import sha256

from bot.chores import contained
from bot.config import Settings
from bot.deciding import Decider, Outcome, Rules
from bot.desk import missed
from bot.intake import Intake
from bot.model import HOUSE, House, Ledger, Status
from bot.placing import rehouse
from bot.store import Index
from bot.timing import retime
from bot.turn import Due, Turn

log = logging.getLogger(__name__)


class Rehousing:
    """Moves the conversations of team chats that are gone, and times again those whose times changed.

    Only what may have changed is read from disk: what the times were last set by lies in the record of
    the house, so that a start under the same config.toml costs nothing for each open conversation.

    Args:
        intake: where records are changed.
        index: which conversations go on.
        rules: config.toml as it is now.
        decider: what takes the turns.
    """

    def __init__(self, *, intake: Intake, index: Index, rules: Callable[[], Rules], decider: Decider) -> None:
        self._intake = intake
        self._index = index
        self._rules = rules
        self._decider = decider

    async def run(self) -> None:
        """Serve every conversation that config.toml changed something for; at start, and at a reload.

        A fault in one of them is no other's.

        Raises:
            OSError: the disk refuses; the next start or reload begins again.
        """
        timed_by = _timed_by(self._rules().book.settings)
        is_timed = await self._timed_by() == timed_by
        is_whole = True
        for record_id in self._index.record_ids_with_outbox() - {HOUSE}:
            is_whole &= await self._serve(record_id)
        for live in self._index.live():
            is_gone = live.room is not None and self._rules().book.room_at(live.room) is None
            if not is_gone and (live.status is not Status.OPEN or is_timed):
                continue
            is_served = await self._serve(live.record_id)
            is_whole &= is_served
            if is_gone and is_served:
                log.warning("%s is shown elsewhere: config.toml no longer has %s", live.code, live.room)
        if is_whole and not is_timed:
            # Last: a process that ended before begins again, and one that could not serve them all.
            await self._remember(timed_by)

    async def _serve(self, record_id: str) -> bool:
        """Serve one conversation; whether that went well."""
        decide = self._decider.of(Due(), Outcome(), _serve)
        change = partial(self._intake.change, record_id, decide)
        return await contained(f"{record_id} goes on as before this config.toml", change, passing=(OSError,))

    async def _timed_by(self) -> str:
        house = await self._intake.look(HOUSE)
        return house.timed_by if isinstance(house, House) else ""

    async def _remember(self, timed_by: str) -> None:
        async def decide(house: Ledger, _now: datetime) -> bool:
            assert isinstance(house, House)
            house.timed_by = timed_by
            return True

        await self._intake.change(HOUSE, decide, birth=House(record_id=HOUSE))


async def _serve(turn: Turn) -> None:
    is_moved = rehouse(turn) if turn.record.current is not None else False
    is_withdrawn = missed.withdraw(turn.record, turn.now, turn.rules)
    is_retimed = retime(turn.record, turn.rules, turn.now)
    turn.is_duplicate = not (is_moved or is_withdrawn or is_retimed)


def _timed_by(settings: Settings) -> str:
    """What of config.toml the times of an open conversation follow from, as a mark."""
    hours = {key: team.hours for key, team in settings.teams.items()}
    causes = (settings.timezone, settings.hours, settings.reminders, settings.lifecycle.auto_close, hours)
    return sha256(repr(causes).encode()).hexdigest()[:16]
