"""Decides which option a text means: five stages, the longest entry within a stage, then file order."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from bot.matching.mistakes import Mistakes
from bot.matching.normalising import normalise
from bot.matching.numbers import Numbers, is_bare_number, number_key
from bot.matching.phrases import Entry, Phrases
from bot.matching.values import Match, Option, Stage, Verdict

# Nobody needs more to say what they want, and it bounds the work that a text can cause.
LONGEST_TEXT: Final = 1_000


class Matcher:
    """Recognises the options of one configuration.

    It is built once and never changes. The cost of `match` grows with the length of the text, of which
    the first 1,000 characters count, and not with the number of entries.

    Args:
        options: in file order.
        fuzzy: whether typing mistakes are tolerated.
        language: whose spelled numbers are understood.
    """

    __slots__ = ("_by_index", "_by_number", "_by_text", "_mistakes", "_numbers", "_phrases")

    def __init__(self, options: Sequence[Option], *, fuzzy: bool, language: str) -> None:
        self._by_index = {option.index: option for option in options}
        self._by_number: dict[str, list[Entry]] = defaultdict(list)
        self._by_text: dict[str, list[Entry]] = defaultdict(list)
        self._numbers = Numbers(language)
        entries = list(_entries(options))
        for entry in entries:
            text = " ".join(entry.words)
            if is_bare_number(text):
                self._by_number[text].append(entry)
            else:
                self._by_text[text].append(entry)
        phrases = [entry for same in self._by_text.values() for entry in same]
        self._phrases = Phrases(phrases)
        self._mistakes = Mistakes(phrases) if fuzzy else None

    def match(self, text: str, *, pressed: int | None = None, words_only: bool = False) -> Verdict:
        """Decide what a text means.

        Args:
            text: as the contact wrote it; captions are text.
            pressed: `Option.index` of the option whose button was pressed; one that no option has, as
                after a reload, counts for nothing.
            words_only: for a first message: no numbers, and only entries that have a word of three
                letters or more.
        """
        text = _compared(text)
        option = self._by_index.get(pressed) if pressed is not None else None
        if option is not None:
            match = Match(option=option, stage=Stage.BUTTON, entry=_name(option))
            return Verdict(text=text, match=match)
        if not text:
            return Verdict(text=text)
        words = text.split()
        found = self._found(text, words, words_only=words_only)
        if not found and self._mistakes is not None:
            mistyped = self._mistakes.standing_in(words, substantial_only=words_only)
            found = [(Stage.FUZZY, entry) for entry in mistyped]
        return _verdict(text, found)

    def _found(self, text: str, words: list[str], *, words_only: bool) -> list[tuple[Stage, Entry]]:
        """What the stages without mistakes find."""
        found: list[tuple[Stage, Entry]] = []
        if not words_only:
            number = self._numbers.read(text, words)
            if number is not None:
                found += [(Stage.NUMBER, entry) for entry in self._by_number.get(number, ())]
        standing = self._phrases.standing_in(words)
        if standing:
            whole = self._by_text.get(text, ())
            found += [(Stage.WHOLE, entry) for entry in whole]
            found += [(Stage.WORDS, entry) for entry in standing]
            if words_only:
                found = [(stage, entry) for stage, entry in found if entry.is_substantial]
        return found


def _compared(text: str) -> str:
    """The normalised text, cut after a whole word when it is very long."""
    if len(text) <= LONGEST_TEXT:
        return normalise(text)
    text = text.lstrip()
    cut = normalise(text[:LONGEST_TEXT])
    with_next = normalise(text[: LONGEST_TEXT + 1])
    ends_with_a_word = with_next == cut or with_next.startswith(f"{cut} ")
    return cut if ends_with_a_word else cut.rpartition(" ")[0]


def _entries(options: Iterable[Option]) -> Iterable[Entry]:
    """Every option's entries, label and number, once each, in file order."""
    order = 0
    for option in options:
        number = [] if option.number is None else [str(option.number)]
        seen: set[str] = set()
        for written in (*option.entries, option.label, *number):
            normalised = normalise(written)
            if is_bare_number(normalised):
                normalised = number_key(normalised)
            if normalised and normalised not in seen:
                seen.add(normalised)
                yield Entry.of(option, written, normalised, order)
                order += 1


def _name(option: Option) -> str:
    """What to call an option that a button chose."""
    return option.label or next(iter(option.entries), option.target)


def _rank(found: tuple[Stage, Entry]) -> tuple[Stage, int, int]:
    stage, entry = found
    return stage, -entry.length, entry.order


def _verdict(text: str, found: list[tuple[Stage, Entry]]) -> Verdict:
    """The best of what was found, what equals it, and what comes next."""
    if not found:
        return Verdict(text=text)
    found.sort(key=_rank)
    best_stage, best_entry = found[0]
    best: dict[str, Match] = {}
    runner_up = None
    for stage, entry in found:
        if entry.option.target in best:
            continue
        match = Match(option=entry.option, stage=stage, entry=entry.written)
        if stage is best_stage and entry.length == best_entry.length:
            best[entry.option.target] = match
        else:
            runner_up = match
            break
    match, *others = best.values()
    return Verdict(text=text, match=match, tied=(match, *others) if others else (), runner_up=runner_up)
