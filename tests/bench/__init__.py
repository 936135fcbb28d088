"""Figures of this machine, printed by `python -m tests.bench`; they are never asserted.

A section is a module here with `run() -> Sequence[Figure]`; its name is the section's.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured value.

    Attributes:
        name: what was measured, in words.
        value: how much.
        unit: of what, such as "µs" or "messages/s"; empty for a ratio.
        note: under which circumstances, where the name does not say.
        at_most: what is wanted of it, for what should be small.
        at_least: the same for what should be large.
    """

    name: str
    value: float
    unit: str = ""
    note: str = ""
    at_most: float | None = None
    at_least: float | None = None

    @property
    def wanted(self) -> float | None:
        """What is wanted of it, one way or the other."""
        return self.at_most if self.at_least is None else self.at_least

    @property
    def is_met(self) -> bool:
        """Whether it is as wanted; what nothing is wanted of always is."""
        is_small_enough = self.at_most is None or self.value <= self.at_most
        return is_small_enough and (self.at_least is None or self.value >= self.at_least)


def number(value: float) -> str:
    """A value as people read it: three digits, or all that stand before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
