"""A turn as intake runs it: the event, the record's draft, and config.toml as it is when its turn comes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.api import Event
from bot.intake import Decide
from bot.model import Ledger, Record
from bot.rulebook import Rulebook
from bot.turn import Due, Next, Surroundings, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What config.toml means now: replaced as a whole at a reload."""

    book: Rulebook
    pipeline: Next


@dataclass(slots=True)
class Outcome:
    """What became of an event.

    Attributes:
        turn: the turn that decided it; None: it was the general section's, or nobody's.
        is_new: False for one that had been received before.
    """

    turn: Turn | None = None
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class Decider:
    """What makes decisions for intake.

    Attributes:
        rules: config.toml as it is now.
        around: what else a decision may ask.
    """

    rules: Callable[[], Rules]
    around: Surroundings

    def of(self, event: Event | Due, outcome: Outcome, serve: Next) -> Decide:
        """The decision of an event; `outcome` holds its turn once it was made."""

        async def decide(ledger: Ledger, now: datetime) -> bool:
            assert isinstance(ledger, Record)
            turn = Turn(record=ledger, event=event, now=now, rules=self.rules().book, around=self.around)
            outcome.turn = turn
            await serve(turn)
            outcome.is_new = not turn.is_duplicate
            return outcome.is_new

        return decide
