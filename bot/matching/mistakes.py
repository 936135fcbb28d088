"""Finding entries in a text with typing mistakes, without comparing it with every entry.

The rule. An entry may be mistyped by one edit from 5 letters and two from 9, its spaces not counted.
An edit is a letter too many, missing or wrong, or two neighbours swapped. The edits stand within words:
a word of the entry takes one edit from 3 letters, two from 9, and none when it holds a digit. All spaces
put wrong together are one edit, when otherwise the letters are right ("rendezvous", "week end").
Where several entries could stand on the same words of the text, only those with the fewest edits do.

No word that is itself an entry is read as another one: such a text is recognised by whole words,
and its mistakes are never looked for.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from rapidfuzz.distance import OSA

from bot.matching.phrases import Entry, Node, Phrases

ONE_EDIT_FROM = 5
ONE_EDIT_FROM_IN_PHRASE = 3
TWO_EDITS_FROM = 9
MOST_WORDS_RUN_TOGETHER = 3
_MOST_EDITS = 2
# Words are indexed by what is left of their beginning after deletions. Two words within n edits have
# such a rest in common, also when only the beginnings are looked at.
_INDEXED_LETTERS = 7


def edits_allowed(letters: int) -> int:
    """How many edits an entry of so many letters may take."""
    return 0 if letters < ONE_EDIT_FROM else 1 if letters < TWO_EDITS_FROM else _MOST_EDITS


def edits_allowed_in(word: str) -> int:
    """How many of its entry's edits one word of it may take."""
    if len(word) < ONE_EDIT_FROM_IN_PHRASE or any(map(str.isdigit, word)):
        return 0
    return 1 if len(word) < TWO_EDITS_FROM else _MOST_EDITS


class Mistakes:
    """The entries that may be mistyped, indexed by what mistakes leave of them."""

    __slots__ = ("_longest", "_nearby", "_phrases", "_run_together")

    def __init__(self, entries: Iterable[Entry]) -> None:
        entries = [entry for entry in entries if edits_allowed(entry.letters)]
        self._phrases = Phrases(entries)
        self._nearby = _NearbyWords({word for entry in entries for word in entry.words})
        self._run_together: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            self._run_together["".join(entry.words)].append(entry)
        self._longest = max((entry.letters for entry in entries), default=0)

    def standing_in(self, words: list[str], *, substantial_only: bool) -> list[Entry]:
        """The entries that stand in the text with mistakes, or without.

        Args:
            words: the text's, normalised.
            substantial_only: leave out entries that have no word of three letters.

        Returns:
            Each entry once for each place.
        """
        nearest: dict[tuple[int, int], tuple[int, list[Entry]]] = {}
        for start, end, edits, entry in self._all_standing_in(words):
            if substantial_only and not entry.is_substantial:
                continue
            fewest, entries = nearest.get((start, end), (_MOST_EDITS + 1, []))
            if edits < fewest:
                nearest[start, end] = (edits, [entry])
            elif edits == fewest:
                entries.append(entry)
        return [entry for _, entries in nearest.values() for entry in entries]

    def _all_standing_in(self, words: list[str]) -> Iterator[tuple[int, int, int, Entry]]:
        """Yield each place, as first word and the one after the last, with its edits and entry."""
        readings = {word: self._nearby.of(word) for word in set(words)}
        for start in range(len(words)):
            yield from self._with_edits(words, start, readings)
            yield from self._with_wrong_spaces(words, start)

    def _with_edits(
        self, words: list[str], start: int, readings: dict[str, list[tuple[str, int]]]
    ) -> Iterator[tuple[int, int, int, Entry]]:
        reached: list[tuple[Node, int]] = [(self._phrases.root, 0)]
        end = start
        while reached and end < len(words):
            reached = [
                (following, edits + more_edits)
                for node, edits in reached
                for word, more_edits in readings[words[end]]
                if edits + more_edits <= _MOST_EDITS and (following := node.following.get(word)) is not None
            ]
            end += 1
            for node, edits in reached:
                for entry in node.entries:
                    if edits <= edits_allowed(entry.letters):
                        yield start, end, edits, entry

    def _with_wrong_spaces(self, words: list[str], start: int) -> Iterator[tuple[int, int, int, Entry]]:
        together = ""
        for end in range(start + 1, min(start + MOST_WORDS_RUN_TOGETHER, len(words)) + 1):
            together += words[end - 1]
            if len(together) > self._longest:
                return
            for entry in self._run_together.get(together, ()):
                if list(entry.words) != words[start:end]:
                    yield start, end, 1, entry


class _NearbyWords:
    """The words of all entries, found by a mistyped one."""

    __slots__ = ("_by_rest",)

    def __init__(self, words: Iterable[str]) -> None:
        by_rest: dict[str, str | tuple[str, ...]] = {}
        for word in sorted(words):
            for rest in _rests(word[:_INDEXED_LETTERS], edits_allowed_in(word)):
                # Most rests are of one word only, and then a tuple would double the memory.
                known = by_rest.get(rest)
                if known is None:
                    by_rest[rest] = word
                else:
                    by_rest[rest] = (*((known,) if isinstance(known, str) else known), word)
        self._by_rest = by_rest

    def of(self, typed: str) -> list[tuple[str, int]]:
        """The words that may be meant, each with its edits; `typed` itself, known or not, has none."""
        # Two edits are for words of nine letters, which have at least seven left.
        most_edits = 1 if len(typed) < TWO_EDITS_FROM - _MOST_EDITS else _MOST_EDITS
        candidates: set[str] = set()
        for rest in _rests(typed[:_INDEXED_LETTERS], most_edits):
            known = self._by_rest.get(rest)
            if isinstance(known, str):
                candidates.add(known)
            elif known is not None:
                candidates.update(known)
        candidates.discard(typed)
        readings = [(typed, 0)]
        for word in sorted(candidates):
            allowed = edits_allowed_in(word)
            edits = OSA.distance(typed, word, score_cutoff=allowed)
            if edits <= allowed:
                readings.append((word, edits))
        return readings


def _rests(word: str, deletions: int) -> set[str]:
    """What is left of a word after at most so many deletions."""
    rests = {word}
    for count in range(1, min(deletions, len(word)) + 1):
        rests.update(map("".join, combinations(word, len(word) - count)))
    return rests
