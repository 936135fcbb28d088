"""What matching takes and gives: options, and the verdict on one text."""

from dataclasses import dataclass
from enum import IntEnum


class Stage(IntEnum):
    """How a text was recognised; the lowest that recognises it wins.

    Attributes:
        BUTTON: the option's button was pressed.
        NUMBER: the whole text is an option's number.
        WHOLE: the whole text is an entry or a label.
        WORDS: an entry or a label stands in the text as whole words.
        FUZZY: the same, with typing mistakes.
    """

    BUTTON = 1
    NUMBER = 2
    WHOLE = 3
    WORDS = 4
    FUZZY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer of config.toml, as matching and menus see it.

    Attributes:
        index: its place among the answers, from 0; a pressed button names it.
        label: its line in the menu and its button, in the contact's language; empty: it has none.
        number: what to type for it; None when it has no label.
        entries: what recognises it, as written in config.toml; `label` and `number` do so too.
        target: where it leads; two options with the same target are never ambiguous.
        line: where it stands in config.toml.
    """

    index: int
    label: str
    number: int | None
    entries: tuple[str, ...]
    target: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One way in which a text means an option.

    Attributes:
        option: what it means.
        stage: how it was recognised.
        entry: which entry, label or number recognised it, as written.
    """

    option: Option
    stage: Stage
    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a text means.

    Attributes:
        text: the text as it was compared: normalised, and cut when it was very long.
        match: the best match; when ambiguous, the first in file order. None: not recognised.
        tied: when ambiguous, the best match of each of the two or more targets that are equal in stage
            and length, in file order; else empty.
        runner_up: the best match that leads elsewhere than `match` and `tied`, if there is one.
            Typing mistakes are tried only when nothing else matched, so they are no runner-up
            to anything but each other.
    """

    text: str
    match: Match | None = None
    tied: tuple[Match, ...] = ()
    runner_up: Match | None = None
