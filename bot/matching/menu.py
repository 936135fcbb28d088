"""The options of a configuration's answers: one list for the menu's text, its buttons and its numbers."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol

from bot.matching.normalising import normalise
from bot.matching.numbers import is_bare_number, number_key
from bot.matching.values import Option

# A longer number among the entries is a postcode or a product, and nothing to number a menu with.
_MOST_MENU_DIGITS: Final = 3


class Label(Protocol):
    """A text that may differ by language."""

    def in_language(self, language: str, default: str, /) -> str:
        """The text in a language, or else in the default one; empty when there is none."""
        ...

    def all(self) -> Iterable[str]:
        """The text in every language it is given in."""
        ...


class Answer(Protocol):
    """One `[[routing.answers]]` of config.toml, as far as matching is concerned."""

    @property
    def label(self) -> Label:
        """Its line in the menu and its button."""
        ...

    @property
    def when(self) -> Sequence[str]:
        """Its entries."""
        ...

    @property
    def team(self) -> str | None:
        """The team it leads to; None or empty: it is a FAQ."""
        ...

    @property
    def line(self) -> int:
        """Where it stands in config.toml."""
        ...


def options(
    answers: Sequence[Answer], language: str, default_language: str | None = None
) -> tuple[Option, ...]:
    """Make the options of all answers, in file order.

    Labels match in every language, whichever is shown. A labelled answer is numbered by the first number
    of at most three digits among its entries, else by the smallest number from 1 that no answer claims.

    Args:
        answers: in file order.
        language: the contact's; it decides which labels are shown.
        default_language: the configuration's, for labels that lack the contact's; None: the same one.
    """
    default = default_language or language
    taken = {key for answer in answers for key in _numbers(answer)}
    free = (number for number in range(1, len(answers) + len(taken) + 1) if str(number) not in taken)
    return tuple(_option(index, answer, language, default, free) for index, answer in enumerate(answers))


def menu_text(options: Iterable[Option]) -> str:
    """Write the numbered lines of the labelled options, such as "1. Support"."""
    return "\n".join(f"{option.number}. {option.label}" for option in options if option.label)


def _option(index: int, answer: Answer, language: str, default: str, free: Iterator[int]) -> Option:
    label = answer.label.in_language(language, default).strip()
    number = None
    if label:
        own = next(_numbers(answer), None)
        number = int(own) if own is not None else next(free)
    labels = filter(None, map(str.strip, answer.label.all()))
    return Option(
        index=index,
        label=label,
        number=number,
        entries=tuple(dict.fromkeys([*answer.when, *labels])),
        target=answer.team or f"faq:{index}",
        line=answer.line,
    )


def _numbers(answer: Answer) -> Iterator[str]:
    """The bare numbers among an answer's entries that can number a menu."""
    for entry in answer.when:
        normalised = normalise(entry)
        if is_bare_number(normalised) and len(normalised) <= _MOST_MENU_DIGITS:
            key = number_key(normalised)
            if key == str(int(key)):  # 007 is not 7
                yield key
