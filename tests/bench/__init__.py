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
    """

    name: str
    value: float
    unit: str = ""
    note: str = ""
