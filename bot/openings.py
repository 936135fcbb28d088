"""The hour at which a team opens: it is shown who waited while it was away, longest first, once."""

from collections.abc import Callable
from datetime import datetime

from bot.api import ChatRef
from bot.desk import general
from bot.duty import Duty
from bot.intake import Intake
from bot.model import HOUSE, House, Ledger
from bot.rulebook import Room, Rulebook
from bot.store import Index

OPEN = "open "
"""Before a team's key in the name of the timer of its next opening."""


class Openings:
    """What happens when teams open.

    The next opening of each team lies in the record of the house, so that one which came while the process
    was down is made up for at start.

    Args:
        intake: where the record is changed.
        index: who waits.
        rules: config.toml as it is now.
        duty: who of a list can be written to.
    """

    def __init__(
        self,
        *,
        intake: Intake,
        index: Index,
        rules: Callable[[], Rulebook],
        duty: Duty,
    ) -> None:
        self._intake = intake
        self._index = index
        self._rules = rules
        self._duty = duty

    async def plan(self) -> None:
        """Set a timer for each team that has hours; at start, and when config.toml was changed."""

        async def decide(house: Ledger, now: datetime) -> bool:
            assert isinstance(house, House)
            wanted = self._next_of_each(house, now)
            kept = {
                name: at
                for name, at in house.timers.items()
                if not name.startswith(OPEN) or (name in wanted and at <= now)
            }
            timers = {**wanted, **kept}
            is_changed = timers != house.timers
            house.timers = timers
            return is_changed

        await self._intake.change(HOUSE, decide, birth=House(record_id=HOUSE))

    async def due(self) -> None:
        """Show each team whose hour has come who waited for it."""

        async def decide(house: Ledger, now: datetime) -> bool:
            assert isinstance(house, House)
            came = [name for name, at in house.timers.items() if name.startswith(OPEN) and at <= now]
            for name in came:
                self._show(house, name.removeprefix(OPEN), now)
            house.opened = {**house.opened, **{name.removeprefix(OPEN): house.timers[name] for name in came}}
            house.timers = {
                **{name: at for name, at in house.timers.items() if name not in came},
                **{name: at for name, at in self._next_of_each(house, now).items() if name in came},
            }
            return bool(came)

        await self._intake.change(HOUSE, decide, birth=House(record_id=HOUSE))

    def _next_of_each(self, house: House, now: datetime) -> dict[str, datetime]:
        """The next opening of each team; never one that was acted on, also when the clock was set back."""
        rules = self._rules()
        since = {team: max(now, house.opened.get(team, now)) for team in rules.settings.teams}
        found = ((team, rules.calendar(team).opens_after(at)) for team, at in since.items())
        return {f"{OPEN}{team}": at for team, at in found if at is not None}

    def _show(self, house: House, team: str, now: datetime) -> None:
        rules = self._rules()
        room, live = rules.room_of(team), list(self._index.live())
        waiting = [
            row
            for row in live
            if row.team == team and row.waiting_since is not None and not general.is_aside(row, now)
        ]
        if room is None or not waiting or not rules.is_held(team):
            return
        text = "\n".join((rules.wording("queue.digest"), general.queue(waiting, team, now=now, rules=rules)))
        for chat in self._readers(room, now):
            general.post(house, chat, text, now=now)

    def _readers(self, room: Room, now: datetime) -> list[ChatRef]:
        if not room.members:
            return [room.chat]
        return [chat for chat in room.members if self._duty.is_reachable(chat, now)]
