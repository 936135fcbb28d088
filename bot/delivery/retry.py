"""When to try again: growing pauses, spread by chance, and an end to them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """The pauses between attempts; with these figures eight attempts take about ten minutes.

    Attributes:
        most_attempts: how many there are in all.
        first_pause: before the second attempt; each further pause is twice as long.
        longest_pause: no pause is longer.
        spread: the share of a pause that chance takes away or adds, so that lanes do not try in step.
    """

    most_attempts: int = 8
    first_pause: timedelta = timedelta(seconds=5)
    longest_pause: timedelta = timedelta(minutes=6)
    spread: float = 0.2

    def is_over(self, attempts: int) -> bool:
        """Whether `attempts` failures are the last."""
        return attempts >= self.most_attempts

    def pause(self, attempts: int, chance: Callable[[], float]) -> timedelta:
        """The pause after `attempts` failures.

        Args:
            attempts: from 1.
            chance: a number from 0 to 1.
        """
        whole = min(self.longest_pause, self.first_pause * float(2 ** min(attempts - 1, 32)))
        return whole * (1 + self.spread * (2 * chance() - 1))
